import type { Pve } from "../client.ts";
import { num, type Row, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";

/** Who keeps something locked. */
export interface LockHolder {
  /** The running task that holds it, as far as the task list shows; absent: none runs. */
  readonly task?: { readonly upid: string; readonly type: string; readonly started?: number };
  /** The task list could not be read, or does not tell which guest a task of it has locked. */
  readonly unread?: true;
}

/**
 * Worker types by the lock that they set on the guest whose VMID they carry (callers of PVE::AbstractConfig set_lock and
 * create_and_lock_config, and those that write `lock` into the configuration). What sets a lock without a task (pct
 * mount, pct fstrim) or leaves it behind (`suspended`) is not here.
 */
const BY_LOCK: ReadonlyMap<string, readonly string[]> = new Map([
  ["backup", ["vzdump"]],
  ["create", ["qmcreate", "vzcreate", "qmrestore", "vzrestore", "qmtunnel", "vzmtunnel"]],
  ["destroyed", ["qmdestroy", "vzdestroy"]],
  ["disk", ["move_volume", "vzclone"]],
  ["import", ["qmcreate"]],
  ["migrate", ["qmigrate", "vzmigrate", "qmtunnel", "vzmtunnel"]],
  ["restore", ["qmrestore"]],
  ["rollback", ["qmrollback", "vzrollback"]],
  ["snapshot", ["qmsnapshot", "vzsnapshot"]],
  ["snapshot-delete", ["qmdelsnapshot", "vzdelsnapshot"]],
  ["suspending", ["qmsuspend"]],
]);

/** Worker types that set the lock on a guest which they make: they carry the VMID of its source. */
const ON_ANOTHER: ReadonlyMap<string, readonly string[]> = new Map([
  ["clone", ["qmclone"]],
  ["create", ["vzclone"]],
]);

/**
 * Worker types that keep the guest's lock file, or the one against migration, for as long as they run: their whole work
 * stands in lock_config or guest_migration_lock (PVE::API2::Qemu, ::LXC, ::LXC::Status, ::LXC::Snapshot and what they
 * call). Backups, snapshots and clones of containers take it for moments; consoles and requests to HA never.
 */
const BY_FILE: readonly string[] = [
  ...["qmcreate", "qmrestore", "qmdestroy", "qmclone", "qmmove", "qmconfig", "qmtemplate", "resize"],
  ...["qmstart", "qmstop", "qmshutdown", "qmreboot", "qmreset", "qmpause", "qmsuspend", "qmresume"],
  ...["qmigrate", "qmrollback", "qmdelsnapshot"],
  ...["vzcreate", "vzrestore", "vzdestroy", "vzstart", "vzstop", "vzshutdown", "vzreboot", "vzsuspend"],
  ...["vzmigrate", "vzrollback", "vzdelsnapshot"],
];

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
  const types = lock === undefined ? BY_FILE : (BY_LOCK.get(lock) ?? []);
  const fits = (task: Row, id: string) =>
    types.includes(str(task, "type") ?? "") && (str(task, "id") ?? "") === id;
  const holder =
    active.find((task) => fits(task, String(guest.vmid))) ??
    // A backup of several guests carries no VMID.
    (lock === undefined ? undefined : active.find((task) => fits(task, "")));
  const makers = ON_ANOTHER.get(lock ?? "") ?? [];
  if (!holder && active.some((task) => makers.includes(str(task, "type") ?? ""))) return { unread: true };
  const upid = holder && str(holder, "upid");
  if (!holder || upid === undefined) return {};
  const started = num(holder, "starttime");
  return {
    task: { upid, type: str(holder, "type") ?? "task", ...(started === undefined ? {} : { started }) },
  };
}
