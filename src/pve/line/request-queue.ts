import { type Transport, type WireRequest, type WireResponse, withSending } from "./transport.ts";

/** The error of a request that ended while it waited for its turn. */
export class WaitedInVain extends Error {
  constructor(ahead: number) {
    super(`requests under way or before it: ${ahead} (PVE_MAX_REQUESTS).`);
  }
}

interface Waiting {
  readonly begin: () => void;
}

/**
 * Lets at most `limit` requests go on at once; the others wait, and callers take turns. Time spent waiting counts
 * towards the time limit of the call, by its signal.
 */
export function queued(inner: Transport, limit: number): Transport {
  let running = 0;
  /** Waiting requests by caller; the caller whose turn it is comes first. */
  const waiting = new Map<string, Waiting[]>();

  const next = () => {
    const [turn] = waiting;
    if (!turn || running >= limit) return;
    const [caller, line] = turn;
    const first = line.shift();
    // Back to the end of the line of callers.
    waiting.delete(caller);
    if (line.length > 0) waiting.set(caller, line);
    first?.begin();
  };
  const run = async (request: WireRequest): Promise<WireResponse> => {
    running++;
    try {
      return await inner.send(request);
    } finally {
      running--;
      next();
    }
  };
  const wait = (request: WireRequest): Promise<WireResponse> =>
    new Promise((resolve, reject) => {
      const { signal, caller = "" } = request;
      const ahead = running + [...waiting.values()].reduce((sum, line) => sum + line.length, 0);
      const entry: Waiting = {
        begin: () => {
          signal?.removeEventListener("abort", leave);
          run(request).then(resolve, reject);
        },
      };
      const leave = () => {
        const line = waiting.get(caller)?.filter((one) => one !== entry) ?? [];
        if (line.length > 0) waiting.set(caller, line);
        else waiting.delete(caller);
        reject(withSending(new WaitedInVain(ahead), true));
      };
      signal?.addEventListener("abort", leave, { once: true });
      const line = waiting.get(caller);
      if (line) line.push(entry);
      else waiting.set(caller, [entry]);
    });
  return {
    ...inner,
    send: (request) => (running < limit ? run(request) : wait(request)),
    close: () => inner.close(),
  };
}
