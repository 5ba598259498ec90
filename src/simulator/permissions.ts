import type { PermissionCheck } from "../schema/endpoint.ts";
import { SimError } from "./route.ts";
import type { Access, World } from "./world.ts";

/** Privileges on a path; the value says whether they propagate to the paths below. */
export type Privileges = ReadonlyMap<string, boolean>;

/** The 403 of PVE's `raise_perm_exc`. */
export const denied = (what?: string): never => {
  throw new SimError(403, what ? `Permission check failed (${what})` : "Permission check failed");
};

/** `root@pam!mcp` -> user `root@pam`, token `mcp`. */
export function splitToken(id: string): { user: string; token?: string } {
  const at = id.indexOf("!");
  return at < 0 ? { user: id } : { user: id.slice(0, at), token: id.slice(at + 1) };
}

/** One slash between the parts, none at the end; undefined for what is no ACL path. */
export function normalizePath(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  return path.startsWith("/") ? `/${parts.join("/")}` : undefined;
}

type Roles = Map<string, boolean>;

function entriesOf(
  access: Access,
  path: string,
  final: boolean,
  match: (e: Access["acl"][number]) => boolean,
) {
  const roles: Roles = new Map();
  for (const entry of access.acl)
    if (entry.path === path && match(entry) && (final || entry.propagate))
      roles.set(entry.roleid, entry.propagate);
  return roles.size > 0 ? roles : undefined;
}

/** Roles of a user or token on a path, pools left out: a deeper entry replaces what came from above. */
function rolesOn(access: Access, id: string, path: string): Roles {
  const isToken = id.includes("!");
  const groups = isToken ? [] : (access.users.get(id)?.groups ?? []);
  const parts = path.split("/").filter((part) => part !== "");
  let roles: Roles = new Map();
  for (let depth = 0; depth <= parts.length; depth++) {
    const here = `/${parts.slice(0, depth).join("/")}`;
    const final = depth === parts.length;
    roles =
      (isToken ? entriesOf(access, here, final, (e) => e.type === "token" && e.ugid === id) : undefined) ??
      entriesOf(access, here, final, (e) => e.type === "user" && e.ugid === id) ??
      entriesOf(access, here, final, (e) => e.type === "group" && groups.includes(e.ugid)) ??
      roles;
  }
  const none = roles.get("NoAccess");
  return none === undefined ? roles : new Map([["NoAccess", none]]);
}

/** Roles that a pool gives on its members (PVE::RPCEnvironment): never propagated, stopped by NoAccess. */
function withPools(world: World, id: string, path: string, roles: Roles): Roles {
  if (roles.has("NoAccess")) return roles;
  const member = /^\/(vms|storage)\/([^/]+)$/.exec(path);
  if (!member) return roles;
  const [, kind, name] = member;
  const merged: Roles = new Map(roles);
  for (const pool of world.pools.values()) {
    const has = kind === "vms" ? pool.vms.has(Number(name)) : pool.storages.has(name ?? "");
    if (!has) continue;
    for (const role of rolesOn(world.access, id, `/pool/${pool.poolid}`).keys()) {
      if (role === "NoAccess") return new Map([["NoAccess", false]]);
      if (!merged.has(role)) merged.set(role, false);
    }
  }
  return merged;
}

/** Effective privileges of a user or token on an ACL path. A token with privilege separation gets what it shares with its user. */
export function privilegesOn(world: World, id: string, path: string): Privileges {
  const { access } = world;
  if (id === "root@pam") {
    const all = access.roles.get("Administrator")?.privs ?? [];
    return new Map(all.map((priv) => [priv, true]));
  }
  const { user, token } = splitToken(id);
  const owner = token === undefined ? undefined : privilegesOn(world, user, path);
  if (owner) {
    const info = access.users.get(user)?.tokens.get(token ?? "");
    if (!info) return new Map();
    if (!info.privsep) return owner;
  }
  const privs = new Map<string, boolean>();
  for (const [role, propagate] of withPools(world, id, path, rolesOn(access, id, path)))
    for (const priv of access.roles.get(role)?.privs ?? []) privs.set(priv, privs.get(priv) || propagate);
  if (!owner || user === "root@pam") return privs;
  return new Map(
    [...privs].flatMap(([priv, propagate]) => {
      const own = owner.get(priv);
      return own === undefined ? [] : [[priv, own && propagate] as const];
    }),
  );
}

/** True when the caller holds every privilege on the path. */
export function mayAll(world: World, id: string, path: string, privileges: readonly string[]): boolean {
  const held = privilegesOn(world, id, path);
  return privileges.every((priv) => held.has(priv));
}

/** True when the caller holds at least one of the privileges on the path. */
export function mayAny(world: World, id: string, path: string, privileges: readonly string[]): boolean {
  const held = privilegesOn(world, id, path);
  return privileges.some((priv) => held.has(priv));
}

/** Refuses with PVE's 403 unless all (or, with `any`, one) of the privileges are held. */
export function requirePrivileges(
  world: World,
  id: string,
  path: string,
  privileges: readonly string[],
  any = false,
) {
  if (any) {
    if (!mayAny(world, id, path, privileges)) denied(`${path}, ${privileges.join("|")}`);
    return;
  }
  const held = privilegesOn(world, id, path);
  const missing = privileges.find((priv) => !held.has(priv));
  if (missing !== undefined) denied(`${path}, ${missing}`);
}

/** Answer of GET /access/permissions without `path`: fixed paths, those of the ACL and those of pool members. */
export function effectivePermissions(world: World, id: string): Record<string, Record<string, number>> {
  const paths = new Set(["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"]);
  for (const entry of world.access.acl) paths.add(entry.path);
  for (const pool of world.pools.values()) {
    for (const vmid of pool.vms) paths.add(`/vms/${vmid}`);
    for (const storage of pool.storages) paths.add(`/storage/${storage}`);
  }
  const result: Record<string, Record<string, number>> = {};
  for (const path of paths) {
    const held = privilegesOn(world, id, path);
    if (held.size > 0) result[path] = permissionMap(held);
  }
  return result;
}

/** `{ "VM.Audit": 1 }`: PVE's way to show privileges with their propagation. */
export function permissionMap(held: Privileges): Record<string, number> {
  return Object.fromEntries([...held].map(([priv, propagate]) => [priv, propagate ? 1 : 0]));
}

interface Check {
  readonly world: World;
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : Array.isArray(value) ? value.join(",") : String(value);

const fill = (template: string, params: Check["params"]) =>
  template.replace(/\{([^}]+)\}/g, (_, name: string) => text(params[name]) ?? "");

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === "string") : [];

/** The options behind the fixed part of a test: `["perm", path, privs, "any", 1]`. */
function optionsOf(check: PermissionCheck, from: number): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (let i = from; i + 1 < check.length; i += 2) options[String(check[i])] = check[i + 1];
  return options;
}

type Test = (check: PermissionCheck, on: Check) => void;

const TESTS: Readonly<Record<string, Test>> = {
  and: (check, on) => {
    for (const sub of check.slice(1)) runCheck(sub as PermissionCheck, on);
  },
  or: (check, on) => {
    const passes = check.slice(1).some((sub) => {
      try {
        runCheck(sub as PermissionCheck, on);
        return true;
      } catch (error) {
        if (error instanceof SimError && error.status === 403) return false;
        throw error;
      }
    });
    if (!passes) denied();
  },
  perm: (check, on) => {
    const options = optionsOf(check, 3);
    const needed = text(options.require_param);
    if (needed !== undefined && on.params[needed] === undefined) denied();
    const path = normalizePath(fill(String(check[1]), on.params)) ?? "/";
    requirePrivileges(on.world, on.id, path, strings(check[2]), Boolean(options.any));
  },
  "userid-group": (check, on) => {
    const privs = strings(check[1]);
    const mode = text(optionsOf(check, 2).groups_param);
    const userid = text(on.params.userid) ?? "";
    if (mode !== "create" && !on.world.access.users.has(userid))
      throw new SimError(500, `no such user ('${userid}')`);
    if (mayAny(on.world, on.id, "/access/groups", privs)) return;
    const mine = [...on.world.access.groups.keys()].filter((group) =>
      mayAny(on.world, on.id, `/access/groups/${group}`, privs),
    );
    if (mode !== undefined) {
      const wanted = (text(on.params.groups) ?? "").split(/[,;\s]+/).filter(Boolean);
      if (wanted.length === 0) denied(`/access/groups, ${privs.join("|")}`);
      const refused = wanted.find((group) => !mine.includes(group));
      if (refused !== undefined) denied(`/access/groups/${refused}, ${privs.join("|")}`);
    }
    const groups = on.world.access.users.get(userid)?.groups ?? [];
    if (mode !== "create" && !groups.some((group) => mine.includes(group))) denied();
  },
  "userid-param": (check, on) => {
    const userid = text(on.params.userid) ?? "";
    if (!/^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/.test(userid))
      throw new SimError(500, `value '${userid}' does not look like a valid user name`);
    if (check[1] === "self") {
      if (on.id !== userid) denied();
      return;
    }
    const realm = userid.slice(userid.lastIndexOf("@") + 1);
    requirePrivileges(on.world, on.id, `/access/realm/${realm}`, [String(check[1])]);
  },
  "perm-modify": (check, on) => {
    const path = normalizePath(fill(String(check[1]), on.params)) ?? "/access";
    const also = [
      ["/storage/", "Datastore.Allocate"],
      ["/vms/", "VM.Allocate"],
      ["/pool/", "Pool.Allocate"],
    ].flatMap(([prefix, priv]) => (prefix && priv && path.startsWith(prefix) ? [priv] : []));
    requirePrivileges(on.world, on.id, path, ["Permissions.Modify", ...also], true);
  },
};

/** Runs an endpoint's permission expression (PVE::RPCEnvironment exec_api2_perm_check); throws PVE's 403. */
export function runCheck(check: PermissionCheck, on: Check): void {
  const test = TESTS[String(check[0])];
  if (!test) throw new SimError(500, "unknown permission test");
  test(check, on);
}
