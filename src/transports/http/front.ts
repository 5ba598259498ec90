import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpConfig } from "../../config/http/http-config.ts";
import { refuse, sendJson } from "./answers.ts";
import { type Authenticator, challenge } from "./auth/authenticate.ts";
import { resourceMetadata, resourceMetadataUrl } from "./auth/resource-metadata.ts";
import type { CallerLimits } from "./caller-limits.ts";
import { foreignHost } from "./hosts.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";

/** Where MCP is served. */
export const MCP_PATH = "/mcp";

/** How many clusters there are, and how many of them answer now. */
export interface Readiness {
  readonly clusters: number;
  readonly answering: number;
}

/** What stands behind the front. */
export interface FrontParts {
  readonly config: HttpConfig;
  readonly endpoint: McpEndpoint;
  readonly authenticator: Authenticator;
  readonly limits: CallerLimits;
  readonly ready: () => Promise<Readiness>;
  /** The process ends: nothing new is begun. */
  readonly draining: () => boolean;
  /** Takes a line for each request. */
  readonly log: (line: string) => void;
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly id: string };

/**
 * Everything that stands before MCP, in this order: where the request says it goes and comes from, who makes it, how
 * many they make. Whoever is refused learns no more than why.
 */
export function createFront(parts: FrontParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { config, log } = parts;
  const oauth = config.auth.kind === "bearer" ? config.auth.oauth : undefined;
  const resource = oauth && (config.publicUrl ?? oauth.audience);
  const metadata =
    oauth && resource !== undefined && URL.canParse(resource)
      ? { url: resourceMetadataUrl(resource), document: resourceMetadata(oauth, resource) }
      : undefined;
  const metadataPaths = metadata ? [new URL(metadata.url).pathname, WELL_KNOWN] : [];

  const mcp = async (exchange: Exchange, told: Told): Promise<void> => {
    const { request, response, id } = exchange;
    const foreign = foreignHost(config, request.headers);
    if (foreign !== undefined) return refuse(response, 403, foreign);
    if (request.headers.origin !== undefined) allowOrigin(response, request.headers.origin);
    if (request.method === "OPTIONS") return preflight(response);
    const found = await parts.authenticator.authenticate(request.headers.authorization);
    if (found.kind === "refused") {
      const value = challenge(found, metadata?.url);
      const again = found.status === 503 ? { "retry-after": "5" } : {};
      return refuse(response, found.status, found.description, {
        ...(value ? { "www-authenticate": value } : again),
      });
    }
    const { caller } = found;
    told.caller = caller.name;
    // Who has left by now would never leave again, and keep a place for good.
    if (response.closed) return;
    if (parts.draining())
      return refuse(response, 503, "The server ends; ask again.", {
        "retry-after": "1",
        connection: "close",
      });
    const turn = parts.limits.enter(caller.name);
    if (turn.kind === "later")
      return refuse(response, 429, turn.why, { "retry-after": String(turn.seconds) });
    response.once("close", turn.leave);
    const asks = (what: string) => {
      told.what = what;
    };
    await parts.endpoint.handle(request, response, { caller, id, asks });
  };

  const route = async (exchange: Exchange, path: string, told: Told): Promise<void> => {
    const { request, response } = exchange;
    if (path === MCP_PATH) return mcp(exchange, told);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 404, NOT_HERE);
    if (path === "/healthz") return sendJson(response, 200, { alive: true });
    if (path === "/readyz") {
      const { clusters, answering } = await parts.ready();
      const ready = answering > 0 && !parts.draining();
      return sendJson(response, ready ? 200 : 503, { ready, clusters, answering });
    }
    if (metadata && metadataPaths.includes(path)) {
      // A browser's client reads it before it has a token.
      response.setHeader("access-control-allow-origin", "*");
      return sendJson(response, 200, metadata.document);
    }
    refuse(response, 404, NOT_HERE);
  };

  return (request, response) => {
    const begun = performance.now();
    const id = requestId(request);
    const told: Told = {};
    const path = pathOf(request);
    response.setHeader("x-request-id", id);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    response.once("close", () => {
      // Probes come every few seconds and say nothing.
      if (path === "/healthz" || path === "/readyz") return;
      const took = Math.round(performance.now() - begun);
      const what = [told.caller, told.what].filter(Boolean).join(" ");
      const ended = response.writableFinished ? response.statusCode : `${response.statusCode} (client left)`;
      log(`${request.method} ${path} ${ended} ${took} ms ${what === "" ? "" : `${what} `}request ${id}`);
    });
    route({ request, response, id }, path, told).catch((error: unknown) => {
      log(
        `Internal error (request ${id}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `Internal error; the log tells more under request ${id}.`);
    });
  };
}

/** What becomes known of a request on its way, for its line in the log. */
interface Told {
  caller?: string;
  what?: string;
}

const NOT_HERE = `There is nothing here: MCP is served at ${MCP_PATH}.`;
const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** The proxy's name for the request, where it gives a plain one; else one of ours. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The path without its query, which is never looked at; what is no path is shown as none. */
function pathOf({ url = "" }: IncomingMessage): string {
  const path = url.split(/[?#]/)[0] ?? "";
  return /^\/[\w./~%-]{0,200}$/.test(path) ? path : "/(other)";
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", "www-authenticate, retry-after, x-request-id");
  response.setHeader("vary", "origin");
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers":
      "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, x-request-id",
    "access-control-max-age": "600",
  });
  response.end();
}
