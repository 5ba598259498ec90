const still = new Int32Array(new SharedArrayBuffer(4));

/** Waits for so many milliseconds without a turn of the event loop. */
export const standStill = (ms: number): void => void Atomics.wait(still, 0, 0, ms);
