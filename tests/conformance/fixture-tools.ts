import { setTimeout as pause } from "node:timers/promises";
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { audio, image, resource, text } from "./fixture-content.ts";

/** Seals what goes through the client and comes back. */
export const codec = createRequestStateCodec<Record<string, unknown>>({
  key: Buffer.alloc(32, "conformance"),
});

type Result = unknown;
type Responses = ServerContext["mcpReq"]["inputResponses"];

interface Fixture {
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  readonly run: (ctx: ServerContext, args: Readonly<Record<string, unknown>>) => Result | Promise<Result>;
}

const said = (content: string) => ({ content: [text(content)] });
const fixed = (...content: readonly unknown[]): Fixture => ({ run: () => ({ content }) });

/** A form that asks for one value. */
const ask = (message: string, name: string, type = "string") =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { [name]: { type } }, required: [name] } as never,
  });
const sample = (question: string) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens: 50,
  });
const answered = (responses: Responses, key: string, name: string): unknown =>
  acceptedContent<Record<string, unknown>>(responses, key)?.[name];
const field = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );

/** Asks until the question is answered, then says so. */
const asking = (
  question: () => InputRequests,
  isDone: (ctx: ServerContext) => boolean,
  done: string,
): Fixture => ({
  run: async (ctx) =>
    isDone(ctx)
      ? said(done)
      : inputRequired({ inputRequests: question(), requestState: await codec.mint({}) }),
});

const confirmed = ({ mcpReq }: ServerContext) =>
  mcpReq.requestState() !== undefined && answered(mcpReq.inputResponses, "confirm", "ok") !== undefined;
const CONFIRM = () => ({ confirm: ask("Please confirm", "ok", "boolean") });

const NO_ANSWER_MS = 500;

/** Sends a question of the older era while the call goes on. */
const pushing = (method: string, params: (args: Readonly<Record<string, unknown>>) => unknown): Fixture => ({
  inputSchema: { type: "object", properties: { prompt: { type: "string" }, message: { type: "string" } } },
  run: async ({ mcpReq }, args) => {
    // Over HTTP its answer would come in another request, and nothing is kept between two: nobody waits for long.
    const answer = await mcpReq.send({ method, params: params(args) } as never, { timeout: NO_ANSWER_MS });
    return said(`Answered: ${JSON.stringify(answer)}`);
  },
});

const logLine = (data: string) => ({
  method: "notifications/message" as const,
  params: { level: "info" as const, data },
});

/** Tools that the conformance runner looks for, by name. */
export const TOOLS: Readonly<Record<string, Fixture>> = {
  test_simple_text: fixed(text("This is a simple text response for testing.")),
  test_image_content: fixed(image),
  test_audio_content: fixed(audio),
  test_embedded_resource: fixed(
    resource("test://embedded-resource", "This is an embedded resource content."),
  ),
  test_multiple_content_types: fixed(
    text("Several kinds:"),
    image,
    resource("test://mixed-content-resource", '{"test":"data","value":123}', "application/json"),
  ),
  test_error_handling: {
    run: () => ({ ...said("This tool intentionally returns an error for testing"), isError: true }),
  },
  test_streaming_elicitation: fixed(text("Nothing was asked.")),
  test_logging_tool: {
    run: async ({ mcpReq }) => {
      await mcpReq.log("info", "only for those who asked for a level");
      return said("Logged.");
    },
  },
  test_tool_with_logging: {
    run: async ({ mcpReq }) => {
      for (const line of ["started", "processing", "completed"]) {
        await mcpReq.notify(logLine(`Tool ${line}`));
        await pause(50);
      }
      return said("Logged.");
    },
  },
  test_tool_with_progress: {
    run: async ({ mcpReq }) => {
      const token = mcpReq._meta?.progressToken;
      for (const progress of token === undefined ? [] : [0, 50, 100]) {
        await mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken: token ?? "", progress, total: 100, message: `${progress} of 100` },
        });
        await pause(50);
      }
      return said(String(token ?? "no token"));
    },
  },
  test_sampling: pushing("sampling/createMessage", ({ prompt }) => ({
    messages: [{ role: "user", content: { type: "text", text: String(prompt) } }],
    maxTokens: 100,
  })),
  test_elicitation: pushing("elicitation/create", ({ message }) => ({
    message: String(message),
    requestedSchema: { type: "object", properties: { response: { type: "string" } }, required: ["response"] },
  })),
  test_missing_capability: {
    run: ({ mcpReq }) =>
      mcpReq.inputResponses?.answer === undefined
        ? inputRequired({ inputRequests: { answer: sample("Say pong") } })
        : said("Answered."),
  },
  json_schema_2020_12_tool: {
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: {
        address: {
          $anchor: "addressDef",
          type: "object",
          properties: { street: { type: "string" }, city: { type: "string" } },
        },
      },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    },
    run: (_, args) => said(JSON.stringify(args)),
  },
  test_input_required_result_elicitation: {
    run: ({ mcpReq }) => {
      const name = answered(mcpReq.inputResponses, "user_name", "name");
      return typeof name === "string"
        ? said(`Hello, ${name}!`)
        : inputRequired({ inputRequests: { user_name: ask("What is your name?", "name") } });
    },
  },
  test_input_required_result_sampling: {
    run: ({ mcpReq }) => {
      const answer = mcpReq.inputResponses?.capital_question;
      return answer === undefined
        ? inputRequired({ inputRequests: { capital_question: sample("What is the capital of France?") } })
        : said(`Answered: ${String(field(answer, "content", "text"))}`);
    },
  },
  test_input_required_result_list_roots: {
    run: ({ mcpReq }) => {
      const roots = field(mcpReq.inputResponses?.client_roots, "roots");
      return Array.isArray(roots)
        ? said(`${roots.length} roots: ${roots.map((root) => field(root, "uri")).join(", ")}`)
        : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  },
  test_input_required_result_request_state: asking(CONFIRM, confirmed, "state-ok"),
  test_input_required_result_tampered_state: asking(CONFIRM, confirmed, "integrity-ok"),
  test_input_required_result_multiple_inputs: asking(
    () => ({
      user_name: ask("What is your name?", "name"),
      greeting: sample("Greet"),
      client_roots: inputRequired.listRoots(),
    }),
    ({ mcpReq: { inputResponses: given } }) =>
      typeof answered(given, "user_name", "name") === "string" &&
      field(given?.greeting, "content", "text") !== undefined &&
      Array.isArray(field(given?.client_roots, "roots")),
    "All three are there.",
  ),
  test_input_required_result_multi_round: {
    run: async ({ mcpReq }) => {
      const round = Number(mcpReq.requestState<Record<string, unknown>>()?.round ?? 0);
      if (round >= 2) return said("Both rounds are over.");
      const inputRequests =
        round === 0 ? { step1: ask("What is your name?", "name") } : { step2: ask("Which color?", "color") };
      return inputRequired({ inputRequests, requestState: await codec.mint({ round: round + 1 }) });
    },
  },
  test_input_required_result_capabilities: {
    run: ({ mcpReq }) => {
      if (mcpReq.inputResponses !== undefined) return said("Answered.");
      const declared = field(mcpReq.envelope, CLIENT_CAPABILITIES_META_KEY);
      const inputRequests: InputRequests = {
        ...(field(declared, "elicitation") ? { user_name: ask("What is your name?", "name") } : {}),
        ...(field(declared, "sampling") ? { greeting: sample("Greet") } : {}),
        ...(field(declared, "roots") ? { client_roots: inputRequired.listRoots() } : {}),
      };
      return Object.keys(inputRequests).length === 0
        ? said("Nothing can be asked.")
        : inputRequired({ inputRequests });
    },
  },
};
