import { die, SimError } from "./route.ts";
import type { Storage, Volume, World } from "./world.ts";

/** Storage types that every node of the cluster sees alike. */
const SHARED_TYPES = new Set([
  "nfs",
  "cifs",
  "cephfs",
  "rbd",
  "pbs",
  "iscsi",
  "iscsidirect",
  "glusterfs",
  "esxi",
  "zfs",
]);
/** Storage types that take space only for what is written. */
const THIN_TYPES = new Set(["lvmthin", "rbd", "zfspool"]);
/** Storage types that keep volumes as files below a path. */
const FILE_TYPES = new Set(["dir", "nfs", "cifs", "cephfs", "glusterfs", "btrfs"]);

/** True when every node sees the same volumes. */
export const isShared = (storage: Storage) =>
  SHARED_TYPES.has(storage.type) || Boolean(storage.config.shared);
/** True when volumes are files below a path. */
export const isFileBased = (storage: Storage) => FILE_TYPES.has(storage.type);

/** PVE::Storage::storage_config. */
export function storageOf(world: World, name: string): Storage {
  return world.storages.get(name) ?? die(`storage '${name}' does not exist`);
}

/** The content types a storage is configured for. */
export function contentOf(storage: Storage): string[] {
  return String(storage.config.content ?? "")
    .split(",")
    .filter(Boolean);
}

/** True when the storage is configured for the node. */
export function isOnNode(storage: Storage, node: string): boolean {
  const nodes = String(storage.config.nodes ?? "");
  return nodes === "" || nodes.split(/[,;\s]+/).includes(node);
}

/** PVE::Storage::storage_check_enabled on a node. */
export function enabledOn(world: World, name: string, node: string): Storage {
  const storage = storageOf(world, name);
  if (storage.config.disable) die(`storage '${name}' is disabled`);
  if (!isOnNode(storage, node)) die(`storage '${name}' is not available on node '${node}'`);
  return storage;
}

/** Where a storage's files lie. */
function rootPath(storage: Storage): string {
  return String(storage.config.path ?? `/mnt/pve/${storage.storage}`);
}

/** The key of a volume in `world.volumes`: shared storages are the same on every node. */
export function volumeKey(world: World, node: string, volid: string): string {
  const storage = world.storages.get(volid.slice(0, volid.indexOf(":")));
  return storage && isShared(storage) ? volid : `${node}/${volid}`;
}

/** The volume as a node sees it; undefined when there is none. */
export function findVolume(world: World, node: string, volid: string): Volume | undefined {
  return world.volumes.get(volumeKey(world, node, volid)) ?? world.volumes.get(volid);
}

/** Adds a volume to a storage as a node sees it. */
export function addVolume(world: World, node: string, volume: Omit<Volume, "node" | "storage">): Volume {
  const storage = storageOf(world, volume.volid.slice(0, volume.volid.indexOf(":")));
  const added: Volume = { ...volume, storage: storage.storage, ...(isShared(storage) ? {} : { node }) };
  world.volumes.set(volumeKey(world, node, volume.volid), added);
  return added;
}

/** Takes a volume from its storage; false when there is none. */
export function removeVolume(world: World, node: string, volid: string): boolean {
  return world.volumes.delete(volumeKey(world, node, volid)) || world.volumes.delete(volid);
}

/** Volumes a node sees on a storage. */
export function volumesOn(world: World, node: string, storage: string): Volume[] {
  return [...world.volumes.values()].filter(
    (volume) => volume.storage === storage && (volume.node === undefined || volume.node === node),
  );
}

const DIRECTORIES: Readonly<Record<Volume["content"], string>> = {
  images: "images",
  rootdir: "images",
  iso: "template/iso",
  vztmpl: "template/cache",
  backup: "dump",
  snippets: "snippets",
  import: "import",
};

/** The file or device behind a volume id. */
export function pathOf(world: World, volid: string): string {
  const storage = storageOf(world, volid.slice(0, volid.indexOf(":")));
  const name = volid.slice(volid.indexOf(":") + 1);
  if (!isFileBased(storage))
    return `/dev/${storage.config.vgname ?? storage.config.pool ?? storage.storage}/${name}`;
  const found = /^(iso|vztmpl|backup|snippets|import)\/(.+)$/.exec(name);
  const linked = /^\d+\/base-.+\/(\d+\/vm-.+)$/.exec(name);
  if (!found?.[1]) return `${rootPath(storage)}/images/${linked?.[1] ?? name}`;
  return `${rootPath(storage)}/${DIRECTORIES[found[1] as Volume["content"]]}/${found[2]}`;
}

/** A disk to allocate. */
export interface NewVolume {
  readonly storage: string;
  readonly vmid: number;
  readonly bytes: number;
  readonly content: "images" | "rootdir";
  readonly format?: string;
  /** `vm-100-cloudinit` and such; absent: the next free `vm-<vmid>-disk-<n>`. */
  readonly name?: string;
  readonly parent?: string;
}

/** The next free `<prefix>-<vmid>-disk-<n>` on a storage as a node sees it. */
export function nextName(world: World, node: string, storage: string, vmid: number, prefix: string): string {
  const taken = new Set(
    volumesOn(world, node, storage).map((volume) => /-(\d+-disk-\d+)(\.|$)/.exec(volume.volid)?.[1]),
  );
  let n = 0;
  while (taken.has(`${vmid}-disk-${n}`)) n++;
  return `${prefix}-${vmid}-disk-${n}`;
}

/** Allocates a guest's volume and returns it with the line PVE's tool prints. */
export function allocate(world: World, node: string, wanted: NewVolume, now: number) {
  const storage = enabledOn(world, wanted.storage, node);
  if (!contentOf(storage).includes(wanted.content))
    throw new SimError(
      500,
      wanted.content === "rootdir"
        ? `storage '${wanted.storage}' does not support CT rootdirs`
        : `storage '${wanted.storage}' does not support vm images`,
    );
  const files = isFileBased(storage);
  const format = files ? (wanted.format ?? "raw") : "raw";
  const prefix = storage.type === "zfspool" && wanted.content === "rootdir" ? "subvol" : "vm";
  const name = wanted.name ?? nextName(world, node, wanted.storage, wanted.vmid, prefix);
  const file = files ? `${wanted.vmid}/${name}.${format}` : name;
  const base = wanted.parent === undefined ? "" : linkPrefix(storage, wanted.parent);
  const volume = addVolume(world, node, {
    volid: `${wanted.storage}:${base}${file}`,
    content: wanted.content,
    format: prefix === "subvol" ? "subvol" : format,
    size: wanted.bytes,
    used: files || THIN_TYPES.has(storage.type) ? 4096 : wanted.bytes,
    ctime: Math.trunc(now),
    vmid: wanted.vmid,
    ...(wanted.parent === undefined ? {} : { parent: wanted.parent.slice(wanted.parent.indexOf(":") + 1) }),
  });
  return { volume, line: creationLine(world, storage, volume) };
}

/** Linked clones on most storages carry their base in the volume id. */
function linkPrefix(storage: Storage, parent: string): string {
  return storage.type === "lvmthin" ? "" : `${parent.slice(parent.indexOf(":") + 1)}/`;
}

/** What qemu-img or lvcreate prints when a volume is made. */
function creationLine(world: World, storage: Storage, volume: Volume): string | undefined {
  if (storage.type === "lvmthin" || storage.type === "lvm") {
    const name = volume.volid.slice(volume.volid.lastIndexOf(":") + 1);
    return `  Logical volume "${name.slice(name.lastIndexOf("/") + 1)}" created.`;
  }
  if (!isFileBased(storage)) return undefined;
  const path = pathOf(world, volume.volid);
  if (volume.format !== "qcow2")
    return `Formatting '${path}', fmt=${volume.format} size=${volume.size} preallocation=off`;
  const [cluster, extended, backing] =
    volume.parent === undefined
      ? [65536, "off", ""]
      : [131072, "on", ` backing_file=../${volume.parent} backing_fmt=${volume.parent.split(".").pop()}`];
  return (
    `Formatting '${path}', fmt=qcow2 cluster_size=${cluster} extended_l2=${extended} preallocation=metadata ` +
    `compression_type=zlib size=${volume.size}${backing} lazy_refcounts=off refcount_bits=16`
  );
}

/** PVE::Storage volume_has_feature for what guests ask: snapshots and linked clones. */
export function volumeHas(world: World, volid: string, feature: "snapshot" | "clone" | "copy"): boolean {
  const storage = world.storages.get(volid.slice(0, volid.indexOf(":")));
  if (!storage) return false;
  if (feature === "copy") return true;
  if (isFileBased(storage)) {
    if (feature === "snapshot") return volid.endsWith(".qcow2") || storage.type === "btrfs";
    return /\/base-[^/]+$/.test(volid);
  }
  if (feature === "snapshot") return ["lvmthin", "zfspool", "rbd"].includes(storage.type);
  return ["lvmthin", "zfspool", "rbd"].includes(storage.type) && /:base-[^/]+$/.test(volid);
}
