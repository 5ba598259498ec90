import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RunningCalls } from "./calls.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const READS = true;
const WRITES = false;
const never = new AbortController().signal;

/** Work that ends after so many milliseconds, or at once when it is cancelled. */
function work(ms: number) {
  return (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve("done"), ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve("cancelled");
      });
    });
}

test("a call's result and its error are the caller's", async () => {
  const calls = new RunningCalls();
  const done = calls.run(READS, never, work(10));
  const failed = calls.run(READS, never, () => Promise.reject(new Error("no")));
  await expect(failed).rejects.toThrow("no");
  await vi.advanceTimersByTimeAsync(10);
  expect(await done).toBe("done");
});

test("the caller's own signal still cancels it", async () => {
  const caller = new AbortController();
  const done = new RunningCalls().run(READS, caller.signal, work(10_000));
  caller.abort();
  expect(await done).toBe("cancelled");
});

describe("drain", () => {
  test("cancels writes at once, lets reads end, and then is over", async () => {
    const calls = new RunningCalls();
    const write = calls.run(WRITES, never, work(100));
    const read = calls.run(READS, never, work(300));
    const drained = vi.fn();
    void calls.drain(1_000).then(drained);
    expect(await write).toBe("cancelled");
    await vi.advanceTimersByTimeAsync(299);
    expect(drained).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await read).toBe("done");
    expect(drained).toHaveBeenCalled();
  });

  test("cancels the reads that take longer", async () => {
    const calls = new RunningCalls();
    const short = calls.run(READS, never, work(300));
    const long = calls.run(READS, never, work(5_000));
    const drained = calls.drain(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await drained;
    expect([await short, await long]).toEqual(["done", "cancelled"]);
  });

  test("does not wait when nothing reads", async () => {
    const calls = new RunningCalls();
    const ended = calls.run(READS, never, work(0));
    await vi.advanceTimersByTimeAsync(0);
    await ended;
    await calls.drain(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a read that fails ends the wait too", async () => {
    const calls = new RunningCalls();
    const failing = calls.run(READS, never, async (signal) => {
      await work(50)(signal);
      throw new Error("no");
    });
    const outcome = expect(failing).rejects.toThrow("no");
    const drained = calls.drain(1_000);
    await vi.advanceTimersByTimeAsync(50);
    await drained;
    await outcome;
  });
});

describe("settle", () => {
  test("lets writes end too, and cancels what takes longer", async () => {
    const calls = new RunningCalls();
    const [write, long] = [calls.run(WRITES, never, work(300)), calls.run(WRITES, never, work(5_000))];
    const settled = vi.fn();
    void calls.settle(1_000).then(settled);
    await vi.advanceTimersByTimeAsync(300);
    expect(await write).toBe("done");
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(700);
    expect(await long).toBe("cancelled");
    expect(settled).toHaveBeenCalled();
  });

  test("cancels what begins after it", async () => {
    const calls = new RunningCalls();
    const running = calls.run(WRITES, never, work(300));
    const settled = calls.settle(1_000);
    const late = calls.run(WRITES, never, async (signal) => signal.reason);
    expect(await late).toBe("shutdown");
    await vi.advanceTimersByTimeAsync(300);
    expect(await running).toBe("done");
    await settled;
  });

  test("does not wait when nothing runs", async () => {
    await new RunningCalls().settle(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("cancel reaches every call under way", async () => {
  const calls = new RunningCalls();
  const both = [calls.run(READS, never, work(1_000)), calls.run(WRITES, never, work(1_000))];
  calls.cancel();
  expect(await Promise.all(both)).toEqual(["cancelled", "cancelled"]);
});
