import type { ServerResponse } from "node:http";

/** An error of JSON-RPC that belongs to no request. */
const errorBody = (code: number, message: string) =>
  JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });

/** The same as a response of the web's kind. */
export const jsonRpcError = (status: number, code: number, message: string): Response =>
  new Response(errorBody(code, message), { status, headers: { "content-type": "application/json" } });

/** Refuses a request before MCP sees it. */
export function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, errorBody(-32_000, message), headers);
}

/** Answers with a JSON document. */
export function sendJson(response: ServerResponse, status: number, document: unknown): void {
  send(response, status, JSON.stringify(document), {});
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(body);
}
