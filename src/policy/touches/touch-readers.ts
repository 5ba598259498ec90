import { names } from "../argument-values.ts";
import { DISKS } from "../foreign-volumes.ts";
import type { ValueTest } from "../operations/operation.ts";
import {
  type GuestHow,
  type GuestType,
  type NodeHow,
  type PoolHow,
  type Reader,
  type StorageHow,
  type Touch,
  unreadable,
  type WhichVolumes,
} from "./touch.ts";
import {
  entriesOf,
  given,
  listOf,
  nodeIn,
  poolIn,
  sidIn,
  storageIn,
  tagIn,
  textOf,
  vmidIn,
  vmidOf,
} from "./touch-arguments.ts";
import { type VolumeHow, volumeTouches } from "./touch-volumes.ts";

/** Touches that no argument changes. */
export const always =
  (...touches: readonly Touch[]): Reader =>
  () =>
    touches;

/** These readers, when the argument is given and, with `when`, has a value it says yes to. */
export const onlyIf =
  (name: string, when: ValueTest, ...readers: readonly Reader[]): Reader =>
  (params) => {
    const value = given(params, name);
    return value === undefined || !when(value, params) ? [] : readers.flatMap((read) => read(params));
  };

/** These readers unless the argument is given. */
export const unless =
  (name: string, ...readers: readonly Reader[]): Reader =>
  (params) =>
    given(params, name) === undefined ? readers.flatMap((read) => read(params)) : [];

/** Any value. */
export const any: ValueTest = () => true;

/** What concerns the cluster as a whole. */
export const cluster = always({ kind: "cluster" });
/** Guests that are not told apart, changed. */
export const everyGuest = always({ kind: "every-guest", but: [], how: "change" });
/** What all nodes have in common, changed. */
export const everyNode = always({ kind: "every-node" });
/** Whether the others stay quorate when a node drops out. */
export const quorum = always({ kind: "quorum" });
/** An operation without limits. `why` ends a sentence: "this is a shell on the node". */
export const everything = (why: string): Reader => always({ kind: "everything", why });

const single =
  <T>(name: string, read: (text: string) => T | undefined, touches: (found: T) => readonly Touch[]): Reader =>
  (params) => {
    const found = read(textOf(given(params, name)) ?? "");
    return found === undefined ? [unreadable(name)] : touches(found);
  };

/** The guest that a parameter names; absent it is unreadable. */
export const guest = (how: GuestHow, type?: GuestType, name = "vmid"): Reader =>
  single(name, vmidIn, (vmid) => [{ kind: "guest", vmid, how, ...(type ? { type } : {}) }]);

/** The guest a parameter may name besides. */
export const guestIfNamed = (name: string, how: GuestHow = "change"): Reader =>
  onlyIf(name, any, guest(how, undefined, name));

/** The guests of a list; of none, when the list is absent or empty, `absent`. */
export const guestsOr =
  (name: string, how: GuestHow, ...absent: readonly Reader[]): Reader =>
  (params) => {
    const value = given(params, name);
    if (value === undefined || entriesOf(value)?.length === 0) return absent.flatMap((read) => read(params));
    const vmids = listOf(value, vmidIn);
    return vmids?.map((vmid): Touch => ({ kind: "guest", vmid, how })) ?? [unreadable(name)];
  };

/** The guests of a list of HA resources, which is never empty. */
export const sids =
  (name: string, how: GuestHow): Reader =>
  (params) => {
    const found = listOf(given(params, name), sidIn) ?? [];
    return found.length === 0
      ? [unreadable(name)]
      : found.map((sid): Touch => ({ kind: "guest", ...sid, how }));
  };

/** The node that a parameter names; absent it is unreadable. */
export const node = (how: NodeHow, name = "node"): Reader =>
  single(name, nodeIn, (found) => [{ kind: "node", name: found, how }]);

/** The guests on the node that a parameter names. */
export const guestsOfNode = (how: GuestHow, name = "node"): Reader =>
  single(name, nodeIn, (found) => [{ kind: "guests-of-node", name: found, but: [], how }]);

/** The nodes of a list with priorities: `pve1:2,pve3`. */
export const places = (name: string): Reader =>
  onlyIf(name, any, (params) => {
    const nodes = listOf(given(params, name), (entry) => nodeIn(entry.replace(/:\d+$/, "")));
    return nodes?.map((found): Touch => ({ kind: "node", name: found, how: "place" })) ?? [unreadable(name)];
  });

/** The storage that a parameter names; absent it is unreadable. */
export const storage = (how: StorageHow, name = "storage"): Reader =>
  single(name, storageIn, (found) => [{ kind: "storage", name: found, how }]);

/** The storage a parameter may name. */
export const storageIfNamed = (how: StorageHow, name = "storage"): Reader =>
  onlyIf(name, any, storage(how, name));

/** Whoever has volumes or backups on the storage in the path. */
export const owners = (by: "definition" | "backups"): Reader =>
  single("storage", storageIn, (found) => [{ kind: "owners", storage: found, by }]);

/** The storages of a list that may be absent. */
export const storages = (how: StorageHow, name = "storage"): Reader =>
  onlyIf(name, any, (params) => {
    const found = listOf(given(params, name), storageIn);
    return found?.map((one): Touch => ({ kind: "storage", name: one, how })) ?? [unreadable(name)];
  });

/** The storages that a guest's volumes lie on. */
export const guestStorages = (how: "allocate" | "volumes", which: WhichVolumes = {}): Reader =>
  single("vmid", vmidIn, (vmid) => [{ kind: "guest-storages", vmid, how, ...which }]);

/** What a guest takes along to another node: volumes that only its own has are copied, and the originals deleted. */
export const moved = (vmid: number): Touch => ({
  kind: "guest-storages",
  vmid,
  how: "volumes",
  localOnly: true,
  everySnapshot: true,
});

/** The same of the guests in a list; of none, when the list is absent or empty, `absent`. */
export const movedOr =
  (name: string, absent: Reader): Reader =>
  (params) => {
    const value = given(params, name);
    if (value === undefined || entriesOf(value)?.length === 0) return absent(params);
    return listOf(value, vmidIn)?.map(moved) ?? [unreadable(name)];
  };

/** The same of the guests on the node in the path; `managed`: only of those that HA manages. */
export const movedOfNode = (more: { readonly managed?: true } = {}): Reader =>
  single("node", nodeIn, (found) => [{ kind: "moved-storages", node: found, ...more }]);

/** The same, those of the snapshot in the path included. */
export const snapshotStorages: Reader = (params) => {
  const vmid = vmidOf(given(params, "vmid"));
  const snapshot = textOf(given(params, "snapname"));
  return vmid === undefined || snapshot === undefined
    ? [unreadable("snapname")]
    : [{ kind: "guest-storages", vmid, how: "volumes", snapshot }];
};

/** Where a move puts volumes: `a:b,c:d`, one target, or `1` for storages of the same names. */
export const storageMap = (name: string): Reader =>
  onlyIf(name, any, (params) => {
    const targets = listOf(given(params, name), (entry) =>
      entry === "1" ? entry : storageIn(entry.replace(/^[^:]*:/, "")),
    );
    if (targets === undefined) return [unreadable(name)];
    return targets.flatMap((target): readonly Touch[] =>
      target === "1"
        ? guestStorages("allocate")(params)
        : [{ kind: "storage", name: target, how: "allocate" }],
    );
  });

/** The pool that a parameter names; absent it is unreadable. */
export const pool = (how: PoolHow, name = "poolid"): Reader =>
  single(name, poolIn, (found) => [{ kind: "pool", name: found, how }]);

/** The volume that a parameter names; `storage` in the path completes it. */
export const volume =
  (how: VolumeHow, name = "volume"): Reader =>
  (params) =>
    volumeTouches(name, given(params, name), how, textOf(given(params, "storage")));

/** The volume that a parameter names in full, and may leave out. */
export const volumeIfNamed = (how: VolumeHow, name: string): Reader =>
  onlyIf(name, any, (params) => volumeTouches(name, given(params, name), how));

/** The guest that a call makes, with the pool and the tags it gives it. @param vmid the parameter with its VMID */
export const newGuest =
  (type: GuestType, vmid: "vmid" | "newid" | "target-vmid", target: readonly string[]): Reader =>
  (params) => {
    const id = vmidOf(given(params, vmid));
    if (id === undefined) return [unreadable(vmid)];
    const tags = given(params, "tags");
    const found = tags === undefined ? [] : listOf(tags, tagIn);
    const inPool = given(params, "pool");
    const poolName = inPool === undefined ? undefined : poolIn(textOf(inPool) ?? "");
    const place = target.map((name) => textOf(given(params, name))).find((name) => name !== undefined);
    const source =
      vmid === "newid" && given(params, "snapname") === undefined ? vmidOf(given(params, "vmid")) : undefined;
    return [
      {
        kind: "new-guest",
        vmid: id,
        type,
        tags: found ?? [],
        ...(place === undefined ? {} : { node: place }),
        ...(poolName === undefined ? {} : { pool: poolName }),
        // A clone keeps the tags of what it is made from (PVE::API2::Qemu, PVE::API2::LXC clone_vm).
        ...(source === undefined ? {} : { tagsOf: source }),
      },
      ...(found === undefined ? [unreadable("tags")] : []),
      ...(inPool === undefined ? [] : pool("change", "pool")(params)),
    ];
  };

/** Names of the settings that hold a guest's disk. */
export const DISK = new RegExp(`^(?:${DISKS.map((name) => name.replace("[n]", "\\d*")).join("|")})$`);

/** Does the list name a disk, or is it unreadable? */
export const namesDisk = names(DISK);
