import { list, record, rows, str } from "../pve/data.ts";
import { aclPath, aclState, roleBlocks, userBlocks, userRow, userState } from "./access-tables.ts";
import { listAnswer } from "./answers.ts";
import { category, tool } from "./define.ts";
import type { Compare, ToolCall } from "./tool.ts";

const user = (call: ToolCall): string => str(call.input, "userid") ?? "";
const path = (call: ToolCall): string => aclPath(str(call.input, "path") ?? "");

const userSettings: Compare = {
  route: "GET /access/users/{userid}",
  params: (call) => ({ userid: user(call) }),
  pick: (data) => userState(record(data)),
};

const listUsers = listAnswer({
  one: "user",
  many: "users",
  sort: "userid",
  columns: [
    { key: "userid" },
    { key: "enabled", format: "flag" },
    { key: "expires", format: "time" },
    { key: "realm", label: "realm type" },
    { key: "name", foreign: true },
    { key: "email" },
    { key: "groups" },
    { key: "tokens" },
    { key: "comment", foreign: true },
  ],
  row: userRow,
  empty: "Without User.Modify or Sys.Audit on /access/groups a token sees its own user only.",
});

/** "PVEVMUser for alice@pve on /vms/100", from an ACL change. */
function grant(call: ToolCall): string {
  const who = ["users", "groups", "tokens"].flatMap((kind) => list(str(call.input, kind))).join(", ");
  return `${list(str(call.input, "roles")).join(", ")} for ${who || "nobody"} on ${path(call)}`;
}

/** Tools for users, groups, roles, ACL and realms. */
export const accessTools = category("access", [
  tool({
    name: "pve_list_users",
    title: "List users",
    tier: "read-only",
    description: "Users with state, expiry, groups and number of API tokens.",
    route: "GET /access/users",
    params: { enabled: "" },
    paged: true,
    run: async (call) => listUsers(await call.send({ full: true }), call),
  }),
  tool({
    name: "pve_get_user",
    title: "User details",
    tier: "read-only",
    description: "A user's settings, groups and API tokens.",
    route: "GET /access/users/{userid}",
    params: { userid: "name@realm" },
    answer: ({ data }, call) => ({
      headline: `User ${user(call)}:`,
      blocks: userBlocks(record(data)),
    }),
  }),
  tool({
    name: "pve_list_roles",
    title: "List roles",
    tier: "read-only",
    description: "Roles and their privileges.",
    route: "GET /access/roles",
    answer: ({ data }) => {
      const roles = rows(data);
      return {
        headline: `${roles.length} roles; X.* stands for every privilege of a kind.`,
        blocks: roleBlocks(roles),
      };
    },
  }),
  tool({
    name: "pve_list_groups",
    title: "List groups",
    tier: "read-only",
    description: "User groups and their members.",
    route: "GET /access/groups",
    answer: listAnswer({
      one: "group",
      many: "groups",
      sort: "groupid",
      columns: [{ key: "groupid", label: "group" }, { key: "users" }, { key: "comment", foreign: true }],
      row: (row) => ({
        groupid: str(row, "groupid"),
        users: list(str(row, "users")).join(", "),
        comment: str(row, "comment"),
      }),
    }),
  }),
  tool({
    name: "pve_list_acls",
    title: "List permissions",
    tier: "read-only",
    description: "Access control entries: who has which role on which path.",
    route: "GET /access/acl",
    paged: true,
    answer: listAnswer({
      one: "ACL entry",
      many: "ACL entries",
      sort: "path",
      columns: [
        { key: "path" },
        { key: "type" },
        { key: "ugid", label: "who" },
        { key: "roleid", label: "role" },
        { key: "propagate", label: "also below", format: "flag" },
      ],
      empty: "A token sees only paths on which it has Permissions.Modify, or all with Sys.Audit.",
    }),
  }),
  tool({
    name: "pve_list_domains",
    title: "List realms",
    tier: "read-only",
    description: "Authentication realms.",
    route: "GET /access/domains",
    answer: listAnswer({
      one: "realm",
      many: "realms",
      sort: "realm",
      columns: [
        { key: "realm" },
        { key: "type" },
        { key: "default", format: "flag" },
        { key: "tfa", label: "second factor" },
        { key: "comment", foreign: true },
      ],
    }),
  }),
  tool({
    name: "pve_create_user",
    title: "Create user",
    tier: "full",
    description: "Create a user.",
    route: "POST /access/users",
    params: {
      userid: "name@realm",
      password: "Realm pve only",
      email: "",
      firstname: "",
      lastname: "",
      groups: "",
      comment: "",
      enable: "",
      expire: "Unix time, 0 never",
    },
    more: true,
    compare: { ...userSettings, fresh: true },
    done: (call) => `User ${user(call)} created.`,
  }),
  tool({
    name: "pve_update_user",
    title: "Update user",
    tier: "full",
    description: "Change a user; an empty text clears a setting.",
    route: "PUT /access/users/{userid}",
    params: {
      email: "",
      firstname: "",
      lastname: "",
      groups: "Replaces them",
      append: "Add the groups instead",
      comment: "",
      enable: "",
      expire: "Unix time, 0 never",
    },
    more: true,
    compare: userSettings,
    done: (call) => `User ${user(call)} updated.`,
  }),
  tool({
    name: "pve_delete_user",
    title: "Delete user",
    tier: "full",
    description: "Delete a user, its tokens and permissions.",
    route: "DELETE /access/users/{userid}",
    compare: { ...userSettings, gone: true },
    done: (call) => `User ${user(call)} deleted, with its API tokens and ACL entries.`,
  }),
  tool({
    name: "pve_update_acl",
    title: "Change permissions",
    tier: "full",
    description: "Grant or take away roles on a path.",
    route: "PUT /access/acl",
    params: {
      path: "e.g. /vms/100",
      roles: "",
      users: "",
      groups: "",
      tokens: "user@realm!name",
      propagate: "Also below",
      delete: "Take away",
    },
    compare: {
      route: "GET /access/acl",
      params: () => ({}),
      pick: (data, call) => aclState(rows(data), path(call)),
    },
    done: (call) => `${grant(call)}: ${call.input.delete === true ? "taken away" : "granted"}.`,
  }),
]);
