import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  callTool,
  connection,
  initialize,
  messagesOf,
  type Running,
  SECRET,
  start,
  textOf,
} from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { type Behaviour, startPve } from "../support/https-pve.ts";
import { linesOf, newPath } from "../support/records.ts";

const open = closers();

async function serving(behave?: Behaviour, env: Readonly<Record<string, string>> = {}) {
  const pve = await startPve(behave);
  const proxy = await startFaultProxy(pve.port);
  open.push(proxy.close, pve.close);
  const settings = {
    ...connection(`https://127.0.0.1:${proxy.port}`),
    PVE_FINGERPRINT: pve.fingerprint,
    ...env,
  };
  const server = start([], settings);
  await initialize(server);
  open.push(async () => void server.child.kill("SIGKILL"));
  return { pve, proxy, server, settings };
}

/** Waits for the answers of these ids. */
async function answers(
  server: Running,
  ids: readonly number[],
  withinMs: number,
): Promise<readonly string[]> {
  // Besides them there is the answer to the opening.
  const lines = () => server.stdout().split("\n").length - 1;
  await expect.poll(lines, { timeout: withinMs, interval: 20 }).toBe(ids.length + 1);
  const byId = new Map(messagesOf(server.stdout()).map((message) => [message.id, message]));
  return ids.map((id) => textOf(byId.get(id) ?? {}));
}

const dns: Behaviour = ({ path }) =>
  path.endsWith("/dns")
    ? { json: { data: { search: "example.com", dns1: "192.0.2.1" } }, delayMs: 2 }
    : /\/nodes\/[^/]+\/version$/.test(path)
      ? { json: { data: { version: "9.2.11", release: "9.2", repoid: "test" } } }
      : undefined;

test("500 calls at once: all are answered, over no more connections than set", async () => {
  let [running, most] = [0, 0];
  const { proxy, server } = await serving(
    (request) => {
      if (!request.path.includes("/nodes/")) return undefined;
      running++;
      most = Math.max(most, running);
      setTimeout(() => running--, 10);
      return { ...dns(request), delayMs: 10 };
    },
    { PVE_MAX_REQUESTS: "8" },
  );
  // Each its own read: equal ones would be joined.
  const ids = Array.from({ length: 500 }, (_, at) => at + 1);
  for (const id of ids) callTool(server, id, "pve_get_node_dns", { node: `pve${id}` });
  const texts = await answers(server, ids, 20_000);
  expect(texts.filter((text) => text.includes("192.0.2.1"))).toHaveLength(500);
  expect(proxy.most()).toBeLessThanOrEqual(8);
  expect(most).toBeLessThanOrEqual(8);
});

test.runIf(process.platform === "linux")("10,000 calls in a row: memory and sockets stay flat", async () => {
  const { proxy, server } = await serving(dns);
  const { pid } = server.child;
  const facts = () => ({
    rss: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
  });
  // Read here, not by the test's usual watch: that keeps all of it.
  let seen = 0;
  server.child.stdout.removeAllListeners("data");
  server.child.stdout.on("data", (text: string) => {
    for (const letter of text) if (letter === "\n") seen++;
  });
  let id = 0;
  const run = async (calls: number) => {
    const end = id + calls;
    while (id < end) {
      const goal = seen + 20;
      for (let at = 0; at < 20; at++) callTool(server, ++id, "pve_get_node_dns", { node: "pve1" });
      while (seen < goal) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await run(3_000);
  const before = facts();
  await run(7_000);
  const after = facts();
  expect(after.rss - before.rss, JSON.stringify({ before, after })).toBeLessThan(40);
  expect(after.files - before.files).toBeLessThanOrEqual(2);
  expect(proxy.open()).toBeLessThanOrEqual(12);
});

describe("kill -9 in the middle of a write", () => {
  test("the record has the change, open; the next server goes on in the same chain", async () => {
    const path = newPath();
    const hang: Behaviour = ({ method }) => (method === "POST" ? { instead: "hang" } : undefined);
    const { pve, server, settings } = await serving(hang, { PVE_AUDIT_LOG: path, PVE_CONFIRM: "off" });
    callTool(server, 1, "pve_manage_node_service", { node: "pve1", service: "cron", command: "reload" });
    await pve.arrived("POST ");
    server.child.kill("SIGKILL");
    await server.ended();
    expect(linesOf(path)).toMatchObject([
      { kind: "change", seq: 1, tool: "pve_manage_node_service", params: { node: "pve1", service: "cron" } },
    ]);
    const verify = await start(["audit", "verify", path], {}).ended();
    expect(verify).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("open: 1, nothing says how it ended"),
    });
    const show = await start(["audit", "show", path], {}).ended();
    expect(show.stdout).toContain("pve_manage_node_service");

    const next = start([], { ...settings, PVE_TIMEOUT: "1" });
    open.push(async () => void next.child.kill("SIGKILL"));
    await initialize(next);
    callTool(next, 1, "pve_manage_node_service", { node: "pve1", service: "cron", command: "reload" });
    await expect.poll(() => linesOf(path).length, { timeout: 8_000 }).toBe(2);
    next.child.kill("SIGTERM");
    await next.ended();
    expect(linesOf(path)).toMatchObject([
      { kind: "change", seq: 1 },
      { kind: "change", seq: 2 },
      { kind: "outcome", of: 2, verdict: "interrupted" },
    ]);
    // Each was sent once: nothing is taken up again by itself.
    expect(pve.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
    expect(readdirSync(join(path, "..")).filter((name) => name.endsWith(".lock"))).toEqual([]);
    expect(readFileSync(path, "utf8")).not.toContain(SECRET);
    expect((await start(["audit", "verify", path], {}).ended()).code).toBe(0);
  });
});
