import type { Json, Storage, Volume, World } from "./world.ts";

/** True when every node sees the same data (`shared 1`, or a type that always is). */
export function isShared(storage: Storage): boolean {
  return (
    storage.config.shared === 1 || ["nfs", "cifs", "cephfs", "rbd", "pbs", "iscsi"].includes(storage.type)
  );
}

/** The key of a volume in the world's table. */
export function volumeKey(world: World, node: string, volid: string): string {
  const storage = world.storages.get(volid.slice(0, volid.indexOf(":")));
  return storage && isShared(storage) ? volid : `${node}/${volid}`;
}

/** A comma-separated setting of a storage, e.g. `content` or `nodes`. */
function items(value: Json | undefined): string[] {
  return typeof value === "string" ? value.split(",").filter((item) => item !== "") : [];
}

export function contentOf(storage: Storage): string[] {
  return items(storage.config.content);
}

/** Whether the storage is set up for that node. */
export function availableOn(storage: Storage, node: string): boolean {
  const nodes = items(storage.config.nodes);
  return nodes.length === 0 || nodes.includes(node);
}

/** The volumes a node sees on a storage. */
export function volumesOn(world: World, storage: Storage, node: string): Volume[] {
  return [...world.volumes.values()].filter(
    (volume) => volume.storage === storage.storage && (volume.node === undefined || volume.node === node),
  );
}

/** Bytes of a storage as one node sees it. */
export function usageOf(
  world: World,
  storage: Storage,
  node: string,
): { total: number; used: number; avail: number } {
  const { total, used: base } = storage.capacity;
  const listed = volumesOn(world, storage, node).reduce((sum, { size, used }) => sum + (used ?? size), 0);
  const used = Math.min(total, base + listed);
  return { total, used, avail: total - used };
}

const CONTENT_DIR: Readonly<Record<string, string>> = {
  iso: "template/iso",
  vztmpl: "template/cache",
  backup: "dump",
  snippets: "snippets",
  import: "import",
  images: "images",
  rootdir: "images",
};

/** Where a file-based storage keeps its data; undefined for block storages. */
export function basePath(storage: Storage): string | undefined {
  const { path } = storage.config;
  if (typeof path === "string") return path;
  return ["nfs", "cifs", "cephfs"].includes(storage.type) ? `/mnt/pve/${storage.storage}` : undefined;
}

/** The path of a volume on the node, or the address its storage driver gives QEMU. */
export function volumePath(storage: Storage, volume: Volume): string {
  const name = volume.volid.slice(volume.volid.indexOf(":") + 1);
  const base = basePath(storage);
  if (base === undefined)
    return storage.type === "rbd"
      ? `rbd:${String(storage.config.pool ?? "rbd")}/${name}`
      : `/dev/${String(storage.config.vgname ?? storage.storage)}/${name}`;
  const file =
    volume.content === "images" || volume.content === "rootdir" ? name : name.replace(/^[^/]+\//, "");
  return `${base}/${CONTENT_DIR[volume.content]}/${file}`;
}
