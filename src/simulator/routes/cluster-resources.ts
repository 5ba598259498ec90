import { int, text } from "../args.ts";
import { hasStats, nodeFigures } from "../figures.ts";
import { guestResource, storageResource } from "../resources.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { nodeSeries, storageSeries } from "../rrd.ts";
import { isOnNode, storageOf } from "../volumes.ts";
import type { Guest, Json, Node, World } from "../world.ts";

function poolOf(world: World, vmid: number): string | undefined {
  for (const pool of world.pools.values()) if (pool.vms.has(vmid)) return pool.poolid;
  return undefined;
}

/** What PVE adds to a guest's row from its configuration, the pools and HA. */
function extras(call: SimCall, guest: Guest): Record<string, Json> {
  const pool = poolOf(call.world, guest.vmid);
  const sid = `${guest.type === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
  const ha = call.world.ha.resources.get(sid);
  const { lock, tags } = guest.config;
  return {
    ...(pool !== undefined && call.may(`/pool/${pool}`, "Pool.Audit") ? { pool } : {}),
    ...(lock === undefined ? {} : { lock }),
    ...(tags === undefined ? {} : { tags }),
    ...(ha ? { hastate: String(ha.config.state ?? "started") } : {}),
  };
}

function guestRows(call: SimCall): Json[] {
  return [...call.world.guests.values()]
    .filter((guest) => call.may(`/vms/${guest.vmid}`, "VM.Audit"))
    .map((guest) => ({ ...guestResource(call.world, guest, call.now), ...extras(call, guest) }));
}

/** PVE::API2Tools::extract_node_stats: figures only for those who may audit the node. */
function nodeRow(call: SimCall, node: Node): Json {
  const row = { id: `node/${node.name}`, node: node.name, type: "node" };
  const { world, now } = call;
  if (!node.online) return { ...row, status: "offline" };
  if (!hasStats(world, now)) return { ...row, status: "unknown" };
  if (!call.may(`/nodes/${node.name}`, "Sys.Audit")) return { ...row, status: "online" };
  return {
    ...row,
    status: "online",
    level: "",
    maxcpu: node.cpus,
    maxmem: node.memory,
    disk: node.rootfs.used,
    maxdisk: node.rootfs.total,
    "cgroup-mode": 2,
    ...nodeFigures(world, node, now),
  };
}

function storageRows(call: SimCall): Json[] {
  const rows: Json[] = [];
  for (const storage of call.world.storages.values()) {
    if (storage.config.disable || !call.may(`/storage/${storage.storage}`, "Datastore.Audit")) continue;
    for (const node of call.world.nodes.values()) {
      if (!isOnNode(storage, node.name)) continue;
      const row = storageResource(call.world, storage, node.name, call.now);
      rows.push(node.online ? row : { ...row, status: "unknown" });
    }
  }
  return rows;
}

function networkRows(call: SimCall): Json[] {
  if (!call.may("/sdn/zones/localnetwork", "SDN.Audit")) return [];
  return [...call.world.nodes.values()].map((node) => ({
    id: `network/${node.name}/zone/localnetwork`,
    network: "localnetwork",
    "network-type": "zone",
    node: node.name,
    type: "network",
    status: node.online ? "ok" : "unknown",
  }));
}

function poolRows(call: SimCall): Json[] {
  return [...call.world.pools.keys()]
    .filter((pool) => call.may(`/pool/${pool}`, "Pool.Audit"))
    .sort()
    .map((pool) => ({ id: `/pool/${pool}`, pool, type: "pool" }));
}

/** Rows by the `type` that asks for them, in PVE's order. */
const ROWS: readonly (readonly [type: string, rows: (call: SimCall) => Json[]])[] = [
  ["pool", poolRows],
  ["vm", guestRows],
  ["node", (call) => [...call.world.nodes.values()].map((node) => nodeRow(call, node))],
  ["storage", storageRows],
  ["network", networkRows],
];

const FIRST_VMID = 100;

/** GET /cluster/nextid: the given VMID when it is free, else the first free one. */
function nextId(call: SimCall): Json {
  const wanted = int(call, "vmid");
  const { guests, options } = call.world;
  if (wanted !== undefined)
    return guests.has(wanted) ? badParams({ vmid: `VM ${wanted} already exists` }) : String(wanted);
  const range = options["next-id"] as { lower?: number; upper?: number } | undefined;
  const upper = Number(range?.upper ?? 1_000_000);
  for (let vmid = Number(range?.lower ?? FIRST_VMID); vmid < upper; vmid++)
    if (!guests.has(vmid)) return String(vmid);
  return die(`unable to get any free VMID in range [${range?.lower ?? FIRST_VMID}, ${upper}]`);
}

const nodeNamed = (call: SimCall): Node =>
  call.world.nodes.get(String(call.params.node)) ?? die(`no such cluster node '${call.params.node}'`);

/** Everything at a glance (PVE::API2::Cluster, resources). */
export const clusterResourceRoutes: Handlers = {
  "GET /cluster/resources": (call) => {
    const type = text(call, "type");
    return ROWS.filter(([name]) => type === undefined || name === type).flatMap(([, rows]) => rows(call));
  },
  "GET /cluster/nextid": nextId,
  "GET /nodes/{node}/rrddata": (call) =>
    nodeSeries(call.world, nodeNamed(call), text(call, "timeframe") ?? "hour", call.now),
  "GET /nodes/{node}/storage/{storage}/rrddata": (call) => {
    const storage = storageOf(call.world, text(call, "storage") ?? "");
    return storageSeries(
      call.world,
      String(call.params.node),
      storage,
      text(call, "timeframe") ?? "hour",
      call.now,
    );
  },
};
