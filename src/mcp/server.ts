import {
  type CallToolRequest,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { VERSION } from "../config/version.ts";
import { OUTPUT_SCHEMA } from "../render/json.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { App } from "./app.ts";
import type { ClientSide } from "./client-side.ts";
import { clientSide } from "./client-side-of.ts";
import { mayNeedPerson } from "./surface.ts";
import { TASK_ID, TASKS_EXTENSION } from "./task-methods.ts";

/** How long a client may keep the tool list: it is fixed for a configuration. */
const LIST_TTL_MS = 3_600_000;

/** Tracks running calls, so that a closing connection can let reads finish and cancel the rest. */
export interface CallWatch {
  run<T>(reads: boolean, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Who is on the other end, as far as the transport knows. */
export interface CallerRef {
  readonly name: string;
  /** Names the request in the log; absent: the transport gives none. */
  readonly request?: string;
}

/** One MCP server over the app; made per connection or request, cheap, and the same for both protocol eras. */
export function createMcpServer(app: App, calls: CallWatch, caller: CallerRef): Server {
  const server = new Server(
    { name: "mcp-pve", title: "Proxmox VE", version: VERSION },
    {
      capabilities: { tools: { listChanged: false }, extensions: { [TASKS_EXTENSION]: {} } },
      instructions: app.instructions,
      cacheHints: { "tools/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" } },
      // A 2025 client is asked while its call goes on: time limit, refusal and record are then ours.
      inputRequired: { legacyShim: false },
    },
  );
  const { list, call } = toolHandlers(server, app, calls, caller);
  server.setRequestHandler("tools/list", list);
  server.setRequestHandler("tools/call", call);
  const onTask = <T>(
    ctx: ServerContext,
    reads: boolean,
    work: (side: ClientSide) => Promise<T>,
  ): Promise<T> =>
    calls.run(reads, ctx.mcpReq.signal, async (signal) => {
      const side = clientSide(server, ctx, caller, signal);
      if (!side.takesTasks) throw withoutTasks(ctx);
      try {
        return await work(side);
      } catch (error) {
        if (error instanceof Error && error.name === "TaskError")
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
        throw error;
      }
    });
  server.setRequestHandler("tasks/get", { params: TASK_ID }, ({ taskId }, ctx) =>
    onTask(ctx, true, async (side) => ({ ...(await app.getTask(taskId, side)) })),
  );
  server.setRequestHandler("tasks/cancel", { params: TASK_ID }, ({ taskId }, ctx) =>
    onTask(ctx, false, async (side) => {
      await app.cancelTask(taskId, side);
      return {};
    }),
  );
  // Our tasks ask for nothing; an answer that nobody waits for is acknowledged and ignored.
  server.setRequestHandler("tasks/update", { params: TASK_ID }, ({ taskId }, ctx) =>
    onTask(ctx, true, async (side) => {
      await app.getTask(taskId, side);
      return {};
    }),
  );
  return server;
}

/** Why a client that has not declared the extension is answered nothing; the older era does not know it. */
const withoutTasks = ({ mcpReq }: ServerContext): ProtocolError =>
  mcpReq.envelope === undefined
    ? new ProtocolError(ProtocolErrorCode.MethodNotFound, "Method not found")
    : new MissingRequiredClientCapabilityError({
        requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
      });

/** What a server answers to `tools/list` and `tools/call`. */
export const toolHandlers = (server: Server, app: App, calls: CallWatch, caller: CallerRef) => ({
  list: () => ({ tools: listOf(app) }),
  call: ({ params }: CallToolRequest, ctx: ServerContext) =>
    calls.run(app.reads(params.name), ctx.mcpReq.signal, async (signal) => {
      const side = clientSide(server, ctx, caller, signal);
      const outcome = await app.call(params.name, params.arguments, side);
      switch (outcome.kind) {
        case "result":
          return outcome.result;
        case "ask":
          return {
            resultType: "input_required" as const,
            inputRequests: {
              confirm: { method: "elicitation/create", params: { mode: "form", ...outcome.form } },
            },
            requestState: outcome.state,
          } as never;
        case "task":
          return { resultType: "task", ...outcome.task } as never;
      }
    }),
});

/** Lists as they were made: many servers serve one app. */
const lists = new WeakMap<App, ReturnType<typeof listed>[]>();

function listOf(app: App) {
  const tools = lists.get(app) ?? app.visible.map((tool) => listed(app, tool));
  lists.set(app, tools);
  return tools;
}

/** A tool as tools/list shows it. */
function listed(app: App, tool: ListedTool) {
  const { name, title, description, inputSchema, annotations } = tool;
  return {
    name,
    title,
    description,
    inputSchema: inputSchema as { type: "object" },
    annotations,
    ...(app.structured ? { outputSchema: OUTPUT_SCHEMA } : {}),
    ...(mayNeedPerson(tool, app.confirm) ? { _meta: { "anthropic/requiresUserInteraction": true } } : {}),
  };
}
