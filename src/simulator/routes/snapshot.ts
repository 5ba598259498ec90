import { flag, index, int, text } from "../args.ts";
import { memoryOf } from "../figures.ts";
import { snapshotSection } from "../guest-file.ts";
import { mustFind } from "../guest-power.ts";
import {
  boot,
  checkLock,
  disksOf,
  guestDigest,
  guestOf,
  halt,
  isRunning,
  isTemplate,
  taskType,
  uuid,
} from "../guests.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { allocate, removeVolume, volumeHas } from "../volumes.ts";
import type { Guest, Json, Snapshot } from "../world.ts";

const RESERVED = { qemu: ["current", "pending"], lxc: ["current", "vzdump"] } as const;

function listSnapshots(call: SimCall): Json {
  const guest = guestOf(call);
  const rows: Json[] = [...guest.snapshots.values()].map((snapshot) => ({
    name: snapshot.name,
    description: snapshot.description,
    snaptime: snapshot.time,
    ...(guest.type === "qemu" ? { vmstate: snapshot.vmstate ? 1 : 0 } : {}),
    ...(snapshot.parent === undefined ? {} : { parent: snapshot.parent }),
  }));
  const current = {
    name: "current",
    description: "You are here!",
    digest: guestDigest(guest),
    running: isRunning(guest) ? 1 : 0,
    ...(guest.parent === undefined ? {} : { parent: guest.parent }),
  };
  return [...rows, current];
}

const snapname = (call: SimCall) => text(call, "snapname") ?? "";

function snapshotOf(guest: Guest, name: string): Snapshot {
  return guest.snapshots.get(name) ?? die(`snapshot '${name}' does not exist`);
}

/** A task on the guest that holds its lock while it runs. */
function lockedTask(
  call: SimCall,
  verb: string,
  seconds: number,
  lock: string,
  log: readonly string[],
  done: (guest: Guest, at: number) => readonly string[] | undefined,
) {
  const type = call.route.includes("/lxc") ? "lxc" : "qemu";
  const [node, vmid] = [String(call.params.node), int(call, "vmid") ?? 0];
  const guest = call.world.guests.get(vmid);
  const free =
    guest !== undefined && guest.type === type && guest.node === node && guest.config.lock === undefined;
  if (free) guest.config.lock = lock;
  const release = () => {
    if (free && guest.config.lock === lock) delete guest.config.lock;
  };
  return call.task({
    node,
    type: taskType(type, verb),
    id: String(vmid),
    seconds,
    log,
    done: (at) => {
      release();
      const found = mustFind(call.world, node, type, vmid);
      checkLock(found);
      return done(found, at);
    },
    stopped: release,
  });
}

function snapshotLog(guest: Guest | undefined): string[] {
  if (guest?.type !== "qemu") return [];
  return disksOf("qemu", guest.config)
    .filter((disk) => !disk.cdrom)
    .map((disk) => `snapshotting 'drive-${disk.key}' (${disk.volid})`);
}

/** Why PVE would not take the snapshot; undefined: it will. */
function obstacle(call: SimCall, guest: Guest, name: string): string | undefined {
  if (isTemplate(guest)) return "you can't take a snapshot if it's a template";
  if (guest.snapshots.has(name)) return `snapshot name '${name}' already used`;
  const disks = disksOf(guest.type, guest.config).filter((disk) => !disk.cdrom);
  if (!disks.every((disk) => volumeHas(call.world, disk.volid, "snapshot")))
    return "snapshot feature is not available";
  return undefined;
}

/** A snapshot leaves out what belongs to the guest as a whole (AbstractConfig __snapshot_copy_config). */
const isOwn = (key: string) => key === "description" || /^unused\d+$/.test(key);

const ownPart = (config: Record<string, Json>) =>
  Object.fromEntries(Object.entries(config).filter(([key]) => isOwn(key)));

const snapshotPart = (config: Record<string, Json>) =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !isOwn(key) && key !== "lock"));

function takeSnapshot(call: SimCall): Json {
  const name = snapname(call);
  const type = call.route.includes("/lxc") ? "lxc" : "qemu";
  if ((RESERVED[type] as readonly string[]).includes(name))
    die(`unable to use snapshot name '${name}' (reserved name)`);
  const guest = type === "qemu" ? guestOf(call) : call.world.guests.get(int(call, "vmid") ?? 0);
  const withState = flag(call, "vmstate") && guest?.status === "running";
  const blocked = guest && obstacle(call, guest, name) !== undefined;
  const seconds = withState ? 6 : 1.5;
  return lockedTask(call, "snapshot", seconds, "snapshot", blocked ? [] : snapshotLog(guest), (found, at) => {
    const refused = obstacle(call, found, name);
    if (refused !== undefined) die(refused);
    const config = snapshotPart(found.config);
    if (withState) config.vmstate = saveState(call, found, name);
    const snapshot: Snapshot = {
      name,
      time: Math.trunc(at),
      description: text(call, "description") ?? "",
      vmstate: withState,
      config,
      ...(found.parent === undefined ? {} : { parent: found.parent }),
    };
    found.snapshots.set(name, snapshot);
    found.parent = name;
    return undefined;
  });
}

function saveState(call: SimCall, guest: Guest, name: string): string {
  const storage = String(
    guest.config.vmstatestorage ?? disksOf("qemu", guest.config)[0]?.volid.split(":")[0] ?? "local",
  );
  const bytes = memoryOf(guest) * 2 + 500 * 1024 ** 2;
  const wanted = {
    storage,
    vmid: guest.vmid,
    bytes,
    content: "images",
    name: `vm-${guest.vmid}-state-${name}`,
  } as const;
  return allocate(call.world, guest.node, wanted, call.now).volume.volid;
}

function rollback(call: SimCall): Json {
  const name = snapname(call);
  return lockedTask(call, "rollback", 1.5, "rollback", [], (guest, at) => {
    if (isTemplate(guest)) die("you can't rollback if vm is a template");
    const snapshot = snapshotOf(guest, name);
    halt(guest);
    const { vmstate: _vmstate, ...config } = snapshot.config;
    guest.config = { ...ownPart(guest.config), ...config };
    if (guest.config.vmgenid !== undefined) guest.config.vmgenid = uuid(call.world.rng);
    guest.pending = {};
    guest.parent = name;
    if (snapshot.vmstate || flag(call, "start")) boot(guest, at);
    return undefined;
  });
}

function deleteSnapshot(call: SimCall): Json {
  const name = snapname(call);
  return lockedTask(call, "delsnapshot", 1, "snapshot-delete", [], (guest) => {
    const snapshot = snapshotOf(guest, name);
    guest.snapshots.delete(name);
    for (const other of [...guest.snapshots.values(), guest]) {
      if (other.parent !== name) continue;
      if (snapshot.parent === undefined) delete other.parent;
      else other.parent = snapshot.parent;
    }
    if (snapshot.vmstate) removeVolume(call.world, guest.node, String(snapshot.config.vmstate));
    return undefined;
  });
}

function updateSnapshot(call: SimCall): Json {
  const guest = guestOf(call);
  checkLock(guest);
  const snapshot = snapshotOf(guest, snapname(call));
  const description = text(call, "description");
  if (description !== undefined) snapshot.description = description;
  return null;
}

function snapshotConfig(call: SimCall): Json {
  return snapshotSection(snapshotOf(guestOf(call), snapname(call)));
}

const handlers = {
  list: listSnapshots,
  take: takeSnapshot,
  index: () => index("cmd", "rollback config"),
  remove: deleteSnapshot,
  config: snapshotConfig,
  update: updateSnapshot,
  rollback,
};

/** Snapshots of guests (PVE::API2::Qemu, PVE::API2::LXC::Snapshot). */
export const snapshotRoutes: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/snapshot": handlers.list,
  "GET /nodes/{node}/lxc/{vmid}/snapshot": handlers.list,
  "POST /nodes/{node}/qemu/{vmid}/snapshot": handlers.take,
  "POST /nodes/{node}/lxc/{vmid}/snapshot": handlers.take,
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": handlers.index,
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": handlers.index,
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": handlers.remove,
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": handlers.remove,
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": handlers.config,
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": handlers.config,
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": handlers.update,
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": handlers.update,
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": handlers.rollback,
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": handlers.rollback,
};
