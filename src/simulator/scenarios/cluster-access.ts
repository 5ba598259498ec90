import { builtinDomains, builtinRoles } from "../builtin.ts";
import type { Access, Json, User, World } from "../world.ts";

/** The demo's API tokens. Their secrets are public: the cluster they open exists in memory only. */
export const DEMO_TOKENS = {
  /** All rights. */
  admin: { id: "root@pam!mcp", secret: "d3b07384-d9a0-4c9b-8f2e-5c1f7a2b9e10" },
  /** PVEAuditor on everything: reads, changes nothing. */
  auditor: { id: "auditor@pve!ro", secret: "6f1ed002-ab59-4b5e-9d6c-0f2d7f8e3a21" },
  /** Power, console, snapshots and backups of the guests. */
  operator: { id: "operator@pve!ops", secret: "84a51684-1f0b-4c57-a2a3-3b9c6d1e5f32" },
  /** Privilege separation and no permission of its own: sees nothing. */
  empty: { id: "empty@pve!nothing", secret: "c157a790-31e1-4f7d-b8c4-7e5d2a0b6c43" },
} as const;

function user(userid: string, fields: Record<string, string>, more: Partial<User> = {}): [string, User] {
  const empty = { enable: true, expire: 0, groups: [], tokens: new Map() };
  return [userid, { userid, fields, ...empty, ...more }];
}

function token(name: keyof typeof DEMO_TOKENS, privsep: boolean, comment: string): User["tokens"] {
  const { id, secret } = DEMO_TOKENS[name];
  return new Map([[id.split("!")[1] ?? "", { secret, privsep, expire: 0, comment }]]);
}

/** Users, groups, roles and permissions of the demo. */
export function demoAccess(): Access {
  const roles = builtinRoles();
  roles.set("Operator", {
    privs: [
      "VM.Audit",
      "VM.Backup",
      "VM.Config.CDROM",
      "VM.Console",
      "VM.GuestAgent.Audit",
      "VM.PowerMgmt",
      "VM.Snapshot",
      "VM.Snapshot.Rollback",
    ],
    special: false,
  });
  const domains = builtinDomains();
  domains.set("corp", {
    type: "ldap",
    comment: "Company directory",
    server1: "192.0.2.9",
    base_dn: "dc=example,dc=com",
    user_attr: "uid",
  });
  return {
    users: new Map([
      user("root@pam", { email: "admin@example.com" }, { tokens: token("admin", false, "MCP server") }),
      user(
        "auditor@pve",
        { comment: "reads everything", email: "" },
        { tokens: token("auditor", false, "read-only") },
      ),
      user(
        "operator@pve",
        { firstname: "Olga", lastname: "Perez", email: "olga@example.com" },
        { groups: ["operators"], tokens: token("operator", false, "runs the guests") },
      ),
      user(
        "empty@pve",
        { comment: "its token was never given a permission", email: "" },
        { tokens: token("empty", true, "no permissions") },
      ),
      user("bob@corp", { firstname: "Bob", email: "bob@example.com" }, { groups: ["developers"] }),
      user("former@pve", { comment: "left the company", email: "" }, { enable: false }),
    ]),
    groups: new Map([
      ["operators", { groupid: "operators", comment: "Runs the guests" }],
      ["developers", { groupid: "developers", comment: "Own the web pool" }],
    ]),
    roles,
    acl: [
      { path: "/", type: "user", ugid: "auditor@pve", roleid: "PVEAuditor", propagate: true },
      { path: "/vms", type: "group", ugid: "operators", roleid: "Operator", propagate: true },
      {
        path: "/storage/backup",
        type: "group",
        ugid: "operators",
        roleid: "PVEDatastoreUser",
        propagate: true,
      },
      { path: "/pool/web", type: "group", ugid: "developers", roleid: "PVEVMAdmin", propagate: true },
      // Its token shares nothing with it: the classic mistake with privilege separation.
      { path: "/", type: "user", ugid: "empty@pve", roleid: "PVEAdmin", propagate: true },
    ],
    domains,
  };
}

/** What the company's LDAP server knows: one user and one group more than the cluster does. */
export function demoDirectory(): NonNullable<World["objects"]> {
  return new Map<string, Map<string, Record<string, Json>>>([
    [
      "directory/corp/users",
      new Map<string, Record<string, Json>>([
        ["bob", { firstname: "Bob", lastname: "Marsh", email: "bob@example.com" }],
        ["carol", { firstname: "Carol", lastname: "Weiss", email: "carol@example.com" }],
      ]),
    ],
    ["directory/corp/groups", new Map([["staff", { members: "bob,carol" }]])],
  ]);
}
