import type { Pve } from "./client.ts";
import { num, type Row, rows, str } from "./data.ts";
import { PveError } from "./errors.ts";

/** Who keeps something locked. */
export interface LockHolder {
  /** The running task that holds it, as far as the task list shows; absent: none runs. */
  readonly task?: { readonly upid: string; readonly type: string; readonly started?: number };
  /** The task list could not be read. */
  readonly unread?: true;
}

/** Worker types by the lock that they set on a guest (PVE::AbstractConfig, the callers of set_lock). */
const BY_LOCK: Readonly<Record<string, readonly string[]>> = {
  backup: ["vzdump"],
  clone: ["qmclone", "vzclone"],
  create: ["qmcreate", "vzcreate", "qmrestore", "vzrestore"],
  disk: ["qmmove", "move_volume", "resize"],
  fstrim: ["fstrim"],
  migrate: ["qmigrate", "vzmigrate", "hamigrate"],
  mounted: ["vzdump"],
  rollback: ["qmrollback", "vzrollback"],
  snapshot: ["qmsnapshot", "vzsnapshot"],
  "snapshot-delete": ["qmdelsnapshot", "vzdelsnapshot"],
  suspending: ["qmsuspend"],
  suspended: ["qmsuspend"],
};

/** What a text of PVE's says is locked: the guest's lock, its file, or a lock of the cluster. */
export function lockedThing(message: string): string | undefined {
  const guest = /\b(VM|CT) is locked \(([^)]+)\)/.exec(message);
  if (guest) return `lock ${guest[2]}`;
  const file = /can't lock file '([^']+)'/.exec(message)?.[1];
  if (file !== undefined) {
    const vmid = /lock-(\d+)\.conf|pve-config-(\d+)\.lock/.exec(file);
    return vmid ? `the configuration of guest ${vmid[1] ?? vmid[2]}` : `the lock file ${file}`;
  }
  return /cfs-lock '([^']+)'/.exec(message)?.[1];
}

/** True for a lock that is only held for moments: PVE gave up waiting for it and has started nothing. */
export const isBrief = (message: string): boolean =>
  /can't lock file .*got timeout|got lock request timeout|got lock timeout/.test(message);

/**
 * The task that holds a guest's lock, from the running tasks of its node. Never throws: what cannot be read is said so.
 * @param lock the lock's name as PVE gives it ("backup"), where it gives one
 */
export async function lockHolder(
  pve: Pve,
  guest: { readonly node: string; readonly vmid: number },
  lock: string | undefined,
  signal: AbortSignal,
): Promise<LockHolder> {
  let active: readonly Row[];
  try {
    const filter = { node: guest.node, source: "active", limit: 200 } as const;
    active = rows((await pve.call("GET /nodes/{node}/tasks", filter, { signal })).data);
  } catch (error) {
    if (error instanceof PveError) return { unread: true };
    throw error;
  }
  const types = lock === undefined ? undefined : BY_LOCK[lock];
  const mine = active.filter((task) => str(task, "id") === String(guest.vmid));
  const holder =
    mine.find((task) => types?.includes(str(task, "type") ?? "") ?? true) ??
    // A job of several guests carries no VMID.
    active.find((task) => types?.includes(str(task, "type") ?? "") && str(task, "id") === "");
  const upid = holder && str(holder, "upid");
  if (!holder || upid === undefined) return {};
  const started = num(holder, "starttime");
  return {
    task: { upid, type: str(holder, "type") ?? "task", ...(started === undefined ? {} : { started }) },
  };
}
