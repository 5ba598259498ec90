import { endpointOf } from "../schema/endpoint-table.ts";
import { int } from "./args.ts";
import { digestOf } from "./digest.ts";
import type { Rng } from "./rng.ts";
import { die, type SimCall } from "./route.ts";
import type { Guest, Json, World } from "./world.ts";

/** VM or container. */
export type GuestType = Guest["type"];

/** What differs between VMs and containers in PVE's texts, task types and files. */
export const KIND = {
  qemu: { folder: "qemu-server", label: "VM", word: "VM", prefix: "qm", nameKey: "name" },
  lxc: { folder: "lxc", label: "CT", word: "container", prefix: "vz", nameKey: "hostname" },
} as const;

/** PVE's text for a guest that a node does not have. */
export function noConfig(node: string, type: GuestType, vmid: number): string {
  return `Configuration file 'nodes/${node}/${KIND[type].folder}/${vmid}.conf' does not exist`;
}

/** VM or container, as the route says. */
export const typeOf = (call: SimCall): GuestType => (call.route.includes("/lxc") ? "lxc" : "qemu");

/** The call's node, as its path says. */
export const nodeOf = (call: SimCall): string => String(call.params.node ?? "");

/** The call's VMID, as its path says. */
export const vmidOf = (call: SimCall): number => int(call, "vmid") ?? 0;

/** The guest of that type on that node; undefined when it is of the other type or elsewhere. */
export function findGuest(world: World, node: string, type: GuestType, vmid: number): Guest | undefined {
  const guest = world.guests.get(vmid);
  return guest && guest.type === type && guest.node === node ? guest : undefined;
}

/** The guest of the call's node and VMID, or PVE's 500. */
export function guestOf(call: SimCall): Guest {
  const [node, type, vmid] = [nodeOf(call), typeOf(call), vmidOf(call)];
  return findGuest(call.world, node, type, vmid) ?? die(noConfig(node, type, vmid));
}

/** AbstractConfig check_lock. */
export function checkLock(guest: Guest): void {
  if (guest.config.lock !== undefined) die(`${KIND[guest.type].label} is locked (${guest.config.lock})`);
}

/** AbstractConfig check_protection. */
export function checkProtection(guest: Guest, message: string): void {
  if (guest.config.protection === 1) die(`${message} - protection mode enabled`);
}

/** True for a paused guest too. */
export const isRunning = (guest: Guest) => guest.status !== "stopped";

/** True once the guest has been made a template. */
export const isTemplate = (guest: Guest) => guest.config.template === 1;

/** What `digest` is in a guest's configuration: over the file, pending changes and snapshots included. */
export function guestDigest(guest: Guest): string {
  return digestOf([guest.config, guest.pending, guest.snapshots, guest.parent]);
}

/** The guest's name as lists show it. */
export function nameOf(guest: Guest): string {
  const name = guest.config[KIND[guest.type].nameKey];
  return name === undefined
    ? `${KIND[guest.type].label}${guest.type === "qemu" ? " " : ""}${guest.vmid}`
    : String(name);
}

/** The configuration with the changes that wait for the next start applied. */
export function withPending(guest: Guest): Record<string, Json> {
  const merged = { ...guest.config };
  for (const [key, value] of Object.entries(guest.pending)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}

/** Applies pending changes and lets the guest run from `at` on. */
export function boot(guest: Guest, at: number): void {
  guest.config = withPending(guest);
  guest.pending = {};
  guest.status = "running";
  guest.started = at;
}

/** Stops the guest; pending changes stay pending until it boots. */
export function halt(guest: Guest): void {
  guest.status = "stopped";
  delete guest.started;
}

/** A random UUID (version 4) out of the world's own numbers. */
export function uuid(rng: Rng): string {
  const hex = rng.hex(32);
  const variant = "89ab"[Math.floor(rng.next() * 4)] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A MAC address under the cluster's prefix (datacenter.cfg mac_prefix). */
export function newMac(world: World): string {
  const prefix = String(world.options.mac_prefix ?? "BC:24:11");
  const given = prefix.split(":").length;
  const rest = Array.from({ length: 6 - given }, () => world.rng.hex(2).toUpperCase());
  return [prefix.toUpperCase(), ...rest].join(":");
}

const DISK_KEY = {
  qemu: /^(ide|sata|scsi|virtio)\d+$|^(efidisk|tpmstate)0$/,
  lxc: /^rootfs$|^mp\d+$/,
} as const;

/** True for a configuration key that names a disk or mount point (unused ones aside). */
export const isDiskKey = (type: GuestType, key: string) => DISK_KEY[type].test(key);

/** A disk of a configuration: its key, its volume and the whole property string. */
export interface Disk {
  readonly key: string;
  readonly volid: string;
  readonly value: string;
  readonly cdrom: boolean;
}

/** The disks of a configuration, `unused` ones on request. */
export function disksOf(type: GuestType, config: Record<string, Json>, unused = false): Disk[] {
  return Object.entries(config)
    .filter(([key]) => isDiskKey(type, key) || (unused && /^unused\d+$/.test(key)))
    .map(([key, raw]) => {
      const value = String(raw);
      const first = value.split(",")[0] ?? "";
      const volid = first.replace(/^(file|volume)=/, "");
      return { key, value, volid, cdrom: value.includes("media=cdrom") };
    })
    .filter((disk) => disk.volid !== "none" && disk.volid !== "cdrom");
}

/** Values of call parameters as the configuration file keeps them: booleans as 0 and 1. */
export function configValues(call: SimCall, skip: ReadonlySet<string>): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const [key, value] of Object.entries(call.params)) {
    if (skip.has(key) || Array.isArray(value)) continue;
    values[key] = value === true ? 1 : value === false ? 0 : (value as string | number);
  }
  return values;
}

/** True for a key that PVE knows as a setting of the guest type. */
export function isOption(type: GuestType, key: string): boolean {
  const params = endpointOf(
    type === "qemu" ? "PUT /nodes/{node}/qemu/{vmid}/config" : "PUT /nodes/{node}/lxc/{vmid}/config",
  ).params;
  return key in params || `${key.replace(/\d+$/, "")}[n]` in params || key in EXTRA_OPTIONS;
}

const EXTRA_OPTIONS: Readonly<Record<string, true>> = {
  vmstate: true,
  snapstate: true,
  parent: true,
  lock: true,
};

/** Guest names and notes: containers keep a trailing newline (PVE::LXC::Config parse_pct_config). */
export function storedDescription(type: GuestType, text: string): string {
  const trimmed = text.replace(/\s+$/, "");
  return type === "lxc" ? `${trimmed}\n` : trimmed;
}

/** PVE::GuestHelpers get_unique_tags: sorted, each once. */
export function uniqueTags(text: string): string {
  return [
    ...new Set(
      text
        .toLowerCase()
        .split(/[,;\s]+/)
        .filter(Boolean),
    ),
  ]
    .sort()
    .join(";");
}

/** The task that an API call about a guest starts, with the type's prefix (`qmstart`, `vzstart`). */
export const taskType = (type: GuestType, verb: string) => `${KIND[type].prefix}${verb}`;
