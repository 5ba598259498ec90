import { Server } from "@modelcontextprotocol/server";
import { VERSION } from "../config/version.ts";
import { OUTPUT_SCHEMA } from "../render/json.ts";
import type { App } from "./app.ts";
import { INSTRUCTIONS } from "./instructions.ts";

/** How long a client may keep the tool list: it is fixed for a configuration. */
const LIST_TTL_MS = 3_600_000;

/** Tracks running calls, so that a closing connection can let reads finish and cancel the rest. */
export interface CallWatch {
  run<T>(reads: boolean, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** One MCP server over the app; made per connection, cheap, and the same for both protocol eras. */
export function createMcpServer(app: App, calls: CallWatch): Server {
  const server = new Server(
    { name: "mcp-pve", title: "Proxmox VE", version: VERSION },
    {
      capabilities: { tools: { listChanged: false } },
      instructions: INSTRUCTIONS,
      cacheHints: { "tools/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" } },
    },
  );
  const tools = app.visible.map(({ name, title, description, inputSchema, annotations }) => ({
    name,
    title,
    description,
    inputSchema: inputSchema as { type: "object" },
    annotations,
    ...(app.structured ? { outputSchema: OUTPUT_SCHEMA } : {}),
  }));
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", ({ params }, ctx) =>
    calls.run(app.reads(params.name), ctx.mcpReq.signal, (signal) =>
      app.call(params.name, params.arguments, signal),
    ),
  );
  return server;
}
