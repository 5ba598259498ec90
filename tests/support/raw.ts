import type { World } from "../../src/simulator/world.ts";
import { type ConnectOptions, serve } from "./mcp.ts";

type Result = Readonly<Record<string, unknown>>;

/** A client of the newer era that speaks JSON-RPC by hand: for what the SDK's client does not let through. */
export interface RawClient {
  /** The result as it came over the wire; rejects with the error's message, and the error as the cause. */
  readonly ask: (method: string, params?: Result) => Promise<Result>;
  readonly call: (name: string, args?: Result) => Promise<Result>;
  readonly requests: ReturnType<typeof serve>["requests"];
  readonly close: () => void;
}

/** Connects such a client; `capabilities` is what it declares with every request. */
export function rawClient(
  world: World,
  token: { readonly id: string; readonly secret: string },
  { capabilities = {}, ...options }: ConnectOptions & { readonly capabilities?: Result } = {},
): RawClient {
  const { toServer, toClient, requests } = serve(world, token, options);
  const waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>();
  let text = "";
  toClient.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line) as {
        id?: number;
        result?: Result;
        error?: { message: string };
      };
      const one = id === undefined ? undefined : waiting.get(id);
      if (error) one?.reject(new Error(error.message, { cause: error }));
      else one?.resolve(result ?? {});
    }
  });
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
  };
  let last = 0;
  const ask: RawClient["ask"] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      const message = { jsonrpc: "2.0", id: last, method, params: { ...params, _meta } };
      toServer.write(`${JSON.stringify(message)}\n`);
    });
  return {
    ask,
    call: (name, args = {}) => ask("tools/call", { name, arguments: args }),
    requests,
    close: () => void toServer.end(),
  };
}
