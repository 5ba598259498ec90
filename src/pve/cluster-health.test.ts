import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Health, watchHealth } from "./cluster-health.ts";
import type { Transport, WireRequest, WireResponse } from "./line/transport.ts";

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

type Reply = (request: WireRequest) => WireResponse | Promise<WireResponse>;

/** A watch over a PVE that does as the test says. */
function watched(first: Reply, more: Partial<Parameters<typeof watchHealth>[0]> = {}) {
  let reply = first;
  const asked: WireRequest[] = [];
  const told: Health[] = [];
  const transport: Transport = {
    send: async (request) => {
      asked.push(request);
      return reply(request);
    },
    close: () => {},
  };
  const health = watchHealth({
    startup: { transport, authorization: "x", timeoutMs: 30_000 },
    baseUrl: "https://pve.example.com:8006",
    tokenId: "a@pve!b",
    changed: (one) => void told.push(one),
    now: () => Date.now(),
    ...more,
  });
  return {
    health,
    asked,
    told,
    now: (next: Reply) => {
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

test("it is asked in the background at growing distances, and each loss begins anew", async () => {
  const { health, asked, now } = watched(down);
  const begun = Date.now();
  const times: number[] = [];
  now(() => {
    times.push((Date.now() - begun) / 1_000);
    return down();
  });
  await health.check();
  await vi.advanceTimersByTimeAsync(170_000);
  expect(times).toEqual([0, 2, 7, 17, 47, 107, 167]);
  now(() => UP);
  await vi.advanceTimersByTimeAsync(60_000);
  now(down);
  await vi.advanceTimersByTimeAsync(4_000);
  const soFar = asked.length;
  await health.check();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toHaveLength(soFar + 2);
});

test("calls do not have a lost one asked more often than once in three seconds", async () => {
  const { health, asked } = watched(down);
  await health.check();
  for (let tenths = 0; tenths < 600; tenths += 1) {
    await health.trouble();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked.length).toBeGreaterThan(19);
  expect(asked.length).toBeLessThanOrEqual(1 + 20 + 5);
});

/** Does not answer; ends when the request is given up, as a real connection does. */
const silent: Reply = ({ signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

test("who asks at the same time waits for one question, and for a lost one three seconds at most", async () => {
  // Vitest does not fake the timer of AbortSignal.timeout.
  const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const limit = new AbortController();
    setTimeout(() => limit.abort(new DOMException("late", "TimeoutError")), ms);
    return limit.signal;
  });
  const { health, asked } = watched(silent);
  const first = health.check();
  // Nothing is known yet: a call finds out by itself.
  expect(await health.trouble()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await first).toMatchObject({ up: false, text: expect.stringContaining("No answer within 30 s.") });
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(Date.now() + 3_000);
  const waiting = Promise.all([health.trouble(), health.trouble(), health.check()]);
  await vi.advanceTimersByTimeAsync(3_000);
  const [one, other, found] = await waiting;
  expect(one).toContain("No answer within 3 s.");
  expect(other).toBe(one);
  expect(found).toMatchObject({ up: false, text: one });
  expect(asked).toHaveLength(2);
  expect(timeout.mock.calls).toEqual([[30_000], [3_000]]);
  timeout.mockRestore();
  health.stop();
});

test("the cause is told in the words of the operator's settings, and without the authorization", async () => {
  const { health, told } = watched(() => REFUSED, {
    worded: (text) => text.replaceAll("PVE_TOKEN_ID", "clusters.lab.token_id"),
  });
  await health.check();
  const text = await health.trouble();
  expect(text).toMatch(
    /^https:\/\/pve\.example\.com:8006 refused the token a@pve!b \(.*\)\.\nCheck clusters\.lab\.token_id and /,
  );
  expect(told).toEqual([{ up: false, refusedToken: true, text }]);
});

test("nothing is asked after it was stopped", async () => {
  const { health, asked } = watched(down);
  await health.check();
  health.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(1);
});
