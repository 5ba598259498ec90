/** A caller's turn: it is let in, or told when to come again. */
export type Turn =
  | { readonly kind: "in"; readonly leave: () => void }
  | { readonly kind: "later"; readonly seconds: number; readonly why: string };

/** Holds each caller to so many requests a minute and so many at once. */
export interface CallerLimits {
  /** Lets a request of the caller in, who leaves when it is answered. */
  enter(caller: string): Turn;
}

interface Use {
  /** Requests that may still be made at once; grows back with time. */
  left: number;
  at: number;
  inside: number;
}

/** Callers that have made no request for so long are forgotten, in milliseconds: their allowance is whole again. */
const FORGET_MS = 60_000;
const MINUTE_MS = 60_000;
/** What a caller that has too much under way waits before the next try, in seconds. */
const BUSY_SECONDS = 1;

/**
 * Limits for every caller alike.
 * @param now milliseconds that only grow
 */
export function createCallerLimits(
  { perMinute, atOnce }: { readonly perMinute: number; readonly atOnce: number },
  now: () => number = () => performance.now(),
): CallerLimits {
  const uses = new Map<string, Use>();
  let swept = now();
  const sweep = (time: number) => {
    if (time - swept < FORGET_MS) return;
    swept = time;
    for (const [caller, use] of uses) if (use.inside === 0 && time - use.at > FORGET_MS) uses.delete(caller);
  };
  return {
    enter: (caller) => {
      const time = now();
      sweep(time);
      const use = uses.get(caller) ?? { left: perMinute, at: time, inside: 0 };
      uses.set(caller, use);
      use.left = Math.min(perMinute, use.left + ((time - use.at) * perMinute) / MINUTE_MS);
      use.at = time;
      if (use.left < 1) {
        const seconds = Math.max(1, Math.ceil(((1 - use.left) * 60) / perMinute));
        return { kind: "later", seconds, why: `More than ${perMinute} requests a minute (MCP_RATE_LIMIT).` };
      }
      if (use.inside >= atOnce)
        return {
          kind: "later",
          seconds: BUSY_SECONDS,
          why: `More than ${atOnce} requests at once (MCP_MAX_CALLS).`,
        };
      use.left -= 1;
      use.inside += 1;
      let inside = true;
      return {
        kind: "in",
        leave: () => {
          if (inside) use.inside -= 1;
          inside = false;
        },
      };
    },
  };
}
