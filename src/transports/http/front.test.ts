import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Caller, HttpConfig } from "../../config/http/http-config.ts";
import { createFront, type FrontParts } from "./front.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const CONFIG: HttpConfig = {
  host: "127.0.0.1",
  port: 0,
  behindProxy: false,
  allowedHosts: ["127.0.0.1"],
  allowedOrigins: [],
  auth: { kind: "none" },
  perMinute: 10,
  atOnce: 10,
};
const CALLER: Caller = { name: "token:alice", bounds: { tier: "full" } };

/** A front whose parts do nothing but what the test says. */
async function front(parts: Partial<FrontParts>): Promise<{ readonly url: string; readonly log: string[] }> {
  const log: string[] = [];
  const server = createServer(
    createFront({
      config: CONFIG,
      endpoint: { handle: async (_, response) => void response.end(), close: async () => {} },
      authenticator: { authenticate: async () => ({ kind: "caller", caller: CALLER }) },
      limits: { enter: () => ({ kind: "in", leave: () => {} }) },
      ready: async () => ({ clusters: 1, answering: 1 }),
      draining: () => false,
      log: (line) => void log.push(line),
      ...parts,
    }),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log };
}

test("a caller who has left before it was known who it is takes no place", async () => {
  let release = () => {};
  const known = new Promise<void>((done) => {
    release = done;
  });
  const asked = vi.fn();
  const enter = vi.fn(() => ({ kind: "in" as const, leave: () => {} }));
  const { url, log } = await front({
    authenticator: {
      authenticate: async () => {
        asked();
        await known;
        return { kind: "caller", caller: CALLER };
      },
    },
    limits: { enter },
  });
  const leaving = new AbortController();
  const sent = fetch(`${url}/mcp`, { method: "POST", body: "{}", signal: leaving.signal });
  await expect.poll(() => asked.mock.calls.length).toBe(1);
  leaving.abort();
  await expect(sent).rejects.toThrow();
  await expect.poll(() => log.some((line) => line.includes("(client left)"))).toBe(true);
  release();
  await new Promise((done) => setImmediate(done));
  expect(enter).not.toHaveBeenCalled();
});

test("a fault of ours is told by the request's name alone", async () => {
  const { url, log } = await front({
    endpoint: { handle: () => Promise.reject(new Error("inner secret")), close: async () => {} },
  });
  const answer = await fetch(`${url}/mcp`, {
    method: "POST",
    headers: { "x-request-id": "abc-1" },
    body: "{}",
  });
  expect([answer.status, answer.headers.get("x-request-id")]).toEqual([500, "abc-1"]);
  expect(await answer.text()).not.toContain("inner secret");
  expect(log.some((line) => line.startsWith("Internal error (request abc-1): Error: inner secret"))).toBe(
    true,
  );
});

test("nothing is begun while the process ends", async () => {
  const { url } = await front({ draining: () => true });
  const answer = await fetch(`${url}/mcp`, { method: "POST", body: "{}" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
