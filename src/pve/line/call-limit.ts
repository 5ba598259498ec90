/** Ends a call when its time is over or its caller gives up, whichever comes first. */
export class CallLimit {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  #over: "timeout" | "cancelled" | undefined;
  readonly #cancel = () => this.#end("cancelled");

  /** @param ms for everything the call does, pauses included */
  constructor(ms: number, caller: AbortSignal | undefined) {
    this.#timer = setTimeout(() => this.#end("timeout"), ms);
    this.#caller = caller;
    if (caller?.aborted) this.#cancel();
    else caller?.addEventListener("abort", this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call is over; undefined while it may go on. */
  get over(): "timeout" | "cancelled" | undefined {
    return this.#over;
  }

  /** Waits so long, or until the call is over. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.signal.addEventListener("abort", done);
      if (this.signal.aborted) done();
    });
  }

  /** To be called when the call has ended: lets go of the timer and of the caller's signal. */
  release(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }

  #end(why: "timeout" | "cancelled"): void {
    if (this.#over) return;
    this.#over = why;
    this.#controller.abort();
  }
}
