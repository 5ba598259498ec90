import type { Json } from "./data.ts";
import { classifyFailure, PveError, parseLock, parsePermission } from "./errors.ts";
import type { WireResponse } from "./transport.ts";

/** What PVE answered: `data`, and what some calls put beside it. */
export interface Reply {
  readonly data: Json;
  /** Length of the whole list (tasks, logs). */
  readonly total?: number;
  /** Pending changes as a diff (network). */
  readonly changes?: string;
  /** Rows that PVE_ALLOWED left out. */
  readonly hidden?: number;
}

interface Envelope {
  readonly data?: Json;
  readonly message?: unknown;
  readonly errors?: unknown;
  readonly total?: unknown;
  readonly changes?: unknown;
}

/** PVE's envelope; undefined when the body is no JSON object (refusals before the formatter have none). */
export function parseEnvelope(body: string): Envelope | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Envelope)
      : undefined;
  } catch {
    return undefined; // Plain text or HTML: the caller reads it as such.
  }
}

/** Turns an HTTP answer into data; throws a PveError for everything else. */
export function readReply(route: string, response: WireResponse): Reply {
  const envelope = parseEnvelope(response.body);
  if (response.status >= 200 && response.status < 300) {
    if (!envelope || !("data" in envelope)) {
      throw new PveError("not-pve", "The answer is not Proxmox VE's JSON.", {
        status: response.status,
        route,
      });
    }
    return {
      data: envelope.data ?? null,
      ...(typeof envelope.total === "number" ? { total: envelope.total } : {}),
      ...(typeof envelope.changes === "string" ? { changes: envelope.changes } : {}),
    };
  }
  const foreign = foreignAnswer(response);
  if (foreign) throw new PveError("not-pve", foreign, { status: response.status, route });
  const message = failureText(envelope, response);
  const errors = isErrorMap(envelope?.errors) ? envelope.errors : undefined;
  const kind = classifyFailure(response.status, message, errors !== undefined);
  const lock = parseLock(message);
  throw new PveError(kind, message, {
    status: response.status,
    route,
    ...parsePermission(message),
    ...(lock === undefined ? {} : { lock }),
    ...(errors === undefined ? {} : { errors }),
    ...(kind === "no-answer" || kind === "timeout" ? { mayHaveRun: !route.startsWith("GET ") } : {}),
  });
}

/** What a gateway says when the PVE behind it does not answer: a page of the gateway's own is expected then. */
const GATEWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/** Why an answer cannot be PVE's, which never redirects an API call and shows no pages for one. */
function foreignAnswer({ status, headers, body }: WireResponse): string | undefined {
  if (status >= 300 && status < 400) return `The server redirects to ${headers.location ?? "elsewhere"}.`;
  const page = headers["content-type"]?.startsWith("text/html") || body.trimStart().startsWith("<");
  return page && !GATEWAY.has(status) ? `The answer is a web page (status ${status}).` : undefined;
}

/** The message is in the body (since 8.3), else in the reason phrase, else the body is plain text. */
function failureText(envelope: Envelope | undefined, response: WireResponse): string {
  if (typeof envelope?.message === "string" && envelope.message.trim() !== "") return envelope.message.trim();
  if (response.reason.trim() !== "") return response.reason.trim();
  const text = response.body.trim();
  return text === "" || text.startsWith("<") ? `HTTP status ${response.status}` : text.slice(0, 500);
}

const isErrorMap = (value: unknown): value is Record<string, string> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === "string");
