import { readBackupLog } from "./backup-log.ts";
import { BULK_TYPES, type BulkKind, type BulkLog, readBulkLog } from "./bulk-log.ts";

/** What a task was asked to do, beyond what its log tells. */
export interface Asked {
  /** VMIDs. */
  readonly guests?: readonly number[];
}

/** A guest that was asked for and not done; `why` is what the log says, unless the words are `ours`. */
export interface Missing {
  readonly vmid: number;
  readonly why: string;
  readonly ours?: true;
}

/** How a task that is over has ended, by what was asked of it. */
export interface Verdict {
  readonly ending: "ok" | "warnings" | "failed";
  /** PVE's exit status as it is: `OK`, `WARNINGS: n`, a command's last words, or nothing. */
  readonly exit: string;
  /** How many warnings PVE counted. */
  readonly warnings?: number;
  /** PVE's words say that somebody stopped it; a stopped task can end with other words as well. */
  readonly stopped?: true;
  /** Guests done, for tasks on several; what the log does not tell is not claimed. */
  readonly done?: readonly number[];
  readonly missing?: readonly Missing[];
  /** What else the log means, in our own words. */
  readonly notes?: readonly string[];
}

/** What a kind of task makes of its log. */
interface Findings {
  readonly done?: readonly number[];
  readonly missing?: readonly Missing[];
  readonly notes?: readonly string[];
}

/** PVE::UPID read_status and status_is_error: everything but these is a failure. */
function endingOf(exit: string): Pick<Verdict, "ending" | "warnings"> {
  if (exit === "OK") return { ending: "ok" };
  const warnings = /^WARNINGS: (\d+)$/.exec(exit)?.[1];
  return warnings === undefined ? { ending: "failed" } : { ending: "warnings", warnings: Number(warnings) };
}

/** Why a guest is missing: the log's words where it has some. */
const because = (vmid: number, told: string | undefined, ours: string): Missing =>
  told === undefined ? { vmid, why: ours, ours: true } : { vmid, why: told };

const OVER_BEFORE = "the job ended before its turn";
const ELSEWHERE = "it is on another node";

/** `over`: the job came to its end, with or without guests that failed. */
function backup(lines: readonly string[], asked: Asked, over: boolean): Findings {
  const log = readBackupLog(lines);
  const { done, failed, external } = log;
  const leftToOthers = asked.guests === undefined && log.everyNode ? external : [];
  const wanted = (asked.guests ?? log.named ?? []).filter((vmid) => !leftToOthers.includes(vmid));
  const why = (vmid: number): string => {
    if (external.includes(vmid)) return ELSEWHERE;
    return over ? "the log does not name it; a job backs up the guests of its own node only" : OVER_BEFORE;
  };
  const missing = [...new Set([...wanted, ...failed.keys()])]
    .filter((vmid) => !done.includes(vmid))
    .map((vmid) => because(vmid, failed.get(vmid), why(vmid)));
  const others = leftToOthers.length > 0 ? [`Left to their own nodes: ${leftToOthers.join(", ")}.`] : [];
  return { done, missing, notes: [...log.notes, ...others] };
}

const isEmpty = (lines: readonly string[]): boolean =>
  lines.every((line) => line.trim() === "" || line.startsWith("TASK "));

/** `over`: the job came to its end, well or with the summary of those that failed. */
function bulk(log: BulkLog, { tells, silent }: BulkKind, asked: Asked, over: boolean): Findings {
  const { started, already, left, failed } = log;
  const sound = started.filter((vmid) => !failed.has(vmid));
  const done = [...already, ...(tells && over ? sound : [])].sort((a, b) => a - b);
  const wanted = [...new Set(asked.guests ?? log.named ?? [])];
  const settled = new Set([...already, ...(over ? sound : [])]);
  const open = wanted.filter((vmid) => !settled.has(vmid) && !failed.has(vmid));
  const unnamed = silent && over ? open.filter((vmid) => !left.has(vmid)) : [];
  const why = (vmid: number): string => {
    if (over) return "the log does not name it: a template, or no such guest";
    return started.includes(vmid) ? "its own task was started, and the job ended before it" : OVER_BEFORE;
  };
  const missing = [...failed.keys(), ...open]
    .filter((vmid) => !unnamed.includes(vmid))
    .sort((a, b) => a - b)
    .map((vmid) => because(vmid, failed.get(vmid) ?? left.get(vmid), why(vmid)));
  return {
    ...(done.length > 0 || tells ? { done } : {}),
    missing,
    notes: [
      ...(unnamed.length > 0
        ? [
            `Nothing was done with ${unnamed.join(", ")}: already so, a template, or not chosen by the action.`,
          ]
        : []),
      ...(!tells && over && sound.length > 0
        ? ["This log does not tell how each guest's own task ended."]
        : []),
    ],
  };
}

/** Lines that mean more than the exit status says, by task type. */
const TELLING: readonly { readonly type: string; readonly pattern: RegExp; readonly note: string }[] = [
  {
    type: "resize",
    pattern: /^Failed to update the container's filesystem: /,
    note: "The volume has its new size, but the filesystem on it does not.",
  },
  {
    type: "vzdump",
    pattern: /^ERROR: can't acquire lock '/,
    note: "Another backup job of the node held the lock for too long.",
  },
];

/** What an exit status that says little means. */
const EXITS: ReadonlyMap<string, string> = new Map([
  ["", "PVE gives no status for it."],
  ["unexpected status", "PVE knows no end of it: its worker was killed, or its node went down."],
  ["migration problems", "The guest may be on the target node all the same."],
]);

/**
 * What a worker says when it is stopped, alone or after what it was doing (PVE::RESTEnvironment fork_worker, the workers
 * of backup, clone and disk move).
 */
const STOP = "(?:received interrupt|(?:got )?interrupted by signal)";
const STOPPED = new RegExp(`(?:^|: )${STOP}$`);
/** The exit status of a migration leaves the cause to its log (PVE::AbstractMigrate migrate). */
const ABORTED = "migration aborted";
const ABORTED_WHY = new RegExp(`${ABORTED} \\(duration [\\d:]+\\): ${STOP}$`);

const wasStopped = (exit: string, lines: readonly string[]): boolean =>
  STOPPED.test(exit) || (exit === ABORTED && lines.some((line) => ABORTED_WHY.test(line)));

/** PVE's own words; any other status is what a command wrote at its end, which can be any text. */
const OWN_STATUS = new RegExp(`^(?:OK|running|WARNINGS: \\d+|job errors|unexpected status|${STOP})$`);

/** True for an exit status that is a command's text and not a word of PVE's. */
export const isForeignExit = (status: string): boolean => !OWN_STATUS.test(status);

function findingsOf(
  type: string,
  exit: string,
  lines: readonly string[],
  asked: Asked,
  good: boolean,
): Findings {
  const kind = BULK_TYPES.get(type);
  // A log that is gone says nothing of any guest.
  if (isEmpty(lines) && good && kind?.silent !== true) return {};
  if (type === "vzdump") return backup(lines, asked, good || exit === "job errors");
  if (!kind) return {};
  const over = good || exit.startsWith("Some guests failed to ");
  return bulk(readBulkLog(type, lines, exit), kind, asked, over);
}

/**
 * How a task of that type has ended: by PVE's exit status and by what was asked. A backup or an action on many guests
 * names those that its log shows as done, and one that was asked for and is missing makes it a failure, even when PVE
 * says OK. Without `asked`, the guests that the log's own heading names were asked for. Any text is taken.
 */
export function verdictOf(
  type: string,
  exitstatus: string,
  lines: readonly string[],
  asked: Asked = {},
): Verdict {
  const exit = exitstatus.trim();
  const own = endingOf(exit);
  const good = own.ending !== "failed";
  const { done, missing = [], notes: found = [] } = findingsOf(type, exit, lines, asked, good);
  const told = TELLING.filter((one) => one.type === type && lines.some((line) => one.pattern.test(line)));
  const stopped = !good && wasStopped(exit, lines);
  const meaning = stopped ? "It was stopped." : EXITS.get(exit);
  const notes = [...(meaning === undefined ? [] : [meaning]), ...found, ...told.map(({ note }) => note)];
  return {
    ...own,
    ...(missing.length > 0 ? { ending: "failed" as const } : {}),
    exit,
    ...(stopped ? { stopped } : {}),
    ...(done === undefined ? {} : { done }),
    ...(missing.length > 0 ? { missing } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}
