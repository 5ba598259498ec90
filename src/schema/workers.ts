import type { Route } from "./routes.gen.ts";

/** A call's parameters by name, placeholders of the path included. */
type Params = Readonly<Record<string, unknown>>;

/** What a route gives PVE's fork_worker. */
export interface Worker {
  /** The task types it may start; which of several is decided by the call or by PVE (`hastart` for what HA manages). */
  readonly types: readonly string[];
  /** The UPID's id field; undefined where the call alone does not tell it. */
  readonly id: (params: Params) => string | undefined;
  /** Some calls are answered without a UPID, by null or `OK`; those that make a template of a container always are. */
  readonly some?: true;
}

type IdOf = Worker["id"];

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

const none: IdOf = () => "";
const from =
  (name: string): IdOf =>
  (params) =>
    text(params[name]);
const fixed =
  (id: string): IdOf =>
  () =>
    id;
const daemon =
  (kind: string, name: string): IdOf =>
  (params) =>
    `${kind}.${text(params[name])}`;

const VMID = from("vmid");
const NAME = from("name");

/** PVE::Storage normalize_content_filename. */
const fileName = (name: string): string => name.replace(/^.*[/\\]/, "").replace(/[^a-zA-Z0-9_.-]/g, "_");

/** The guest a volume belongs to by its name (parse_volname of PVE::Storage::Plugin, ::PBSPlugin, ::ZFSPoolPlugin). */
function ownerOf(volume: string): string | undefined {
  const name = volume.slice(volume.indexOf(":") + 1);
  const patterns = [
    /^backup\/vzdump-(?:openvz|lxc|qemu)-(\d+)-/,
    /^backup\/[^/]+\/(\d+)\/\d{4}-\d\d-\d\dT/,
    /^\d+\/\S+\/(\d+)\/\S+$/,
    /^(\d+)\/[^/]+$/,
    /^(?:base(?:vol)?-[^/]+\/)?(?:base|basevol|vm|subvol)-(\d+)-/,
  ];
  return patterns.map((pattern) => pattern.exec(name)?.[1]).find((owner) => owner !== undefined);
}

/** `100@local` when a guest is known, else the storage (PVE::API2::Storage::Content, ::PruneBackups). */
function onStorage(owner: (params: Params) => string | undefined): IdOf {
  return (params) => {
    const guest = owner(params);
    return `${guest === undefined ? "" : `${guest}@`}${text(params.storage)}`;
  };
}

/** The VMID when one guest is named: of several, those of other nodes do not count, which the call does not tell. */
const vzdumpId: IdOf = ({ vmid }) => {
  const vmids = text(vmid)
    .split(/[\s,;]+/)
    .filter(Boolean);
  return vmids.length === 1 ? vmids[0] : undefined;
};

/** A move to another storage is the guest's; one to another guest names both disks. */
const moveId =
  (key: string, targetKey: string): IdOf =>
  (params) => {
    const target = text(params["target-vmid"]);
    if (target === "") return text(params.vmid);
    const disk = text(params[key]);
    return `${text(params.vmid)}-${disk}>${target}-${text(params[targetKey] ?? disk)}`;
  };

const guest = (...types: string[]): Worker => ({ types, id: VMID });
const whole = (type: string): Worker => ({ types: [type], id: none });
const named = (type: string, id: IdOf = NAME): Worker => ({ types: [type], id });

/**
 * Every route that answers the UPID of a worker task (fork_worker of PVE::RESTEnvironment), with what the call tells of
 * it. Consoles and tunnels are left out: theirs is one field of an object. Sources: PVE::API2 of pve-manager,
 * qemu-server, pve-container, pve-storage, pve-cluster, pve-network and pve-access-control.
 */
export const WORKERS: { readonly [R in Route]?: Worker } = {
  "POST /nodes/{node}/qemu": guest("qmcreate", "qmrestore"),
  "DELETE /nodes/{node}/qemu/{vmid}": guest("qmdestroy"),
  "POST /nodes/{node}/qemu/{vmid}/config": { ...guest("qmconfig"), some: true },
  "PUT /nodes/{node}/qemu/{vmid}/resize": guest("resize"),
  "POST /nodes/{node}/qemu/{vmid}/move_disk": named("qmmove", moveId("disk", "target-disk")),
  "POST /nodes/{node}/qemu/{vmid}/clone": guest("qmclone"),
  "POST /nodes/{node}/qemu/{vmid}/template": guest("qmtemplate"),
  "POST /nodes/{node}/qemu/{vmid}/migrate": guest("qmigrate", "hamigrate"),
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": guest("qmigrate"),
  "POST /nodes/{node}/qemu/{vmid}/snapshot": guest("qmsnapshot"),
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": guest("qmdelsnapshot"),
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": guest("qmrollback"),
  "POST /nodes/{node}/qemu/{vmid}/status/start": guest("qmstart", "hastart"),
  "POST /nodes/{node}/qemu/{vmid}/status/stop": guest("qmstop", "hastop"),
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": guest("qmshutdown", "hastop"),
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": guest("qmreboot"),
  "POST /nodes/{node}/qemu/{vmid}/status/reset": guest("qmreset"),
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": guest("qmpause", "qmsuspend"),
  "POST /nodes/{node}/qemu/{vmid}/status/resume": guest("qmresume"),

  "POST /nodes/{node}/lxc": guest("vzcreate", "vzrestore"),
  "DELETE /nodes/{node}/lxc/{vmid}": guest("vzdestroy"),
  "PUT /nodes/{node}/lxc/{vmid}/resize": guest("resize"),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": named("move_volume", moveId("volume", "target-volume")),
  "POST /nodes/{node}/lxc/{vmid}/clone": guest("vzclone"),
  "POST /nodes/{node}/lxc/{vmid}/template": { ...guest("vztemplate"), some: true },
  "POST /nodes/{node}/lxc/{vmid}/migrate": guest("vzmigrate", "hamigrate"),
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": guest("vzmigrate"),
  "POST /nodes/{node}/lxc/{vmid}/snapshot": guest("vzsnapshot"),
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": guest("vzdelsnapshot"),
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": guest("vzrollback"),
  "POST /nodes/{node}/lxc/{vmid}/status/start": guest("vzstart", "hastart"),
  "POST /nodes/{node}/lxc/{vmid}/status/stop": guest("vzstop", "hastop"),
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": guest("vzshutdown", "hastop"),
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": guest("vzreboot"),
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": guest("vzsuspend"),
  "POST /nodes/{node}/lxc/{vmid}/status/resume": guest("vzresume"),

  "POST /nodes/{node}/vzdump": { ...named("vzdump", vzdumpId), some: true },
  "POST /nodes/{node}/startall": whole("startall"),
  "POST /nodes/{node}/stopall": whole("stopall"),
  "POST /nodes/{node}/suspendall": whole("suspendall"),
  "POST /nodes/{node}/migrateall": whole("migrateall"),
  "POST /cluster/bulk-action/guest/start": whole("bulk-start"),
  "POST /cluster/bulk-action/guest/shutdown": whole("bulk-shutdown"),
  "POST /cluster/bulk-action/guest/suspend": whole("bulk-suspend"),
  "POST /cluster/bulk-action/guest/migrate": whole("bulk-migrate"),

  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": {
    ...named(
      "imgdel",
      onStorage(({ volume }) => ownerOf(text(volume))),
    ),
    some: true,
  },
  "POST /nodes/{node}/storage/{storage}/content/{volume}": whole("imgcopy"),
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": named(
    "prunebackups",
    onStorage(({ vmid }) => (vmid === undefined ? undefined : text(vmid))),
  ),
  "POST /nodes/{node}/storage/{storage}/upload": whole("imgcopy"),
  "POST /nodes/{node}/storage/{storage}/download-url": named("download", ({ filename }) =>
    fileName(text(filename)),
  ),
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": named(
    "ociregistrypull",
    ({ filename, reference }) => `${fileName(text(filename ?? reference))}.tar`,
  ),
  "POST /nodes/{node}/aplinfo": named("download", from("template")),

  "PUT /nodes/{node}/network": named("srvreload", fixed("networking")),
  "PUT /cluster/sdn": whole("reloadnetworkall"),
  "POST /nodes/{node}/services/{service}/start": named("srvstart", from("service")),
  "POST /nodes/{node}/services/{service}/stop": named("srvstop", from("service")),
  "POST /nodes/{node}/services/{service}/restart": named("srvrestart", from("service")),
  "POST /nodes/{node}/services/{service}/reload": named("srvreload", from("service")),
  "POST /nodes/{node}/apt/update": whole("aptupdate"),
  "POST /access/domains/{realm}/sync": {
    types: ["auth-realm-sync", "auth-realm-sync-test"],
    id: from("realm"),
  },
  "POST /cluster/config": named("clustercreate", from("clustername")),
  "POST /cluster/config/join": whole("clusterjoin"),
  "POST /cluster/acme/account": whole("acmeregister"),
  "PUT /cluster/acme/account/{name}": { types: ["acmeupdate", "acmerefresh"], id: none },
  "DELETE /cluster/acme/account/{name}": whole("acmedeactivate"),
  "POST /nodes/{node}/certificates/acme/certificate": whole("acmenewcert"),
  "PUT /nodes/{node}/certificates/acme/certificate": whole("acmerenew"),
  "DELETE /nodes/{node}/certificates/acme/certificate": whole("acmerevoke"),

  "POST /nodes/{node}/disks/initgpt": named("diskinit", ({ disk }) => text(disk).replace(/^.*\//, "")),
  "PUT /nodes/{node}/disks/wipedisk": named("wipedisk", ({ disk }) => text(disk).replace(/^.*\//, "")),
  "POST /nodes/{node}/disks/directory": named("dircreate"),
  "DELETE /nodes/{node}/disks/directory/{name}": named("dirremove"),
  "POST /nodes/{node}/disks/lvm": named("lvmcreate"),
  "DELETE /nodes/{node}/disks/lvm/{name}": named("lvmremove"),
  "POST /nodes/{node}/disks/lvmthin": named("lvmthincreate"),
  "DELETE /nodes/{node}/disks/lvmthin/{name}": named(
    "lvmthinremove",
    (params) => `${text(params["volume-group"])}-${text(params.name)}`,
  ),
  "POST /nodes/{node}/disks/zfs": named("zfscreate"),
  "DELETE /nodes/{node}/disks/zfs/{name}": named("zfsremove"),

  "POST /nodes/{node}/ceph/start": named("srvstart", ({ service }) => text(service) || "ceph"),
  "POST /nodes/{node}/ceph/stop": named("srvstop", ({ service }) => text(service) || "ceph"),
  "POST /nodes/{node}/ceph/restart": named("srvrestart", ({ service }) => text(service) || "ceph"),
  "POST /nodes/{node}/ceph/fs/{name}": named("cephfscreate"),
  "DELETE /nodes/{node}/ceph/fs/{name}": named("cephdestroyfs"),
  "POST /nodes/{node}/ceph/mds/{name}": named("cephcreatemds", daemon("mds", "name")),
  "DELETE /nodes/{node}/ceph/mds/{name}": named("cephdestroymds", daemon("mds", "name")),
  "POST /nodes/{node}/ceph/mgr/{id}": named("cephcreatemgr", daemon("mgr", "id")),
  "DELETE /nodes/{node}/ceph/mgr/{id}": named("cephdestroymgr", daemon("mgr", "id")),
  "POST /nodes/{node}/ceph/mon/{monid}": named("cephcreatemon", daemon("mon", "monid")),
  "DELETE /nodes/{node}/ceph/mon/{monid}": named("cephdestroymon", daemon("mon", "monid")),
  "POST /nodes/{node}/ceph/osd": named("cephcreateosd", ({ dev }) => text(dev).replace(/^\/dev\//, "")),
  "DELETE /nodes/{node}/ceph/osd/{osdid}": named("cephdestroyosd", daemon("osd", "osdid")),
  "POST /nodes/{node}/ceph/pool": named("cephcreatepool"),
  "PUT /nodes/{node}/ceph/pool/{name}": named("cephsetpool"),
  "DELETE /nodes/{node}/ceph/pool/{name}": named("cephdestroypool"),
  "PUT /cluster/ceph/flags": whole("cephsetflags"),
};

/** True when the answer of a call can be the UPID of a task it started. */
export const startsTask = (route: string): boolean => Object.hasOwn(WORKERS, route);
