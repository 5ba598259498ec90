/** Time as the simulated cluster sees it, in Unix seconds. */
export interface Clock {
  now(): number;
}

/** The machine's own time: tasks take real seconds. */
export const realClock: Clock = { now: () => Date.now() / 1000 };

/** A clock that moves only when told, or by `tick` seconds at every look. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #tick: number;
  constructor(start: number, tick = 0) {
    this.#now = start;
    this.#tick = tick;
  }
  now(): number {
    this.#now += this.#tick;
    return this.#now;
  }
  advance(seconds: number): void {
    this.#now += seconds;
  }
}
