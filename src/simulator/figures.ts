import { isRunning } from "./guests.ts";
import { parseProperties, parseSize } from "./property.ts";
import type { Guest, Node, World } from "./world.ts";

const MIB = 1024 ** 2;
const MINUTE = 60;

/** A repeatable value in [0, 1) for a name and a time step: the same question has the same answer. */
function noise(name: string, step: number): number {
  let hash = 2166136261 ^ step;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
}

/** Around 1: a slow daily swing, smoothed noise by the minute. */
export function wave(name: string, time: number, spread = 0.35): number {
  const step = Math.floor(time / MINUTE);
  const part = time / MINUTE - step;
  const rough = noise(name, step) * (1 - part) + noise(name, step + 1) * part;
  const day = Math.sin((time / 86400) * 2 * Math.PI + noise(name, 0) * 6.28);
  return Math.max(0.02, 1 + spread * (rough * 2 - 1) + 0.2 * day);
}

/** CPUs a guest may use; a container without a limit has its node's. */
export function cpusOf(guest: Guest, node?: Node): number {
  const { config } = guest;
  if (guest.type === "lxc") return Number(config.cores ?? config.cpulimit ?? node?.cpus ?? 1);
  const all = Number(config.sockets ?? 1) * Number(config.cores ?? 1);
  return Number(config.vcpus ?? Math.min(all, node?.cpus ?? all));
}

/** Assigned memory in bytes (`memory` may be a property string). */
export function memoryOf(guest: Guest): number {
  const text = String(guest.config.memory ?? 512);
  const properties = parseProperties(text, "current");
  return Number(properties.get("current") ?? 512) * MIB;
}

/** Size in bytes of the disk a VM boots from, or of a container's root file system. */
export function bootDiskSize(guest: Guest): number {
  const { config } = guest;
  const key = guest.type === "lxc" ? "rootfs" : bootDisk(guest);
  const value = key === undefined ? undefined : config[key];
  return value === undefined ? 0 : (parseSize(parseProperties(String(value)).get("size") ?? "") ?? 0);
}

function bootDisk(guest: Guest): string | undefined {
  const isDisk = (key: string) =>
    /^(ide|sata|scsi|virtio)\d+$/.test(key) &&
    !String(guest.config[key] ?? "media=cdrom").includes("media=cdrom");
  const order =
    parseProperties(String(guest.config.boot ?? ""))
      .get("order")
      ?.split(";") ?? [];
  return order.find(isDisk) ?? Object.keys(guest.config).filter(isDisk).sort()[0];
}

/** What a guest uses: `cpu` as a fraction, counters and sizes in bytes, `uptime` in seconds. */
export interface Figures {
  readonly cpu: number;
  readonly mem: number;
  readonly disk: number;
  readonly netin: number;
  readonly netout: number;
  readonly diskread: number;
  readonly diskwrite: number;
  readonly uptime: number;
}

const IDLE: Figures = { cpu: 0, mem: 0, disk: 0, netin: 0, netout: 0, diskread: 0, diskwrite: 0, uptime: 0 };

/** What a guest uses at a time; counters run since its start. */
export function guestFigures(guest: Guest, now: number): Figures {
  if (!isRunning(guest)) return IDLE;
  const uptime = Math.max(0, Math.trunc(now - (guest.started ?? now)));
  const { load, vmid } = guest;
  const paused = guest.status === "paused";
  const mem = Math.min(
    memoryOf(guest),
    Math.trunc(load.memory * Math.min(1.08, wave(`mem${vmid}`, now, 0.05))),
  );
  return {
    cpu: paused ? 0 : Math.min(1, load.cpu * wave(`cpu${vmid}`, now)),
    mem,
    disk: guest.type === "lxc" ? Math.trunc(bootDiskSize(guest) * 0.4) : 0,
    netin: Math.trunc(load.net * uptime),
    netout: Math.trunc(load.net * 0.6 * uptime),
    diskread: Math.trunc(load.disk * 0.4 * uptime),
    diskwrite: Math.trunc(load.disk * uptime),
    uptime,
  };
}

/** What a node uses at a time: its own load and that of its guests. */
export function nodeFigures(world: World, node: Node, now: number) {
  const guests = [...world.guests.values()].filter((guest) => guest.node === node.name && isRunning(guest));
  let cpu = node.load.cpu * wave(`node${node.name}`, now);
  let mem = node.load.baseMemory * wave(`mem${node.name}`, now, 0.02);
  for (const guest of guests) {
    const figures = guestFigures(guest, now);
    cpu += (figures.cpu * cpusOf(guest, node)) / node.cpus;
    mem += figures.mem;
  }
  return {
    cpu: Math.min(0.99, cpu),
    mem: Math.trunc(Math.min(node.memory * 0.985, mem)),
    uptime: Math.max(0, Math.trunc(now - node.booted)),
  };
}

/** True once pvestatd has reported figures. */
export const hasStats = (world: World, now: number) =>
  world.statsFrom === undefined || now >= world.statsFrom;
