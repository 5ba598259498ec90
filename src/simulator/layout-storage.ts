import { splitList } from "./args.ts";
import { disksOf, isRunning } from "./guests.ts";
import { requirePrivileges } from "./permissions.ts";
import { die, type SimCall } from "./route.ts";
import type { Json, Storage, World } from "./world.ts";

/** A storage to add to what has been made on a disk. */
export interface NewStorage {
  readonly name: string;
  readonly node: string;
  readonly type: string;
  readonly config: Readonly<Record<string, Json>>;
  /** Settings that must be the same where the storage exists on other nodes. */
  readonly same: readonly string[];
}

/** Whether the storage can be added (PVE::API2::Storage::Config create_or_update, as a trial). */
export function checkNewStorage(call: SimCall, { name, node, type, config, same }: NewStorage): void {
  requirePrivileges(call.world, call.caller.id, "/storage", ["Datastore.Allocate"]);
  const known = call.world.storages.get(name);
  if (!known) return;
  const nodes = splitList(String(known.config.nodes ?? ""));
  if (nodes.length === 0 || nodes.includes(node)) die(`Storage ID '${name}' already exists on node ${node}`);
  for (const key of [...same, "type"]) {
    const [wanted, there] = key === "type" ? [type, known.type] : [config[key], known.config[key]];
    if (wanted !== there)
      die(
        `Option '${key}' (${String(wanted)}) does not match existing storage configuration '${String(there)}'`,
      );
  }
}

/** Adds the storage, or the node to it where it exists. */
export function addNewStorage(world: World, { name, node, type, config }: NewStorage, bytes: number): void {
  const known = world.storages.get(name);
  if (known) known.config = { ...known.config, nodes: `${String(known.config.nodes)},${node}` };
  else
    world.storages.set(name, {
      storage: name,
      type,
      config: { ...config, nodes: node },
      capacity: { total: bytes, used: 0 },
    });
}

/** Takes the node out of the storages that lay there (cleanup_storages_for_node). */
export function cleanUpStorages(world: World, node: string, match: (storage: Storage) => boolean): void {
  for (const storage of [...world.storages.values()].filter(match)) {
    const all = [...world.nodes.keys()];
    const given = splitList(String(storage.config.nodes ?? ""));
    const rest = (given.length > 0 ? given : all).filter((name) => name !== node);
    if (rest.length === 0) world.storages.delete(storage.storage);
    else storage.config = { ...storage.config, nodes: rest.join(",") };
  }
}

/** True while a running guest of the node has a disk on such a storage. */
export function isBusy(world: World, node: string, match: (storage: Storage) => boolean): boolean {
  return [...world.guests.values()]
    .filter((guest) => guest.node === node && isRunning(guest))
    .some((guest) =>
      disksOf(guest.type, guest.config).some(({ volid }) => {
        const storage = world.storages.get(volid.slice(0, volid.indexOf(":")));
        return storage !== undefined && match(storage);
      }),
    );
}

/** Destroys a node's volumes on such storages. */
export function dropVolumes(world: World, node: string, match: (storage: Storage) => boolean): void {
  for (const [key, volume] of world.volumes) {
    const storage = world.storages.get(volume.storage);
    if (volume.node === node && storage && match(storage)) world.volumes.delete(key);
  }
}
