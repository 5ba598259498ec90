import type { Confirmation } from "../config/settings.ts";
import { type Classification, classOfUnknown } from "../policy/effect.ts";
import { classifyCall } from "../pve/classes/classify.ts";
import { type Checked, callAny } from "../pve/client.ts";
import type { Row } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { isBrief } from "../pve/jobs/lock-holder.ts";
import { fateOf } from "../pve/jobs/lost-write.ts";
import { isUpid } from "../pve/jobs/upid.ts";
import type { Reply } from "../pve/reply.ts";
import type { OpenEntry } from "../record/record.ts";
import { redactData } from "../render/redact.ts";
import { takesNoToken } from "../schema/endpoint.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import type { Tool } from "../tools/tool.ts";
import { isShuttingDown } from "./client-side.ts";
import { type CallNotes, type Reader, reading, requestKey, type Turn, type Writer } from "./scope.ts";
import type { Session } from "./session.ts";

/** What allows a call to run. */
export interface Permit {
  /** How it was confirmed, for the record: "not needed", "off", "code", "person". */
  readonly confirmed: string;
  /** The requests that were confirmed, as `requestKey` names them. */
  readonly requests: ReadonlySet<string>;
  /** Digest of the plan. */
  readonly plan?: string;
  /** What was set before, by `requestKey`, for whoever wants it back. */
  readonly before: ReadonlyMap<string, unknown>;
  /** The entry of the record that this call takes back. */
  readonly undoes?: number;
}

/** A write that was sent, or may have been. */
export interface SentWrite {
  readonly request: Checked;
  readonly entry?: OpenEntry | undefined;
  /** The job that it started. */
  readonly upid?: string;
  /** When it was sent, by the session's pace. */
  readonly begun: number;
}

const NEEDING: Readonly<Record<Confirmation, (one: Classification) => boolean>> = {
  off: () => false,
  loss: ({ risk }) => risk === "loss",
  write: ({ effect, risk }) => risk === "loss" || effect === "write",
  all: () => true,
};

/** Does a change of this class need a confirmation? */
export const needsConfirmation = (setting: Confirmation, one: Classification): boolean =>
  NEEDING[setting](one);

/** Effect and risk of a request, as far as PVE's state decides them too. */
export const classOfRequest = async (
  session: Session,
  { route, params, endpoint }: Checked,
  reader: Reader,
): Promise<Classification> => {
  if (endpoint) return classOfUnknown(route);
  const pve = reading(session, reader);
  return classifyCall((read, given) => callAny(pve, read, given), route, params);
};

/** Waits before a write is repeated that PVE refused because of a lock of moments, in milliseconds. */
const LOCK_RETRIES_MS = [2_000, 5_000] as const;

/**
 * How writes are sent: confirmed, and recorded before they leave. Only a refusal that came because of a lock of moments
 * is tried again: nothing was started then. Of a write whose answer was lost the job is looked for.
 */
export function execution(
  turn: Turn,
  tool: Tool,
  permit: Permit,
): { readonly write: Writer; readonly sent: SentWrite[] } {
  const { session, side, notes } = turn;
  const sent: SentWrite[] = [];
  const write: Writer = async (request, signal) => {
    const key = requestKey(request);
    if (!permit.requests.has(key)) {
      const found = await classOfRequest(session, request, { signal, caller: side.caller });
      if (needsConfirmation(session.safety.confirm, found))
        // Not a tool's refusal: an earlier request of the same call may have gone out.
        throw new PveError("refused", "What would be sent now is not what was planned.", {
          route: request.route,
          allows: "The same call, made again, has a new plan to confirm.",
        });
    }
    const entry = session.record?.open({
      caller: side.caller,
      ...(side.client === undefined ? {} : { client: side.client }),
      cluster: session.cluster,
      tool: tool.name,
      route: request.route,
      params: redactData(request.route, request.params) as Row,
      confirmed: permit.confirmed,
      ...(permit.plan === undefined ? {} : { plan: permit.plan }),
      ...(permit.before.has(key) ? { before: permit.before.get(key) } : {}),
      ...(permit.undoes === undefined ? {} : { undoes: permit.undoes }),
    });
    const begun = session.pace.now();
    try {
      const reply = await sendOnce(turn, request);
      notes.changed = true;
      const upid = upidOf(reply);
      if (upid !== undefined) remember(session, upid);
      sent.push({ request, entry, begun, ...(upid === undefined ? {} : { upid }) });
      if (upid === undefined) closed(notes, entry?.close({ verdict: "ok" }));
      return reply;
    } catch (error) {
      const lost = error instanceof PveError && isUncertain(error);
      const verdict = !lost ? "refused" : isShuttingDown(side) ? "interrupted" : "unknown";
      closed(
        notes,
        entry?.close({ verdict, detail: error instanceof Error ? error.message : String(error) }),
      );
      throw error;
    }
  };
  return { write, sent };
}

/** May a write that ended so have done something? */
const isUncertain = ({ detail: { mayHaveRun, partial, fate } }: PveError): boolean =>
  mayHaveRun === true || partial === true || fate !== undefined;

const RECORD_FAILED = "The record of this change could not be completed (PVE_AUDIT_LOG cannot be written).";

/** Says so once when the second line of an entry could not be written. */
export function closed(notes: CallNotes, written: boolean | undefined): void {
  if (written === false && !notes.remarks.includes(RECORD_FAILED)) notes.remarks.push(RECORD_FAILED);
}

/** The job that an answer names; consoles answer it among other things. */
const upidOf = ({ data }: Reply): string | undefined => (isUpid(data) ? data : undefined);

/** More than a server starts while one answer is lost. */
const REMEMBERED = 500;

function remember({ started }: Session, upid: string): void {
  started.add(upid);
  const [oldest] = started;
  if (started.size > REMEMBERED && oldest !== undefined) started.delete(oldest);
}

async function sendOnce(turn: Turn, request: Checked): Promise<Reply> {
  const {
    session,
    side: { signal, caller },
    notes,
  } = turn;
  const sentAt = session.pace.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await session.client.send(request, { signal, caller });
    } catch (error) {
      if (!(error instanceof PveError)) throw error;
      if (error.detail.mayHaveRun) return await afterLostAnswer(turn, request, error, sentAt);
      const delay = LOCK_RETRIES_MS[attempt];
      if (error.kind !== "locked") throw error;
      const again = delay !== undefined && isBrief(error.message) && error.detail.partial !== true;
      if (!again) throw withGuest(error, request);
      await session.pace.pause(delay, signal);
      if (signal.aborted) throw error;
      // What stands before a write stands before each try: it may have been frozen or protected meanwhile.
      await session.client.check(request.route, request.params as never, {
        signal,
        caller,
        endpoint: request.endpoint,
      });
      notes.remarks.push(`PVE first refused it (${error.message.trim()}); it was tried again.`);
    }
  }
}

/** The refusal with the guest that is locked, for whoever explains it. */
function withGuest(error: PveError, { params }: Checked): PveError {
  const [node, vmid] = [params.node, Number(params.vmid)];
  if (typeof node !== "string" || !Number.isInteger(vmid)) return error;
  return new PveError(error.kind, error.message, { ...error.detail, guest: { node, vmid }, cause: error });
}

/** Whom a job of this request belongs to: the token, or the user who logs in for what PVE takes from no token. */
const actor = ({ tokenId, login }: Session, { route, endpoint = endpointOf(route) }: Checked): string =>
  login !== undefined && takesNoToken(endpoint) ? login : tokenId;

/** The answer that the lost one would have been, if the job shows; otherwise the error, with what is known. */
async function afterLostAnswer(
  { session, side, notes }: Turn,
  request: Checked,
  error: PveError,
  sentAt: number,
): Promise<Reply> {
  if (error.kind === "cancelled") throw error;
  const fate = await fateOf(reading(session, side), {
    request,
    error,
    tokenId: actor(session, request),
    sentAt,
    known: session.started,
    pace: session.pace,
    signal: side.signal,
  });
  if (fate.kind === "started") {
    notes.remarks.push(`PVE's answer was lost (${error.message}); the job it started was found.`);
    return { data: fate.upid };
  }
  throw new PveError(error.kind, error.message, {
    ...error.detail,
    mayHaveRun: fate.kind === "unknown",
    fate: fate.kind === "unknown" ? fate.why : "not started",
    cause: error,
  });
}
