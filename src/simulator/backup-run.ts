import { configText } from "./guest-file.ts";
import { agentAnswers } from "./guest-status.ts";
import { disksOf, isRunning, KIND, nameOf, uuid } from "./guests.ts";
import { parseProperties, parseSize } from "./property.ts";
import { markPruned, type PruneEntry, parseRetention } from "./prune.ts";
import { addVolume, findVolume, pathOf, removeVolume, volumesOn } from "./volumes.ts";
import type { Guest, Storage, World } from "./world.ts";

const GIB = 1024 ** 3;

/** How a guest is backed up. */
export interface BackupOptions {
  readonly node: string;
  readonly storage: Storage;
  readonly mode: "snapshot" | "suspend" | "stop";
  /** `zstd`, `gzip`, `lzo`; absent: not compressed. */
  readonly compress?: string;
  /** Retention as a property string; empty: nothing is pruned. */
  readonly keep: string;
  readonly notes?: string;
  readonly protected: boolean;
}

/** One guest's backup, worked out before it happens: its log, how long it takes, and what it leaves behind. */
export interface GuestBackup {
  readonly log: readonly string[];
  readonly seconds: number;
  readonly ok: boolean;
  readonly finish: () => void;
}

const time = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");

const SUFFIX: Readonly<Record<string, string>> = { zstd: ".zst", gzip: ".gz", "1": ".lzo", lzo: ".lzo" };

/** `vzdump-qemu-100-2026_11_22-06_58_21.vma.zst`, or PBS's `vm/100/2026-11-22T06:58:21Z`. */
function archiveName(guest: Guest, options: BackupOptions, at: number): { name: string; format: string } {
  const stamp = new Date(Math.trunc(at) * 1000).toISOString();
  if (options.storage.type === "pbs")
    return {
      name: `${guest.type === "qemu" ? "vm" : "ct"}/${guest.vmid}/${stamp.slice(0, 19)}Z`,
      format: `pbs-${guest.type === "qemu" ? "vm" : "ct"}`,
    };
  const format = `${guest.type === "qemu" ? "vma" : "tar"}${SUFFIX[options.compress ?? ""] ?? ""}`;
  const when = stamp.slice(0, 19).replace(/-|:/g, "_").replace("T", "-");
  return { name: `vzdump-${guest.type}-${guest.vmid}-${when}.${format}`, format };
}

/** PVE::VZDump format_size. */
function shortSize(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.trunc(bytes / 1024)}KB`;
  if (bytes < GIB) return `${Math.trunc(bytes / 1024 ** 2)}MB`;
  return `${(bytes / GIB).toFixed(2)}GB`;
}

/** PVE::VZDump format_time. */
export function duration(seconds: number): string {
  const whole = Math.trunc(seconds);
  return [whole / 3600, (whole / 60) % 60, whole % 60]
    .map((n) => String(Math.trunc(n)).padStart(2, "0"))
    .join(":");
}

/** A backup that cannot be made: what PVE logs for it. */
export function failedBackup(vmid: number, message: string, at: number): GuestBackup {
  return {
    log: [`ERROR: Backup of VM ${vmid} failed - ${message}`, `INFO: Failed at ${time(at)}`],
    seconds: 0.2,
    ok: false,
    finish: () => undefined,
  };
}

function includedDisks(guest: Guest) {
  return disksOf(guest.type, guest.config).filter((disk) => {
    if (disk.cdrom) return false;
    const backup = parseProperties(disk.value).get("backup");
    return guest.type === "qemu" || disk.key === "rootfs" ? backup !== "0" : backup === "1";
  });
}

const bytesOf = (value: string) => parseSize(parseProperties(value).get("size") ?? "") ?? 0;

/** Works out the backup of one guest that begins at `at`. */
export function planBackup(world: World, guest: Guest, options: BackupOptions, at: number): GuestBackup {
  const { vmid, type } = guest;
  if (guest.config.lock !== undefined && guest.config.lock !== "backup")
    return failedBackup(vmid, `${KIND[type].label} is locked (${guest.config.lock})`, at);
  const disks = includedDisks(guest);
  const total = disks.reduce((sum, disk) => sum + bytesOf(disk.value), 0);
  const stored = disks.reduce(
    (sum, disk) => sum + (findVolume(world, options.node, disk.volid)?.used ?? 0),
    0,
  );
  const size = Math.max(36_987, Math.trunc(stored * (options.compress === undefined ? 0.9 : 0.45)));
  const seconds = 2 + Math.min(20, Math.ceil((stored / GIB) * 0.5));
  const { name, format } = archiveName(guest, options, at);
  const volid = `${options.storage.storage}:backup/${name}`;
  const running = isRunning(guest);
  const mode = running ? options.mode : "stop";
  const archive =
    options.storage.type === "pbs"
      ? `Proxmox Backup Server archive '${name}'`
      : `vzdump archive '${pathOf(world, volid)}'`;
  const log = [
    `Starting Backup of VM ${vmid} (${type})`,
    `Backup started at ${time(at)}`,
    `status = ${running ? "running" : "stopped"}`,
    `backup mode: ${mode}`,
    "ionice priority: 7",
    `${KIND[type].label} Name: ${nameOf(guest)}`,
    ...disks.map((disk) => diskLine(guest, disk)),
    ...(guest.snapshots.size > 0 && type === "qemu" ? ["snapshots found (not included into backup)"] : []),
    `creating ${archive}`,
    ...(type === "qemu" ? qemuLines(world, guest, { total, seconds, at, running }) : lxcLines(size)),
    `archive file size: ${shortSize(size)}`,
    ...(options.notes === undefined ? [] : ["adding notes to backup"]),
    ...(options.protected ? ["marking backup as protected"] : []),
    ...pruneLines(world, options, guest, volid, at),
    `Finished Backup of VM ${vmid} (${duration(seconds)})`,
    `Backup finished at ${time(at + seconds)}`,
  ].map((line) => `INFO: ${line}`);
  return {
    log,
    seconds,
    ok: true,
    finish: () => {
      const removed = toPrune(world, options, guest, volid, at);
      addVolume(world, options.node, {
        volid,
        content: "backup",
        format,
        size,
        ctime: Math.trunc(at),
        vmid,
        subtype: type,
        config: configText(guest),
        ...(options.notes === undefined ? {} : { notes: options.notes }),
        ...(options.protected ? { protected: true } : {}),
      });
      for (const old of removed) removeVolume(world, options.node, old);
    },
  };
}

function diskLine(guest: Guest, disk: { key: string; volid: string; value: string }): string {
  const properties = parseProperties(disk.value);
  if (guest.type === "qemu")
    return `include disk '${disk.key}' '${disk.volid}' ${properties.get("size") ?? ""}`;
  return `including mount point ${disk.key} ('${properties.get("mp") ?? "/"}') in backup`;
}

interface Progress {
  readonly total: number;
  readonly seconds: number;
  readonly at: number;
  readonly running: boolean;
}

function qemuLines(world: World, guest: Guest, { total, seconds, at, running }: Progress): string[] {
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  const rate = gib(total / Math.max(1, seconds - 1));
  const steps = seconds > 4 ? [25, 50, 75, 100] : [100];
  const agent = agentAnswers(guest, at);
  return [
    ...(running
      ? agent
        ? ["issuing guest-agent 'fs-freeze' command", "issuing guest-agent 'fs-thaw' command"]
        : []
      : ["starting kvm to execute backup task", "starting backup via QMP command"]),
    `started backup task '${uuid(world.rng)}'`,
    ...(running ? ["resuming VM again"] : []),
    ...steps.map((percent) => {
      const done = Math.max(1, Math.trunc(((seconds - 1) * percent) / 100));
      return `${percent === 100 ? "" : " "}${percent}% (${gib((total * percent) / 100)} of ${gib(total)}) in ${done}s, read: ${rate}/s, write: 0 B/s`;
    }),
    `transferred ${(total / GIB).toFixed(2)} GiB in ${Math.max(1, seconds - 1)} seconds (${rate}/s)`,
    ...(running ? [] : ["stopping kvm after backup task"]),
  ];
}

const lxcLines = (size: number) => [
  `Total bytes written: ${size} (${(size / 1024 ** 2).toFixed(1)}MiB, 272MiB/s)`,
];

const keepsAll = (keep: string) => keep === "" || Boolean(parseRetention(keep)["keep-all"]);

/** Backups of the guest that retention drops once the new one is there. */
function toPrune(world: World, options: BackupOptions, guest: Guest, volid: string, at: number): string[] {
  if (keepsAll(options.keep)) return [];
  const entries: PruneEntry[] = volumesOn(world, options.node, options.storage.storage)
    .filter(
      (volume) => volume.content === "backup" && volume.vmid === guest.vmid && volume.subtype === guest.type,
    )
    .map((volume) => ({
      volid: volume.volid,
      ctime: volume.ctime,
      vmid: guest.vmid,
      type: guest.type,
      ...(volume.protected ? { mark: "protected" as const } : {}),
    }));
  const fresh = { volid, ctime: Math.trunc(at), vmid: guest.vmid, type: guest.type };
  return markPruned([...entries, fresh], parseRetention(options.keep))
    .filter((entry) => entry.mark === "remove" && entry.volid !== volid)
    .map((entry) => entry.volid);
}

function pruneLines(world: World, options: BackupOptions, guest: Guest, volid: string, at: number): string[] {
  if (keepsAll(options.keep)) return [];
  const removed = toPrune(world, options, guest, volid, at);
  const rules = options.keep.split(",").sort().join(", ");
  const extra = removed.length > 0 ? " not covered by keep-retention policy" : "";
  return [
    `prune older backups with retention: ${rules}`,
    ...removed.map((old) => `removing backup '${old}'`),
    `pruned ${removed.length} backup(s)${extra}`,
  ];
}
