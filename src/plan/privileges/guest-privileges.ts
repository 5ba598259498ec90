import { type Row, record, rows, str } from "../../pve/data.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { diskOf, type GuestType, isDiskKey } from "../difference/guest-disk.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import type { Look, Step } from "../topic.ts";
import { bridgeNeed, type ConfigChange, configNeeds, volumeNeed } from "./config-privileges.ts";
import { all, type Need, oneOf, since, some } from "./privilege-need.ts";

type Params = Step["params"];
/** What a step needs besides what PVE's description of its operation states. */
export type Rule = (step: Step, look: Look) => Promise<readonly Need[]> | readonly Need[];

/** Room on a storage. */
export const space = (storage: string): Need => all(`/storage/${storage}`, "Datastore.AllocateSpace");
const typeOf = (route: Route): GuestType => (route.includes("/lxc") ? "lxc" : "qemu");

/** Parameters of configuration calls that are no settings. */
const NO_SETTING = new Set(
  "node vmid digest delete revert force skiplock background_delay import-working-storage archive bwlimit ha-managed live-restore pool start storage unique ostemplate restore password ssh-public-keys ignore-unpack-errors".split(
    " ",
  ),
);
const settings = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => !NO_SETTING.has(name)));

async function configOf({ route, params }: Step, look: Look): Promise<Row | undefined> {
  const where = { node: settingText(params.node), vmid: Number(params.vmid) };
  const snapshot = textOf(params, "snapname");
  const which = snapshot === undefined ? { current: true } : { snapshot };
  const data = await look.tryRead(`GET /nodes/{node}/${typeOf(route)}/{vmid}/config`, { ...where, ...which });
  return data === undefined ? undefined : record(data);
}

const isNet = (key: string): boolean => /^net\d+$/.test(key);

/** The SDN zone of bridges: a vnet's own, the node's for a bridge that is named as PVE names them. */
async function zones(look: Look, keys: readonly string[]): Promise<ConfigChange["zoneOf"]> {
  const vnets = keys.some(isNet) ? rows(await look.tryRead("GET /cluster/sdn/vnets", {})) : [];
  const known = new Map(vnets.map((row) => [str(row, "vnet"), str(row, "zone")]));
  return (bridge) => known.get(bridge) ?? (/^vmbr\d+$/.test(bridge) ? "localnetwork" : undefined);
}

/** What changing settings takes, the settings to delete in that parameter. */
export const configure =
  (deleteParam: "delete" | "idlist"): Rule =>
  async (step, look) => {
    const { params } = step;
    const now = await configOf(step, look);
    const set = deleteParam === "idlist" ? {} : settings(params);
    const deleted = entriesOf(params[deleteParam]);
    return configNeeds({
      type: typeOf(step.route),
      vmid: Number(params.vmid),
      set,
      deleted,
      now,
      zoneOf: await zones(look, [...Object.keys(set), ...deleted]),
    });
  };

/** What making or restoring a guest takes (create_vm in PVE::API2::Qemu and PVE::API2::LXC). */
export const create: Rule = async ({ route, params }, look) => {
  const type = typeOf(route);
  const vmid = Number(params.vmid);
  const pool = textOf(params, "pool");
  const guest = `/vms/${vmid}`;
  const archive = type === "qemu" ? textOf(params, "archive") : textOf(params, "ostemplate");
  const restores = type === "qemu" ? archive !== undefined : isOn(params, "restore");
  const there = restores && isOn(params, "force");
  const orOnPool = (privilege: string, from?: string): readonly Need[] =>
    [guest, ...(pool === undefined ? [] : [`/pool/${pool}`])].map((path) => oneOf(path, [privilege], from));
  const storage = textOf(params, "storage") ?? (type === "lxc" ? "local" : undefined);
  const set = Object.fromEntries(
    Object.entries(settings(params)).map(([key, value]) => [
      key,
      // A bare number asks for so many GiB on the default storage.
      isDiskKey(type, key) && /^[\d.]+(?:,|$)/.test(settingText(value)) && storage !== undefined
        ? `${storage}:${settingText(value)}`
        : value,
    ]),
  );
  const defaultUsed = storage !== undefined && (type === "qemu" || params.rootfs === undefined);
  return [
    some(...orOnPool("VM.Allocate"), ...(there ? [oneOf(guest, ["VM.Backup"])] : [])),
    ...(defaultUsed && storage !== undefined ? [space(storage)] : []),
    ...(isOn(params, "ha-managed") ? [since("9.2", "/", "Sys.Console")] : []),
    ...(type === "qemu" && isOn(params, "start") ? [some(...orOnPool("VM.PowerMgmt", "9.2"))] : []),
    ...(type === "lxc" && !restores && settingText(params.unprivileged) === "0"
      ? [since("9.0", "/", "Sys.Modify")]
      : []),
    ...(archive === undefined || archive === "-" ? [] : [volumeNeed(archive, vmid, undefined)]),
    ...configNeeds({
      type,
      vmid,
      set,
      deleted: [],
      now: {},
      creating: true,
      ...(pool === undefined ? {} : { pool }),
      zoneOf: await zones(look, Object.keys(set)),
    }),
  ];
};

/** What a copy takes besides VM.Clone and VM.Allocate: room for its disks, its bridges. */
export const clone: Rule = async (step, look) => {
  const type = typeOf(step.route);
  const config = await configOf(step, look);
  if (!config) return [];
  const named = textOf(step.params, "storage");
  const disks = Object.entries(config).flatMap(([key, value]) =>
    isDiskKey(type, key) ? (diskOf(type, key, value) ?? []) : [],
  );
  const storages = disks.flatMap(({ kind, storage }) => (kind === "disk" ? (named ?? storage ?? []) : []));
  const zoneOf = await zones(look, Object.keys(config));
  const bridges = Object.entries(config)
    .filter(([key]) => isNet(key))
    .map(([key, value]) => bridgeNeed(type, key, value, zoneOf));
  return [...[...new Set(storages)].map(space), ...bridges];
};

/** The storage that a disk named in the call is on. */
export async function diskStorage(
  step: Step,
  look: Look,
  param: "disk" | "volume",
): Promise<readonly Need[]> {
  const key = settingText(step.params[param]);
  const storage = diskOf(typeOf(step.route), key, (await configOf(step, look))?.[key])?.storage;
  return storage === undefined ? [] : [space(storage)];
}

/** What moving a disk takes: room where it goes, or the guest that it goes to. */
export const move =
  (param: "disk" | "volume"): Rule =>
  async (step, look) => {
    const storage = textOf(step.params, "storage");
    const target = textOf(step.params, "target-vmid");
    if (target !== undefined)
      return [all(`/vms/${target}`, "VM.Config.Disk"), ...(await diskStorage(step, look, param))];
    return storage === undefined ? [] : [space(storage)];
  };

/** Other storages at the target (PVE::JSONSchema parse_idmap; `1` keeps them). */
export const migrate =
  (param: "targetstorage" | "target-storage"): Rule =>
  ({ params }) => {
    const map = entriesOf(params[param]);
    if (map.length === 0 || map.includes("1")) return [];
    const targets = new Set(map.map((entry) => entry.split(":").at(-1) ?? entry));
    return [all(`/vms/${settingText(params.vmid)}`, "VM.Config.Disk"), ...[...targets].map(space)];
  };
