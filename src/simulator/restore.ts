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
  return call.task({
    node,
    type: taskType(type, "restore"),
    id: String(vmid),
    seconds: 5,
    done: (at) => {
      if (existing) {
        checkProtection(existing, emsg);
        if (isRunning(existing)) die(`${emsg} vm is running`);
      }
      const volume = findVolume(call.world, node, archive);
      if (!volume?.config || (volume.subtype ?? type) !== type)
        return wrongArchive(call, type, fresh, archive, volume);
      const log = type === "qemu" ? [] : [`recovering backed-up configuration from '${archive}'`];
      if (existing)
        for (const disk of disksOf(type, existing.config)) removeVolume(call.world, node, disk.volid);
      const config = parseConfig(type, volume.config);
      restoreDisks(call, fresh, config, log);
      log.push(...restoreLog(call, type, archive));
      if (flag(call, "unique")) makeUnique(call, type, config);
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
      return log;
    },
    stopped: () => {
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

function restoreDisks(call: SimCall, guest: Guest, config: Record<string, Json>, log: string[]): void {
  for (const disk of disksOf(guest.type, config)) {
    if (disk.cdrom && !disk.volid.includes("cloudinit")) continue;
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
        ...(disk.volid.includes("cloudinit") ? { name: `vm-${guest.vmid}-cloudinit` } : {}),
      },
      call.now,
    );
    if (line !== undefined) log.push(line);
    if (guest.type === "lxc") log.push(...mkfsLines(call.world, bytes));
    else log.push(`new volume ID is '${volume.volid}'`);
    properties.set("", volume.volid);
    if (!disk.cdrom) properties.set("size", formatSize(bytes));
    config[disk.key] = printProperties(properties, ["mp"]);
  }
}

function restoreLog(call: SimCall, type: GuestType, archive: string): string[] {
  const path = pathOf(call.world, archive);
  if (type === "lxc")
    return [
      `restoring '${archive}' now..`,
      `extracting archive '${path}'`,
      "Total bytes read: 2519040 (2.5MiB, 509MiB/s)",
      "merging backed-up and given configuration..",
    ];
  return [
    "progress 25% (duration 1 sec)",
    "progress 50% (duration 2 sec)",
    "progress 100% (duration 4 sec)",
    "rescan volumes...",
  ];
}

function makeUnique(call: SimCall, type: GuestType, config: Record<string, Json>): void {
  for (const key of Object.keys(config).filter((name) => /^net\d+$/.test(name)))
    config[key] = String(config[key]).replace(/([0-9A-F]{2}:){5}[0-9A-F]{2}/i, newMac(call.world));
  if (type !== "qemu") return;
  config.smbios1 = `uuid=${uuid(call.world.rng)}`;
  config.vmgenid = uuid(call.world.rng);
}
