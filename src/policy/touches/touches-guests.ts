import { isOn, names } from "../argument-values.ts";
import { isDisk, placeOf } from "../present-disks.ts";
import type { GuestType, Reader, Touch, TouchTable } from "./touch.ts";
import { given, listOf, vmidIn, vmidOf } from "./touch-arguments.ts";
import {
  always,
  any,
  cluster,
  everyGuest,
  everything,
  guest,
  guestIfNamed,
  guestStorages,
  guestsOfNode,
  guestsOr,
  moved,
  movedOfNode,
  movedOr,
  namesDisk,
  newGuest,
  node,
  onlyIf,
  snapshotStorages,
  storageIfNamed,
  storageMap,
  unless,
  volumeIfNamed,
} from "./touch-readers.ts";
import { settings } from "./touch-settings.ts";

/** The guest in the path, changed. */
const VM = [guest("change", "qemu")];
const CT = [guest("change", "lxc")];

/** HA moves others along with a guest it keeps together with them; what forgets a guest changes the rules it is in. */
const companions =
  (name: "vmid" | "vms", by: "moves" | "rules" = "moves"): Reader =>
  (params) =>
    listOf(given(params, name) ?? [], vmidIn)?.map((vmid): Touch => ({ kind: "ha-companions", vmid, by })) ??
    [];

/** Local volumes go to storages of the same names, or where the map says; their originals are deleted. */
const moving = (map: "targetstorage" | "target-storage"): readonly Reader[] => [
  storageMap(map),
  unless(map, guestStorages("allocate", { localOnly: true })),
  (params) => {
    const vmid = vmidOf(given(params, "vmid"));
    return vmid === undefined ? [] : [moved(vmid)];
  },
];

/** The disk goes to another guest. */
const REASSIGN = guestIfNamed("target-vmid");
const VOLUMES = guestStorages("volumes");
const OWN_SPACE = guestStorages("allocate");

const destroy = (type: GuestType): readonly Reader[] => [
  guest("change", type),
  VOLUMES,
  onlyIf("purge", isOn, companions("vmid", "rules")),
  onlyIf("destroy-unreferenced-disks", isOn, () => [
    {
      kind: "any-storage",
      how: "volumes",
      why: "destroy-unreferenced-disks destroys the guest's volumes on every storage",
    },
  ]),
];

/** A disk, or the cloud-init image of a drive, may be taken the place of. */
const replaced =
  (type: GuestType): Reader =>
  (params) => {
    const vmid = vmidOf(given(params, "vmid"));
    const disks = Object.keys(params)
      .filter((name) => isDisk(name) && given(params, name) !== undefined)
      .map((name) => [placeOf(name), given(params, name)] as const);
    return vmid === undefined || disks.length === 0
      ? []
      : [{ kind: "replaced-disks", vmid, type, disks: Object.fromEntries(disks) }];
  };

/** Settings of an existing guest; a disk taken away may be destroyed, one of a template is renamed. */
const configure = (type: GuestType): readonly Reader[] => [
  guest("change", type),
  settings,
  onlyIf("delete", names(/^vmstate$/), VOLUMES),
  onlyIf("delete", namesDisk, VOLUMES),
  onlyIf("template", isOn, VOLUMES),
  replaced(type),
];

/** Where restored disks go when the call does not say: to storages that the backup names. */
const restoredSpace: Reader = () => [
  { kind: "any-storage", how: "allocate", why: "the backup names the storages its disks go to" },
];

/** A new guest, or one that is restored over an existing one. */
const create = (type: GuestType): readonly Reader[] => [
  newGuest(type, "vmid", ["node"]),
  node("place"),
  onlyIf("force", isOn, guest("change", type), VOLUMES),
  settings,
  storageIfNamed("allocate"),
];

const clone = (type: GuestType): readonly Reader[] => [
  guest("change", type),
  newGuest(type, "newid", ["target", "node"]),
  (params) => node("place", given(params, "target") === undefined ? "node" : "target")(params),
  storageIfNamed("allocate"),
  unless("storage", OWN_SPACE),
];

const remote = (type: GuestType): readonly Reader[] => [
  guest("change", type),
  // The other cluster is outside every bound, and may be this one.
  cluster,
  onlyIf("target-vmid", any, newGuest(type, "target-vmid", [])),
  onlyIf("delete", isOn, VOLUMES),
];

const TUNNEL = everything("a migration tunnel carries what the other side sends");

/** Suspending to disk writes the guest's memory to a storage. */
const suspend = (toDisk: string, storages: Reader): Reader =>
  onlyIf(toDisk, isOn, storageIfNamed("allocate", "statestorage"), unless("statestorage", storages));

const stateSpace: Reader = () => [
  { kind: "any-storage", how: "allocate", why: "the guests' memory goes to a storage that is not named" },
];

/** Guests: power, configuration, disks, snapshots, migration, consoles, the guest agent. */
export const GUEST_TOUCHES = {
  "POST /cluster/bulk-action/guest/migrate": [
    guestsOr("vms", "change", everyGuest),
    node("place", "target"),
    companions("vms"),
    movedOr("vms", always({ kind: "moved-storages" })),
  ],
  "POST /cluster/bulk-action/guest/shutdown": [guestsOr("vms", "change", everyGuest)],
  "POST /cluster/bulk-action/guest/start": [guestsOr("vms", "change", everyGuest)],
  "POST /cluster/bulk-action/guest/suspend": [
    guestsOr("vms", "change", everyGuest),
    suspend("to-disk", stateSpace),
  ],
  "POST /nodes/{node}/migrateall": [
    guestsOr("vms", "change", guestsOfNode("change")),
    node("place", "target"),
    companions("vms"),
    movedOr("vms", movedOfNode()),
  ],
  "POST /nodes/{node}/startall": [guestsOr("vms", "change", guestsOfNode("change"))],
  "POST /nodes/{node}/stopall": [guestsOr("vms", "change", guestsOfNode("change"))],
  "POST /nodes/{node}/suspendall": [guestsOr("vms", "change", guestsOfNode("change")), stateSpace],
  "POST /nodes/{node}/qemu": [
    ...create("qemu"),
    volumeIfNamed("attach", "archive"),
    onlyIf("archive", any, unless("storage", restoredSpace)),
  ],
  "DELETE /nodes/{node}/qemu/{vmid}": destroy("qemu"),
  "POST /nodes/{node}/qemu/{vmid}/agent": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/exec": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/fstrim": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/ping": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/set-user-password": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid": VM,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram": VM,
  "POST /nodes/{node}/qemu/{vmid}/clone": clone("qemu"),
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": [...VM, VOLUMES],
  "POST /nodes/{node}/qemu/{vmid}/config": configure("qemu"),
  "PUT /nodes/{node}/qemu/{vmid}/config": configure("qemu"),
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate": VM,
  "POST /nodes/{node}/qemu/{vmid}/migrate": [
    ...VM,
    node("place", "target"),
    companions("vmid"),
    ...moving("targetstorage"),
  ],
  "POST /nodes/{node}/qemu/{vmid}/monitor": [
    ...VM,
    everything("the hypervisor's monitor reaches files and devices of the node"),
  ],
  "POST /nodes/{node}/qemu/{vmid}/move_disk": [...VM, VOLUMES, storageIfNamed("allocate"), REASSIGN],
  "POST /nodes/{node}/qemu/{vmid}/mtunnel": [...VM, TUNNEL],
  "GET /nodes/{node}/qemu/{vmid}/mtunnelwebsocket": [...VM, TUNNEL],
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": remote("qemu"),
  "PUT /nodes/{node}/qemu/{vmid}/resize": [...VM, VOLUMES],
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": VM,
  "POST /nodes/{node}/qemu/{vmid}/snapshot": [guest("save", "qemu")],
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": [...VM, snapshotStorages],
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": VM,
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": [...VM, snapshotStorages],
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/reset": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/resume": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/start": [
    ...VM,
    storageMap("targetstorage"),
    onlyIf("stateuri", any, everything("stateuri runs the guest from a state that lies anywhere")),
  ],
  "POST /nodes/{node}/qemu/{vmid}/status/stop": VM,
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": [...VM, suspend("todisk", OWN_SPACE)],
  "POST /nodes/{node}/qemu/{vmid}/template": [...VM, VOLUMES],
  "POST /nodes/{node}/qemu/{vmid}/termproxy": VM,
  "PUT /nodes/{node}/qemu/{vmid}/unlink": [...VM, VOLUMES],
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": VM,
  "GET /nodes/{node}/qemu/{vmid}/vncwebsocket": VM,
  "POST /nodes/{node}/lxc": [
    ...create("lxc"),
    volumeIfNamed("attach", "ostemplate"),
    // PVE's default storage for a container.
    unless("storage", unless("rootfs", always({ kind: "storage", name: "local", how: "allocate" }))),
    onlyIf("restore", isOn, unless("storage", restoredSpace)),
  ],
  "DELETE /nodes/{node}/lxc/{vmid}": destroy("lxc"),
  "POST /nodes/{node}/lxc/{vmid}/clone": clone("lxc"),
  "PUT /nodes/{node}/lxc/{vmid}/config": configure("lxc"),
  "POST /nodes/{node}/lxc/{vmid}/migrate": [
    ...CT,
    node("place", "target"),
    companions("vmid"),
    ...moving("target-storage"),
  ],
  "POST /nodes/{node}/lxc/{vmid}/move_volume": [...CT, VOLUMES, storageIfNamed("allocate"), REASSIGN],
  "POST /nodes/{node}/lxc/{vmid}/mtunnel": [...CT, TUNNEL],
  "GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket": [...CT, TUNNEL],
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": remote("lxc"),
  "PUT /nodes/{node}/lxc/{vmid}/resize": [...CT, VOLUMES],
  "POST /nodes/{node}/lxc/{vmid}/snapshot": [guest("save", "lxc")],
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": [...CT, snapshotStorages],
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": CT,
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": [...CT, snapshotStorages],
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/resume": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/start": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/stop": CT,
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": CT,
  "POST /nodes/{node}/lxc/{vmid}/template": [...CT, VOLUMES],
  "POST /nodes/{node}/lxc/{vmid}/termproxy": CT,
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": CT,
  "GET /nodes/{node}/lxc/{vmid}/vncwebsocket": CT,
} satisfies TouchTable;
