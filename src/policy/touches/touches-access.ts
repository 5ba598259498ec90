import { type GuestHow, type Reader, type Touch, type TouchTable, unreadable } from "./touch.ts";
import { given, nodeIn, poolIn, storageIn, textOf, vmidIn } from "./touch-arguments.ts";
import { cluster } from "./touch-readers.ts";

type Level = (name: string, how: GuestHow) => readonly Touch[];

const nodeHow = (how: GuestHow) => (how === "read" ? "read" : "change");

/** Objects of the ACL path by its first part (PVE::AccessControl check_path), `name` being the rest. */
const LEVELS: Readonly<Record<string, Level>> = {
  vms: (name, how) => {
    const vmid = vmidIn(name);
    return vmid === undefined ? [unreadable("path")] : [{ kind: "guest", vmid, how }];
  },
  // Members and nested pools come below it.
  pool: (name, how) => {
    const pool = poolIn(name);
    return pool === undefined
      ? [unreadable("path")]
      : [
          { kind: "pool", name: pool, how: nodeHow(how) },
          { kind: "guests-of-pool", name: pool, how },
        ];
  },
  storage: (name, how) => {
    const storage = storageIn(name);
    return storage === undefined
      ? [unreadable("path")]
      : [{ kind: "storage", name: storage, how: how === "read" ? "read" : "definition" }];
  },
  nodes: (name, how) => {
    const node = nodeIn(name);
    return node === undefined ? [unreadable("path")] : [{ kind: "node", name: node, how: nodeHow(how) }];
  },
  access: () => [{ kind: "cluster" }],
  sdn: () => [{ kind: "cluster" }],
  mapping: () => [{ kind: "cluster" }],
};

/** What access rights on an ACL path concern, and what lies below it (PVE::AccessControl normalize_path). */
export function aclTouches(path: unknown, how: GuestHow): readonly Touch[] {
  const [first, ...rest] = (textOf(path) ?? "").split("/").filter((part) => part !== "");
  const level = first !== undefined && Object.hasOwn(LEVELS, first) ? LEVELS[first] : undefined;
  if (
    level === undefined ||
    (rest.length === 0 && first !== "access" && first !== "sdn" && first !== "mapping")
  )
    return [{ kind: "everything", why: "rights on this path hold for all below it" }];
  return level(rest.join("/"), how);
}

const acl: Reader = (params) => aclTouches(given(params, "path"), "change");

const CLUSTER = [cluster];

/** Users, groups, roles, realms, access rights and tickets. */
export const ACCESS_TOUCHES = {
  "PUT /access/acl": [acl],
  "POST /access/domains": CLUSTER,
  "PUT /access/domains/{realm}": CLUSTER,
  "DELETE /access/domains/{realm}": CLUSTER,
  "POST /access/domains/{realm}/sync": CLUSTER,
  "POST /access/groups": CLUSTER,
  "PUT /access/groups/{groupid}": CLUSTER,
  "DELETE /access/groups/{groupid}": CLUSTER,
  "POST /access/openid/auth-url": CLUSTER,
  "POST /access/openid/login": CLUSTER,
  "PUT /access/password": CLUSTER,
  "POST /access/roles": CLUSTER,
  "PUT /access/roles/{roleid}": CLUSTER,
  "DELETE /access/roles/{roleid}": CLUSTER,
  "POST /access/tfa/{userid}": CLUSTER,
  "PUT /access/tfa/{userid}/{id}": CLUSTER,
  "DELETE /access/tfa/{userid}/{id}": CLUSTER,
  "POST /access/ticket": CLUSTER,
  "POST /access/users": CLUSTER,
  "PUT /access/users/{userid}": CLUSTER,
  "DELETE /access/users/{userid}": CLUSTER,
  "POST /access/users/{userid}/token/{tokenid}": CLUSTER,
  "PUT /access/users/{userid}/token/{tokenid}": CLUSTER,
  "DELETE /access/users/{userid}/token/{tokenid}": CLUSTER,
  "PUT /access/users/{userid}/unlock-tfa": CLUSTER,
  "POST /access/vncticket": CLUSTER,
} satisfies TouchTable;
