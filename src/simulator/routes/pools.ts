import { defined, flag, list, need, text } from "../args.ts";
import { locked } from "../locked.ts";
import { denied } from "../permissions.ts";
import { guestResource, storageResource } from "../resources.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { isOnNode } from "../volumes.ts";
import type { Json, Pool } from "../world.ts";

function poolOf(call: SimCall): Pool {
  const poolid = need(call, "poolid");
  return call.world.pools.get(poolid) ?? die(`pool '${poolid}' does not exist`);
}

function members(call: SimCall, pool: Pool): Json[] {
  const { world, now } = call;
  const only = text(call, "type");
  const guests = [...pool.vms]
    .map((vmid) => world.guests.get(vmid))
    .filter((guest) => guest !== undefined)
    .filter((guest) => (only ?? guest.type) === guest.type)
    .map((guest) => guestResource(world, guest, now));
  if (only !== undefined && only !== "storage") return guests;
  const storages = [...pool.storages].flatMap((id) => {
    const storage = world.storages.get(id);
    const node = storage && [...world.nodes.keys()].find((name) => isOnNode(storage, name));
    return storage && node ? [storageResource(world, storage, node, now)] : [];
  });
  return [...guests, ...storages];
}

/** PVE: a caller may put a guest or storage into a pool when he may change permissions on it. */
function checkModify(call: SimCall, path: string, privilege: string): void {
  if (!call.may(path, "Permissions.Modify") && !call.may(path, privilege))
    denied(`${path}, Permissions.Modify|${privilege}`);
}

function changeGuest(call: SimCall, pool: Pool, vmid: number): void {
  checkModify(call, `/vms/${vmid}`, "VM.Allocate");
  if (flag(call, "delete")) {
    if (!pool.vms.delete(vmid)) die(`VM ${vmid} is not a pool member`);
    return;
  }
  if (pool.vms.has(vmid)) die(`VM ${vmid} is already a pool member`);
  const other = [...call.world.pools.values()].find(({ vms }) => vms.has(vmid));
  if (other) {
    if (!flag(call, "allow-move"))
      die(`VM ${vmid} belongs already to pool '${other.poolid}' and 'allow-move' is not set`);
    if (!call.may(`/pool/${other.poolid}`, "Pool.Allocate")) denied(`/pool/${other.poolid}, Pool.Allocate`);
    other.vms.delete(vmid);
  }
  pool.vms.add(vmid);
}

function changeStorage(call: SimCall, pool: Pool, storage: string): void {
  checkModify(call, `/storage/${storage}`, "Datastore.Allocate");
  if (flag(call, "delete")) {
    if (!pool.storages.delete(storage)) die(`Storage '${storage}' is not a pool member`);
    return;
  }
  if (pool.storages.has(storage)) die(`Storage '${storage}' is already a pool member`);
  pool.storages.add(storage);
}

function update(call: SimCall): null {
  locked("update pools failed", () => {
    const pool = poolOf(call);
    const comment = text(call, "comment");
    // Nothing is kept of a change that fails half-way.
    const draft: Pool = { ...pool, vms: new Set(pool.vms), storages: new Set(pool.storages) };
    for (const vmid of list(call, "vms")) changeGuest(call, draft, Number(vmid));
    for (const storage of list(call, "storage")) changeStorage(call, draft, storage);
    call.world.pools.set(pool.poolid, { ...draft, ...(comment === undefined ? {} : { comment }) });
  });
  return null;
}

function remove(call: SimCall): null {
  locked("delete pool failed", () => {
    const { poolid, vms, storages } = poolOf(call);
    for (const other of call.world.pools.keys())
      if (other.startsWith(`${poolid}/`)) die(`pool '${poolid}' is not empty (contains pool '${other}')`);
    for (const vmid of vms)
      if (call.world.guests.has(vmid)) die(`pool '${poolid}' is not empty (contains VM ${vmid})`);
    for (const storage of storages)
      if (call.world.storages.has(storage))
        die(`pool '${poolid}' is not empty (contains storage '${storage}')`);
    call.world.pools.delete(poolid);
  });
  return null;
}

/** Pools (PVE::API2::Pool): the newer endpoints know nested pools, those with the pool in the path do not. */
export const poolRoutes: Handlers = {
  "GET /pools": (call) => {
    if (text(call, "poolid") !== undefined) {
      const pool = poolOf(call);
      if (!call.may(`/pool/${pool.poolid}`, "Pool.Audit")) denied(`/pool/${pool.poolid}, Pool.Audit`);
      return [defined<Json>({ poolid: pool.poolid, comment: pool.comment, members: members(call, pool) })];
    }
    return [...call.world.pools.values()]
      .filter(({ poolid }) => call.may(`/pool/${poolid}`, "Pool.Audit"))
      .sort((a, b) => (a.poolid < b.poolid ? -1 : 1))
      .map(({ poolid, comment }) => defined<Json>({ poolid, comment }));
  },
  "GET /pools/{poolid}": (call) => {
    const pool = poolOf(call);
    return defined<Json>({ poolid: pool.poolid, comment: pool.comment, members: members(call, pool) });
  },
  "POST /pools": (call) => {
    const poolid = need(call, "poolid");
    const comment = text(call, "comment");
    locked("create pool failed", () => {
      const { pools } = call.world;
      if (pools.has(poolid)) die(`pool '${poolid}' already exists`);
      const cut = poolid.lastIndexOf("/");
      const parent = poolid.slice(0, Math.max(0, cut));
      if (cut > 0 && !pools.has(parent)) die(`parent '${parent}' of pool '${poolid}' does not exist`);
      if (!/^[A-Za-z]/.test(poolid.slice(cut + 1))) die("pool name must start with a letter");
      pools.set(poolid, {
        poolid,
        vms: new Set(),
        storages: new Set(),
        ...(comment === undefined ? {} : { comment }),
      });
    });
    return null;
  },
  "PUT /pools": update,
  "PUT /pools/{poolid}": update,
  "DELETE /pools": remove,
  "DELETE /pools/{poolid}": remove,
};
