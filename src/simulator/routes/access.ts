import { flag, index, list, mayAny, need, splitList, text } from "../args.ts";
import { PRIVILEGES } from "../builtin.ts";
import { locked } from "../locked.ts";
import { denied, effectivePermissions, normalizePath, permissionMap, privilegesOn } from "../permissions.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { World } from "../world.ts";
import { verifyUsername } from "./users.ts";

type AclEntry = World["access"]["acl"][number];

/** Where a permission may be set (PVE::AccessControl::check_path). */
const NAME = "[A-Za-z0-9._-]+";
const ACL_PATH = new RegExp(
  `^(/|/access|/access/(groups|realm)(/${NAME})?|/nodes(/${NAME})?|/pool(/${NAME}){0,3}` +
    `|/sdn(/(controllers|dns|fabrics|ipams|prefix-lists|route-maps)(/${NAME})?|/zones(/${NAME}){0,3})?` +
    `|/storage(/${NAME})?|/vms(/[1-9][0-9]{2,})?|/mapping(/${NAME}){0,2})$`,
);

function roleOf(world: World, roleid: string) {
  return world.access.roles.get(roleid) ?? die(`role '${roleid}' does not exist`);
}

function groupOf(world: World, groupid: string) {
  return world.access.groups.get(groupid) ?? die(`group '${groupid}' does not exist`);
}

function checkPrivs(privs: readonly string[]): string[] {
  for (const priv of privs) if (!PRIVILEGES.includes(priv)) die(`invalid privilege '${priv}'`);
  return [...privs];
}

function members(world: World, groupid: string): string[] {
  const users = [...world.access.users.values()].filter((user) => user.groups.includes(groupid));
  return users.map((user) => user.userid).sort();
}

/** The users, groups and tokens a change of the access list names, each checked to exist. */
function subjects(call: SimCall): Pick<AclEntry, "type" | "ugid">[] {
  const { users } = call.world.access;
  const found: Pick<AclEntry, "type" | "ugid">[] = [];
  for (const ugid of list(call, "groups")) {
    groupOf(call.world, ugid);
    found.push({ type: "group", ugid });
  }
  for (const ugid of list(call, "users")) {
    verifyUsername(ugid);
    if (!users.has(ugid)) die(`user '${ugid}' does not exist`);
    found.push({ type: "user", ugid });
  }
  for (const ugid of list(call, "tokens")) {
    const [user = "", token] = ugid.split("!");
    if (token === undefined) die(`value '${ugid}' does not look like a valid token ID`);
    if (!users.get(user)?.tokens.has(token ?? "")) die(`no such token '${token}' for user '${user}'`);
    found.push({ type: "token", ugid });
  }
  return found;
}

function updateAcl(call: SimCall, path: string): void {
  const acl = call.world.access.acl;
  for (const roleid of list(call, "roles")) {
    roleOf(call.world, roleid);
    for (const { type, ugid } of subjects(call)) {
      const at = acl.findIndex(
        (entry) =>
          entry.path === path && entry.type === type && entry.ugid === ugid && entry.roleid === roleid,
      );
      if (at >= 0) acl.splice(at, 1);
      if (!flag(call, "delete"))
        acl.push({ path, type, ugid, roleid, propagate: flag(call, "propagate", true) });
    }
  }
}

/** Whether the caller may see permissions of that path (check_perm_modify). */
function seesPath(call: SimCall, path: string): boolean {
  return call.may("/access", "Sys.Audit") || call.may(path, "Permissions.Modify");
}

/** Groups, roles, the access list and effective permissions (PVE::API2::{Group,Role,ACL,AccessControl}). */
export const accessRoutes: Handlers = {
  "GET /access": () =>
    index("subdir", "users groups roles acl domains openid tfa ticket permissions password"),
  "GET /access/groups": (call) =>
    [...call.world.access.groups.values()]
      .filter(({ groupid }) =>
        mayAny(call, `/access/groups/${groupid}`, "User.Modify", "Sys.Audit", "Group.Allocate"),
      )
      .map(({ groupid, comment }) => ({
        groupid,
        users: members(call.world, groupid).join(","),
        ...(comment ? { comment } : {}),
      })),
  "GET /access/groups/{groupid}": (call) => {
    const { groupid, comment } = groupOf(call.world, need(call, "groupid"));
    return { members: members(call.world, groupid), ...(comment ? { comment } : {}) };
  },
  "POST /access/groups": (call) => {
    const groupid = need(call, "groupid");
    const comment = text(call, "comment");
    locked("create group failed", () => {
      if (call.world.access.groups.has(groupid)) die(`group '${groupid}' already exists`);
      call.world.access.groups.set(groupid, { groupid, ...(comment ? { comment } : {}) });
    });
    return null;
  },
  "PUT /access/groups/{groupid}": (call) => {
    const group = locked("update group failed", () => groupOf(call.world, need(call, "groupid")));
    const comment = text(call, "comment");
    if (comment !== undefined) group.comment = comment;
    return null;
  },
  "DELETE /access/groups/{groupid}": (call) => {
    const { groupid } = locked("delete group failed", () => groupOf(call.world, need(call, "groupid")));
    const { groups, users, acl } = call.world.access;
    groups.delete(groupid);
    for (const user of users.values()) user.groups = user.groups.filter((name) => name !== groupid);
    acl.splice(0, acl.length, ...acl.filter((entry) => entry.type !== "group" || entry.ugid !== groupid));
    return null;
  },

  "GET /access/roles": (call) =>
    [...call.world.access.roles].map(([roleid, { privs, special }]) => ({
      roleid,
      privs: privs.join(","),
      special: special ? 1 : 0,
    })),
  "GET /access/roles/{roleid}": (call) =>
    Object.fromEntries(roleOf(call.world, need(call, "roleid")).privs.map((priv) => [priv, 1])),
  "POST /access/roles": (call) => {
    const roleid = need(call, "roleid");
    if (/^PVE/i.test(roleid))
      badParams({ roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace" });
    locked("create role failed", () => {
      if (call.world.access.roles.has(roleid)) die(`role '${roleid}' already exists`);
      const privs = checkPrivs(list(call, "privs"));
      call.world.access.roles.set(roleid, { privs: privs.sort(), special: false });
    });
    return null;
  },
  "PUT /access/roles/{roleid}": (call) => {
    const roleid = need(call, "roleid");
    if (call.world.access.roles.get(roleid)?.special)
      die(`auto-generated role '${roleid}' cannot be modified`);
    locked("update role failed", () => {
      const role = roleOf(call.world, roleid);
      const privs = checkPrivs(splitList(text(call, "privs") ?? ""));
      role.privs = [...new Set(flag(call, "append") ? [...role.privs, ...privs] : privs)].sort();
    });
    return null;
  },
  "DELETE /access/roles/{roleid}": (call) => {
    const roleid = need(call, "roleid");
    if (call.world.access.roles.get(roleid)?.special)
      die(`auto-generated role '${roleid}' cannot be deleted`);
    locked("delete role failed", () => roleOf(call.world, roleid));
    call.world.access.roles.delete(roleid);
    return null;
  },

  "GET /access/acl": (call) =>
    call.world.access.acl
      .filter(({ path }) => seesPath(call, path))
      .map((entry) => ({ ...entry, propagate: entry.propagate ? 1 : 0 })),
  "PUT /access/acl": (call) => {
    if (!text(call, "users") && !text(call, "groups") && !text(call, "tokens")) {
      const message = "either 'users', 'groups' or 'tokens' is required.";
      badParams({ users: message, groups: message, tokens: message });
    }
    // PVE adds a missing slash in front.
    const path = normalizePath(`/${need(call, "path")}`);
    if (path === undefined || (!flag(call, "delete") && !ACL_PATH.test(path)))
      return badParams({ path: `invalid ACL path '${need(call, "path")}'` });
    locked("ACL update failed", () => updateAcl(call, path));
    return null;
  },

  "GET /access/permissions": (call) => {
    const id = text(call, "userid") ?? call.caller.id;
    const own = id === call.caller.id || id.split("!")[0] === call.caller.id;
    if (!own && !call.may("/access", "Sys.Audit")) denied("/access, Sys.Audit");
    const path = text(call, "path");
    if (path === undefined) return effectivePermissions(call.world, id);
    return { [path]: permissionMap(privilegesOn(call.world, id, path)) };
  },
};
