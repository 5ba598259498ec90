import { flag, text } from "./args.ts";
import { NOT_SETTINGS, normalizeSettings } from "./guest-config.ts";
import { mkfsLines } from "./guest-disks.ts";
import { parseConfig } from "./guest-file.ts";
import { called } from "./guest-power.ts";
import {
  checkProtection,
  configValues,
  disksOf,
  type GuestType,
  isRunning,
  newMac,
  taskType,
  uuid,
} from "./guests.ts";
import { formatSize, parseProperties, parseSize, printProperties } from "./property.ts";
import { die, type SimCall } from "./route.ts";
import { startAfter } from "./start-after.ts";
import { TaskFailure } from "./tasks.ts";
import { allocate, enabledOn, findVolume, pathOf, removeVolume } from "./volumes.ts";
import type { Guest, Json, Volume } from "./world.ts";

const SECONDS = 5;
/** The part of a disk that is not zeros. */
const STORED = 0.45;

/** Who may restore: the storage's space and VM.Backup on the guest, or the storage as a whole. */
function checkAccess(call: SimCall, archive: string, vmid: number): void {
  const storage = /^([^:/\s]+):/.exec(archive)?.[1] ?? die(`unable to parse volume ID '${archive}'`);
  enabledOn(call.world, storage, String(call.params.node));
  if (call.may(`/storage/${storage}`, "Datastore.Allocate")) return;
  if (!call.may(`/storage/${storage}`, "Datastore.AllocateSpace"))
    die("you are not allowed to access this backup");
  if (!call.may(`/vms/${vmid}`, "VM.Backup")) die("you are not allowed to access this backup");
}

/** Restores a guest from a backup volume (`archive` of VMs, `ostemplate` with `restore` of containers). */
export function restoreGuest(call: SimCall, type: GuestType, fresh: Guest): Json {
  const { vmid, node } = fresh;
  const archive = text(call, type === "qemu" ? "archive" : "ostemplate") ?? "";
  const name = called(type, vmid);
  const emsg = `unable to restore ${name} -`;
  const existing = call.world.guests.get(vmid);
  const usable = existing && existing.type === type && existing.node === node && flag(call, "force");
  if (existing && !usable) {
    const taken = `${called(existing.type, vmid)} already exists on node '${existing.node}'`;
    die(type === "qemu" ? `${emsg} ${taken}` : taken);
  }
  if (existing && type === "lxc" && isRunning(existing)) die("can't overwrite running container");
  checkAccess(call, archive, vmid);
  const values = configValues(call, NOT_SETTINGS);
  if (!existing) call.world.guests.set(vmid, { ...fresh, config: { lock: "create" } });
  const before = new Set(call.world.volumes.keys());
  let config: Record<string, Json> = {};
  return call.task({
    node,
    type: taskType(type, "restore"),
    id: String(vmid),
    seconds: SECONDS,
    begun: () => {
      if (existing) {
        checkProtection(existing, emsg);
        if (isRunning(existing)) die(`${emsg} vm is running`);
      }
      const volume = findVolume(call.world, node, archive);
      if (!volume?.config || (volume.subtype ?? type) !== type)
        return wrongArchive(call, type, fresh, archive, volume);
      if (existing)
        for (const disk of disksOf(type, existing.config)) removeVolume(call.world, node, disk.volid);
      config = parseConfig(type, volume.config);
      const restored = restoreDisks(call, fresh, config);
      if (flag(call, "unique")) makeUnique(call, type, config);
      return type === "qemu"
        ? vmLines(call, archive, restored)
        : [
            `recovering backed-up configuration from '${archive}'`,
            ...restored.flatMap(({ log }) => log),
            `restoring '${archive}' now..`,
            `extracting archive '${pathOf(call.world, archive)}'`,
            "Total bytes read: 2519040 (2.5MiB, 509MiB/s)",
            "merging backed-up and given configuration..",
          ];
    },
    done: (at) => {
      const unprivileged =
        call.params.unprivileged === undefined ? {} : { unprivileged: flag(call, "unprivileged") ? 1 : 0 };
      const guest = {
        ...fresh,
        config: { ...config, ...unprivileged, ...normalizeSettings(call.world, type, values) },
      };
      call.world.guests.set(vmid, guest);
      const pool = text(call, "pool");
      if (pool !== undefined) call.world.pools.get(pool)?.vms.add(vmid);
      if (flag(call, "start")) startAfter(call, guest, at);
      return undefined;
    },
    stopped: () => {
      for (const [key, { vmid: owner }] of call.world.volumes)
        if (owner === vmid && !before.has(key)) call.world.volumes.delete(key);
      if (!existing) call.world.guests.delete(vmid);
    },
  });
}

function wrongArchive(
  call: SimCall,
  type: GuestType,
  fresh: Guest,
  archive: string,
  volume: Volume | undefined,
): never {
  const path = pathOf(call.world, archive);
  if (type === "lxc") {
    call.world.guests.delete(fresh.vmid);
    throw new Error(
      volume
        ? `unable to restore CT ${fresh.vmid} - archive does not contain a container backup`
        : `unable to restore CT ${fresh.vmid} - volume '${archive}' does not exist`,
    );
  }
  call.world.guests.set(fresh.vmid, { ...fresh, config: {} });
  throw new TaskFailure(
    volume
      ? `ERROR: file '${path}' does not look like a QemuServer vzdump backup`
      : `volume '${archive}' does not exist`,
    [
      "error before or during data restore, some or all disks were not completely restored. " +
        `VM ${fresh.vmid} state is NOT cleaned up.`,
    ],
  );
}

/** A disk that has been allocated anew, and what that printed. */
interface RestoredDisk {
  readonly key: string;
  readonly volid: string;
  readonly bytes: number;
  readonly format: string;
  /** Not filled from the archive but made anew. */
  readonly cloudinit: boolean;
  readonly log: readonly string[];
}

/** Allocates the disks of a configuration, which gets their names. */
function restoreDisks(call: SimCall, guest: Guest, config: Record<string, Json>): RestoredDisk[] {
  return disksOf(guest.type, config).flatMap((disk) => {
    const cloudinit = disk.volid.includes("cloudinit");
    if (disk.cdrom && !cloudinit) return [];
    const properties = parseProperties(disk.value);
    const bytes = parseSize(properties.get("size") ?? "") ?? 4 * 1024 ** 2;
    const storage = text(call, "storage") ?? disk.volid.split(":")[0] ?? "local";
    const format = /\.(qcow2|vmdk|raw)$/.exec(disk.volid)?.[1];
    const { volume, line } = allocate(
      call.world,
      guest.node,
      {
        storage,
        vmid: guest.vmid,
        bytes,
        content: guest.type === "qemu" ? "images" : "rootdir",
        ...(format === undefined ? {} : { format }),
        ...(cloudinit ? { name: `vm-${guest.vmid}-cloudinit` } : {}),
      },
      call.now,
    );
    volume.used = Math.trunc(bytes * STORED);
    properties.set("", volume.volid);
    if (!disk.cdrom) properties.set("size", formatSize(bytes));
    config[disk.key] = printProperties(properties, ["mp"]);
    const more = guest.type === "lxc" ? mkfsLines(call.world, bytes) : [`new volume ID is '${volume.volid}'`];
    const log = [...(line === undefined ? [] : [line]), ...more];
    return [{ key: disk.key, volid: volume.volid, bytes, format: volume.format, cloudinit, log }];
  });
}

const STEPS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/** The time as Perl's and C's ctime write it. */
const ctime = (at: number) =>
  new Date(at * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, (_, ...part) => {
    const [day, date, month, year, clock] = part.map(String);
    return `${day} ${month} ${String(Number(date)).padStart(2)} ${clock} ${year}`;
  });

const UNPACK: Readonly<Record<string, string>> = {
  zst: "zstd -q -d -c",
  gz: "zcat",
  lzo: "lzop -d -c",
};

/** What restoring a VM prints: `vma extract` for archives, `pbs-restore` for each image of a Backup Server. */
function vmLines(call: SimCall, archive: string, restored: readonly RestoredDisk[]): string[] {
  const images = restored.filter(({ cloudinit }) => !cloudinit);
  const allocated = restored.flatMap(({ log }) => log);
  const source = call.world.storages.get(archive.split(":")[0] ?? "");
  if (source?.type === "pbs")
    return [...allocated, ...images.flatMap((image) => pbsLines(call, archive, image)), "rescan volumes..."];
  const path = pathOf(call.world, archive);
  const unpack = UNPACK[path.slice(path.lastIndexOf(".") + 1)];
  const fifo = "/var/tmp/vzdumptmp1024";
  const extract = `vma extract -v -r ${fifo}.fifo`;
  const total = images.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `restore vma archive: ${unpack === undefined ? `${extract} ${path} ${fifo}` : `${unpack} ${path} | ${extract} - ${fifo}`}`,
    "CFG: size: 369 name: qemu-server.conf",
    ...images.map(({ key, bytes }, at) => `DEV: dev_id=${at + 1} size: ${bytes} devname: drive-${key}`),
    `CTIME: ${ctime(call.now)}`,
    ...allocated,
    ...images.map(
      ({ key, volid }) => `map 'drive-${key}' to '${pathOf(call.world, volid)}' (write zeros = 0)`,
    ),
    ...STEPS.map((percent) => {
      const read = Math.trunc((total * percent) / 100);
      return `progress ${percent}% (read ${read} bytes, duration ${Math.trunc((SECONDS * percent) / 100)} sec)`;
    }),
    `total bytes read ${total}, sparse bytes ${Math.trunc(total * (1 - STORED))} (55%)`,
    "space reduction due to 4K zero blocks 0.4%",
    "rescan volumes...",
  ];
}

function pbsLines(call: SimCall, archive: string, { key, volid, bytes, format }: RestoredDisk): string[] {
  const snapshot = archive.replace(/^[^:]+:backup\//, "");
  const server = call.world.storages.get(archive.split(":")[0] ?? "")?.config ?? {};
  const repository = `${server.username ?? "root@pam"}@${server.server ?? "localhost"}:${server.datastore ?? "store"}`;
  const path = pathOf(call.world, volid);
  return [
    `restore proxmox backup image: /usr/bin/pbs-restore --repository ${repository} ${snapshot} drive-${key}.img.fidx ${path} --verbose --format ${format}`,
    `connecting to repository '${repository}'`,
    `open block backend for target '${path}'`,
    `starting to restore snapshot '${snapshot}'`,
    "download and verify backup index",
    ...STEPS.map((percent) => {
      const read = Math.trunc((bytes * percent) / 100);
      const zeroes = Math.trunc(read * (1 - STORED));
      return `progress ${percent}% (read ${read} bytes, zeroes = 55% (${zeroes} bytes), duration ${Math.trunc((SECONDS * percent) / 100)} sec)`;
    }),
    `restore image complete (bytes=${bytes}, duration=${SECONDS}.00s, speed=${(bytes / SECONDS / 1024 ** 2).toFixed(2)}MB/s)`,
  ];
}

function makeUnique(call: SimCall, type: GuestType, config: Record<string, Json>): void {
  for (const key of Object.keys(config).filter((name) => /^net\d+$/.test(name)))
    config[key] = String(config[key]).replace(/([0-9A-F]{2}:){5}[0-9A-F]{2}/i, newMac(call.world));
  if (type !== "qemu") return;
  config.smbios1 = `uuid=${uuid(call.world.rng)}`;
  config.vmgenid = uuid(call.world.rng);
}
