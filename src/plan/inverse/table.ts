import type { ChangingRoute } from "../../policy/operations/operation.ts";
import { type Row, str } from "../../pve/data.ts";
import { asFlag } from "../../render/units.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { jobCreation, jobEffect, oldSchedule } from "./backup-jobs.ts";
import { ruleReversals } from "./firewall-rules.ts";
import { guestConfigReversal } from "./guest-config.ts";
import type { Params, Reversal, ReversalTable } from "./kinds.ts";
import { aclReversal, poolHolds, poolReversal } from "./members.ts";
import { type ObjectKind, objectReversals } from "./objects.ts";
import { powerReversals, SERVICE_REVERSALS } from "./power.ts";
import { type Effect, plainEffect, type SettingsKind, settingsReversal } from "./settings.ts";
import { isSet } from "./values.ts";

const FIREWALLS = [
  "/cluster/firewall",
  "/nodes/{node}/firewall",
  "/nodes/{node}/qemu/{vmid}/firewall",
  "/nodes/{node}/lxc/{vmid}/firewall",
] as const;
/** Firewalls that have aliases and IP sets of their own. */
const NAMING = FIREWALLS.filter((path) => path !== "/nodes/{node}/firewall");

/** A list that a call makes longer where it says `append`. */
const appending =
  (route: ChangingRoute, list: string) =>
  (params: Params, before: Row): Effect => {
    const { append, ...rest } = params;
    const { set, deleted } = plainEffect(route, rest);
    const grows = isOn({ append }, "append") && set[list] !== undefined;
    const all = [...new Set([...entriesOf(before[list]), ...entriesOf(set[list])])];
    return { set: grows ? { ...set, [list]: all.join(",") } : set, deleted };
  };

const renamed = (params: Params): string | undefined =>
  isSet(params.rename) ? "it has another name now: it is renamed back by hand." : undefined;

const USER = "PUT /access/users/{userid}";
const ROLE = "PUT /access/roles/{roleid}";

/** Settings, by the operation that changes them. */
const SETTINGS: { readonly [R in ChangingRoute]?: SettingsKind } = {
  "PUT /cluster/options": {},
  "PUT /storage/{storage}": {},
  "PUT /cluster/backup/{id}": { effect: (params) => jobEffect(params), refuses: oldSchedule },
  "PUT /cluster/ha/resources/{sid}": {},
  "PUT /cluster/ha/rules/{rule}": {},
  "PUT /cluster/ha/groups/{group}": {},
  "PUT /cluster/replication/{id}": {},
  "PUT /cluster/jobs/realm-sync/{id}": {},
  "PUT /cluster/mapping/dir/{id}": {},
  "PUT /cluster/mapping/pci/{id}": {},
  "PUT /cluster/mapping/usb/{id}": {},
  "PUT /cluster/metrics/server/{id}": {},
  "PUT /cluster/notifications/endpoints/gotify/{name}": {},
  "PUT /cluster/notifications/endpoints/sendmail/{name}": {},
  "PUT /cluster/notifications/endpoints/smtp/{name}": {},
  "PUT /cluster/notifications/endpoints/webhook/{name}": {},
  "PUT /cluster/notifications/matchers/{name}": {},
  "PUT /cluster/qemu/custom-cpu-models/{cputype}": {},
  [USER]: {
    effect: appending(USER, "groups"),
    empty: ["comment", "email", "firstname", "lastname", "groups"],
  },
  [ROLE]: { effect: appending(ROLE, "privs"), empty: ["privs"] },
  "PUT /access/groups/{groupid}": { empty: ["comment"] },
  "PUT /access/domains/{realm}": {},
  "PUT /access/users/{userid}/token/{tokenid}": {
    refuses: (params) =>
      isOn(params, "regenerate") ? "the secret that the token had before is not kept anywhere." : undefined,
  },
  "PUT /nodes/{node}/config": {},
  "PUT /nodes/{node}/dns": { whole: true },
  "PUT /nodes/{node}/time": {},
  "POST /nodes/{node}/hosts": {},
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": { empty: ["notes"] },
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": { empty: ["description"] },
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": { empty: ["description"] },
  ...perFirewall(FIREWALLS, "PUT", "/options", {}),
  ...perFirewall(NAMING, "PUT", "/aliases/{name}", { whole: true, refuses: renamed }),
  ...perFirewall(NAMING, "PUT", "/ipset/{name}/{cidr}", { whole: true }),
};

function perFirewall<T>(paths: readonly string[], method: string, path: string, value: T): Record<string, T> {
  return Object.fromEntries(paths.map((base) => [`${method} ${base}${path}`, value]));
}

/** Types of storages that PVE shows as shared by themselves (PVE::Storage::Plugin SHARED_STORAGE). */
const SHARED: ReadonlySet<string> = new Set(
  "iscsi nfs cifs rbd cephfs iscsidirect glusterfs zfs drbd pbs".split(" "),
);

/** PVE deletes the password or key that belongs to a storage with its definition. */
function storageSecret(before: Row): string | undefined {
  const type = str(before, "type") ?? "";
  const keeps =
    ["pbs", "esxi"].includes(type) ||
    (type === "cifs" && isSet(before.username)) ||
    (["rbd", "cephfs"].includes(type) && isSet(before.monhost));
  return keeps ? "the password or key of the storage is deleted with it and not recorded." : undefined;
}

/** What is in the configuration only for the time being, or built in. */
const ownOnly = (before: Row): string | undefined =>
  before.origin === undefined || before.origin === "user-created"
    ? undefined
    : "it is built in: PVE's own settings come back in its place.";

const HAS_RULES = "the HA rules that name it change with it and are not recorded (purge: false keeps them).";

/** Objects with a name, by the operations that make and delete them. */
const OBJECTS: readonly ObjectKind[] = [
  {
    create: "POST /storage",
    remove: "DELETE /storage/{storage}",
    names: ["storage"],
    fills: ["content", "shared", "path"],
    lost: storageSecret,
    leaves: "its ACL entries",
    derived: (before) => (SHARED.has(str(before, "type") ?? "") ? ["shared"] : []),
  },
  {
    create: "POST /pools",
    remove: "DELETE /pools",
    names: ["poolid"],
    holds: poolHolds,
    leaves: "its ACL entries",
  },
  {
    create: "POST /cluster/ha/resources",
    remove: "DELETE /cluster/ha/resources/{sid}",
    names: ["sid", "type"],
    note: "The guest stays as it is: HA does not put back what it has done with it.",
    lost: (_, params) => (asFlag(settingText(params.purge)) === false ? undefined : HAS_RULES),
  },
  { create: "POST /cluster/ha/rules", remove: "DELETE /cluster/ha/rules/{rule}", names: ["rule"] },
  { create: "POST /cluster/ha/groups", remove: "DELETE /cluster/ha/groups/{group}", names: ["group"] },
  {
    create: "POST /cluster/jobs/realm-sync/{id}",
    remove: "DELETE /cluster/jobs/realm-sync/{id}",
    names: ["id"],
  },
  { create: "POST /cluster/mapping/dir", remove: "DELETE /cluster/mapping/dir/{id}", names: ["id"] },
  { create: "POST /cluster/mapping/pci", remove: "DELETE /cluster/mapping/pci/{id}", names: ["id"] },
  { create: "POST /cluster/mapping/usb", remove: "DELETE /cluster/mapping/usb/{id}", names: ["id"] },
  {
    create: "POST /cluster/metrics/server/{id}",
    remove: "DELETE /cluster/metrics/server/{id}",
    names: ["id"],
    lost: null,
  },
  ...(["gotify", "smtp", "webhook"] as const).map(
    (type): ObjectKind => ({
      create: `POST /cluster/notifications/endpoints/${type}`,
      remove: `DELETE /cluster/notifications/endpoints/${type}/{name}`,
      names: ["name"],
      lost: null,
    }),
  ),
  {
    create: "POST /cluster/notifications/endpoints/sendmail",
    remove: "DELETE /cluster/notifications/endpoints/sendmail/{name}",
    names: ["name"],
    lost: ownOnly,
  },
  {
    create: "POST /cluster/notifications/matchers",
    remove: "DELETE /cluster/notifications/matchers/{name}",
    names: ["name"],
    lost: ownOnly,
  },
  {
    create: "POST /cluster/qemu/custom-cpu-models",
    remove: "DELETE /cluster/qemu/custom-cpu-models/{cputype}",
    names: ["cputype"],
  },
  ...NAMING.flatMap((path): readonly ObjectKind[] => [
    {
      create: `POST ${path}/aliases` as ChangingRoute,
      remove: `DELETE ${path}/aliases/{name}` as ChangingRoute,
      names: ["name"],
    },
    {
      create: `POST ${path}/ipset/{name}` as ChangingRoute,
      remove: `DELETE ${path}/ipset/{name}/{cidr}` as ChangingRoute,
      names: ["name", "cidr"],
    },
  ]),
];

const only = (table: ReversalTable, ...routes: readonly Route[]): ReversalTable =>
  Object.fromEntries(routes.map((route) => [route, table[route]]));

const JOBS = objectReversals({
  create: "POST /cluster/backup",
  remove: "DELETE /cluster/backup/{id}",
  names: ["id"],
});
const ROLES = objectReversals({
  create: "POST /access/roles",
  remove: "DELETE /access/roles/{roleid}",
  names: ["roleid"],
  leaves: "the ACL entries with it",
});
const POOL = objectReversals({
  create: "POST /pools",
  remove: "DELETE /pools/{poolid}",
  names: ["poolid"],
  leaves: "its ACL entries",
});

/** How changes are taken back, by their operations; the others have no way back. */
const REVERSALS: ReversalTable = {
  ...Object.fromEntries(
    Object.entries(SETTINGS).map(([route, kind]) => [route, settingsReversal(route as ChangingRoute, kind)]),
  ),
  ...Object.assign({}, ...OBJECTS.map(objectReversals)),
  ...only(JOBS, "DELETE /cluster/backup/{id}"),
  ...only(ROLES, "DELETE /access/roles/{roleid}"),
  ...only(POOL, "DELETE /pools/{poolid}"),
  "POST /cluster/backup": jobCreation,
  ...Object.assign({}, ...FIREWALLS.map((path) => ruleReversals(`${path}/rules`))),
  ...ruleReversals("/cluster/firewall/groups/{group}"),
  "PUT /nodes/{node}/qemu/{vmid}/config": guestConfigReversal("qemu"),
  "POST /nodes/{node}/qemu/{vmid}/config": guestConfigReversal("qemu"),
  "PUT /nodes/{node}/qemu/{vmid}/unlink": guestConfigReversal("qemu"),
  "PUT /nodes/{node}/lxc/{vmid}/config": guestConfigReversal("lxc"),
  ...powerReversals("qemu"),
  ...powerReversals("lxc"),
  ...SERVICE_REVERSALS,
  "PUT /access/acl": aclReversal,
  "PUT /pools": poolReversal("PUT /pools"),
  "PUT /pools/{poolid}": poolReversal("PUT /pools/{poolid}"),
};

/** How changes of an operation are taken back; undefined: there is no way. */
export const reversalOf = (route: Route): Reversal | undefined => REVERSALS[route];

/** Every operation whose changes can be taken back. */
export const REVERSIBLE = Object.keys(REVERSALS) as readonly ChangingRoute[];
