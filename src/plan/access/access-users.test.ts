import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about users, groups, roles, rights and tokens, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "our own user goes",
    route: "DELETE /access/users/{userid}",
    params: { userid: "root@pam" },
    points: [
      "This is the user of the token this server uses: afterwards it can do nothing.",
      "User root@pam goes: enabled, groups: none, tokens: mcp.",
      "ACL entries that go with it: none.",
    ],
    name: "root@pam",
    final: ["the secrets of its tokens and its second factors are not kept anywhere."],
  },
  {
    title: "a user goes",
    route: "DELETE /access/users/{userid}",
    params: { userid: "operator@pve" },
    points: [
      "User operator@pve goes: “Olga Perez”, enabled, groups: operators, tokens: ops.",
      "ACL entries that go with it: none.",
      "Through its groups it had: group operators: Operator on /vms, group operators: PVEDatastoreUser on /storage/backup.",
    ],
    name: "operator@pve",
    final: ["the secrets of its tokens and its second factors are not kept anywhere."],
  },
  {
    title: "our own user is locked out",
    route: "PUT /access/users/{userid}",
    params: { userid: "root@pam", enable: false },
    points: [
      "This is the user of the token this server uses: afterwards it can do nothing.",
      "User root@pam: enable: yes → no.",
      "Disabled, its tokens no longer work either: mcp.",
    ],
  },
  {
    title: "a user changes groups and is locked out",
    route: "PUT /access/users/{userid}",
    params: { userid: "operator@pve", enable: false, groups: "developers", comment: "gone" },
    points: [
      "User operator@pve: enable: yes → no; comment: not set → “gone”.",
      "Disabled, its tokens no longer work either: ops.",
      "Leaves operators, loses: Operator on /vms, PVEDatastoreUser on /storage/backup.",
      "Joins developers, gets: PVEVMAdmin on /pool/web.",
    ],
  },
  {
    title: "a user joins a group besides",
    route: "PUT /access/users/{userid}",
    params: { userid: "operator@pve", groups: "developers", append: true },
    points: ["Joins developers, gets: PVEVMAdmin on /pool/web."],
  },
  {
    title: "a user's access ends",
    route: "PUT /access/users/{userid}",
    params: { userid: "operator@pve", expire: 1800000000 },
    points: ["Its access ends: 2027-01-15 08:00 UTC (now: never). Its tokens end with it."],
  },
  {
    title: "a new user gets groups",
    route: "POST /access/users",
    params: { userid: "carol@pve", groups: "developers" },
    points: [
      "User carol@pve is created; it is not there yet.",
      "Joins developers, gets: PVEVMAdmin on /pool/web.",
    ],
  },
  {
    title: "a group goes",
    route: "DELETE /access/groups/{groupid}",
    params: { groupid: "operators" },
    points: [
      "Group operators goes. Members that lose what it gives: operator@pve.",
      "ACL entries that go with it: Operator on /vms, PVEDatastoreUser on /storage/backup.",
    ],
    name: "operators",
  },
  {
    title: "a group of our own user goes",
    route: "DELETE /access/groups/{groupid}",
    params: { groupid: "operators" },
    as: "operator",
    before: [["PUT /access/acl", { path: "/access", roles: "PVEAuditor", groups: "operators" }]],
    points: [
      "This server's own access hangs on it: group operators: Operator on /vms, group operators: PVEDatastoreUser on /storage/backup, group operators: PVEAuditor on /access.",
      "Group operators goes. Members that lose what it gives: operator@pve.",
      "ACL entries that go with it: Operator on /vms, PVEDatastoreUser on /storage/backup, PVEAuditor on /access.",
    ],
    name: "operators",
  },
  {
    title: "a role loses privileges",
    route: "PUT /access/roles/{roleid}",
    params: { roleid: "Operator", privs: "VM.Audit,VM.Allocate" },
    points: [
      "Role Operator loses: VM.Backup, VM.Config.CDROM, VM.Console, VM.GuestAgent.Audit, VM.PowerMgmt, VM.Snapshot, VM.Snapshot.Rollback.",
      "Role Operator gains: VM.Allocate.",
      "Who has it: group operators: Operator on /vms.",
    ],
  },
  {
    title: "a role gains a privilege",
    route: "PUT /access/roles/{roleid}",
    params: { roleid: "Operator", privs: "VM.Allocate", append: true },
    points: [
      "Role Operator loses: nothing.",
      "Role Operator gains: VM.Allocate.",
      "Who has it: group operators: Operator on /vms.",
    ],
  },
  {
    title: "a built-in role goes",
    route: "DELETE /access/roles/{roleid}",
    params: { roleid: "PVEAuditor" },
    points: [
      "Role PVEAuditor goes, with it: Datastore.Audit, Mapping.Audit, Pool.Audit, SDN.Audit, Sys.Audit, VM.Audit, VM.GuestAgent.Audit. PVE leaves the entries that name it; they then grant nothing.",
      "Who has it: user auditor@pve: PVEAuditor on /.",
      "PVE refuses: PVEAuditor is one of its own roles.",
    ],
    name: "PVEAuditor",
  },
  {
    title: "an entry is added",
    route: "PUT /access/acl",
    params: { path: "vms/100/", roles: "PVEVMUser", users: "auditor@pve" },
    points: [
      "Added: user auditor@pve: PVEVMUser on /vms/100.",
      "On /vms/100 it replaces what auditor@pve has from above: PVEAuditor on /.",
      "Now on /vms/100: no entry.",
    ],
  },
  {
    title: "an entry is removed",
    route: "PUT /access/acl",
    params: { path: "/vms", roles: "Operator", groups: "operators", delete: true },
    points: [
      "Removed: group operators: Operator on /vms.",
      "Members of operators: operator@pve.",
      "Now on /vms: group operators: Operator on /vms.",
    ],
  },
  {
    title: "our own access is taken",
    route: "PUT /access/acl",
    params: { path: "/", roles: "PVEAuditor", users: "auditor@pve", delete: true },
    as: "auditor",
    points: [
      "This takes rights from this server's own user auditor@pve.",
      "Removed: user auditor@pve: PVEAuditor on /.",
      "Now on /: user auditor@pve: PVEAuditor on /, user empty@pve: PVEAdmin on /.",
    ],
  },
  {
    title: "a token's secret is made anew",
    route: "PUT /access/users/{userid}/token/{tokenid}",
    params: { userid: "operator@pve", tokenid: "ops", regenerate: true },
    points: [
      "Token operator@pve!ops gets a new secret: whoever uses the old one is locked out.",
      "Token operator@pve!ops now: has all rights of operator@pve, expires: never, “runs the guests”.",
    ],
    final: ["the old secret is not kept anywhere."],
  },
  {
    title: "our own token's secret is made anew",
    route: "PUT /access/users/{userid}/token/{tokenid}",
    params: { userid: "root@pam", tokenid: "mcp", regenerate: true },
    points: [
      "This is the token this server uses: its secret changes, and this server is locked out until it is given the new one.",
      "Token root@pam!mcp now: has all rights of root@pam, expires: never, “MCP server”.",
    ],
    final: ["the old secret is not kept anywhere."],
  },
  {
    title: "a token loses its user's rights",
    route: "PUT /access/users/{userid}/token/{tokenid}",
    params: { userid: "operator@pve", tokenid: "ops", privsep: true },
    points: [
      "Token operator@pve!ops now: has all rights of operator@pve, expires: never, “runs the guests”.",
      "From then on it has only what its own entries give: nothing.",
    ],
  },
  {
    title: "our own token goes",
    route: "DELETE /access/users/{userid}/token/{tokenid}",
    params: { userid: "root@pam", tokenid: "mcp" },
    points: [
      "This is the token this server uses: afterwards it can do nothing.",
      "Token root@pam!mcp goes: has all rights of root@pam, expires: never, “MCP server”.",
      "ACL entries that go with it: none.",
    ],
    name: "root@pam!mcp",
    final: ["the token's secret is not kept anywhere; a new token has another one."],
  },
  {
    title: "a new token",
    route: "POST /access/users/{userid}/token/{tokenid}",
    params: { userid: "auditor@pve", tokenid: "ci", privsep: false },
    points: [
      "Token auditor@pve!ci is created; its secret is shown once, in the answer.",
      "It has all rights of auditor@pve: PVEAuditor on /.",
    ],
  },
  {
    title: "a realm goes",
    route: "DELETE /access/domains/{realm}",
    params: { realm: "corp" },
    points: [
      "Realm corp goes: type ldap, server1 192.0.2.9, base_dn dc=example,dc=com, comment “Company directory”.",
      "Users who can then no longer log in, but stay listed: bob@corp.",
    ],
    name: "corp",
  },
  {
    title: "a realm is synchronised",
    route: "POST /access/domains/{realm}/sync",
    params: { realm: "corp", scope: "both", "remove-vanished": "acl;entry" },
    points: [
      "Who is no longer in the directory loses: their ACL entries, the users and groups themselves. Which ones, only the job tells; dry-run=1 shows it beforehand.",
      "Realm corp has 1 user here: bob@corp.",
      "Synchronised: both.",
    ],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
