import { SHUTDOWN } from "../mcp/client-side.ts";
import type { CallWatch } from "../mcp/server.ts";

/** The calls under way on a connection. */
export class RunningCalls implements CallWatch {
  /** What begins from now on is cancelled at once. */
  #ending = false;
  readonly #running = new Map<AbortController, { reads: boolean; settled: Promise<void> }>();

  async run<T>(reads: boolean, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController();
    // By hand, because AbortSignal.any costs several times as much and a call's signals are short-lived.
    const follow = () => own.abort(signal.reason);
    if (this.#ending) own.abort(SHUTDOWN);
    else if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    const done = work(own.signal);
    const settled = done.then(noop, noop);
    this.#running.set(own, { reads, settled });
    try {
      return await done;
    } finally {
      signal.removeEventListener("abort", follow);
      this.#running.delete(own);
    }
  }

  /** Cancels every write at once and waits for the reads, at most `ms` milliseconds; then cancels those too. */
  async drain(ms: number): Promise<void> {
    const reads: Promise<void>[] = [];
    for (const [controller, call] of this.#running) {
      if (call.reads) reads.push(call.settled);
      else controller.abort(SHUTDOWN);
    }
    if (reads.length > 0)
      await Promise.race([Promise.all(reads), new Promise((done) => setTimeout(done, ms).unref())]);
    this.cancel();
  }

  /** Begins no other, and waits for every call, at most `ms` milliseconds; then cancels those that are left. */
  async settle(ms: number): Promise<void> {
    this.#ending = true;
    const all = [...this.#running.values()].map(({ settled }) => settled);
    if (all.length > 0)
      await Promise.race([Promise.all(all), new Promise((done) => setTimeout(done, ms).unref())]);
    this.cancel();
  }

  cancel(): void {
    for (const controller of this.#running.keys()) controller.abort(SHUTDOWN);
  }
}

const noop = () => {};
