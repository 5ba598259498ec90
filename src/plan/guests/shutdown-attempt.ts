import { num, type Row, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { moment } from "../wording.ts";

/** A shutdown that was asked for, as the guest's tasks show it. */
export interface ShutdownAttempt {
  readonly type: string;
  /** Unix seconds. */
  readonly start: number;
  /** How it ended, in PVE's words; undefined while it runs. */
  readonly end?: string;
}

/** Task types that shut a guest down (PVE::API2::Qemu, PVE::API2::LXC::Status); HA's own stop is one too. */
const SHUTDOWN = new Set(["qmshutdown", "vzshutdown", "qmreboot", "vzreboot", "hastop"]);
const START = new Set(["qmstart", "vzstart", "hastart", "qmrollback", "vzrollback", "qmigrate", "vzmigrate"]);

/**
 * The last shutdown that was tried since the guest started. @param tasks newest first @param startedAt Unix seconds;
 * where it is not known, the newest start among the tasks counts
 */
export function shutdownAttempt(
  tasks: readonly Row[],
  startedAt: number | undefined,
): ShutdownAttempt | undefined {
  const since = startedAt ?? newest(tasks, START) ?? 0;
  const row = tasks.find((task) => SHUTDOWN.has(str(task, "type") ?? "") && startOf(task) >= since);
  if (!row) return undefined;
  const end = str(row, "status");
  const running = num(row, "endtime") === undefined;
  return {
    type: str(row, "type") ?? "",
    start: startOf(row),
    ...(running || end === undefined ? {} : { end }),
  };
}

const startOf = (task: Row): number => num(task, "starttime") ?? 0;

function newest(tasks: readonly Row[], types: ReadonlySet<string>): number | undefined {
  const row = tasks.find((task) => types.has(str(task, "type") ?? ""));
  return row && startOf(row);
}

/** What is said of it. @param who the guest, "VM 103" @param now the node's time in Unix seconds */
export function attemptText(
  who: string,
  attempt: ShutdownAttempt | undefined,
  now: number | undefined,
): string {
  if (!attempt) return `No shutdown of ${who} was tried lately.`;
  const what = `${attempt.type.endsWith("reboot") ? "A reboot" : "A shutdown"} of ${who}`;
  if (attempt.end === undefined) return `${what} is under way since ${moment(attempt.start, now)}.`;
  return `${what} was tried ${moment(attempt.start, now)} and ended: ${quoted(attempt.end)}.`;
}
