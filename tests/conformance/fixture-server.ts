import {
  acceptedContent,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
} from "@modelcontextprotocol/server";
import { toolHandlers } from "../../src/mcp/server.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type HttpSession, type MakeServer, serveHttp } from "../../src/transports/http/serve-http.ts";
import { simulatedHost } from "../support/mcp.ts";
import { image, RESOURCES, resource, templated, text } from "./fixture-content.ts";
import { codec, TOOLS } from "./fixture-tools.ts";

const user = (content: unknown) => ({ role: "user" as const, content });

/** Prompts that the conformance runner looks for: their arguments and their messages. */
const PROMPTS: Readonly<
  Record<
    string,
    {
      readonly takes?: readonly string[];
      readonly messages: (args: Readonly<Record<string, string>>) => unknown[];
    }
  >
> = {
  test_simple_prompt: { messages: () => [user(text("This is a simple prompt for testing."))] },
  test_prompt_with_arguments: {
    takes: ["arg1", "arg2"],
    messages: ({ arg1, arg2 }) => [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  },
  test_prompt_with_embedded_resource: {
    takes: ["resourceUri"],
    messages: ({ resourceUri = "" }) => [
      user(resource(resourceUri, "Embedded resource content for testing.")),
      user(text("Please process the embedded resource above.")),
    ],
  },
  test_prompt_with_image: { messages: () => [user(image), user(text("Please analyze the image above."))] },
  test_input_required_result_prompt: { messages: () => [] },
};

/** The project's own tools with the runner's beside them, and its prompts and resources. */
const makeServer: MakeServer = (app, calls, caller) => {
  const server = new Server(
    { name: "mcp-pve-conformance", version: "1" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: codec.verify },
      inputRequired: { legacyShim: false },
    },
  );
  const own = toolHandlers(server, app, calls, caller);
  const fixtures = Object.entries(TOOLS).map(([name, { inputSchema = { type: "object" } }]) => ({
    name,
    description: "Looked for by the conformance runner.",
    inputSchema: inputSchema as { type: "object" },
  }));
  server.setRequestHandler("tools/list", () => ({ tools: [...own.list().tools, ...fixtures] }));
  server.setRequestHandler("tools/call", async (request, ctx) => {
    const { name, arguments: args = {} } = request.params;
    const fixture = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
    return fixture ? ((await fixture.run(ctx, args)) as never) : own.call(request, ctx);
  });
  server.setRequestHandler("prompts/list", () => ({
    prompts: Object.entries(PROMPTS).map(([name, { takes = [] }]) => ({
      name,
      description: "Looked for by the conformance runner.",
      arguments: takes.map((argument) => ({ name: argument, required: true })),
    })),
  }));
  server.setRequestHandler("prompts/get", ({ params: { name, arguments: args = {} } }, { mcpReq }) => {
    const prompt = Object.hasOwn(PROMPTS, name) ? PROMPTS[name] : undefined;
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "No such prompt");
    if (name !== "test_input_required_result_prompt") return { messages: prompt.messages(args) } as never;
    const context = acceptedContent<{ context: string }>(mcpReq.inputResponses, "user_context")?.context;
    if (context !== undefined) return { messages: [user(text(`In this context: ${context}`))] } as never;
    const requestedSchema = {
      type: "object",
      properties: { context: { type: "string" } },
      required: ["context"],
    };
    return inputRequired({
      inputRequests: {
        user_context: inputRequired.elicit({
          message: "In which context?",
          requestedSchema: requestedSchema as never,
        }),
      },
    }) as never;
  });
  server.setRequestHandler("resources/list", () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({ uri, name: uri, mimeType })),
  }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [
      { uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" },
    ],
  }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const found = Object.hasOwn(RESOURCES, uri) ? RESOURCES[uri] : undefined;
    if (found) return { contents: [{ uri, ...found }] } as never;
    const made = templated(uri);
    if (made === undefined) throw new ResourceNotFoundError(uri);
    return { contents: [{ uri, mimeType: "application/json", text: made }] };
  });
  for (const method of ["resources/subscribe", "resources/unsubscribe", "logging/setLevel"] as const)
    server.setRequestHandler(method, () => ({}));
  server.setRequestHandler("completion/complete", () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  return server;
};

/** The fixture server behind everything that stands before MCP over HTTP, on a simulated cluster. @param port 0: any */
export async function serveFixture(port: number): Promise<HttpSession> {
  const log = (line: string) => void (line.startsWith("Internal error") && console.error(line));
  const { host } = simulatedHost(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, { log });
  const local = ["localhost", "127.0.0.1", "[::1]"];
  return serveHttp(
    host,
    {
      host: "127.0.0.1",
      port,
      behindProxy: false,
      allowedHosts: local,
      allowedOrigins: local.map((name) => `http://${name}:*`),
      auth: { kind: "none" },
      perMinute: 100_000,
      atOnce: 100,
    },
    { ready: async () => ({ clusters: 1, answering: 1 }), log, makeServer },
  );
}
