import { defined, flag, int, mayAny, need, text } from "../args.ts";
import { denied } from "../permissions.ts";
import { markPruned, type PruneEntry, parseRetention } from "../prune.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { enabledOn, isFileBased, isShared, pathOf, volumeKey, volumesOn } from "../volumes.ts";
import type { Json, Storage, Volume, World } from "../world.ts";

/** The storage of a call, checked to be usable on the call's node (PVE::Storage::storage_check_enabled). */
export function enabledStorage(call: SimCall): Storage {
  return enabledOn(call.world, need(call, "storage"), need(call, "node"));
}

/** PVE takes a volume with or without its storage's name in front. */
export function volidOf(call: SimCall): string {
  const storage = need(call, "storage");
  const volume = need(call, "volume");
  if (!volume.includes(":")) return `${storage}:${volume}`;
  const given = volume.slice(0, volume.indexOf(":"));
  if (given !== storage) badParams({ volume: `storage ID mismatch (${given} != ${storage})\n` });
  return volume;
}

/** What refuses the caller a volume, or undefined (PVE::Storage::check_volume_access). */
function refusal(call: SimCall, { storage, content, vmid, volid }: Volume): string | undefined {
  const at = `/storage/${storage}`;
  if (call.may(at, "Datastore.Allocate")) return undefined;
  if (content === "iso" || content === "vztmpl" || content === "import")
    return mayAny(call, at, "Datastore.AllocateSpace", "Datastore.Audit")
      ? undefined
      : `${at}, Datastore.AllocateSpace|Datastore.Audit`;
  if (vmid === undefined || content === "snippets") return `missing privileges to access ${volid}`;
  const [onStorage, onGuest] =
    content === "backup"
      ? (["Datastore.AllocateSpace", "VM.Backup"] as const)
      : (["Datastore.Audit", "VM.Config.Disk"] as const);
  if (!call.may(at, onStorage)) return `${at}, ${onStorage}`;
  return call.may(`/vms/${vmid}`, onGuest) ? undefined : `/vms/${vmid}, ${onGuest}`;
}

/** Refuses the caller a volume he may not read. */
export function checkAccess(call: SimCall, volume: Volume): void {
  const reason = refusal(call, volume);
  if (reason?.startsWith("/")) denied(reason);
  else if (reason) die(reason);
}

/** A volume of the call; one that is not there answers as PVE's file lookup does. */
function volumeOf(call: SimCall): Volume {
  enabledStorage(call);
  const volid = volidOf(call);
  const volume = call.world.volumes.get(volumeKey(call.world, need(call, "node"), volid));
  return volume ?? die(`volume_size_info on '${volid}' failed - no format`);
}

/** One row of a content list. Disks carry `parent` and `used`, backups `subtype`; notes show their first line. */
function row(volume: Volume): Json {
  const { volid, content, format, size, ctime, vmid } = volume;
  const disk = content === "images" || content === "rootdir";
  return defined<Json>({
    volid,
    content,
    format,
    size,
    ctime,
    vmid,
    used: disk ? (volume.used ?? size) : undefined,
    parent: disk ? (volume.parent ?? null) : undefined,
    subtype: volume.subtype,
    notes: volume.notes?.split("\n")[0],
    protected: volume.protected ? 1 : undefined,
  });
}

/** Blocks of 512 bytes a file takes up, as stat reports them. */
function onDisk(size: number): number {
  return Math.ceil(size / 4096) * 4096;
}

function freeVolume(world: World, key: string, volume: Volume): readonly string[] {
  const name = volume.volid.slice(volume.volid.indexOf(":") + 1);
  if (volume.protected) die(`cannot remove protected volume '${name}' on '${volume.storage}'`);
  const child = [...world.volumes.values()].find((other) =>
    other.parent?.endsWith(name.split("/").pop() ?? name),
  );
  if (child) die(`base volume '${name}' is still in use by linked cloned '${child.volid.split(":")[1]}'`);
  world.volumes.delete(key);
  return [`Removed volume '${volume.volid}'`];
}

/** The backups of a storage with what its retention would do to them. */
function pruned(call: SimCall): PruneEntry[] {
  const storage = enabledStorage(call);
  const type = text(call, "type");
  const vmid = int(call, "vmid");
  const retention = text(call, "prune-backups") ?? String(storage.config["prune-backups"] ?? "keep-all=1");
  const entries = volumesOn(call.world, need(call, "node"), storage.storage)
    .filter(({ content }) => content === "backup")
    .filter((volume) => (vmid ?? volume.vmid) === volume.vmid && (type ?? volume.subtype) === volume.subtype)
    .map(
      (volume): PruneEntry => ({
        volid: volume.volid,
        ctime: volume.ctime,
        type: volume.subtype ?? "unknown",
        ...(volume.vmid === undefined ? {} : { vmid: volume.vmid }),
        ...(volume.protected ? { mark: "protected" as const } : {}),
      }),
    );
  return markPruned(entries, parseRetention(retention));
}

const UNITS: Readonly<Record<string, number>> = { "": 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Volumes on a storage (PVE::API2::Storage::Content, ::PruneBackups). */
export const storageContentRoutes: Handlers = {
  "GET /nodes/{node}/storage/{storage}/content": (call) => {
    const content = text(call, "content");
    const vmid = int(call, "vmid");
    return volumesOn(call.world, need(call, "node"), enabledStorage(call).storage)
      .filter((volume) => (content ?? volume.content) === volume.content)
      .filter((volume) => vmid === undefined || volume.vmid === vmid)
      .filter((volume) => refusal(call, volume) === undefined)
      .map(row);
  },
  "POST /nodes/{node}/storage/{storage}/content": (call) => {
    const storage = enabledStorage(call);
    const node = need(call, "node");
    const filename = need(call, "filename");
    const vmid = int(call, "vmid") ?? 0;
    const named = /\.(raw|qcow2|vmdk)$/.exec(filename)?.[1];
    const format = text(call, "format") ?? named ?? "raw";
    if (named && format !== named) badParams({ format: `different storage formats (${format} != ${named})` });
    if (!new RegExp(`^(vm|base|subvol)-${vmid}-`).test(filename))
      die(`illegal name '${filename}' - should be 'vm-${vmid}-*'`);
    const files = isFileBased(storage);
    const volid = files ? `${storage.storage}:${vmid}/${filename}` : `${storage.storage}:${filename}`;
    const key = volumeKey(call.world, node, volid);
    if (call.world.volumes.has(key)) die(`disk image '${filename}' already exists`);
    const [, digits = "0", unit = ""] = /^(\d+)([MG]?)$/.exec(need(call, "size")) ?? [];
    call.world.volumes.set(key, {
      volid,
      ...(isShared(storage) ? {} : { node }),
      storage: storage.storage,
      content: "images",
      format,
      size: Number(digits) * (UNITS[unit] ?? 1024),
      used: 0,
      ctime: Math.trunc(call.now),
      vmid,
    });
    return volid;
  },
  "GET /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const volume = volumeOf(call);
    checkAccess(call, volume);
    const backup = volume.content === "backup";
    return defined<Json>({
      path: pathOf(call.world, volume.volid),
      size: volume.size,
      used: volume.used ?? onDisk(volume.size),
      format: ["raw", "qcow2", "vmdk", "subvol"].includes(volume.format) ? volume.format : "raw",
      notes: backup ? (volume.notes ?? "") : undefined,
      protected: backup ? (volume.protected ? 1 : 0) : undefined,
    });
  },
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const volume = volumeOf(call);
    checkAccess(call, volume);
    const notes = text(call, "notes");
    if (volume.content !== "backup") die("attribute 'notes' is not supported for volume type");
    if (notes !== undefined) volume.notes = notes;
    if (call.params.protected !== undefined) volume.protected = flag(call, "protected");
    return null;
  },
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const node = need(call, "node");
    const storage = enabledStorage(call);
    const volid = volidOf(call);
    const key = volumeKey(call.world, node, volid);
    const volume = call.world.volumes.get(key);
    const at = `/storage/${storage.storage}`;
    if (volume?.content === "backup" && volume.vmid !== undefined) {
      if (!call.may(at, "Datastore.AllocateSpace")) denied(`${at}, Datastore.AllocateSpace`);
      if (!call.may(`/vms/${volume.vmid}`, "VM.Backup")) denied(`/vms/${volume.vmid}, VM.Backup`);
    } else if (!call.may(at, "Datastore.Allocate")) denied(`${at}, Datastore.Allocate`);
    const upid = call.task({
      node,
      type: "imgdel",
      id: `${volume?.vmid === undefined ? "" : `${volume.vmid}@`}${storage.storage}`,
      seconds: 1,
      sync: call.params.delay !== undefined,
      done: () => (volume ? freeVolume(call.world, key, volume) : [`Removed volume '${volid}'`]),
    });
    if (call.params.delay === undefined) return upid;
    const status = call.world.tasks.get(upid)?.exitstatus ?? "OK";
    return status === "OK" ? null : die(status);
  },
  "GET /nodes/{node}/storage/{storage}/prunebackups": (call) =>
    pruned(call).map(({ volid, ctime, mark, type, vmid }) =>
      defined<Json>({ volid, ctime, mark: mark ?? "keep", type, vmid }),
    ),
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": (call) => {
    const node = need(call, "node");
    const storage = need(call, "storage");
    const vmid = int(call, "vmid");
    const may =
      call.may(`/storage/${storage}`, "Datastore.Allocate") ||
      (vmid !== undefined &&
        call.may(`/storage/${storage}`, "Datastore.AllocateSpace") &&
        call.may(`/vms/${vmid}`, "VM.Backup"));
    if (!may) denied(`/storage/${storage}, Datastore.Allocate`);
    const entries = pruned(call);
    return call.task({
      node,
      type: "prunebackups",
      id: `${vmid === undefined ? "" : `${vmid}@`}${storage}`,
      seconds: 2,
      done: () => {
        const doomed = entries.filter(({ mark }) => mark === "remove");
        for (const { volid } of doomed) call.world.volumes.delete(volumeKey(call.world, node, volid));
        return doomed.map(({ volid, type }) => `removing backup ${type} '${volid}'`);
      },
    });
  },
};
