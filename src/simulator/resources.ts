import { bootDiskSize, cpusOf, guestFigures, hasStats, memoryOf } from "./figures.ts";
import { nameOf } from "./guests.ts";
import { storageUsed } from "./rrd.ts";
import { contentOf, isShared } from "./volumes.ts";
import type { Guest, Json, Storage, World } from "./world.ts";

/** A guest as cluster lists and pool members show it (PVE::API2Tools::extract_vm_stats). */
export function guestResource(world: World, guest: Guest, now: number): Record<string, Json> {
  const { type, vmid, node } = guest;
  const row = { id: `${type}/${vmid}`, vmid, node, type };
  if (!hasStats(world, now)) return { ...row, status: "unknown" };
  const home = world.nodes.get(node);
  const figures = guestFigures(guest, now);
  return {
    ...row,
    name: nameOf(guest),
    status: home?.online === false ? "unknown" : guest.status === "stopped" ? "stopped" : "running",
    template: guest.config.template === 1 ? 1 : 0,
    maxcpu: cpusOf(guest, home),
    maxmem: memoryOf(guest),
    maxdisk: bootDiskSize(guest),
    ...figures,
    ...(type === "qemu" ? { memhost: figures.mem } : {}),
  };
}

/** A storage on a node as cluster lists and pool members show it (PVE::API2Tools::extract_storage_stats). */
export function storageResource(
  world: World,
  storage: Storage,
  node: string,
  now: number,
): Record<string, Json> {
  const row = {
    id: `storage/${node}/${storage.storage}`,
    storage: storage.storage,
    node,
    type: "storage",
    plugintype: storage.type,
    shared: isShared(storage) ? 1 : 0,
    content: contentOf(storage).join(","),
  };
  if (!hasStats(world, now)) return { ...row, status: "unknown" };
  const { total } = storage.capacity;
  return {
    ...row,
    status: "available",
    maxdisk: total,
    disk: Math.min(total, storageUsed(world, node, storage)),
  };
}
