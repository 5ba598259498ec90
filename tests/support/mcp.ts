import { PassThrough } from "node:stream";
import { Client } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { loadConfig } from "../../src/config/load.ts";
import { createApp } from "../../src/mcp/app.ts";
import type { WireRequest } from "../../src/pve/transport.ts";
import type { World } from "../../src/simulator/world.ts";
import { serveStreams } from "../../src/transports/stdio.ts";
import { virtualPace } from "./pace.ts";
import { listedTools } from "./session.ts";
import { simulatorTransport } from "./simulator-transport.ts";

/** The two protocol eras a client may speak. */
export const ERAS = ["2025", "2026-07-28"] as const;
export type Era = (typeof ERAS)[number];

export interface Connection {
  readonly client: Client;
  /** Every request that left for PVE. */
  readonly requests: WireRequest[];
  /** Calls a tool: the text a model reads, and whether it is an error. */
  readonly call: (
    name: string,
    args?: Record<string, unknown>,
  ) => Promise<{ text: string; isError: boolean }>;
  /** The same, and where a plan is to be confirmed, by the code that it came with. */
  readonly act: Connection["call"];
  readonly close: () => Promise<void>;
}

/** The code of a plan. */
export const codeIn = (text: string): string => /with confirm: "([^"]+)"/.exec(text)?.[1] ?? "";

/** A real client, speaking MCP over a pair of streams to the real server on a simulated world. */
export async function connect(
  world: World,
  token: { readonly id: string; readonly secret: string },
  { era = "2025", env = {} }: { era?: Era; env?: Readonly<Record<string, string>> } = {},
): Promise<Connection> {
  const { transport, requests } = simulatorTransport(world);
  const errors: Error[] = [];
  const tools = listedTools();
  const app = createApp({
    transport,
    authorization: `PVEAPIToken=${token.id}=${token.secret}`,
    tokenId: token.id,
    cluster: "test",
    pace: virtualPace(world),
    timeoutMs: 30_000,
    config: loadConfig(env, {
      demo: true,
      tools,
      readFile: () => {
        throw new Error("no files here");
      },
    }),
    tools,
    secrets: [token.secret],
    emptyReason: () => undefined,
    log: (line) => errors.push(new Error(line)),
  });
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  serveStreams(
    app,
    { stdin: toServer, stdout: toClient },
    { ended: () => {}, error: (error) => errors.push(error) },
  );
  const client = new Client(
    { name: "contract", version: "1" },
    { versionNegotiation: { mode: era === "2025" ? "legacy" : { pin: era } } },
  );
  await client.connect(new StdioServerTransport(toClient, toServer));
  const call: Connection["call"] = async (name, args = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    return {
      text: content.map((part) => (part.type === "text" ? part.text : "")).join("\n"),
      isError: isError === true,
    };
  };
  return {
    client,
    requests,
    call,
    act: async (name, args = {}) => {
      const first = await call(name, args);
      if (!first.text.startsWith("NOT DONE: ")) return first;
      return call(name, { ...args, confirm: codeIn(first.text) });
    },
    close: async () => {
      await client.close();
      toServer.end();
      if (errors.length > 0) throw errors[0];
    },
  };
}
