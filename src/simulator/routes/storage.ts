import { flag, index, list, mayAny, need, settings, splitList, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { storageUsed } from "../rrd.ts";
import { STORAGE_TYPES, type StorageType } from "../storage-types.ts";
import { contentOf, isOnNode, isShared, storageOf } from "../volumes.ts";
import type { Json, Storage, World } from "../world.ts";

const SECRETS = ["password", "encryption-key", "keyring", "master-pubkey"];
const GIB = 1024 ** 3;

function storageDigest(world: World): string {
  return digestOf([...world.storages.values()].map(({ storage, type, config }) => [storage, type, config]));
}

function entry(world: World, { storage, type, config }: Storage): Record<string, Json> {
  return { storage, type, ...config, digest: storageDigest(world) };
}

/** Refuses settings that the type does not know; content it cannot hold is left out, as PVE does with a warning. */
function checkSettings(facts: StorageType, config: Record<string, Json>): void {
  const known = new Set([...facts.fixed, ...(facts.fixedOptional ?? []), ...facts.optional]);
  for (const key of Object.keys(config)) if (!known.has(key)) die(`unexpected property '${key}'`);
  if (typeof config.content !== "string") return;
  const contents = splitList(config.content).filter((content) => facts.contents.includes(content));
  if (contents.includes("none") && contents.length > 1)
    die("unable to combine 'none' with other content types");
  if (contents.length === 0 && !facts.contents.includes("none"))
    die("storage does not support content type 'none'");
  config.content = contents.join(",");
}

function checkDeletion(facts: StorageType, key: string, changes: Readonly<Record<string, Json>>): void {
  if (facts.fixed.includes(key)) die(`unable to delete required option '${key}'`);
  if (facts.fixedOptional?.includes(key)) die(`unable to delete fixed option '${key}'`);
  if (!facts.optional.includes(key)) die(`no such option '${key}'`);
  if (changes[key] !== undefined) die(`cannot set and delete property '${key}' at the same time!`);
}

/** PVE keeps passwords and keys in files of their own. */
function withoutSecrets(config: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !SECRETS.includes(key)));
}

/** A new directory shares the file system of `local`; anything else brings its own 500 GiB. */
function capacityFor(world: World, type: string): Storage["capacity"] {
  const local = world.storages.get("local");
  return type === "dir" && local ? local.capacity : { total: 500 * GIB, used: 2 * GIB };
}

/** Storage configuration (PVE::API2::Storage::Config). */
export const storageRoutes: Handlers = {
  "GET /storage": (call) =>
    [...call.world.storages.values()]
      .filter(({ storage }) =>
        mayAny(call, `/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace"),
      )
      .filter(({ type }) => (text(call, "type") ?? type) === type)
      .map((storage) => entry(call.world, storage)),
  "GET /storage/{storage}": (call) => entry(call.world, storageOf(call.world, need(call, "storage"))),
  "POST /storage": (call) => {
    const storage = need(call, "storage");
    const type = need(call, "type");
    const facts = STORAGE_TYPES[type] ?? die(`unknown section type '${type}'`);
    const sent = settings(call, "storage", "type");
    if (facts.mounted) sent.path ??= `/mnt/pve/${storage}`;
    checkSettings(facts, sent);
    for (const key of facts.fixed)
      if (sent[key] === undefined) die(`missing value for required option '${key}'`);
    const config = withoutSecrets(sent);
    config.content ??= facts.content;
    if (facts.shared) config.shared = 1;
    locked("create storage failed", () => {
      if (call.world.storages.has(storage)) die(`storage ID '${storage}' already defined`);
      call.world.storages.set(storage, { storage, type, config, capacity: capacityFor(call.world, type) });
    });
    return { storage, type };
  },
  "PUT /storage/{storage}": (call) => {
    const id = need(call, "storage");
    return locked("update storage failed", () => {
      assertDigest(call, storageDigest(call.world));
      const storage = storageOf(call.world, id);
      const facts = STORAGE_TYPES[storage.type] ?? die(`unknown section type '${storage.type}'`);
      const changes = settings(call, "storage");
      for (const key of [...facts.fixed, ...(facts.fixedOptional ?? [])])
        if (changes[key] !== undefined) die(`can't change value of fixed parameter '${key}'`);
      checkSettings(facts, changes);
      const dropped = list(call, "delete");
      for (const key of dropped) checkDeletion(facts, key, changes);
      storage.config = Object.fromEntries(
        Object.entries({ ...storage.config, ...withoutSecrets(changes) }).filter(
          ([key]) => !dropped.includes(key),
        ),
      );
      return { storage: id, type: storage.type };
    });
  },
  "DELETE /storage/{storage}": (call) => {
    const storage = need(call, "storage");
    locked("delete storage failed", () => storageOf(call.world, storage));
    call.world.storages.delete(storage);
    return null;
  },
};

/** What a node reports of a storage (PVE::Storage::storage_info). */
function info(world: World, storage: Storage, node: string): Record<string, Json> {
  const { total } = storage.capacity;
  const used = Math.min(total, storageUsed(world, node, storage));
  return {
    type: storage.type,
    content: contentOf(storage).join(","),
    shared: isShared(storage) ? 1 : 0,
    enabled: 1,
    active: 1,
    total,
    used,
    avail: total - used,
  };
}

/** The storages a node uses: enabled, set up for it, with the content asked for. */
function active(call: SimCall): Storage[] {
  const wanted = list(call, "content");
  return [...call.world.storages.values()].filter(
    (storage) =>
      storage.config.disable !== 1 &&
      isOnNode(storage, need(call, "node")) &&
      (wanted.length === 0 || wanted.some((content) => contentOf(storage).includes(content))),
  );
}

/** Storages as a node sees them (PVE::API2::Storage::Status). */
export const storageStatusRoutes: Handlers = {
  "GET /nodes/{node}/storage": (call) => {
    const node = need(call, "node");
    const only = text(call, "storage");
    const target = text(call, "target");
    const found = active(call);
    if (only !== undefined && !found.some(({ storage }) => storage === only))
      badParams({ storage: "No such storage." });
    return found
      .filter(({ storage }) => only === undefined || storage === only)
      .filter((storage) => target === undefined || isOnNode(storage, target))
      .filter(({ storage }) =>
        mayAny(call, `/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace"),
      )
      .map((storage) => {
        const facts = info(call.world, storage, node);
        return {
          storage: storage.storage,
          ...facts,
          used_fraction: Number(facts.used) / Math.max(1, Number(facts.total)),
          ...(flag(call, "format") ? { formats: formatsOf(storage) } : {}),
        };
      });
  },
  "GET /nodes/{node}/storage/{storage}/status": (call) => {
    const storage = active(call).find((candidate) => candidate.storage === need(call, "storage"));
    if (!storage) return badParams({ storage: "No such storage." });
    return info(call.world, storage, need(call, "node"));
  },
  "GET /nodes/{node}/storage/{storage}": () =>
    index(
      "subdir",
      "content download-url file-restore import-metadata identity oci-registry-pull prunebackups rrd rrddata status upload",
    ),
  "GET /nodes/{node}/storage/{storage}/identity": () =>
    die("get_identity not implemented for this plugin at /usr/share/perl5/PVE/Storage/Plugin.pm line 2681."),
};

function formatsOf({ type }: Storage): Json {
  const files = ["dir", "nfs", "cifs", "btrfs"].includes(type);
  return { supported: files ? ["raw", "qcow2", "vmdk", "subvol"] : ["raw"], default: "raw" };
}
