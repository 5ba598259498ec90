import type { Endpoint } from "../schema/endpoint.ts";
import { endpointIn } from "../schema/endpoint-table.ts";
import { compareReleases, type Release } from "../schema/release.ts";
import type { Route } from "../schema/routes.gen.ts";
import { validate } from "../schema/validate.ts";
import { allHandlers } from "./all-routes.ts";
import { APIDOC_PATH, apidocOf } from "./apidoc.ts";
import { authenticate } from "./authenticate.ts";
import { localNode } from "./local-node.ts";
import { denied, mayAll, runCheck } from "./permissions.ts";
import {
  bodyLimit,
  buildOf,
  type PlayedRelease,
  playRelease,
  releaseOf,
  tellsInBody,
} from "./play-release.ts";
import { decodeRequest, RawError, type RawParams, type SimRequest, type SimResponse } from "./request.ts";
import {
  type Answer,
  badParams,
  type Caller,
  Envelope,
  FileAnswer,
  type Handlers,
  type SimCall,
  SimError,
} from "./route.ts";
import { matchRoute } from "./router.ts";
import { settle, startTask } from "./tasks.ts";
import { normalize, typedParams } from "./typed-params.ts";
import { keepUpload } from "./uploads.ts";
import type { Node, World } from "./world.ts";

/** How the simulated PVE differs from a whole one. */
export interface SimulatorOptions {
  /** Delay a 401 as pveproxy does, in milliseconds; default 0 (pveproxy: 3000). */
  readonly authDelay?: number;
  /** Routes to serve instead of all. */
  readonly handlers?: Handlers;
  /** The PVE release to be; absent: that of the world. */
  readonly release?: PlayedRelease;
  /** What it serves as its API description: false for none (pve-docs is not installed), a text, or that of its release. */
  readonly apidoc?: false | string;
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
  if (options.release) playRelease(world, options.release);
  return {
    world,
    async handle(request) {
      try {
        return answer(world, options, request);
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

function answer(world: World, options: SimulatorOptions, request: SimRequest): SimResponse {
  const { method } = request;
  if (!METHODS.has(method)) throw new RawError(501, `method '${method}' not available`);
  const local = localNode(world);
  const version = buildOf(world, local);
  const release = releaseOf(version);
  const { path, params, upload } = decodeRequest(request, bodyLimit(release));
  if (upload) keepUpload(world, upload);
  if (method === "GET" && path === APIDOC_PATH) return apidoc(options.apidoc ?? apidocOf(release));
  const below = /^\/api2\/json(\/.*)?$/s.exec(path);
  if (!below) throw new RawError(501, `no such file '${path}'`);
  const uri = `/${(below[1] ?? "").split("/").filter(Boolean).join("/")}`;
  const now = world.clock.now();
  settle(world, now);
  const caller = OPEN.test(`${method} ${uri}`) ? undefined : authenticate(world, request, now);
  try {
    const handlers = options.handlers ?? allHandlers;
    const context = { world, handlers, caller, now, local, version, release };
    const result = dispatch(context, method, uri, params);
    const date = new Date(now * 1_000).toUTCString();
    if (result instanceof FileAnswer)
      return {
        status: 200,
        reason: "OK",
        headers: { "content-type": "application/octet-stream", date },
        body: result.content,
      };
    const envelope = result instanceof Envelope ? { data: result.data, ...result.extra } : { data: result };
    return {
      status: 200,
      reason: "OK",
      headers: { "content-type": JSON_TYPE, date },
      body: JSON.stringify(envelope),
    };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return refusal(error, tellsInBody(release));
  }
}

/** A file as pveproxy serves it; without pve-docs it knows no such folder. */
function apidoc(text: false | string): SimResponse {
  if (text === false) throw new RawError(500, `no such file '${APIDOC_PATH}'`);
  return { status: 200, reason: "OK", headers: { "content-type": "application/javascript" }, body: text };
}

/** PVE's texts end with a newline, but for the one of an unknown method. */
function refusal(error: SimError, inBody: boolean): SimResponse {
  const bare = error.status === 501 || error.message.endsWith("\n");
  const message = bare ? error.message : `${error.message}\n`;
  const body = JSON.stringify({
    data: null,
    ...(inBody ? { message } : {}),
    ...(error.errors ? { errors: error.errors } : {}),
  });
  return { status: error.status, reason: firstLine(message), headers: { "content-type": JSON_TYPE }, body };
}

interface Context {
  readonly world: World;
  readonly handlers: Handlers;
  /** Absent: a call that needs no login. */
  readonly caller: Caller | undefined;
  readonly now: number;
  /** The node that took the request, or that it was passed on to, with its build. */
  readonly local: Node | undefined;
  readonly version: World["version"];
  readonly release: Release;
}

/** PVE's order: route, conflicting parameters, token allowed, permission, node, parameters, handler. */
function dispatch(context: Context, method: string, uri: string, params: RawParams): Answer {
  const { world, release } = context;
  const match = matchRoute(method, uri, release);
  const endpoint = match && endpointIn(match.route, release);
  const lacking = world.lacks?.some((path) => uri.startsWith(path));
  if (!match || !endpoint || lacking) throw new SimError(501, `Method '${method} ${uri}' not implemented`);
  for (const [name, value] of Object.entries(match.placeholders))
    if (params[name] !== undefined && String(params[name]) !== value)
      badParams({ [name]: "duplicate parameter (already defined in URI) with conflicting values!" });
  const raw = normalize(endpoint, { ...params, ...match.placeholders });
  checkCaller(context, endpoint, uri, raw);
  if (match.route.includes(" /nodes/{node}")) {
    const node = checkNode(world, raw.node);
    if (node && node !== context.local && endpoint.proxyto === "node") {
      const version = buildOf(world, node);
      const there = { ...context, local: node, version, release: releaseOf(version) };
      // Another release may have another method there, or none; the same one would say the same.
      if (compareReleases(there.release, release) !== 0) return dispatch(there, method, uri, params);
    }
  }
  const issues = validate(endpoint, raw);
  if (issues.length > 0) badParams(Object.fromEntries(issues.map((issue) => [issue.param, issue.pve])));
  const handler = context.handlers[endpoint.route as Route];
  if (!handler) throw new SimError(501, `not simulated: ${method} ${uri}`);
  return handler(callOf(context, endpoint, raw));
}

function callOf(context: Context, endpoint: Endpoint, raw: RawParams): SimCall {
  const { world, caller, now, version } = context;
  const who = caller ?? { id: "", user: "" };
  return {
    world,
    caller: who,
    now,
    version,
    route: endpoint.route as Route,
    params: typedParams(endpoint, raw),
    may: (path, ...privileges) => mayAll(world, who.id, path, privileges),
    task: (spec) => startTask(world, who.id, spec, now),
    run: (method, uri, params) => dispatch(context, method, uri, params),
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

/** The proxy's part: a name it cannot resolve, a node that does not answer. Undefined: the node itself. */
function checkNode(world: World, name: unknown): Node | undefined {
  if (name === "localhost") return undefined;
  const node = world.nodes.get(String(name));
  if (!node)
    throw new SimError(
      500,
      `hostname lookup '${name}' failed - failed to get address info for: ${name}: Temporary failure in name resolution`,
    );
  if (!node.online) throw new RawError(595, "No route to host");
  return node;
}
