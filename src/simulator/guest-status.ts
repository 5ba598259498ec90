import { digestOf } from "./digest.ts";
import { bootDiskSize, cpusOf, guestFigures, memoryOf, wave } from "./figures.ts";
import { disksOf, isRunning, isTemplate, nameOf } from "./guests.ts";
import { parseProperties } from "./property.ts";
import type { Guest, Json, World } from "./world.ts";

const QEMU_VERSION = "10.0.13";
const MACHINE = "pc-i440fx-10.0+pve1";

const SUPPORT = {
  "pbs-dirty-bitmap": true,
  "pbs-dirty-bitmap-savevm": true,
  "pbs-dirty-bitmap-migration": true,
  "pbs-masterkey": true,
  "pbs-library-version": "1.6.1 (95f5b1a)",
  "backup-access-api": true,
  "backup-fleecing": true,
  "backup-max-workers": true,
  "query-bitmap-info": true,
};

/** True when the agent of a VM is switched on (`agent: 1` or `enabled=1,...`). */
export function hasAgent(guest: Guest): boolean {
  const value = String(guest.config.agent ?? "0");
  return ["1", "on", "yes", "true"].includes(parseProperties(value, "enabled").get("enabled") ?? "0");
}

/** True when an agent in the guest answers. */
export function agentAnswers(guest: Guest, now: number): boolean {
  return (
    guest.status === "running" &&
    guest.agentDelay !== undefined &&
    now - (guest.started ?? now) >= guest.agentDelay
  );
}

/** A process id for a running guest, the same for one run. */
function pidOf(guest: Guest): number {
  return 1000 + (Number.parseInt(digestOf([guest.vmid, guest.started]).slice(0, 6), 16) % 60000);
}

const marks = (guest: Guest): Record<string, Json> => {
  const { config } = guest;
  return {
    ...(isTemplate(guest) ? { template: 1 } : {}),
    ...(config.lock === undefined ? {} : { lock: config.lock }),
    ...(config.tags === undefined ? {} : { tags: config.tags }),
  };
};

function pressures(guest: Guest, now: number): Record<string, number> {
  const some = Math.max(0, Math.round((wave(`press${guest.vmid}`, now) - 1) * 100) / 100);
  return {
    pressurecpusome: some,
    pressurecpufull: 0,
    pressureiosome: Math.round(some * 20) / 100,
    pressureiofull: Math.round(some * 20) / 100,
    pressurememorysome: 0,
    pressurememoryfull: 0,
  };
}

/** A row of GET /nodes/{node}/qemu or lxc; `full` adds what QEMU is asked for. */
export function guestRow(world: World, guest: Guest, now: number, full = false): Record<string, Json> {
  return guest.type === "qemu" ? qemuRow(world, guest, now, full) : lxcRow(world, guest, now);
}

function qemuRow(world: World, guest: Guest, now: number, full: boolean): Record<string, Json> {
  const figures = guestFigures(guest, now);
  const running = isRunning(guest);
  const hasSerial = Object.keys(guest.config).some((key) => /^serial\d$/.test(key));
  const balloon = Number(guest.config.balloon ?? 0);
  return {
    vmid: guest.vmid,
    name: nameOf(guest),
    status: running ? "running" : "stopped",
    cpus: cpusOf(guest, world.nodes.get(guest.node)),
    cpu: figures.cpu,
    mem: figures.mem,
    memhost: figures.mem,
    maxmem: memoryOf(guest),
    disk: 0,
    maxdisk: bootDiskSize(guest),
    netin: figures.netin,
    netout: figures.netout,
    uptime: figures.uptime,
    ...(balloon > 0 ? { balloon_min: balloon * 1024 ** 2, shares: Number(guest.config.shares ?? 1000) } : {}),
    ...(hasSerial ? { serial: 1 } : {}),
    ...(running ? { pid: pidOf(guest), ...pressures(guest, now) } : {}),
    ...marks(guest),
    ...(full ? { qmpstatus: guest.status, ...(running ? monitored(guest, now) : {}) } : {}),
  };
}

/** What QEMU itself tells over its monitor. */
function monitored(guest: Guest, now: number): Record<string, Json> {
  const figures = guestFigures(guest, now);
  const max = memoryOf(guest);
  const disks = disksOf("qemu", guest.config).filter((disk) => /^(ide|sata|scsi|virtio)/.test(disk.key));
  const nets = Object.keys(guest.config).filter((key) => /^net\d+$/.test(key));
  const share = (total: number, count: number) => Math.trunc(total / Math.max(1, count));
  const alive = agentAnswers(guest, now);
  const stats = alive
    ? {
        total_mem: Math.trunc(max * 0.88),
        free_mem: Math.max(0, Math.trunc(max * 0.88) - figures.mem),
        last_update: Math.trunc(now),
        major_page_faults: 0,
        minor_page_faults: 2074,
        mem_swapped_in: 0,
        mem_swapped_out: 0,
      }
    : {};
  return {
    balloon: max,
    ballooninfo: { actual: max, max_mem: max, ...stats },
    ...(alive ? { freemem: Math.max(0, Math.trunc(max * 0.88) - figures.mem) } : {}),
    blockstat: Object.fromEntries(
      disks.map((disk) => [
        disk.key,
        blockStats(
          share(figures.diskread, disks.length),
          share(figures.diskwrite, disks.length),
          figures.uptime,
        ),
      ]),
    ),
    diskread: figures.diskread,
    diskwrite: figures.diskwrite,
    nics: Object.fromEntries(
      nets.map((net) => [
        `tap${guest.vmid}i${net.slice(3)}`,
        { netin: share(figures.netin, nets.length), netout: share(figures.netout, nets.length) },
      ]),
    ),
    "proxmox-support": SUPPORT,
    "running-machine": MACHINE,
    "running-qemu": QEMU_VERSION,
  };
}

const COUNTED = ["rd", "wr", "flush", "unmap", "zone_append"];

function blockStats(read: number, written: number, uptime: number): Record<string, Json> {
  const stats: Record<string, Json> = {
    timed_stats: [],
    account_failed: true,
    account_invalid: true,
    wr_highest_offset: 0,
  };
  for (const kind of COUNTED) {
    const bytes = kind === "rd" ? read : kind === "wr" ? written : 0;
    stats[`${kind}_operations`] = Math.ceil(bytes / 16384);
    stats[`failed_${kind}_operations`] = 0;
    stats[`invalid_${kind}_operations`] = 0;
    stats[`${kind}_total_time_ns`] = Math.ceil(bytes / 16384) * 90000;
    if (kind !== "flush") {
      stats[`${kind}_bytes`] = bytes;
      stats[`${kind}_merged`] = 0;
    }
  }
  if (read > 0 && uptime >= 5) stats.idle_time_ns = 4382065595;
  return stats;
}

function lxcRow(world: World, guest: Guest, now: number): Record<string, Json> {
  const figures = guestFigures(guest, now);
  const running = isRunning(guest);
  const size = bootDiskSize(guest);
  return {
    vmid: guest.vmid,
    name: nameOf(guest),
    type: "lxc",
    status: running ? "running" : "stopped",
    cpus: cpusOf(guest, world.nodes.get(guest.node)),
    cpu: figures.cpu,
    mem: figures.mem,
    maxmem: memoryOf(guest),
    swap: 0,
    maxswap: Number(guest.config.swap ?? 512) * 1024 ** 2,
    disk: figures.disk,
    maxdisk: running ? Math.trunc(size * 0.95) : size,
    diskread: figures.diskread,
    diskwrite: figures.diskwrite,
    netin: figures.netin,
    netout: figures.netout,
    uptime: figures.uptime,
    ...(running
      ? {
          pid: pidOf(guest),
          ...Object.fromEntries(
            Object.entries(pressures(guest, now)).map(([key, value]) => [key, value.toFixed(2)]),
          ),
        }
      : {}),
    ...marks(guest),
  };
}

/** The `ha` part of GET status/current. */
function haInfo(world: World, guest: Guest): Json {
  const sid = `${guest.type === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
  const resource = world.ha.resources.get(sid);
  if (!resource) return { managed: 0 };
  const state = String(resource.config.state ?? "started");
  return { managed: 1, state: state === "enabled" ? "started" : state };
}

/** Answer of GET .../status/current. */
export function currentStatus(world: World, guest: Guest, now: number): Json {
  const row = guestRow(world, guest, now, true);
  const agent = guest.type === "qemu" && hasAgent(guest) ? { agent: 1 } : {};
  return { ...row, ...agent, ha: haInfo(world, guest) };
}
