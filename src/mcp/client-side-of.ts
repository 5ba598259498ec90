import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { cleanLine } from "../render/clean.ts";
import type { ClientSide, Person } from "./client-side.ts";
import type { Form } from "./question.ts";
import type { CallerRef } from "./server.ts";
import { TASKS_EXTENSION } from "./task-methods.ts";

/** What a client says it can do; read as data, because nothing about it is sure. */
interface Capabilities {
  readonly elicitation?: { readonly form?: unknown; readonly url?: unknown } | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What a request of the newer era carries of its client. */
interface Envelope {
  readonly [CLIENT_CAPABILITIES_META_KEY]?: Capabilities;
  readonly [CLIENT_INFO_META_KEY]?: { readonly name: string; readonly version: string };
}

/** Longer than the pipeline waits for a person: the limit is ours to keep. */
const ASK_LIMIT_MS = 600_000;
const NAME_MAX = 100;

/** Who calls, what they can do, and how they are told and asked; the difference of the eras ends here. */
export function clientSide(
  server: Server,
  ctx: ServerContext,
  { name, request }: CallerRef,
  signal: AbortSignal,
): ClientSide {
  const { _meta: meta } = ctx.mcpReq;
  // The newer era says it with each request, the older said it once.
  const envelope = ctx.mcpReq.envelope as Envelope | undefined;
  const capabilities: Capabilities | undefined = envelope
    ? envelope[CLIENT_CAPABILITIES_META_KEY]
    : server.getClientCapabilities();
  const info = envelope ? envelope[CLIENT_INFO_META_KEY] : server.getClientVersion();
  const modern = envelope !== undefined;
  const token = meta?.progressToken;
  return {
    signal,
    caller: name,
    ...(request === undefined ? {} : { request }),
    ...(info ? { client: cleanLine(`${info.name} ${info.version}`, NAME_MAX) } : {}),
    ...(token === undefined
      ? {}
      : {
          progress: (note) => {
            // A client that has gone is told nothing more; the call itself ends by its signal.
            ctx.mcpReq
              .notify({ method: "notifications/progress", params: { progressToken: token, ...note } })
              .catch(() => {});
          },
        }),
    person: personOf(ctx, capabilities, modern),
    takesTasks: modern && capabilities?.extensions?.[TASKS_EXTENSION] !== undefined,
  };
}

/** A client that declares elicitation without saying which kind means forms. */
const asksWithForms = ({ elicitation }: Capabilities): boolean =>
  elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);

function personOf(ctx: ServerContext, capabilities: Capabilities | undefined, modern: boolean): Person {
  if (!capabilities || !asksWithForms(capabilities)) return { kind: "none" };
  if (!modern) {
    return {
      kind: "push",
      ask: (form: Form, signal: AbortSignal) =>
        ctx.mcpReq.send(
          { method: "elicitation/create", params: { mode: "form", ...form } },
          { signal, timeout: ASK_LIMIT_MS },
        ),
    };
  }
  const state = ctx.mcpReq.requestState();
  const result = ctx.mcpReq.inputResponses?.confirm;
  return typeof state === "string" ? { kind: "return", answered: { state, result } } : { kind: "return" };
}
