import { record, str } from "../../pve/data.ts";
import { parseUpid } from "../../pve/jobs/upid.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { entriesOf, factOf, isOn, propertiesOf, settingText, textOf } from "../difference/setting-value.ts";
import type { Look, Step } from "../topic.ts";
import {
  clone,
  configure,
  create,
  diskStorage,
  migrate,
  move,
  type Rule,
  space,
} from "./guest-privileges.ts";
import { all, every, type Need, oneOf, rootOnly, since, some } from "./privilege-need.ts";

type Params = Step["params"];

/** Parameters of backups that are root@pam's, that need Sys.Modify (PVE::API2::Backup assert_param_permission_common). */
function backupParams(params: Params): readonly Need[] {
  const roots = ["tmpdir", "dumpdir", "script", "job-id"].filter((name) => params[name] !== undefined);
  const modifies = ["bwlimit", "ionice", "performance"].some((name) => params[name] !== undefined);
  const fleecing = propertiesOf(
    factOf("POST /nodes/{node}/vzdump", "fleecing"),
    settingText(params.fleecing),
  )?.storage;
  return [
    ...roots.map(rootOnly),
    ...(modifies ? [all("/", "Sys.Modify")] : []),
    ...(fleecing === undefined ? [] : [space(fleecing)]),
  ];
}

const backup: Rule = async ({ params }, look) => {
  const node = settingText(params.node);
  const storage = textOf(params, "storage");
  const wanted = new Set(entriesOf(params.vmid).map(Number));
  // Guests of other nodes are left out, whoever asks.
  const here = (await look.guests()).filter((guest) => guest.node === node && wanted.has(guest.vmid));
  const pruning = params["prune-backups"] !== undefined && storage !== undefined;
  return [
    ...backupParams(params),
    ...(isOn(params, "stop") ? [since("9.2.10", `/nodes/${node}`, "Sys.Modify")] : []),
    ...(here.length > 0 && storage !== undefined ? [space(storage)] : []),
    ...(pruning ? [all(`/storage/${storage}`, "Datastore.Allocate")] : []),
    ...here.map(({ vmid }) => all(`/vms/${vmid}`, "VM.Backup")),
  ];
};

/** Backup jobs: the storage of the job, and of the one that it was on (PVE::API2::Backup). */
const backupJob: Rule = async ({ route, params }, look) => {
  const pool = textOf(params, "pool");
  const given = textOf(params, "storage");
  const changes = route.startsWith("PUT");
  const before = changes
    ? str(record(await look.tryRead("GET /cluster/backup/{id}", { id: settingText(params.id) })), "storage")
    : undefined;
  const storages = new Set([given, before].filter((name) => name !== undefined));
  return [
    ...backupParams(params),
    ...[...storages].map((name) => all(`/storage/${name}`, "Datastore.Allocate")),
    ...(pool === undefined ? [] : [all(`/pool/${pool}`, "VM.Backup")]),
  ];
};

/** A backup is its guest's owner's to delete, all else whoever may allocate there (PVE::API2::Storage::Content). */
const deleteVolume: Rule = ({ params }) => {
  const storage = settingText(params.storage);
  const name = settingText(params.volume).replace(/^[^:/]+:/, "");
  const owner = /^backup\/(?:vzdump-(?:openvz|lxc|qemu)-|(?:vm|ct)\/)(\d+)\b/.exec(name)?.[1];
  if (owner !== undefined) return [space(storage), all(`/vms/${owner}`, "VM.Backup")];
  return [all(`/storage/${storage}`, "Datastore.Allocate")];
};

const prune: Rule = ({ params }) => {
  const [storage, vmid] = [settingText(params.storage), textOf(params, "vmid")];
  return vmid === undefined
    ? [all(`/storage/${storage}`, "Datastore.Allocate")]
    : [space(storage), all(`/vms/${vmid}`, "VM.Backup")];
};

/** Privileges on each guest named, or on all of them when none is (check_guest_permissions). */
const eachGuest =
  (...privileges: readonly string[]): Rule =>
  ({ params }) => {
    const vms = entriesOf(params.vms);
    return vms.length === 0
      ? [all("/", ...privileges)]
      : vms.map((vmid) => all(`/vms/${vmid}`, ...privileges));
  };

/** Calls of one node: who may do it to all guests may do it to these (PVE::API2::Nodes). */
const onNode =
  (privilege: string): Rule =>
  ({ params }) => {
    const vms = entriesOf(params.vms);
    if (vms.length === 0) return [all("/", privilege)];
    return [some(all("/", privilege), every(...vms.map((vmid) => all(`/vms/${vmid}`, privilege))))];
  };

/** Replication of a guest; a job's id is `VMID-NUMBER`. */
const replicate: Rule = ({ params }) => [all(`/vms/${settingText(params.id).split("-")[0]}`, "VM.Replicate")];

/** Members of a pool, by who may change permissions on them (PVE::API2::Pool, check_perm_modify). */
const pool: Rule = ({ params }) => [
  ...entriesOf(params.vms).map((vmid) => oneOf(`/vms/${vmid}`, ["Permissions.Modify", "VM.Allocate"])),
  ...entriesOf(params.storage).map((id) =>
    oneOf(`/storage/${id}`, ["Permissions.Modify", "Datastore.Allocate"]),
  ),
];

/** The zone of a vnet decides (check_vnet_access in PVE::API2::Network::SDN). */
const vnet: Rule = async ({ params }, look) => {
  const name = settingText(params.vnet);
  const zone = str(record(await look.tryRead("GET /cluster/sdn/vnets/{vnet}", { vnet: name })), "zone");
  return zone === undefined ? [] : [all(`/sdn/zones/${zone}/${name}`, "SDN.Allocate")];
};

/** A task of one's own may be stopped (PVE::API2::Tasks check_task_user). */
const stopTask: Rule = ({ params }, { tokenId }) =>
  parseUpid(settingText(params.upid))?.user === tokenId
    ? []
    : [all(`/nodes/${settingText(params.node)}`, "Sys.Modify")];

const onFlag =
  (name: string, need: (params: Params) => Need): Rule =>
  ({ params }) =>
    isOn(params, name) ? [need(params)] : [];

const onGuest =
  (privilege: string) =>
  (params: Params): Need =>
    all(`/vms/${settingText(params.vmid)}`, privilege);

const addStorage = onFlag("add_storage", () => all("/storage", "Datastore.Allocate"));
const cleanConfig = onFlag("cleanup-config", () => all("/storage", "Datastore.Allocate"));
const rollback = onFlag("start", ({ vmid }) => since("9.2", `/vms/${settingText(vmid)}`, "VM.PowerMgmt"));

/** Privileges that PVE asks for in an operation's code, not in its description. */
const RULES: { readonly [R in Route]?: Rule } = {
  [CONFIG_ROUTE.qemu]: configure("delete"),
  "POST /nodes/{node}/qemu/{vmid}/config": configure("delete"),
  [CONFIG_ROUTE.lxc]: configure("delete"),
  "PUT /nodes/{node}/qemu/{vmid}/unlink": configure("idlist"),
  "POST /nodes/{node}/qemu": create,
  "POST /nodes/{node}/lxc": create,
  "POST /nodes/{node}/qemu/{vmid}/clone": clone,
  "POST /nodes/{node}/lxc/{vmid}/clone": clone,
  "POST /nodes/{node}/qemu/{vmid}/move_disk": move("disk"),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": move("volume"),
  "PUT /nodes/{node}/qemu/{vmid}/resize": (step, look) => diskStorage(step, look, "disk"),
  "PUT /nodes/{node}/lxc/{vmid}/resize": (step, look) => diskStorage(step, look, "disk"),
  "POST /nodes/{node}/qemu/{vmid}/migrate": migrate("targetstorage"),
  "POST /nodes/{node}/lxc/{vmid}/migrate": migrate("target-storage"),
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": rollback,
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": onFlag("todisk", onGuest("VM.Config.Disk")),
  "POST /nodes/{node}/vzdump": backup,
  "POST /cluster/backup": backupJob,
  "PUT /cluster/backup/{id}": backupJob,
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": deleteVolume,
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": prune,
  "POST /cluster/bulk-action/guest/start": eachGuest("VM.PowerMgmt"),
  "POST /cluster/bulk-action/guest/shutdown": eachGuest("VM.PowerMgmt"),
  "POST /cluster/bulk-action/guest/suspend": eachGuest("VM.PowerMgmt"),
  "POST /cluster/bulk-action/guest/migrate": eachGuest("VM.Migrate"),
  "POST /nodes/{node}/startall": onNode("VM.PowerMgmt"),
  "POST /nodes/{node}/stopall": onNode("VM.PowerMgmt"),
  "POST /nodes/{node}/suspendall": onNode("VM.PowerMgmt"),
  "POST /nodes/{node}/migrateall": onNode("VM.Migrate"),
  "POST /cluster/replication": replicate,
  "PUT /cluster/replication/{id}": replicate,
  "DELETE /cluster/replication/{id}": replicate,
  "POST /nodes/{node}/replication/{id}/schedule_now": replicate,
  "PUT /pools": pool,
  "PUT /pools/{poolid}": pool,
  "PUT /cluster/sdn/vnets/{vnet}": vnet,
  "DELETE /cluster/sdn/vnets/{vnet}": vnet,
  "POST /cluster/sdn/vnets/{vnet}/subnets": vnet,
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": vnet,
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": vnet,
  "DELETE /nodes/{node}/tasks/{upid}": stopTask,
  "POST /nodes/{node}/disks/directory": addStorage,
  "POST /nodes/{node}/disks/lvm": addStorage,
  "POST /nodes/{node}/disks/lvmthin": addStorage,
  "POST /nodes/{node}/disks/zfs": addStorage,
  "DELETE /nodes/{node}/disks/directory/{name}": cleanConfig,
  "DELETE /nodes/{node}/disks/lvm/{name}": cleanConfig,
  "DELETE /nodes/{node}/disks/lvmthin/{name}": cleanConfig,
  "DELETE /nodes/{node}/disks/zfs/{name}": cleanConfig,
};

/** What PVE's code asks for besides the operation's description; what it does not know it does not name. */
export async function codeNeeds(step: Step, look: Look): Promise<Need> {
  const own = (await RULES[step.route]?.(step, look)) ?? [];
  const skips = isOn(step.params, "skiplock") ? [rootOnly("skiplock")] : [];
  return every(...own, ...skips);
}
