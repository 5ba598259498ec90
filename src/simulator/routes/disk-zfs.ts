import { need, text } from "../args.ts";
import type { Layout, LayoutCall } from "../disk-layout.ts";
import { disksOfNode, use } from "../node-disks.ts";
import { parseProperties } from "../property.ts";
import { die, type SimCall } from "../route.ts";
import { storageUsed } from "../rrd.ts";
import type { Json, JsonObject, World } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";

/** Disks a level needs, and those of them whose bytes are not to be had. */
const LEVELS: Readonly<Record<string, readonly [least: number, parity: number]>> = {
  single: [1, 0],
  mirror: [2, 1],
  raid10: [4, 0],
  raidz: [3, 1],
  raidz2: [4, 2],
  raidz3: [5, 3],
  draid: [3, 1],
  draid2: [4, 2],
  draid3: [5, 3],
};

/** A node that stands alone is the recorded one, which has no ZFS. */
export const hasZfs = (world: World): boolean => world.cluster !== undefined;

function needZfs(world: World): void {
  if (!hasZfs(world)) die("zfsutils-linux not installed");
}

/** PVE's checks of a pool's disks before the task. */
function check({ call, node, disks, name }: LayoutCall, devices: readonly string[]): void {
  needZfs(call.world);
  const level = need(call, "raidlevel");
  const draid = parseProperties(text(call, "draid-config") ?? "");
  if (draid.size > 0 && !level.startsWith("draid")) die("draid-config set without using dRAID level");
  if (disks.pools.has(name)) die(`pool '${name}' already exists on node '${node.name}'`);
  const [least] = LEVELS[level] ?? [1];
  const count = devices.length;
  if (level === "raid10" && count % 2 !== 0) die("raid10 needs an even number of disks");
  if (level === "single" && count > 1) die("please give only one disk for single disk mode");
  if (count < least) die(`${level} needs at least ${least} disks`);
  const wanted = least - 2 + Number(draid.get("data") ?? 0) + Number(draid.get("spares") ?? 0);
  if (level.startsWith("draid") && count < wanted)
    die(`At least ${wanted} disks needed for current dRAID config`);
}

/** What follows the pool's name on zpool's command line. */
function vdevs(level: string, devices: readonly string[]): string {
  if (level === "single") return devices.join(" ");
  if (level !== "raid10") return [level, ...devices].join(" ");
  return devices.map((device, at) => (at % 2 === 0 ? `mirror ${device}` : device)).join(" ");
}

const deviceList = (pool: JsonObject): string[] =>
  Array.isArray(pool.devices) ? pool.devices.map(String) : [];

function usedOf(world: World, node: string, name: string): number {
  const storage = [...world.storages.values()].find(
    ({ type, config }) => type === "zfspool" && config.pool === name,
  );
  return storage ? storageUsed(world, node, storage) : 0;
}

/** Bytes a pool offers and what is taken of them. */
export function poolSpace(world: World, node: string, name: string, pool: JsonObject) {
  const size = Number(pool.size ?? 0);
  const alloc = Math.min(size, usedOf(world, node, name));
  return { size, alloc, free: size - alloc };
}

/** ZFS pools (PVE::API2::Disks::ZFS). */
export const zfs: Layout = {
  path: "zfs",
  tasks: ["zfscreate", "zfsremove"],
  list: ({ call, node, disks }) => {
    needZfs(call.world);
    return [...disks.pools].map(([name, pool]) => ({
      name,
      ...poolSpace(call.world, node.name, name, pool),
      frag: 0,
      dedup: 1,
      health: "ONLINE",
    }));
  },
  storage: (name) => ({
    type: "zfspool",
    config: { pool: name, content: "rootdir,images" },
    same: ["pool"],
  }),
  check,
  create: ({ call, disks, name }, devices) => {
    const level = need(call, "raidlevel");
    const [, parity = 0] = LEVELS[level] ?? [];
    const smallest = Math.min(...devices.map((path) => Number(disks.devices.get(path)?.size ?? 0)));
    const data = level === "mirror" ? 1 : level === "raid10" ? devices.length / 2 : devices.length - parity;
    const size = Math.trunc(smallest * data * 0.99);
    disks.pools.set(name, { size, devices: [...devices], raidlevel: level });
    for (const path of devices) use(disks, path, { used: "ZFS", gpt: 1 });
    const ashift = text(call, "ashift") ?? "12";
    return {
      bytes: size,
      log: [
        `# /sbin/zpool create -o ashift=${ashift} ${name} ${vdevs(level, devices)}`,
        `# /sbin/zfs set compression=${text(call, "compression") ?? "on"} ${name}`,
        `# systemctl enable zfs-import@${name}.service`,
      ],
    };
  },
  holds: ({ name }, { type, config }) => type === "zfspool" && config.pool === name,
  devices: ({ disks, name }) => {
    const pool = disks.pools.get(name);
    return pool ? deviceList(pool) : die(`command 'zpool destroy ${name}' failed: exit code 1`);
  },
  busy: ({ name }) => `command 'zpool destroy ${name}' failed: exit code 1`,
  remove: ({ disks, name }) => {
    disks.pools.delete(name);
  },
};

const vdev = (name: string, children: Json[]): Json => ({
  name,
  state: "ONLINE",
  read: 0,
  write: 0,
  cksum: 0,
  msg: "",
  leaf: children.length > 0 ? 0 : 1,
  ...(children.length > 0 ? { children } : {}),
});

/** `zpool status` of one pool as a tree. */
export function poolStatus(call: SimCall): Json {
  needZfs(call.world);
  const name = need(call, "name");
  const pool =
    disksOfNode(call.world, nodeOfCall(call)).pools.get(name) ??
    die(`command '/sbin/zpool status -P ${name}' failed: exit code 1`);
  const level = String(pool.raidlevel);
  const leaves = deviceList(pool).map((device) => vdev(`${device}1`, []));
  const mirrors = leaves.flatMap((leaf, at) =>
    at % 2 === 0 ? [vdev(`mirror-${at / 2}`, [leaf, ...leaves.slice(at + 1, at + 2)])] : [],
  );
  const below = level === "single" ? leaves : level === "raid10" ? mirrors : [vdev(`${level}-0`, leaves)];
  return {
    name,
    state: "ONLINE",
    errors: "No known data errors",
    leaf: 0,
    children: [vdev(name, below)],
  };
}
