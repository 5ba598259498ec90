import type { Tier } from "../config/settings.ts";
import type { Pve } from "../pve/client.ts";
import { PveError } from "../pve/errors.ts";
import { type LockHolder, lockedThing, lockHolder } from "../pve/jobs/lock-holder.ts";
import { LOOKED_SECONDS } from "../pve/jobs/lost-write.ts";
import { mistrustLines } from "../pve/line/certificate.ts";
import { RecordError } from "../record/record.ts";
import type { Answer, Block } from "../render/answer.ts";
import { grantLine } from "../render/grant-line.ts";
import { formatCell } from "../render/units.ts";
import { Refusal } from "../tools/refusal.ts";

/** Ends every answer to a call that is certain to have changed nothing. */
export const UNCHANGED = "Nothing was changed.";

const PARTIAL =
  "PVE works through this call one thing at a time: a part of it may have been done. Look at the state before trying again.";

/** What the texts need to know about the connection. */
export interface GuidanceContext {
  /** `user@realm!name`, for `pveum` lines. */
  readonly tokenId: string;
  /** What would admit a call that needs more than the tier, as a sentence. */
  readonly raisesTier: (needed: Tier) => string;
  readonly tool: string;
  /** The call only reads: there is nothing it could have changed. */
  readonly reading: boolean;
  /** PVE has already accepted a change of this call: what failed came after it. */
  readonly changed: boolean;
  /** For reads that explain: who holds a lock. */
  readonly pve: Pve;
  readonly signal: AbortSignal;
}

/** What PVE's refusals leave unsaid: the next step, by its text. */
const HINTS: readonly (readonly [text: RegExp, hint: string])[] = [
  [/can't migrate running VM without --online/, "online: true migrates it while it runs."],
  [/is running - destroy failed|CT \d+ is running/, "Stop it first, or shut it down."],
  [
    /protection mode enabled/,
    "Its protection flag forbids this: a person should decide to unset it (protection: false).",
  ],
  [
    /guest agent is not running/i,
    "Install and start the guest agent in the guest, and set agent: 1 on the VM.",
  ],
  [/only root can|root@pam/, "PVE allows this to root@pam itself alone, to no API token."],
  [/for data too large/, "pveproxy takes requests of up to 512 KiB."],
];

/** The one door for errors: what failed, why, and what to do next. */
export async function explain(error: unknown, context: GuidanceContext): Promise<Answer> {
  const found = await told(error, context);
  const { headline, notes, blocks = [], next = [] } = found;
  // A tool that sends something to find out, and finds nothing to do, says so by a refusal.
  const changed = context.changed && !(error instanceof Refusal);
  const ending = endingOf(found, changed, error);
  const all = [...notes.map(note), ...blocks, ...ending.map(note)];
  return {
    headline: changed ? `The change was made, but not all that follows it: ${headline}` : headline,
    ...(all.length > 0 ? { blocks: all } : {}),
    ...(next.length > 0 ? { next } : {}),
    failed: true,
  };
}

/** What is known of the state after a failure. */
function endingOf(
  { refused, partial, mayHaveRun }: Told,
  changed: boolean,
  error: unknown,
): readonly string[] {
  if (changed) return ["PVE had accepted the change before: look at the state before repeating it."];
  if (refused) return [UNCHANGED];
  if (partial) return [PARTIAL];
  if (!mayHaveRun) return [];
  return [`It may have run all the same${fateText(error)}: look at the state before trying again.`];
}

/** What was found out about a write whose answer was lost. */
function fateText(error: unknown): string {
  const fate = error instanceof PveError ? error.detail.fate : undefined;
  return fate === undefined ? "" : ` (not known: ${fate})`;
}

interface Told {
  readonly headline: string;
  readonly notes: readonly string[];
  readonly blocks?: readonly Block[];
  readonly next?: readonly string[];
  /** Certain to have changed nothing. */
  readonly refused: boolean;
  readonly mayHaveRun: boolean;
  /** PVE gave up in the middle. */
  readonly partial?: boolean;
}

async function told(error: unknown, context: GuidanceContext): Promise<Told> {
  if (error instanceof Refusal) {
    const { message, blocks, next } = error;
    return { headline: message, notes: [], blocks, next, refused: true, mayHaveRun: false };
  }
  if (error instanceof RecordError) {
    return {
      headline: `The change was not sent, because it could not be recorded: ${error.message}`,
      notes: ["PVE_AUDIT_LOG names the record; what cannot be recorded is not done."],
      refused: true,
      mayHaveRun: false,
    };
  }
  if (error instanceof PveError) {
    const {
      text,
      notes = [],
      next = [],
      refused = false,
    } = error.kind === "locked" ? await describeLock(error, context) : describe(error, context);
    // A lost write of which no job has appeared: looked for, and not there.
    const lost = error.detail.fate === "not started";
    const looked = `The job was not started: none has appeared within ${LOOKED_SECONDS} s.`;
    return {
      headline: lost ? `${text} ${looked}` : text,
      notes: lost ? [...notes, "Look at the state before trying again."] : notes,
      next,
      refused: refused && error.detail.partial !== true,
      mayHaveRun: error.detail.mayHaveRun === true,
      partial: error.detail.partial === true,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    headline: `${context.tool} failed inside this server: ${message}`,
    notes: [],
    refused: false,
    mayHaveRun: false,
  };
}

const note = (text: string): Block => ({ kind: "note", text });

interface Description {
  readonly text: string;
  readonly notes?: readonly string[];
  readonly next?: readonly string[];
  /** Certain to have changed nothing. */
  readonly refused?: boolean;
}

/** Which lock it is and which task holds it. */
async function describeLock(
  error: PveError,
  { pve, signal, reading }: GuidanceContext,
): Promise<Description> {
  const { message, detail } = error;
  const thing = lockedThing(message);
  const text = `${detail.lock ? `Locked (${detail.lock})` : "Busy"}: ${message.trim()}${thing && !detail.lock ? ` (${thing})` : ""}`;
  const holder = detail.guest ? await lockHolder(pve, detail.guest, detail.lock, signal) : undefined;
  return {
    text,
    notes: [
      detail.lock === "suspended"
        ? "It is suspended to disk: starting or resuming it ends that."
        : holder
          ? holderText(holder, detail.lock !== undefined)
          : "A running job usually holds it: pve_list_cluster_tasks shows it. Try again when it has ended.",
    ],
    refused: !reading,
  };
}

/**
 * Who holds a guest's lock, and what to do, in a sentence or two.
 * @param lasting the lock is the guest's own mark, which outlives a job that died
 */
export function holderText(holder: LockHolder, lasting: boolean): string {
  if (holder.task) {
    const { upid, type, started } = holder.task;
    const since = started === undefined ? "" : ` since ${formatCell(started, "time")}`;
    return `The ${type} that runs${since} holds it: ${upid} pve_wait_task waits for its end; try again then.`;
  }
  if (holder.unread || !lasting)
    return "A running job usually holds it: pve_list_cluster_tasks shows it. Try again when it has ended.";
  return "No running task of its node holds it. If nothing works on the guest any more, a person can remove the lock on the node (qm unlock or pct unlock).";
}

function describe(error: PveError, { tokenId, raisesTier, tool, reading }: GuidanceContext): Description {
  const { detail, message } = error;
  switch (error.kind) {
    case "parameter": {
      // Our own check names the parameter in its sentence, PVE's texts do not.
      const unsent = detail.status === undefined;
      const entries = Object.entries(detail.errors ?? {}).map(([name, text]) =>
        unsent ? text.trim() : `${name}: ${text.trim()}`,
      );
      return entries.length > 0
        ? {
            text: `${tool}: ${entries.length === 1 ? "a value is" : `${entries.length} values are`} not right.`,
            notes: entries,
            refused: true,
          }
        : { text: `${tool}: ${message}`, refused: true };
    }
    case "permission": {
      const { privilege, aclPath } = detail;
      if (!privilege || !aclPath) {
        const ticket = /proper ticket/.test(message)
          ? [
              "API tokens cannot make this call at all: a person has to, in the web interface, or the operator sets PVE_USER and PVE_PASSWORD_FILE.",
            ]
          : [];
        return { text: `PVE refused: ${message}`, notes: ticket, refused: true };
      }
      return {
        text: `Permission denied: the token lacks ${privilege.split("|").join(" or ")} on ${aclPath}.`,
        notes: [
          `To allow it, on a node: ${grantLine(tokenId, aclPath, privilege.split("|")[0] ?? privilege)} (with privilege separation its user needs it too).`,
        ],
        refused: true,
      };
    }
    case "authentication":
      if (/^the login of /.test(message))
        return {
          text: `PVE refused: ${message}.`,
          notes: ["Check PVE_USER, PVE_PASSWORD_FILE and PVE_TOTP_SECRET_FILE; the operator decides."],
          refused: true,
        };
      if (!tokenId.includes("!"))
        return {
          text: `PVE refused the login of ${tokenId} (${message}).`,
          notes: ["Check that the user exists, is enabled and has not expired."],
          refused: true,
        };
      return {
        text: `PVE refused the token (${message}).`,
        notes: ["Check PVE_TOKEN_ID and PVE_TOKEN_SECRET, and that the token exists and has not expired."],
        refused: true,
      };
    case "refused":
      return {
        text: message,
        notes: [detail.allows ?? raisesTier(detail.needsTier ?? "full")],
        refused: true,
      };
    case "not-found":
      return { text: notFoundText(message), refused: !reading };
    case "exists":
      return { text: `It already exists: ${message}`, refused: !reading };
    case "no-quorum":
      return {
        text: `The cluster has no quorum, so nothing can be changed: ${message.trim()}`,
        notes: ["Too few of its nodes see each other; a person has to bring them back."],
        next: ["pve_get_cluster_status shows which are online."],
        refused: !reading,
      };
    case "locked":
      return { text: `Busy: ${message}`, refused: !reading };
    case "modified":
      return {
        text: "The configuration has changed since it was read (digest mismatch).",
        notes: ["Read it again and repeat the change with the new digest."],
        refused: true,
      };
    case "not-implemented":
      return {
        text: `This PVE does not know the call: ${message}`,
        notes: ["It may need a newer PVE release."],
        refused: true,
      };
    case "node-unreachable":
      return {
        text: `The node could not be reached through the cluster (${message}).`,
        notes: ["pve_get_cluster_status tells which nodes are online."],
        refused: !reading,
      };
    case "no-answer":
      return { text: `The node did not answer in time (${message}).` };
    case "timeout":
      return {
        text: message,
        refused: !reading && neverLeft(error),
        notes: reading ? ["PVE_TIMEOUT sets the limit; a hung storage or node is the usual cause."] : [],
      };
    case "tls":
      return {
        text: `The certificate of the server was not trusted: ${message}`,
        notes: detail.mistrust ? mistrustLines(detail.mistrust) : [],
        refused: detail.mayHaveRun !== true,
      };
    case "network":
      return {
        text: `The connection to PVE failed: ${message}${detail.code ? ` (${detail.code})` : ""}.`,
        refused: !reading && neverLeft(error),
      };
    case "not-pve":
      return { text: `${message} Is PVE_BASE_URL right (port 8006), and no proxy in between?` };
    case "cancelled":
      return { text: message };
    case "server": {
      const hint = HINTS.find(([text]) => text.test(message))?.[1];
      return { text: `PVE refused: ${message}`, ...(hint === undefined ? {} : { notes: [hint] }) };
    }
  }
}

/** True for a write that surely did not leave this machine. */
const neverLeft = ({ detail }: PveError): boolean => detail.mayHaveRun === false && detail.fate === undefined;

/** PVE names files; a reader wants the thing. */
function notFoundText(message: string): string {
  const file = /Configuration file 'nodes\/([^/]+)\/(qemu-server|lxc)\/(\d+)\.conf' does not exist/.exec(
    message,
  );
  if (file) return `No ${file[2] === "lxc" ? "container" : "VM"} ${file[3]} on node ${file[1]}.`;
  const host = /hostname lookup '([^']*)' failed/.exec(message);
  if (host) return `No node ${host[1]} in this cluster; pve_list_nodes names them.`;
  return `Not found: ${message}`;
}
