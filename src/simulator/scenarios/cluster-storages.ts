import { disksOf } from "../guests.ts";
import { parseProperties, parseSize } from "../property.ts";
import { addVolume } from "../volumes.ts";
import type { Guest, Json, Storage, Volume, World } from "../world.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const DAY = 86400;

function storage(
  id: string,
  type: string,
  totalGib: number,
  usedGib: number,
  config: Record<string, Json>,
): [string, Storage] {
  return [id, { storage: id, type, config, capacity: { total: totalGib * GIB, used: usedGib * GIB } }];
}

/** Directory, thin pool and Ceph for guests, NFS for images, and a backup share that is nearly full. */
export function demoStorages(): Map<string, Storage> {
  return new Map([
    storage("local", "dir", 94, 17, { path: "/var/lib/vz", content: "iso,vztmpl,backup,snippets,import" }),
    storage("local-lvm", "lvmthin", 794, 30, { thinpool: "data", vgname: "pve", content: "images,rootdir" }),
    storage("ceph-vm", "rbd", 6144, 900, { pool: "vm", content: "images,rootdir", krbd: 0, shared: 1 }),
    storage("nas-iso", "nfs", 2048, 310, {
      server: "192.0.2.50",
      export: "/export/iso",
      path: "/mnt/pve/nas-iso",
      content: "iso,vztmpl,snippets",
      shared: 1,
    }),
    storage("backup", "nfs", 4096, 3600, {
      server: "192.0.2.51",
      export: "/export/backup",
      path: "/mnt/pve/backup",
      content: "backup",
      "prune-backups": "keep-last=3,keep-weekly=2",
      shared: 1,
    }),
  ]);
}

/** The disks that the guests' configurations name. */
function addDisks(world: World, guest: Guest, now: number): void {
  for (const { volid, value, key } of disksOf(guest.type, guest.config)) {
    const properties = parseProperties(value);
    const size = parseSize(properties.get("size") ?? "") ?? 4 * MIB;
    addVolume(world, guest.node, {
      volid,
      content: guest.type === "lxc" ? "rootdir" : "images",
      format: "raw",
      size,
      used: Math.trunc(size * 0.45),
      ctime: Math.trunc(now - 200 * DAY) + Number(key.replace(/\D/g, "")),
      vmid: guest.vmid,
    });
  }
}

const FILES: readonly (readonly [
  volid: string,
  content: Volume["content"],
  format: string,
  mib: number,
  days: number,
])[] = [
  ["nas-iso:iso/debian-13.1.0-amd64-netinst.iso", "iso", "iso", 783, 60],
  ["nas-iso:iso/ubuntu-24.04.3-live-server-amd64.iso", "iso", "iso", 3150, 55],
  ["nas-iso:iso/virtio-win-0.1.271.iso", "iso", "iso", 693, 90],
  ["nas-iso:iso/Win11_25H2_English_x64.iso", "iso", "iso", 6900, 30],
  ["nas-iso:vztmpl/debian-13-standard_13.6-1_amd64.tar.zst", "vztmpl", "tzst", 125, 20],
  ["nas-iso:vztmpl/alpine-3.23-default_20260116_amd64.tar.xz", "vztmpl", "txz", 4, 25],
  ["nas-iso:snippets/user-data.yaml", "snippets", "snippet", 1, 15],
];

/** Guests with nightly backups, MiB of an archive, and how many nights are kept. */
const BACKUPS: readonly (readonly [vmid: number, mib: number])[] = [
  [100, 9200],
  [101, 8700],
  [102, 41200],
  [103, 11800],
  [105, 15400],
  [107, 4100],
  [200, 310],
  [201, 540],
  [202, 6200],
  [203, 12400],
];

/** Why last night's backup of the database failed. */
export const NO_SPACE = "vma_queue_write: write error - No space left on device";

/** The stamp in a backup's file name, local time of the node (UTC here). */
function backupStamp(time: number): string {
  const iso = new Date(time * 1000).toISOString();
  return `${iso.slice(0, 10).replaceAll("-", "_")}-${iso.slice(11, 19).replaceAll(":", "_")}`;
}

/** Start of the nightly backup `nights` ago: 02:30 UTC. */
export function nightly(now: number, nights: number): number {
  const midnight = Math.floor(now / DAY) * DAY;
  const last = midnight + 2.5 * 3600 + 900 <= now ? midnight : midnight - DAY;
  return last + 2.5 * 3600 - nights * DAY;
}

function addBackups(world: World, guest: Guest, mib: number, at: number, now: number): void {
  for (const night of [0, 1, 2]) {
    // Last night's backup of the database found no room.
    if (night === 0 && guest.vmid === 102) continue;
    const ctime = nightly(now, night) + at * 60;
    const ending = guest.type === "qemu" ? "vma.zst" : "tar.zst";
    addVolume(world, guest.node, {
      volid: `backup:backup/vzdump-${guest.type}-${guest.vmid}-${backupStamp(ctime)}.${ending}`,
      content: "backup",
      format: ending,
      size: Math.trunc(mib * MIB * (1 + night * 0.003)),
      ctime,
      vmid: guest.vmid,
      subtype: guest.type,
      notes: String(guest.config.name ?? guest.config.hostname ?? ""),
      ...(guest.vmid === 203 && night === 2 ? { protected: true } : {}),
      config: Object.entries(guest.config)
        .filter(([key]) => key !== "description" && key !== "lock")
        .map(([key, value]) => `${key}: ${String(value)}`)
        .sort()
        .join("\n")
        .concat("\n"),
    });
  }
}

/** Fills the storages: disks, images, templates and three nights of backups. */
export function addDemoVolumes(world: World, now: number): void {
  for (const guest of world.guests.values()) addDisks(world, guest, now);
  for (const [volid, content, format, mib, days] of FILES)
    addVolume(world, "pve1", {
      volid,
      content,
      format,
      size: mib * MIB,
      ctime: Math.trunc(now - days * DAY),
    });
  BACKUPS.forEach(([vmid, mib], at) => {
    const guest = world.guests.get(vmid);
    if (guest) addBackups(world, guest, mib, at, now);
  });
}
