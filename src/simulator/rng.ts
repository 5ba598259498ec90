/** A repeatable source of numbers, so that a world looks alive and is the same at every start. */
export interface Rng {
  /** 0 <= n < 1 */
  next(): number;
  hex(digits: number): string;
}

/** mulberry32: 32 bits of state, enough for made-up measurements and ids. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(""),
  };
}
