import { vmids } from "./backup-log.ts";

/** What the log of an action on many guests tells (PVE::API2::Cluster::BulkAction::Guest, PVE::API2::Nodes). */
export interface BulkLog {
  /** The guests its heading names; absent for all, and for the actions of one node, which have no heading. */
  readonly named?: readonly number[];
  /** Guests whose own task has been started. */
  readonly started: readonly number[];
  /** Guests that already were as the action would have them. */
  readonly already: readonly number[];
  /** Guests the action left as they are, with why. */
  readonly left: ReadonlyMap<number, string>;
  /** Guests whose own task failed or could not be started, with why: the words of PVE. */
  readonly failed: ReadonlyMap<number, string>;
}

/** What the logs of a kind of action leave untold. */
export interface BulkKind {
  /** It waits for each guest's own task and logs a failed one. */
  readonly tells: boolean;
  /** It passes over a guest that already is as it would have it without a line. */
  readonly silent: boolean;
}

const CLUSTER_WIDE = { tells: true, silent: false };

/** Actions on many guests, by task type. */
export const BULK_TYPES: ReadonlyMap<string, BulkKind> = new Map([
  ["bulk-start", CLUSTER_WIDE],
  ["bulk-shutdown", CLUSTER_WIDE],
  ["bulk-suspend", CLUSTER_WIDE],
  ["bulk-migrate", CLUSTER_WIDE],
  ["startall", { tells: true, silent: true }],
  ["stopall", { tells: false, silent: true }],
  ["suspendall", { tells: false, silent: false }],
  ["migrateall", { tells: false, silent: false }],
]);

const HEADING = /^(?:Starting|Shutting down|Suspending|Migrating) guests(?: to \S+)?: ([\d, ]+)$/;
const STARTED = /^(?:Starting|Shutting down|Stopping|Suspending|Migrating) (?:VM|CT) (\d+)(?: \(.*\))?$/;
const FAILED = /^(?:WARN: )?(?:Starting|Stopping|Migrating) (?:VM|CT) (\d+) failed: (.*)$/;
const SUMMARY = /^Some guests failed to (?:start|shutdown|suspend|migrate):? ([\d, ]+)$/;
const PRECONDITION = /^Check VM (\d+): skip VM \d+ - precondition check failed:$/;
const RUNNING = /^WARN: Skipping (?:VM|CT) (\d+), already running\.$/;
const THERE = /^WARN: (?:VM|CT) (\d+) already on \S+, skipping\.$/;
const STOPPED = /^WARN: Skipping (?:VM|CT) (\d+), not running\.$/;

const LEFT: readonly (readonly [RegExp, string])[] = [
  [/^WARN: Skipping VM (\d+), resume paused VM before shutdown\.$/, "it is paused"],
  [/^WARN: skipping (\d+), only VMs can be suspended$/, "only VMs can be suspended"],
  [/^VM (\d+) not running, skipping suspension$/, "it is not running"],
];

/** Lines that can follow the start of a guest's task without being its failure. */
const HARMLESS = [
  HEADING,
  STARTED,
  FAILED,
  RUNNING,
  THERE,
  STOPPED,
  ...LEFT.map(([pattern]) => pattern),
  /^Check VM \d+: /,
  /^Waiting for \d+ seconds \(startup delay\)$/,
  /^VM is paused - stop instead of shutdown$/,
  /^All jobs finished, used \d+ workers in total\.$/,
  /^TASK (?:OK|ERROR: |WARNINGS: )/,
];

const id = (pattern: RegExp, line: string): number | undefined => {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** Reads the log of an action on many guests; `exit` is its exit status, which can name those that failed. */
export function readBulkLog(type: string, lines: readonly string[], exit: string): BulkLog {
  let named: readonly number[] | undefined;
  const started = new Set<number>();
  const already = new Set<number>();
  const left = new Map<number, string>();
  const failed = new Map<number, string>();
  lines.forEach((line, at) => {
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) named = vmids(heading);
    const begun = id(STARTED, line);
    if (begun !== undefined) {
      started.add(begun);
      const problem = afterStart(lines[at + 1]);
      if (problem !== undefined) failed.set(begun, problem);
    }
    const [, lost, why = ""] = FAILED.exec(line) ?? [];
    if (lost !== undefined) failed.set(Number(lost), why.trim());
    const blocked = id(PRECONDITION, line);
    if (blocked !== undefined) left.set(blocked, reasons(lines.slice(at + 1)));
    for (const [pattern, reason] of LEFT) {
      const vmid = id(pattern, line);
      if (vmid !== undefined) left.set(vmid, reason);
    }
    const there = id(RUNNING, line) ?? id(THERE, line);
    if (there !== undefined) already.add(there);
    const stopped = id(STOPPED, line);
    if (stopped !== undefined && type === "bulk-shutdown") already.add(stopped);
    else if (stopped !== undefined) left.set(stopped, "it is not running");
  });
  for (const vmid of vmids(SUMMARY.exec(exit)?.[1] ?? ""))
    if (!failed.has(vmid)) failed.set(vmid, "its own task tells why");
  return {
    ...(named === undefined ? {} : { named }),
    started: [...started],
    already: [...already],
    left,
    failed,
  };
}

/** What PVE says in place of starting the guest's task, right after it has named the guest. */
function afterStart(next: string | undefined): string | undefined {
  if (next === undefined || next.trim() === "" || HARMLESS.some((pattern) => pattern.test(next)))
    return undefined;
  return next.replace(/^WARN: /, "").trim();
}

/** The indented lines under a failed precondition. */
function reasons(rest: readonly string[]): string {
  const end = rest.findIndex((line) => !/^\s+\S/.test(line));
  const told = (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim());
  return told.length > 0 ? told.join("; ") : "a precondition is not met";
}
