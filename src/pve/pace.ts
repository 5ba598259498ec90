/** Time as waiting sees it: it only goes forward, whatever happens to the machine's clock. */
export interface Pace {
  /** Unix milliseconds as of the start of this process, and steady from then on. */
  now(): number;
  /** Waits so long, or until the signal says stop. Never throws. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const realPace: Pace = {
  now: () => performance.timeOrigin + performance.now(),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
      if (signal?.aborted) done();
    }),
};
