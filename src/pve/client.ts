import type { Tier } from "../config/settings.ts";
import { coerce } from "../schema/coerce.ts";
import { type Endpoint, takesNoToken } from "../schema/endpoint.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import type { Route, RouteParams } from "../schema/routes.gen.ts";
import { validate } from "../schema/validate.ts";
import { admit, admitByState, admitUnknown } from "./admit.ts";
import { PveError } from "./errors.ts";
import type { Guard, GuardRead } from "./guard.ts";
import { CallLimit } from "./line/call-limit.ts";
import { connectionError } from "./line/network-errors.ts";
import { WaitedInVain } from "./line/request-queue.ts";
import { leastSeconds } from "./line/time-limits.ts";
import { type Transport, type WireRequest, wasUnsent } from "./line/transport.ts";
import { buildPath, encodeParams } from "./path.ts";
import { type Reply, readReply } from "./reply.ts";
import type { VersionGate } from "./version-gate.ts";

/** How long a call may go on. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit for this call instead of the client's and the table's, in milliseconds; a write has at least 35 s. */
  readonly timeoutMs?: number;
  /** Not repeated when it fails: the caller looks again by itself. */
  readonly once?: true;
  /** Whose call it is: where requests wait for their turn, callers take turns. Absent: all are one caller's. */
  readonly caller?: string | undefined;
  /** The operation as the connected node describes it, where our tables lack it or a parameter that is given. */
  readonly endpoint?: Endpoint | undefined;
}

/** A request as it would be sent: nothing of it is left to check. */
export interface Checked {
  readonly route: Route;
  /** Coerced, the path's placeholders included. */
  readonly params: Readonly<Record<string, unknown>>;
  /** As in CallOptions: our tables do not know all of the request. */
  readonly endpoint?: Endpoint;
}

/** The one way to call PVE: a route known to the compiler and its parameters by name. */
export interface Pve {
  call<R extends Route>(route: R, params: RouteParams[R], options?: CallOptions): Promise<Reply>;
}

/** `call` for a route known only at run time: its parameters are checked all the same, but not by the compiler. */
export const callAny = (
  pve: Pve,
  route: Route,
  params: Readonly<Record<string, unknown>>,
  options?: CallOptions,
): Promise<Reply> => pve.call(route, params as never, options);

/** A client, which can also say what a call would send. */
export interface PveClient extends Pve {
  /** Everything `call` does before it sends; throws what `call` would throw. */
  check<R extends Route>(route: R, params: RouteParams[R], options?: CallOptions): Promise<Checked>;
  /** Sends what `check` let pass, as it is. */
  send(request: Checked, options?: CallOptions): Promise<Reply>;
}

/** What a client is made of. */
export interface PveClientOptions {
  readonly transport: Transport;
  /** Value of the Authorization header. */
  readonly authorization: string;
  /** For a whole call, retries included, in milliseconds. */
  readonly timeoutMs: number;
  readonly tier: Tier;
  /** Bounds that no argument lifts; absent: none are set. */
  readonly guard?: Guard;
  /** Refuses what the node that will execute a call is too old or too new for; absent: PVE itself does. */
  readonly gate?: VersionGate;
}

/** A write must outlive pveproxy's own 30 s limit, so that its verdict (596) arrives instead of our guess. */
const WRITE_TIMEOUT_MS = 35_000;
const RETRY_DELAYS_MS = [150, 500, 1500] as const;
/** A 596 within this time came from a dying connection, not from a node that is still working on it. */
const EARLY_596_MS = 5_000;

/** Creates the client of one cluster. Every call is checked by policy and by the endpoint table before it is sent. */
export function createPveClient(options: PveClientOptions): PveClient {
  return {
    call: (route, params, callOptions = {}) => callPve(options, route, params, callOptions),
    check: async (route, given, callOptions = {}) => {
      const { endpoint, params } = await admitted(options, route, given, callOptions);
      buildPath(endpoint, params);
      return { route, params, ...(callOptions.endpoint ? { endpoint } : {}) };
    },
    send: ({ route, params, endpoint = endpointOf(route) }, callOptions = {}) =>
      exchange(options, { endpoint, params }, callOptions),
  };
}

interface Admitted {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The call as PVE takes it. Throws a PveError when tier, endpoint table, PVE's state or the bounds refuse it. */
async function admitted(
  client: PveClientOptions,
  route: Route,
  given: Readonly<Record<string, unknown>>,
  { signal, caller, endpoint: described }: CallOptions,
): Promise<Admitted> {
  const endpoint = described ?? endpointOf(route);
  const params = coerce(endpoint, given);
  if (described) admitUnknown(client.tier, route);
  else admit(client.tier, route, params);
  checkParams(endpoint, params);
  // What follows looks things up: for a call that is wrong anyway nothing is asked.
  const read: GuardRead = (route, given) => guardRead(client, caller)(route, given, signal);
  if (!described) await admitByState(client.tier, route, params, read);
  await client.guard?.admit(guardRead(client, caller), route, params, signal, described !== undefined);
  // The node's own description is what the gate would go by.
  if (!described) await client.gate?.(endpoint, params, read);
  return { endpoint, params };
}

/** A guard's own reads pass no guard: they are fixed, and what they find goes into a decision alone. */
const guardRead =
  (client: PveClientOptions, caller: string | undefined): GuardRead =>
  (route, params, signal) =>
    exchange(
      client,
      { endpoint: endpointOf(route), params: coerce(endpointOf(route), params) },
      { signal, caller },
    );

async function callPve(
  client: PveClientOptions,
  route: Route,
  given: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<Reply> {
  const call = await admitted(client, route, given, options);
  const reply = await exchange(client, call, options);
  if (!client.guard || call.endpoint.method !== "GET") return reply;
  return client.guard.filter(guardRead(client, options.caller), route, call.params, reply, options.signal);
}

/** Sends the request, reads more than once if need be, and reads the answer. */
async function exchange(
  client: PveClientOptions,
  { endpoint, params }: Admitted,
  { signal, timeoutMs, once, caller }: CallOptions,
): Promise<Reply> {
  const { route } = endpoint;
  const reading = endpoint.method === "GET";
  const usualMs = timeoutMs ?? Math.max(client.timeoutMs, leastSeconds(route) * 1_000);
  const limitMs = reading ? usualMs : Math.max(usualMs, WRITE_TIMEOUT_MS);
  const wire = wireRequest(endpoint, params, client.authorization);
  const limit = new CallLimit(limitMs, signal);
  const request: WireRequest = {
    ...wire,
    signal: limit.signal,
    ...(caller === undefined ? {} : { caller }),
    ...(leastSeconds(route) > 0 ? { slow: true } : {}),
  };
  try {
    if (limit.over) throw givenUp("cancelled", route, limitMs, false);
    for (let attempt = 0; ; attempt++) {
      const begun = performance.now();
      try {
        return readReply(route, await client.transport.send(request));
      } catch (error) {
        if (!(error instanceof PveError) && limit.over)
          throw givenUp(limit.over, route, limitMs, !reading && wasUnsent(error) !== true, error);
        const failure = error instanceof PveError ? error : connectionError(error, route, reading);
        const delay =
          reading && !once && worthRetrying(failure, performance.now() - begun)
            ? RETRY_DELAYS_MS[attempt]
            : undefined;
        if (delay === undefined) throw failure;
        await limit.pause(delay);
        if (limit.over === "cancelled") throw givenUp("cancelled", route, limitMs, false, failure);
        // No time for another attempt: what went wrong tells more than that it took long.
        if (limit.over) throw failure;
      }
    }
  } finally {
    limit.release();
  }
}

function wireRequest(
  endpoint: Endpoint,
  params: Readonly<Record<string, unknown>>,
  authorization: string,
): WireRequest {
  const { method } = endpoint;
  const path = buildPath(endpoint, params);
  const encoded = encodeParams(endpoint, params);
  const headers = { authorization, accept: "application/json" };
  const login = takesNoToken(endpoint) ? { login: true as const } : {};
  // pveproxy refuses a body on GET and DELETE, and one without its length on the others.
  if (method === "GET" || method === "DELETE")
    return { method, path: encoded === "" ? path : `${path}?${encoded}`, headers, ...login };
  return {
    ...login,
    method,
    path,
    headers: {
      ...headers,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(encoded)),
    },
    body: encoded,
  };
}

function worthRetrying({ kind, detail }: PveError, elapsedMs: number): boolean {
  if (kind === "network" || detail.status === 595 || detail.status === 503) return true;
  return detail.status === 596 && elapsedMs < EARLY_596_MS;
}

function givenUp(
  why: "timeout" | "cancelled",
  route: string,
  limitMs: number,
  mayHaveRun: boolean,
  cause?: unknown,
): PveError {
  const seconds = limitMs / 1000;
  const late =
    cause instanceof WaitedInVain
      ? `No turn within ${seconds} s: ${cause.message}`
      : `No answer within ${seconds} s.`;
  const message = why === "timeout" ? late : "The call was cancelled.";
  return new PveError(why, message, { route, mayHaveRun, cause });
}

function checkParams(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): void {
  const issues = validate(endpoint, params);
  if (issues.length === 0) return;
  // The first complaint about each; a parameter may be called `constructor`.
  const errors = Object.fromEntries(issues.map(({ param, message }) => [param, message]).reverse());
  throw new PveError("parameter", "Parameter verification failed before sending.", {
    route: endpoint.route,
    errors,
  });
}
