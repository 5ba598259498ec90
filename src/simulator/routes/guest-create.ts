import { flag, text } from "../args.ts";
import { checkSettings } from "../config-privileges.ts";
import { NOT_SETTINGS, normalizeSettings } from "../guest-config.ts";
import { checkDisks, createDisks } from "../guest-disks.ts";
import { called, messageOf } from "../guest-power.ts";
import { configValues, disksOf, type GuestType, nodeOf, uuid, vmidOf } from "../guests.ts";
import { denied, requirePrivileges } from "../permissions.ts";
import { restoreGuest } from "../restore.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { startAfter } from "../start-after.ts";
import { TaskFailure } from "../tasks.ts";
import { findVolume, pathOf, removeVolume, storageOf } from "../volumes.ts";
import type { Guest, Json, World } from "../world.ts";

const QEMU_VERSION = "10.0.13";
const QUIET = { cpu: 0.01, memory: 48 * 1024 ** 2, net: 90, disk: 80 };

/** PVE::Cluster::check_vmid_unused. */
function checkUnused(world: World, vmid: number): void {
  const other = world.guests.get(vmid);
  if (other) die(`${called(other.type, vmid)} already exists on node '${other.node}'`);
}

/** VM.Allocate on the guest or on the pool it goes into. */
function checkAllocate(call: SimCall, vmid: number): void {
  const pool = text(call, "pool");
  if (pool !== undefined && !call.world.pools.has(pool)) denied(`pool '${pool}' does not exist`);
  if (flag(call, "ha-managed")) requirePrivileges(call.world, call.caller.id, "/", ["Sys.Console"]);
  if (flag(call, "start") && !(pool !== undefined && call.may(`/pool/${pool}`, "VM.PowerMgmt")))
    requirePrivileges(call.world, call.caller.id, `/vms/${vmid}`, ["VM.PowerMgmt"]);
  if (call.may(`/vms/${vmid}`, "VM.Allocate")) return;
  if (pool !== undefined && call.may(`/pool/${pool}`, "VM.Allocate")) return;
  denied();
}

/** A stopped guest without snapshots; `now` in Unix seconds. */
export function newGuest(
  type: GuestType,
  vmid: number,
  node: string,
  config: Record<string, Json>,
  now: number,
): Guest {
  return {
    vmid,
    type,
    node,
    config,
    pending: {},
    snapshots: new Map(),
    status: "stopped",
    load: QUIET,
    addresses: {},
    created: now,
    ...(type === "qemu" ? { deaf: true } : {}),
  };
}

/** The first disk, CD-ROM and network device (PVE::QemuServer get_default_bootdevices). */
function defaultBoot(config: Record<string, Json>): string {
  const keys = Object.keys(config).sort();
  const disks = disksOf("qemu", config).sort((a, b) => (a.key < b.key ? -1 : 1));
  const bootable = disks.filter((disk) => /^(ide|sata|scsi|virtio)/.test(disk.key));
  const devices = [
    bootable.find((disk) => !disk.cdrom)?.key,
    bootable.find((disk) => disk.cdrom && !disk.volid.includes("cloudinit"))?.key,
    keys.find((key) => /^net\d+$/.test(key)),
  ].filter((key) => key !== undefined);
  return devices.length > 0 ? `order=${devices.join(";")}` : " ";
}

function createVm(call: SimCall): Json {
  const [node, vmid] = [nodeOf(call), vmidOf(call)];
  checkAllocate(call, vmid);
  if (text(call, "archive") !== undefined)
    return restoreGuest(call, "qemu", newGuest("qemu", vmid, node, {}, call.now));
  const values = configValues(call, NOT_SETTINGS);
  const place = { vmid, node, type: "qemu" } as const;
  checkDisks(call, place, values);
  checkSettings(call, "qemu", vmid, values);
  const emsg = `unable to create VM ${vmid} -`;
  try {
    checkUnused(call.world, vmid);
  } catch (error) {
    die(`${emsg} ${messageOf(error)}`);
  }
  const guest = newGuest("qemu", vmid, node, { lock: "create" }, call.now);
  call.world.guests.set(vmid, guest);
  return call.task({
    node,
    type: "qmcreate",
    id: String(vmid),
    seconds: 1.5,
    done: (at) => {
      const log: string[] = [];
      try {
        guest.config = createDisks({ call, guest, log }, normalizeSettings(call.world, "qemu", values));
      } catch (error) {
        call.world.guests.delete(vmid);
        die(`${emsg} ${messageOf(error)}`);
      }
      guest.config.boot ??= defaultBoot(guest.config);
      guest.config.smbios1 ??= `uuid=${uuid(call.world.rng)}`;
      guest.config.vmgenid ??= uuid(call.world.rng);
      guest.config.meta = `creation-qemu=${QEMU_VERSION},ctime=${Math.trunc(call.now)}`;
      finish(call, guest, at);
      return log;
    },
    stopped: () => call.world.guests.delete(vmid),
  });
}

/** Pool membership, HA and the start that a create call may ask for. */
function finish(call: SimCall, guest: Guest, at: number): void {
  const pool = text(call, "pool");
  if (pool !== undefined) call.world.pools.get(pool)?.vms.add(guest.vmid);
  if (flag(call, "ha-managed")) {
    const sid = `${guest.type === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
    const config = { state: flag(call, "start") ? "started" : "stopped" };
    call.world.ha.resources.set(sid, { sid, config });
  }
  if (!flag(call, "start")) return;
  startAfter(call, guest, at);
}

const CT_DEFAULT_GIB = 4;

/** Operating systems that PVE tells from a template's name where it would look inside. */
const OSTYPES = [
  "alpine",
  "debian",
  "ubuntu",
  "centos",
  "fedora",
  "opensuse",
  "archlinux",
  "gentoo",
  "nixos",
  "devuan",
];

function createContainer(call: SimCall): Json {
  const [node, vmid] = [nodeOf(call), vmidOf(call)];
  if (!flag(call, "restore") && !flag(call, "unprivileged", true))
    requirePrivileges(call.world, call.caller.id, "/", ["Sys.Modify"]);
  if (flag(call, "restore")) return restoreGuest(call, "lxc", newGuest("lxc", vmid, node, {}, call.now));
  checkUnused(call.world, vmid);
  checkAllocate(call, vmid);
  const values = configValues(call, NOT_SETTINGS);
  const storage = text(call, "storage") ?? "local";
  for (const [key, value] of Object.entries(values))
    if (/^(rootfs|mp\d+)$/.test(key) && /^\d+(\.\d+)?(,|$)/.test(String(value)))
      values[key] = `${storage}:${value}`;
  checkSettings(call, "lxc", vmid, values);
  const template = text(call, "ostemplate") ?? "";
  checkTemplate(call, template);
  if (values.rootfs === undefined) {
    if (Object.keys(values).some((key) => /^mp\d+$/.test(key)))
      die("mount points configured, but 'rootfs' not set - aborting");
    values.rootfs = `${storage}:${CT_DEFAULT_GIB}`;
  }
  checkDisks(call, { vmid, node, type: "lxc" }, values);
  const guest = newGuest("lxc", vmid, node, { lock: "create" }, call.now);
  call.world.guests.set(vmid, guest);
  return call.task({
    node,
    type: "vzcreate",
    id: String(vmid),
    seconds: 4,
    done: (at) => {
      const log: string[] = [];
      const fail = (message: string): never => {
        for (const disk of disksOf("lxc", guest.config)) removeVolume(call.world, node, disk.volid);
        call.world.guests.delete(vmid);
        throw new TaskFailure(`unable to create CT ${vmid} - ${message}`, log);
      };
      guest.config = createDisks({ call, guest, log }, normalizeSettings(call.world, "lxc", values));
      const volume = findVolume(call.world, node, template);
      if (!volume) return fail(`volume '${template}' does not exist`);
      log.push(`extracting archive '${pathOf(call.world, template)}'`);
      log.push("Total bytes read: 2191360 (2.1MiB, 53MiB/s)", "Detected container architecture: amd64");
      const name = template.slice(template.lastIndexOf("/") + 1);
      guest.config.arch ??= "amd64";
      guest.config.ostype ??= OSTYPES.find((os) => name.startsWith(os)) ?? "unmanaged";
      guest.config.hostname ??= `CT${vmid}`;
      guest.config.memory ??= 512;
      guest.config.swap ??= 512;
      if (flag(call, "unprivileged", true)) guest.config.unprivileged = 1;
      if (volume.bare) call.world.guests.set(vmid, { ...guest, bare: true });
      finish(call, guest, at);
      return log;
    },
    stopped: () => call.world.guests.delete(vmid),
  });
}

function checkTemplate(call: SimCall, volid: string): void {
  const storage = /^([^:/\s]+):/.exec(volid)?.[1];
  if (storage === undefined) die(`unable to parse volume ID '${volid}'`);
  else {
    storageOf(call.world, storage);
    if (
      !call.may(`/storage/${storage}`, "Datastore.AllocateSpace") &&
      !call.may(`/storage/${storage}`, "Datastore.Audit")
    )
      denied(`/storage/${storage}, Datastore.AllocateSpace|Datastore.Audit`);
  }
}

/** Creation and restore of guests (create_vm of PVE::API2::Qemu and ::LXC). */
export const guestCreateRoutes: Handlers = {
  "POST /nodes/{node}/qemu": createVm,
  "POST /nodes/{node}/lxc": createContainer,
};
