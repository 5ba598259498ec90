import { STATUS_CODES } from "node:http";
import { isStepwise } from "../policy/operations/stepwise.ts";
import type { Json } from "./data.ts";
import { classifyFailure, PveError, type PveErrorKind, parseLock, parsePermission } from "./errors.ts";
import type { WireResponse } from "./line/transport.ts";

/** What PVE answered: `data`, and what some calls put beside it. */
export interface Reply {
  readonly data: Json;
  /** Length of the whole list (tasks, logs). */
  readonly total?: number;
  /** Pending changes as a diff (network). */
  readonly changes?: string;
  /** Rows that PVE_ALLOWED left out. */
  readonly hidden?: number;
  /** When it was sent, in Unix seconds by the clock of the node that was asked (the Date header). */
  readonly date?: number;
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
  const writing = !route.startsWith("GET ");
  // Whoever it was that answered so, PVE may have had the request.
  const lost = writing ? { mayHaveRun: true } : {};
  if (response.status >= 200 && response.status < 300) {
    if (!envelope || !("data" in envelope)) {
      throw new PveError("not-pve", "The answer is not Proxmox VE's JSON.", {
        status: response.status,
        route,
        ...lost,
      });
    }
    const date = Date.parse(response.headers.date ?? "") / 1_000;
    return {
      data: envelope.data ?? null,
      ...(Number.isNaN(date) ? {} : { date }),
      ...(typeof envelope.total === "number" ? { total: envelope.total } : {}),
      ...(typeof envelope.changes === "string" ? { changes: envelope.changes } : {}),
    };
  }
  const foreign = foreignAnswer(response);
  if (foreign) throw new PveError("not-pve", foreign, { status: response.status, route, ...lost });
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
    ...(kind === "no-answer" || kind === "timeout" || !isOwn(envelope, response) ? lost : {}),
    ...(isStepwise(route) && !isAtTheStart(kind, message) ? { partial: true as const } : {}),
  });
}

/** Kinds of refusals that come before the first step of anything. */
const AT_THE_START: ReadonlySet<PveErrorKind> = new Set([
  "permission",
  "authentication",
  "modified",
  "no-quorum",
  "not-implemented",
  "node-unreachable",
]);
/** A guest's own locks are taken at the start, those of storages on the way. */
const GUEST_LOCK = /is locked \(|can't lock file '\/var\/lock\/(?:qemu-server|lxc)\/|\/run\/lock\/lxc\//;

const isAtTheStart = (kind: PveErrorKind, message: string): boolean =>
  AT_THE_START.has(kind) || (kind === "locked" && GUEST_LOCK.test(message));

/** Refusals of pveproxy's own, which come without an envelope and before anything is done. */
const PROXYS: ReadonlySet<number> = new Set([400, 401, 501, 506, 595]);

/** Did PVE itself refuse it, and not something in between? Its texts are in the body or in the reason phrase. */
const isOwn = (envelope: Envelope | undefined, { status, reason }: WireResponse): boolean =>
  envelope !== undefined || PROXYS.has(status) || (reason !== "" && reason !== STATUS_CODES[status]);

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
