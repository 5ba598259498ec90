/** Names and ids: nodes, guests, storages, users, groups, roles, pools, HA resources (PVE::JSONSchema and others). */
import type { FormatCheck } from "../issue.ts";

/** A check by pattern; the message may quote the value. */
export function matching(pattern: RegExp, message: string | ((value: string) => string)): FormatCheck {
  return (value) =>
    pattern.test(value) ? undefined : `${typeof message === "string" ? message : message(value)}\n`;
}

const REALM = "[A-Za-z][A-Za-z0-9.\\-_]+";
const USER = "[^\\s:/]+";
const MAX_POOL_LEVELS = 3;

/** An id of two or more characters, letter first, as storages have. */
function namedId(kind: string): FormatCheck {
  return (value) => {
    if (value.length < 2) return `${kind} ID '${value}' cannot be shorter than 2 characters\n`;
    return /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value)
      ? undefined
      : `${kind} ID '${value}' contains illegal characters\n`;
  };
}

const userId: FormatCheck = (given) => {
  // In Perl "0" is false, so PVE takes it for no name at all.
  const value = given === "0" ? "" : given;
  if (value.length < 3) return `user name '${value}' is too short\n`;
  if (value.length > 64) return `user name '${value}' is too long (${value.length} > 64)\n`;
  return new RegExp(`^${USER}@${REALM}$`).test(value)
    ? undefined
    : `value '${value}' does not look like a valid user name\n`;
};

const poolId: FormatCheck = (value) => {
  if (value.replace(/\/+$/, "").split("/").length > MAX_POOL_LEVELS)
    return `pool name '${value}' nested too deeply (max levels = ${MAX_POOL_LEVELS})\n`;
  return /^[A-Za-z0-9.\-_]+(?:\/[A-Za-z0-9.\-_]+){0,2}$/.test(value)
    ? undefined
    : `pool name '${value}' contains invalid characters\n`;
};

const replicationJobId: FormatCheck = (value) => {
  const guest = /^(\d+)-\d+$/.exec(value)?.[1];
  if (guest === undefined) return `invalid replication job id '${value}'\n`;
  return Number(guest) < 100
    ? `invalid replication job id '${value}' (guest IDs < 100 are reserved)\n`
    : undefined;
};

/** Privileges of PVE 9.2 (PVE::AccessControl). */
export const PRIVILEGES: ReadonlySet<string> = new Set([
  "Datastore.Allocate",
  "Datastore.AllocateSpace",
  "Datastore.AllocateTemplate",
  "Datastore.Audit",
  "Group.Allocate",
  "Mapping.Audit",
  "Mapping.Modify",
  "Mapping.Use",
  "Permissions.Modify",
  "Pool.Allocate",
  "Pool.Audit",
  "Realm.Allocate",
  "Realm.AllocateUser",
  "SDN.Allocate",
  "SDN.Audit",
  "SDN.Use",
  "Sys.AccessNetwork",
  "Sys.Audit",
  "Sys.Console",
  "Sys.Incoming",
  "Sys.Modify",
  "Sys.PowerMgmt",
  "Sys.Syslog",
  "User.Modify",
  "VM.Allocate",
  "VM.Audit",
  "VM.Backup",
  "VM.Clone",
  "VM.Config.CDROM",
  "VM.Config.CPU",
  "VM.Config.Cloudinit",
  "VM.Config.Disk",
  "VM.Config.HWType",
  "VM.Config.Memory",
  "VM.Config.Network",
  "VM.Config.Options",
  "VM.Console",
  "VM.GuestAgent.Audit",
  "VM.GuestAgent.FileRead",
  "VM.GuestAgent.FileSystemMgmt",
  "VM.GuestAgent.FileWrite",
  "VM.GuestAgent.Unrestricted",
  "VM.Migrate",
  "VM.PowerMgmt",
  "VM.Replicate",
  "VM.Snapshot",
  "VM.Snapshot.Rollback",
  // Known to PVE 8 only.
  "VM.Monitor",
]);

/** Checks of names and ids by PVE's name for the format. */
export const ID_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-node": matching(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    "value does not look like a valid node name",
  ),
  "pve-vmid": matching(/^[1-9][0-9]{2,8}$/, "value does not look like a valid VM ID"),
  "pve-configid": matching(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  "pve-storage-id": namedId("storage"),
  "pve-bridge-id": matching(/^[-_.\w]+$/, (value) => `invalid bridge ID '${value}'`),
  "pve-realm": matching(new RegExp(`^${REALM}$`), "value does not look like a valid realm"),
  "pve-userid": userId,
  "pve-tokenid": matching(
    new RegExp(`^${USER}@${REALM}!${REALM}$`),
    (value) => `value '${value}' does not look like a valid token ID`,
  ),
  "pve-groupid": matching(
    /^[A-Za-z0-9.\-_]+$/,
    (value) => `group name '${value}' contains invalid characters`,
  ),
  "pve-roleid": matching(/^[A-Za-z0-9.\-_]+$/, (value) => `role name '${value}' contains invalid characters`),
  "pve-poolid": poolId,
  "pve-priv": (value) => (PRIVILEGES.has(value) ? undefined : `invalid privilege '${value}'\n`),
  "pve-replication-job-id": replicationJobId,
  "pve-ha-resource-id": matching(/^[a-z]+:\S+$/, "value does not look like a valid ha resource id"),
  "pve-ha-resource-or-vm-id": matching(
    /^(?:[a-z]+:\S+|\d+)$/,
    "value does not look like a valid ha resource id",
  ),
  "pve-ha-node": matching(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?::\d+)?$/,
    "value does not look like a valid ha node",
  ),
  "ldap-simple-attr": matching(
    /^[a-zA-Z0-9]+$/,
    (value) => `value '${value}' does not look like a simple ldap attribute name`,
  ),
  "pve-sdn-fabric-id": matching(
    /^[a-zA-Z0-9][a-zA-Z0-9-]{0,6}[a-zA-Z0-9]?$/,
    (value) => `Fabric ID '${value}' contains illegal characters`,
  ),
  "pve-task-status-type": matching(/^(?:ok|error|warning|unknown)$/i, (value) => `invalid status '${value}'`),
};
