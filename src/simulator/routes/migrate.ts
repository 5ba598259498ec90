import { flag, text } from "../args.ts";
import { guestOf, isRunning } from "../guests.ts";
import { checkMigration, localDisks, migrationTask, missingStorages } from "../migration.ts";
import { refuseRootOptions } from "../root-options.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { findVolume } from "../volumes.ts";
import type { Guest, Json } from "../world.ts";

function localDiskInfo(call: SimCall, guest: Guest): Json {
  return localDisks(call.world, guest).map((disk) => ({
    volid: disk.volid,
    drivename: disk.key,
    size: findVolume(call.world, guest.node, disk.volid)?.size ?? 0,
    cdrom: disk.cdrom ? 1 : 0,
    shared: 0,
    replicate: disk.value.includes("replicate=0") ? 0 : 1,
    is_attached: disk.key.startsWith("unused") ? 0 : 1,
    is_unused: disk.key.startsWith("unused") ? 1 : 0,
    is_cloudinit: disk.volid.includes("cloudinit") ? 1 : 0,
    is_tpmstate: disk.key === "tpmstate0" ? 1 : 0,
    is_vmstate: 0,
  }));
}

/** Nodes a guest could move to, and why not to the others. */
function destinations(call: SimCall, guest: Guest): { allowed: string[]; refused: Record<string, Json> } {
  const allowed: string[] = [];
  const refused: Record<string, Json> = {};
  for (const node of call.world.nodes.values()) {
    if (node.name === guest.node) continue;
    const missing = missingStorages(call.world, guest, node.name);
    if (missing.length > 0) refused[node.name] = { unavailable_storages: missing };
    else if (node.online) allowed.push(node.name);
  }
  return { allowed, refused };
}

function precondition(call: SimCall): Json {
  const guest = guestOf(call);
  const { allowed, refused } = destinations(call, guest);
  const running = isRunning(guest);
  // Containers' storages are looked at by the task only.
  if (guest.type === "lxc")
    return {
      running: running ? 1 : 0,
      "allowed-nodes": [...allowed, ...Object.keys(refused)],
      "not-allowed-nodes": {},
    };
  return {
    running: running ? 1 : 0,
    allowed_nodes: allowed,
    not_allowed_nodes: refused,
    local_disks: localDiskInfo(call, guest),
    local_resources: [],
    "mapped-resources": [],
    "mapped-resource-info": {},
    "has-dbus-vmstate": 1,
  };
}

function migrate(call: SimCall): Json {
  const target = text(call, "target") ?? "";
  if (target === call.params.node) badParams({ target: "target is local node." });
  refuseRootOptions(call);
  const storage = text(call, "targetstorage") ?? text(call, "target-storage");
  const plan = {
    target,
    online: flag(call, "online"),
    restart: flag(call, "restart"),
    withLocalDisks: flag(call, "with-local-disks"),
    ...(storage === undefined ? {} : { targetStorage: storage }),
  };
  if (!call.world.nodes.has(target)) die(`no such cluster node '${target}'`);
  const guest = guestOf(call);
  checkMigration(call.world, guest, plan);
  return call.task(migrationTask(call.world, guest, plan, call.now));
}

/** Migration and what stands in its way (migrate_vm of PVE::API2::Qemu and ::LXC). */
export const migrateRoutes: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/migrate": precondition,
  "GET /nodes/{node}/lxc/{vmid}/migrate": precondition,
  "POST /nodes/{node}/qemu/{vmid}/migrate": migrate,
  "POST /nodes/{node}/lxc/{vmid}/migrate": migrate,
};
