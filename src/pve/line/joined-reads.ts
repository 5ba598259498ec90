import { type Transport, type WireRequest, type WireResponse, withSending } from "./transport.ts";

/** A read that began longer ago may be hanging, and would answer with the state of then. */
const JOINABLE_MS = 2_000;

/** A read under way and how many wait for it. */
interface Flight {
  readonly answer: Promise<WireResponse>;
  readonly since: number;
  readonly end: AbortController;
  waiting: number;
}

/**
 * Sends a read that equals one under way no second time: same path, query and headers. What of an answer a
 * caller may see is decided above, for each caller by itself. No read joins one that began before a write of ours.
 * @param now milliseconds, going forward only
 */
export function joinedReads(inner: Transport, now: () => number = () => performance.now()): Transport {
  const flights = new Map<string, Flight>();

  const start = (key: string, request: WireRequest): Flight => {
    const end = new AbortController();
    const answer = inner.send({ ...request, signal: end.signal });
    const flight: Flight = { answer, since: now(), end, waiting: 0 };
    flights.set(key, flight);
    const gone = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    answer.then(gone, gone);
    end.signal.addEventListener("abort", gone);
    return flight;
  };
  const read = (request: WireRequest): Promise<WireResponse> => {
    const key = JSON.stringify([request.path, request.maxBytes, request.headers]);
    const known = flights.get(key);
    return join(known && now() - known.since < JOINABLE_MS ? known : start(key, request), request.signal);
  };
  const write = async (request: WireRequest): Promise<WireResponse> => {
    flights.clear();
    try {
      return await inner.send(request);
    } finally {
      flights.clear();
    }
  };
  return {
    ...inner,
    send: (request) => (request.method === "GET" ? read(request) : write(request)),
    close: () => inner.close(),
  };
}

/** Waits for the answer until the signal says stop; the request ends with the last who waits for it. */
function join(flight: Flight, signal: AbortSignal | undefined): Promise<WireResponse> {
  flight.waiting++;
  return new Promise((resolve, reject) => {
    const leave = () => {
      flight.waiting--;
      if (flight.waiting === 0) flight.end.abort();
      // The request's own error says more, when it has one at once.
      else reject(withSending(new DOMException("This operation was aborted", "AbortError"), false));
    };
    if (signal?.aborted) leave();
    else signal?.addEventListener("abort", leave, { once: true });
    flight.answer.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
  });
}
