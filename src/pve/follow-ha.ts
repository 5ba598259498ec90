import type { Pve } from "./client.ts";
import { num, type Row, rows, str } from "./data.ts";
import { PveError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import type { Upid } from "./upid.ts";

/** The tasks by which HA does what it was asked for (PVE::HA::Resources::PVEVM, ::PVECT). */
const DOES: Readonly<Record<string, readonly string[]>> = {
  hastart: ["qmstart", "vzstart"],
  hastop: ["qmstop", "qmshutdown", "vzstop", "vzshutdown"],
  hamigrate: ["qmigrate", "vzmigrate"],
};
/** The HA managers act in rounds of ten seconds. */
const LONGEST_MS = 30_000;
const EVERY_MS = 1_000;

/** True for a task that only hands a request to HA. */
export const isRequestToHa = (type: string): boolean => Object.hasOwn(DOES, type);

/**
 * The task that HA has started for a request, looked for during at most `waitMs`; undefined when none shows: the guest
 * was so already, or the token may not see tasks of root@pam. Never throws a PveError.
 */
export async function taskOfHa(
  pve: Pve,
  request: Upid,
  { waitMs, pace, signal }: { readonly waitMs: number; readonly pace: Pace; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const types = DOES[request.type] ?? [];
  const fits = (task: Row) =>
    types.includes(str(task, "type") ?? "") &&
    str(task, "id") === request.id &&
    (num(task, "starttime") ?? 0) >= request.starttime;
  const end = pace.now() + Math.min(waitMs, LONGEST_MS);
  for (;;) {
    try {
      const found = rows((await pve.call("GET /cluster/tasks", {}, { signal })).data).find(fits);
      const upid = found && str(found, "upid");
      if (upid !== undefined) return upid;
    } catch (error) {
      if (!(error instanceof PveError)) throw error;
      if (error.kind === "permission" || signal.aborted) return undefined;
    }
    if (pace.now() >= end) return undefined;
    await pace.pause(EVERY_MS, signal);
    if (signal.aborted) return undefined;
  }
}
