import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Health, watchHealth } from "./cluster-health.ts";
import type { Transport, WireRequest } from "./line/transport.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const body = (data: unknown) => JSON.stringify({ data });
const answer = (status: number, reason: string, data: unknown) => ({
  status,
  reason,
  headers: { "content-type": "application/json;charset=UTF-8" },
  body: body(data),
});
const UP = answer(200, "OK", { version: "9.2.11", release: "9.2" });
const REFUSED = answer(401, "invalid token value!", null);

/** A watch over a PVE that does as the test says. */
function watched(first: () => Awaited<ReturnType<Transport["send"]>>) {
  let reply = first;
  const asked: WireRequest[] = [];
  const told: Health[] = [];
  const transport: Transport = {
    send: async (request) => {
      asked.push(request);
      return reply();
    },
    close: () => {},
  };
  const health = watchHealth({
    startup: { transport, authorization: "x", timeoutMs: 30_000 },
    baseUrl: "https://pve.example.com:8006",
    tokenId: "a@pve!b",
    changed: (one) => void told.push(one),
    now: () => Date.now(),
  });
  return {
    health,
    asked,
    told,
    now: (next: () => Awaited<ReturnType<Transport["send"]>>) => {
      reply = next;
    },
  };
}

const down = () => {
  throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
};

test("a cluster that answers is asked once in a moment, and never in the background", async () => {
  const { health, asked, told } = watched(() => UP);
  await Promise.all([health.check(), health.check()]);
  await health.check();
  expect(asked).toHaveLength(1);
  expect(told).toEqual([{ up: true, version: "9.2.11" }]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(1);
  expect(await health.trouble()).toBeUndefined();
});

test("a lost one is asked again until it is back, and both are told once", async () => {
  const { health, asked, told, now } = watched(down);
  await health.check();
  expect(await health.trouble()).toMatch(/Nothing listens/);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked.length).toBeGreaterThan(2);
  expect(told).toHaveLength(1);
  now(() => UP);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.map(({ up }) => up)).toEqual([false, true]);
  expect(await health.trouble()).toBeUndefined();
  const soFar = asked.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(soFar);
});

test("a call finds out by itself that it is back", async () => {
  const { health, now } = watched(down);
  await health.check();
  now(() => UP);
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(Date.now() + 4_000);
  expect(await health.trouble()).toBeUndefined();
});

test("a refused token is told as such", async () => {
  const { health } = watched(() => REFUSED);
  expect(await health.check()).toMatchObject({ up: false, refusedToken: true });
});

test("nothing is asked after it was stopped", async () => {
  const { health, asked } = watched(down);
  await health.check();
  health.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(1);
});
