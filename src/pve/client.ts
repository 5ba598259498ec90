import type { Tier } from "../config/settings.ts";
import { decide } from "../policy/tier.ts";
import { coerce } from "../schema/coerce.ts";
import type { Endpoint } from "../schema/endpoint.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import type { Route, RouteParams } from "../schema/routes.gen.ts";
import { validate } from "../schema/validate.ts";
import { PveError } from "./errors.ts";
import { connectionError } from "./network-errors.ts";
import { buildPath, encodeParams } from "./path.ts";
import { type Reply, readReply } from "./reply.ts";
import type { Transport } from "./transport.ts";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit for this call instead of the client's, in milliseconds. */
  readonly timeoutMs?: number;
}

/** The one way to call PVE: a route known to the compiler and its parameters by name. */
export interface Pve {
  call<R extends Route>(route: R, params: RouteParams[R], options?: CallOptions): Promise<Reply>;
}

export interface PveClientOptions {
  readonly transport: Transport;
  /** Value of the Authorization header. */
  readonly authorization: string;
  /** For a whole call, retries included, in milliseconds. */
  readonly timeoutMs: number;
  readonly tier: Tier;
}

/** A write must outlive pveproxy's own 30 s limit, so that its verdict (596) arrives instead of our guess. */
const WRITE_TIMEOUT_MS = 35_000;
const RETRY_DELAYS_MS = [150, 500, 1500] as const;
/** A 596 within this time came from a dying connection, not from a node that is still working on it. */
const EARLY_596_MS = 5_000;

/** Creates the client of one cluster. Every call is checked by policy and by the endpoint table before it is sent. */
export function createPveClient(options: PveClientOptions): Pve {
  return { call: (route, params, callOptions) => call(options, route, params, callOptions ?? {}) };
}

async function call(
  client: PveClientOptions,
  route: Route,
  given: Readonly<Record<string, unknown>>,
  { signal, timeoutMs }: CallOptions,
): Promise<Reply> {
  const endpoint = endpointOf(route);
  const params = coerce(endpoint, given);
  const decision = decide(client.tier, route, params);
  if (!decision.allowed) {
    const reason = decision.reason ? ` (${decision.reason})` : "";
    throw new PveError(
      "refused",
      `This call needs tier ${decision.needs}${reason}; the tier is ${client.tier}.`,
      {
        route,
        needsTier: decision.needs,
      },
    );
  }
  checkParams(endpoint, params);
  const reading = endpoint.method === "GET";
  const limit = timeoutMs ?? (reading ? client.timeoutMs : Math.max(client.timeoutMs, WRITE_TIMEOUT_MS));
  const deadline = AbortSignal.timeout(limit);
  const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const encoded = encodeParams(endpoint, params);
  const path =
    buildPath(endpoint, params) +
    (endpoint.method === "GET" || endpoint.method === "DELETE" ? query(encoded) : "");
  const body = endpoint.method === "POST" || endpoint.method === "PUT" ? encoded : undefined;
  const request = {
    method: endpoint.method,
    path,
    headers: {
      authorization: client.authorization,
      accept: "application/json",
      ...(body === undefined
        ? {}
        : {
            "content-type": "application/x-www-form-urlencoded",
            "content-length": String(Buffer.byteLength(body)),
          }),
    },
    ...(body === undefined ? {} : { body }),
    signal: stop,
  };
  for (let attempt = 0; ; attempt++) {
    const begun = Date.now();
    const delay = reading ? RETRY_DELAYS_MS[attempt] : undefined;
    try {
      const response = await client.transport.send(request);
      if (delay !== undefined && worthRetrying(response.status, Date.now() - begun)) {
        await pause(delay, stop);
        continue;
      }
      return readReply(route, response);
    } catch (error) {
      if (error instanceof PveError) throw error;
      if (signal?.aborted)
        throw new PveError("cancelled", "The call was cancelled.", {
          route,
          mayHaveRun: !reading,
          cause: error,
        });
      if (deadline.aborted) {
        throw new PveError("timeout", `No answer within ${Math.round(limit / 1000)} s.`, {
          route,
          mayHaveRun: !reading,
          cause: error,
        });
      }
      const failure = connectionError(error, route, reading);
      if (delay === undefined || failure.kind !== "network") throw failure;
      await pause(delay, stop, () => failure);
    }
  }
}

const query = (encoded: string): string => (encoded === "" ? "" : `?${encoded}`);

const worthRetrying = (status: number, elapsedMs: number): boolean =>
  status === 595 || status === 503 || (status === 596 && elapsedMs < EARLY_596_MS);

/** Waits, unless the whole call's time is over first: then the failure that led here is the answer. */
function pause(ms: number, stop: AbortSignal, failure?: () => PveError): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      clearTimeout(timer);
      reject(failure?.() ?? stop.reason);
    };
    const timer = setTimeout(() => {
      stop.removeEventListener("abort", ended);
      resolve();
    }, ms);
    if (stop.aborted) ended();
    else stop.addEventListener("abort", ended, { once: true });
  });
}

function checkParams(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): void {
  const issues = validate(endpoint, params);
  if (issues.length === 0) return;
  const errors: Record<string, string> = {};
  for (const issue of issues) errors[issue.param] ??= issue.message;
  throw new PveError("parameter", "Parameter verification failed before sending.", {
    route: endpoint.route,
    errors,
  });
}
