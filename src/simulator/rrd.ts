import { bootDiskSize, cpusOf, guestFigures, memoryOf, nodeFigures, wave } from "./figures.ts";
import { volumesOn } from "./volumes.ts";
import type { Guest, Json, Node, Storage, World } from "./world.ts";

/** Seconds a point spans and number of points, as PVE::RRD asks rrdtool for them. */
export const TIMEFRAMES: Readonly<Record<string, readonly [step: number, count: number]>> = {
  hour: [60, 60],
  day: [60, 1440],
  week: [1800, 336],
  month: [1800, 1440],
  year: [21600, 1440],
  decade: [604800, 570],
};

type Point = (time: number) => Record<string, number>;

/**
 * A series as GET .../rrddata answers it. Points before `since` (Unix seconds; absent: measured for long) carry
 * only their time, and the running step is not yet part of it.
 */
function series(timeframe: string, now: number, since: number, point: Point): Json {
  const [step, count] = TIMEFRAMES[timeframe] ?? [60, 60];
  const end = Math.floor(now / step) * step;
  const rows: Json[] = [];
  for (let time = end - (count - 1) * step; time < end; time += step)
    rows.push(time < since ? { time } : { time, ...point(time) });
  return rows;
}

const LONG_AGO = 0;

/** A first value needs a whole minute of reports. */
const measuredFrom = (world: World, created = LONG_AGO) => {
  const start = Math.max(world.statsFrom ?? LONG_AGO, created);
  return start === LONG_AGO ? LONG_AGO : start + 60;
};

const pressure = (name: string, time: number, level: number) => Math.max(0, (wave(name, time) - 0.9) * level);

function pressures(name: string, time: number, cpu: number) {
  return {
    pressurecpusome: pressure(`pc${name}`, time, cpu),
    pressureiosome: pressure(`pi${name}`, time, 0.8),
    pressureiofull: pressure(`pf${name}`, time, 0.5),
    pressurememorysome: 0,
    pressurememoryfull: 0,
  };
}

/** A node's figures over time as rrddata answers them; `now` in Unix seconds. */
export function nodeSeries(world: World, node: Node, timeframe: string, now: number): Json {
  return series(timeframe, now, measuredFrom(world), (time) => {
    const { cpu, mem } = nodeFigures(world, node, time);
    const iowait = 0.01 * wave(`io${node.name}`, time);
    const net = 120_000 * wave(`net${node.name}`, time);
    return {
      cpu,
      maxcpu: node.cpus,
      iowait,
      loadavg: cpu * node.cpus * wave(`load${node.name}`, time, 0.2),
      memused: mem,
      memtotal: node.memory,
      memavailable: node.memory - mem,
      arcsize: 0,
      swapused: 0,
      swaptotal: 8 * 1024 ** 3,
      rootused: node.rootfs.used,
      roottotal: node.rootfs.total,
      netin: net,
      netout: net * 0.7,
      ...pressures(node.name, time, 4 * cpu),
    };
  });
}

/** A guest that has long existed ran before its last start too, but for the minutes of the restart. */
function wasRunning(guest: Guest, time: number): boolean {
  if (guest.started === undefined) return false;
  return time >= guest.started || (guest.created === undefined && time < guest.started - 300);
}

/** A guest's figures over time as rrddata answers them; without a guest, times without figures. */
export function guestSeries(world: World, guest: Guest | undefined, timeframe: string, now: number): Json {
  const node = guest && world.nodes.get(guest.node);
  const since = guest ? measuredFrom(world, guest.created) : Number.POSITIVE_INFINITY;
  return series(timeframe, now, since, (time) => {
    if (!guest) return {};
    const ran = wasRunning(guest, time);
    const figures = guestFigures(ran ? guest : { ...guest, status: "stopped" }, time);
    const rate = ran ? wave(`rate${guest.vmid}`, time) : 0;
    return {
      cpu: figures.cpu,
      maxcpu: cpusOf(guest, node),
      mem: figures.mem,
      maxmem: memoryOf(guest),
      memhost: figures.mem,
      disk: figures.disk,
      maxdisk: bootDiskSize(guest),
      netin: guest.load.net * rate,
      netout: guest.load.net * 0.6 * rate,
      diskread: guest.load.disk * 0.4 * rate,
      diskwrite: guest.load.disk * rate,
      ...pressures(String(guest.vmid), time, 2 * figures.cpu),
      pressurecpufull: 0,
    };
  });
}

/** Bytes in use on a storage as a node sees it: what it started with and every listed volume. */
export function storageUsed(world: World, node: string, storage: Storage): number {
  const listed = volumesOn(world, node, storage.storage).reduce(
    (sum, volume) => sum + (volume.used ?? volume.size),
    0,
  );
  return Math.min(storage.capacity.total, storage.capacity.used + listed);
}

/** A storage's size and use over time as rrddata answers them, in bytes. */
export function storageSeries(
  world: World,
  node: string,
  storage: Storage,
  timeframe: string,
  now: number,
): Json {
  const used = storageUsed(world, node, storage);
  return series(timeframe, now, measuredFrom(world), (time) => {
    const daysAgo = (now - time) / 86400;
    return { total: storage.capacity.total, used: Math.trunc(used * Math.max(0.4, 1 - 0.002 * daysAgo)) };
  });
}
