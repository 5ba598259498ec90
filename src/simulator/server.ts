import type { Endpoint } from "../schema/endpoint.ts";
import { findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { validate } from "../schema/validate.ts";
import { allHandlers } from "./all-routes.ts";
import { authenticate } from "./authenticate.ts";
import { denied, mayAll, runCheck } from "./permissions.ts";
import {
  decodeRequest,
  header,
  RawError,
  type RawParams,
  type SimRequest,
  type SimResponse,
} from "./request.ts";
import { badParams, type Caller, Envelope, type Handlers, type SimCall, SimError } from "./route.ts";
import { matchRoute } from "./router.ts";
import { settle, startTask } from "./tasks.ts";
import { normalize, typedParams } from "./typed-params.ts";
import type { Json, World } from "./world.ts";

/** How the simulated PVE differs from a whole one. */
export interface SimulatorOptions {
  /** Delay a 401 as pveproxy does, in milliseconds; default 0 (pveproxy: 3000). */
  readonly authDelay?: number;
  /** Routes to serve instead of all. */
  readonly handlers?: Handlers;
}

/** A simulated PVE: the state and the one way to ask it. */
export interface Simulator {
  readonly world: World;
  handle(request: SimRequest): Promise<SimResponse>;
}

const JSON_TYPE = "application/json;charset=UTF-8";
/** Refusals without any body: a failed login, and what the proxy says about a node that does not answer. */
const NO_BODY = new Set([401, 595]);
const METHODS = new Set(["GET", "POST", "PUT", "DELETE"]);
/** PVE::HTTPServer auth_handler: the calls that need no login. */
const OPEN =
  /^(GET \/access\/domains|(GET|POST) \/access\/ticket|POST \/access\/vncticket|POST \/access\/openid\/.+)$/;

/** A simulated PVE: answers requests from a world and changes it, as pveproxy and pvedaemon would. */
export function createSimulator(world: World, options: SimulatorOptions = {}): Simulator {
  const handlers = options.handlers ?? allHandlers;
  return {
    world,
    async handle(request) {
      try {
        return answer(world, handlers, request);
      } catch (error) {
        if (!(error instanceof RawError)) throw error;
        if (error.status === 401 && options.authDelay)
          await new Promise((resolve) => setTimeout(resolve, options.authDelay));
        const body = NO_BODY.has(error.status) ? "" : error.message;
        return { status: error.status, reason: firstLine(error.message), headers: {}, body };
      }
    },
  };
}

const firstLine = (message: string) => message.split("\n")[0] ?? "";

function answer(world: World, handlers: Handlers, request: SimRequest): SimResponse {
  const { method } = request;
  if (!METHODS.has(method)) throw new RawError(501, `method '${method}' not available`);
  const { path, params } = decodeRequest(request);
  const below = /^\/api2\/json(\/.*)?$/s.exec(path);
  if (!below) throw new RawError(501, `no such file '${path}'`);
  const uri = `/${(below[1] ?? "").split("/").filter(Boolean).join("/")}`;
  const now = world.clock.now();
  settle(world, now);
  const caller = OPEN.test(`${method} ${uri}`)
    ? undefined
    : authenticate(world, header(request, "authorization"), now);
  try {
    const result = dispatch({ world, handlers, caller, now }, method, uri, params);
    const envelope = result instanceof Envelope ? { data: result.data, ...result.extra } : { data: result };
    return {
      status: 200,
      reason: "OK",
      headers: { "content-type": JSON_TYPE, date: new Date(now * 1_000).toUTCString() },
      body: JSON.stringify(envelope),
    };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return refusal(error);
  }
}

/** PVE's texts end with a newline, but for the one of an unknown method. */
function refusal(error: SimError): SimResponse {
  const bare = error.status === 501 || error.message.endsWith("\n");
  const message = bare ? error.message : `${error.message}\n`;
  const body = JSON.stringify({ data: null, message, ...(error.errors ? { errors: error.errors } : {}) });
  return { status: error.status, reason: firstLine(message), headers: { "content-type": JSON_TYPE }, body };
}

interface Context {
  readonly world: World;
  readonly handlers: Handlers;
  /** Absent: a call that needs no login. */
  readonly caller: Caller | undefined;
  readonly now: number;
}

/** PVE's order: route, conflicting parameters, token allowed, permission, node, parameters, handler. */
function dispatch(context: Context, method: string, uri: string, params: RawParams): Json | Envelope {
  const match = matchRoute(method, uri);
  const endpoint = match && findEndpoint(match.route);
  if (!match || !endpoint) throw new SimError(501, `Method '${method} ${uri}' not implemented`);
  for (const [name, value] of Object.entries(match.placeholders))
    if (params[name] !== undefined && String(params[name]) !== value)
      badParams({ [name]: "duplicate parameter (already defined in URI) with conflicting values!" });
  const raw = normalize(endpoint, { ...params, ...match.placeholders });
  checkCaller(context, endpoint, uri, raw);
  checkNode(context.world, raw.node, "node" in match.placeholders);
  const issues = validate(endpoint, raw);
  if (issues.length > 0) badParams(Object.fromEntries(issues.map((issue) => [issue.param, issue.pve])));
  const handler = context.handlers[endpoint.route as Route];
  if (!handler) throw new SimError(501, `not simulated: ${method} ${uri}`);
  return handler(callOf(context, endpoint, raw));
}

function callOf({ world, caller, now }: Context, endpoint: Endpoint, raw: RawParams): SimCall {
  const who = caller ?? { id: "", user: "" };
  return {
    world,
    caller: who,
    now,
    route: endpoint.route as Route,
    params: typedParams(endpoint, raw),
    may: (path, ...privileges) => mayAll(world, who.id, path, privileges),
    task: (spec) => startTask(world, who.id, spec, now),
  };
}

/** HTTPServer.pm rest_handler and RPCEnvironment.pm check_api2_permissions. */
function checkCaller({ world, caller }: Context, endpoint: Endpoint, uri: string, params: RawParams): void {
  if (!caller) return;
  if (endpoint.noToken && caller.id.includes("!"))
    denied(`URI '${uri}' not available with API token, need proper ticket.\n`);
  if (caller.id === "root@pam" || endpoint.user === "all") return;
  if (endpoint.check) runCheck(endpoint.check, { world, id: caller.id, params });
  else denied(endpoint.user === undefined ? "user != root@pam" : undefined);
}

/** The proxy's part: a name it cannot resolve, a node that does not answer. */
function checkNode(world: World, name: unknown, inPath: boolean): void {
  if (!inPath || name === "localhost") return;
  const node = world.nodes.get(String(name));
  if (!node)
    throw new SimError(
      500,
      `hostname lookup '${name}' failed - failed to get address info for: ${name}: Temporary failure in name resolution`,
    );
  if (!node.online) throw new RawError(595, "No route to host");
}
