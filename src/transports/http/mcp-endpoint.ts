import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpRequestContext, type Server } from "@modelcontextprotocol/server";
import type { Caller } from "../../config/http/http-config.ts";
import { jsonRpcError } from "./answers.ts";

/** pveproxy takes half of it; nothing that a client has to say is longer, in bytes. */
export const BODY_MAX = 1024 ** 2;

/** A request that has been let in. */
export interface Admitted {
  readonly caller: Caller;
  /** Names it in the log. */
  readonly id: string;
  /** Told what the request asks for, once that is read. */
  readonly asks: (what: string) => void;
}

/** Serves MCP requests that have been let in. */
export interface McpEndpoint {
  readonly handle: (request: IncomingMessage, response: ServerResponse, admitted: Admitted) => Promise<void>;
  /** Ends what is open. */
  readonly close: () => Promise<void>;
}

/**
 * MCP over HTTP in both protocol eras, each request by a server of its own: nothing is kept between two of them.
 * @param makeServer the server for one request
 */
export function createMcpEndpoint(
  makeServer: (admitted: Admitted) => Server,
  onError: (error: Error) => void,
): McpEndpoint {
  const handler = createMcpHandler((context) => makeServer(admittedOf(context)), {
    onerror: onError,
    maxRequestBodySize: BODY_MAX,
  });
  const serve = async (request: Request, options: HandlerOptions): Promise<Response> => {
    if (request.method !== "POST") return handler.fetch(request, options);
    let parsedBody: unknown;
    try {
      parsedBody = JSON.parse(await request.text());
    } catch {
      return jsonRpcError(400, -32_700, "Parse error: the body is not JSON.");
    }
    // A limit of requests would be none if one could hold many.
    if (Array.isArray(parsedBody))
      return jsonRpcError(400, -32_600, "Send one message in a request: batches are not served.");
    admittedOf(options).asks(wanted(parsedBody));
    return handler.fetch(request, { ...options, parsedBody });
  };
  const toNode = toNodeHandler({ fetch: serve }, { onerror: onError, maxRequestBodySize: BODY_MAX });
  return {
    handle: (request, response, admitted) => {
      // The caller's own token goes no further than here.
      const { name } = admitted.caller;
      const auth = { token: "", clientId: name, scopes: [], extra: { admitted } };
      const { method = "GET", url = "/", headers } = request;
      const read = {
        method,
        url,
        headers,
        auth,
        [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
      };
      return toNode(read, response);
    },
    close: () => handler.close(),
  };
}

type HandlerOptions = NonNullable<Parameters<ReturnType<typeof createMcpHandler>["fetch"]>[1]> | undefined;

/** What was let in, as it came with the request. Throws where nothing did: then nobody is served. */
function admittedOf(context: Pick<McpRequestContext, "authInfo"> | undefined): Admitted {
  const admitted = context?.authInfo?.extra?.admitted as Admitted | undefined;
  if (!admitted) throw new Error("A request reached MCP without being let in.");
  return admitted;
}

/** `tools/call pve_list_nodes`, for the log; nothing of the arguments. */
function wanted(body: unknown): string {
  if (typeof body !== "object" || body === null || !("method" in body)) return "";
  const { method } = body;
  const params = "params" in body ? body.params : undefined;
  const name = typeof params === "object" && params !== null && "name" in params ? params.name : undefined;
  return [method, name].filter((part) => typeof part === "string" && /^[\w/.-]{1,80}$/.test(part)).join(" ");
}
