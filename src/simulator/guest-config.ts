import { flag, splitList, text } from "./args.ts";
import { checkSettings } from "./config-privileges.ts";
import { memoryOf } from "./figures.ts";
import { checkDisks, createDisks, keepUnused } from "./guest-disks.ts";
import {
  checkLock,
  checkProtection,
  configValues,
  type GuestType,
  isDiskKey,
  isOption,
  isRunning,
  newMac,
  storedDescription,
  uniqueTags,
  uuid,
} from "./guests.ts";
import { parseProperties, printProperties } from "./property.ts";
import { badParams, die, type SimCall } from "./route.ts";
import { removeVolume } from "./volumes.ts";
import type { Guest, Json, World } from "./world.ts";

/** Settings that a running VM takes at once, whatever hotplug says (PVE::QemuServer fast_plug_option). */
const FAST = {
  qemu: new Set(
    "description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags vmstatestorage cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys hotplug balloon cpulimit cpuunits".split(
      " ",
    ),
  ),
  lxc: new Set(
    "description onboot startup protection hostname hookscript cores tags lock memory swap cpulimit cpuunits".split(
      " ",
    ),
  ),
} as const;

/** Parameters of config and create calls that are no settings. */
export const NOT_SETTINGS = new Set(
  "node vmid digest delete revert skiplock force background_delay import-working-storage archive bwlimit ha-managed live-restore pool start storage unique ostemplate restore password ssh-public-keys ignore-unpack-errors".split(
    " ",
  ),
);

/** Gives network devices a MAC address, sorts tags and trims notes, as PVE writes them to the file. */
export function normalizeSettings(
  world: World,
  type: GuestType,
  values: Record<string, Json>,
): Record<string, Json> {
  const normal: Record<string, Json> = {};
  for (const [key, value] of Object.entries(values)) {
    if (/^net\d+$/.test(key)) normal[key] = normalizeNet(world, type, String(value));
    else if (key === "tags") normal[key] = uniqueTags(String(value));
    else if (key === "description") normal[key] = storedDescription(type, String(value));
    else if (key === "vmgenid" && value === "1") normal[key] = uuid(world.rng);
    else if (key === "cipassword") normal[key] = `$5$${world.rng.hex(8)}$${world.rng.hex(43)}`;
    else normal[key] = value;
  }
  return normal;
}

const NET_MODELS =
  /^(virtio|e1000|e1000-82540em|e1000-82544gc|e1000-82545em|e1000e|i82551|i82557b|i82559er|ne2k_isa|ne2k_pci|pcnet|rtl8139|vmxnet3)$/;

function normalizeNet(world: World, type: GuestType, value: string): string {
  if (type === "lxc") {
    const properties = parseProperties(value);
    properties.set("hwaddr", (properties.get("hwaddr") ?? newMac(world)).toUpperCase());
    properties.set("type", properties.get("type") ?? "veth");
    return printProperties(properties, ["name"]);
  }
  const properties = parseProperties(value, "model");
  const [found] = [...properties].find(([key]) => NET_MODELS.test(key)) ?? [];
  const model = found ?? properties.get("model") ?? "virtio";
  const mac = (found ? properties.get(found) : properties.get("macaddr")) ?? newMac(world);
  for (const key of ["model", "macaddr", model]) properties.delete(key);
  const rest = printProperties(properties);
  return `${model}=${mac.toUpperCase()}${rest === "" ? "" : `,${rest}`}`;
}

/** True when a running guest takes the change at once. */
function appliesLive(guest: Guest, key: string, deleting: boolean): boolean {
  if (FAST[guest.type].has(key) || key.startsWith("unused")) return true;
  if (guest.type === "lxc")
    return /^net\d+$/.test(key) || (/^(mp|dev)\d+$/.test(key) && !deleting && !(key in guest.config));
  const features = String(guest.config.hotplug ?? "network,disk,usb").split(",");
  const has = (feature: string) => features.includes(feature) || features.includes("1");
  if (/^net\d+$/.test(key)) return has("network");
  if (/^(scsi|virtio)\d+$/.test(key)) return has("disk");
  if (/^usb\d+$/.test(key)) return has("usb");
  if (/^(ide|sata)\d+$/.test(key))
    return String(guest.config[key] ?? "").includes("media=cdrom") && !deleting;
  if (key === "memory") return has("memory") && guest.config.numa === 1;
  return key === "vcpus" && has("cpu");
}

/** Puts a change into force: what a disk key held before becomes an unused disk. */
function apply(guest: Guest, key: string, value: Json): void {
  const old = guest.config[key];
  if (isDiskKey(guest.type, key) && old !== undefined) {
    const volid = String(old).split(",")[0] ?? "";
    const same = value !== null && String(value).split(",")[0] === volid;
    const owned = /[/-](vm|base|subvol)-\d+-|:(vm|base|subvol)-\d+-/.test(volid);
    if (!same && owned && !String(old).includes("media=cdrom")) keepUnused(guest.config, volid);
  }
  if (value === null) delete guest.config[key];
  else guest.config[key] = value;
}

function setValue(guest: Guest, key: string, value: Json): void {
  if (isRunning(guest) && !appliesLive(guest, key, value === null)) {
    if (value === guest.config[key] || (value === null && !(key in guest.config))) delete guest.pending[key];
    else guest.pending[key] = value;
    return;
  }
  delete guest.pending[key];
  apply(guest, key, value);
}

/** Frees the volume of an `unused` key; other keys only drop the reference. */
function deleteKey(call: SimCall, guest: Guest, key: string, force: boolean): void {
  const value = guest.config[key] ?? guest.pending[key];
  if (value === undefined || value === null) return;
  const volid = String(value).split(",")[0] ?? "";
  if (key.startsWith("unused")) {
    checkProtection(guest, `can't remove unused disk '${volid}'`);
    removeVolume(call.world, guest.node, volid);
  } else if (isDiskKey(guest.type, key)) checkProtection(guest, `can't remove drive '${key}'`);
  if (!(key in guest.config)) delete guest.pending[key];
  else setValue(guest, key, null);
  if (force && isDiskKey(guest.type, key)) {
    for (const [name, kept] of Object.entries(guest.config))
      if (name.startsWith("unused") && kept === volid) delete guest.config[name];
    removeVolume(call.world, guest.node, volid);
  }
  dropFromBoot(guest, key);
}

function dropFromBoot(guest: Guest, key: string): void {
  const order = parseProperties(String(guest.config.boot ?? ""))
    .get("order")
    ?.split(";");
  if (!order?.includes(key)) return;
  setValue(guest, "boot", `order=${order.filter((name) => name !== key).join(";")}`);
}

/** New CD-ROM drives become bootable when there is a boot order. */
function addToBoot(guest: Guest, key: string): void {
  const order =
    parseProperties(String(guest.config.boot ?? ""))
      .get("order")
      ?.split(";")
      .filter(Boolean) ?? [];
  if (order.length > 0 && !order.includes(key)) setValue(guest, "boot", `order=${[...order, key].join(";")}`);
}

/** `delete` and `revert` of a config call, refused as PVE does when they contradict the rest. */
function checkLists(call: SimCall, type: GuestType): { deleted: string[]; reverted: string[] } {
  const deleted = splitList(text(call, "delete") ?? "").map((key) =>
    key === "cdrom" && type === "qemu" ? "ide2" : key,
  );
  const reverted = splitList(text(call, "revert") ?? "");
  for (const key of reverted) if (!isOption(type, key)) badParams({ revert: `unknown option '${key}'` });
  for (const key of deleted) {
    if (call.params[key] !== undefined)
      badParams({ delete: `you can't use '-${key}' and -delete ${key}' at the same time` });
    if (!isOption(type, key)) badParams({ delete: `unknown option '${key}'` });
  }
  return { deleted, reverted };
}

/** The change a config call asks for, checked; the returned function makes it and returns the task's log. */
export function prepareUpdate(call: SimCall, guest: Guest): () => string[] {
  const { type, vmid } = guest;
  const values = configValues(call, NOT_SETTINGS);
  const { deleted, reverted } = checkLists(call, type);
  if (Object.keys(values).length + deleted.length + reverted.length === 0) die("no options specified");
  checkSettings(call, type, vmid, Object.fromEntries(deleted.map((key) => [key, guest.config[key]])));
  checkSettings(call, type, vmid, values);
  checkDisks(call, guest, values);
  checkLock(guest);
  checkValues(guest, values, deleted);
  return () => {
    const log: string[] = [];
    for (const key of deleted) deleteKey(call, guest, key, flag(call, "force"));
    for (const key of reverted) delete guest.pending[key];
    const created = createDisks({ call, guest, log }, normalizeSettings(call.world, type, values));
    for (const [key, value] of Object.entries(created)) {
      setValue(guest, key, value);
      if (isDiskKey(type, key) && String(value).includes("media=cdrom")) addToBoot(guest, key);
    }
    if (!isRunning(guest)) {
      for (const [key, value] of Object.entries(guest.pending)) apply(guest, key, value);
      guest.pending = {};
    }
    return log;
  };
}

function checkValues(guest: Guest, values: Record<string, Json>, deleted: readonly string[]): void {
  if (guest.type !== "qemu") return;
  const balloon = Number(values.balloon ?? guest.config.balloon ?? 0);
  if ((values.memory !== undefined || values.balloon !== undefined) && balloon > 0) {
    const memory =
      values.memory === undefined ? memoryOf(guest) / 1024 ** 2 : Number.parseInt(String(values.memory), 10);
    if (balloon > memory) die("balloon value too large (must be smaller than assigned memory)");
  }
  const order =
    parseProperties(String(values.boot ?? ""))
      .get("order")
      ?.split(";") ?? [];
  for (const device of order.filter(Boolean)) {
    const exists = guest.config[device] ?? guest.pending[device] ?? values[device];
    if (exists === undefined || exists === null || deleted.includes(device))
      die(`invalid bootorder: device '${device}' does not exist'`);
  }
}
