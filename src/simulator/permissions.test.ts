import { beforeEach, describe, expect, it } from "vitest";
import { privilegesOn, runCheck } from "./permissions.ts";
import { SimError } from "./route.ts";
import { recordedWorld } from "./scenarios/recorded.ts";
import type { User, World } from "./world.ts";

let world: World;
const held = (id: string, path: string) => [...privilegesOn(world, id, path).keys()].sort();
const grant = (
  path: string,
  type: "user" | "group" | "token",
  ugid: string,
  roleid: string,
  propagate = true,
) => world.access.acl.push({ path, type, ugid, roleid, propagate });

function addUser(userid: string, more: Partial<User> = {}): void {
  world.access.users.set(userid, {
    userid,
    enable: true,
    expire: 0,
    fields: {},
    groups: [],
    tokens: new Map(),
    ...more,
  });
}

beforeEach(() => {
  world = recordedWorld();
  world.access.roles.set("Look", { privs: ["VM.Audit"], special: false });
  world.access.roles.set("Power", { privs: ["VM.PowerMgmt"], special: false });
  world.access.groups.set("ops", { groupid: "ops" });
  addUser("bob@pve", {
    groups: ["ops"],
    tokens: new Map([["ci", { secret: "s", privsep: true, expire: 0 }]]),
  });
});

describe("privileges", () => {
  it("come down from paths above, unless they do not propagate", () => {
    grant("/vms", "user", "bob@pve", "Look");
    expect(held("bob@pve", "/vms/100")).toEqual(["VM.Audit"]);
    grant("/nodes", "user", "bob@pve", "Look", false);
    expect(held("bob@pve", "/nodes")).toEqual(["VM.Audit"]);
    expect(held("bob@pve", "/nodes/pve")).toEqual([]);
  });

  it("are replaced by a deeper entry, and a user's entry hides the group's", () => {
    grant("/vms", "group", "ops", "Look");
    grant("/vms/100", "user", "bob@pve", "Power");
    expect(held("bob@pve", "/vms/100")).toEqual(["VM.PowerMgmt"]);
    expect(held("bob@pve", "/vms/101")).toEqual(["VM.Audit"]);
    grant("/vms/101", "user", "bob@pve", "NoAccess");
    expect(held("bob@pve", "/vms/101")).toEqual([]);
  });

  it("come from pools to their members only", () => {
    world.pools.set("web", { poolid: "web", vms: new Set([100]), storages: new Set(["local"]) });
    grant("/pool/web", "user", "bob@pve", "Power");
    expect(held("bob@pve", "/vms/100")).toEqual(["VM.PowerMgmt"]);
    expect(held("bob@pve", "/storage/local")).toEqual(["VM.PowerMgmt"]);
    expect(held("bob@pve", "/vms/101")).toEqual([]);
  });

  it("of a separated token are those it shares with its user", () => {
    grant("/vms", "user", "bob@pve", "Look");
    expect(held("bob@pve!ci", "/vms/100")).toEqual([]);
    grant("/vms", "token", "bob@pve!ci", "Power");
    expect(held("bob@pve!ci", "/vms/100")).toEqual([]);
    grant("/vms/100", "token", "bob@pve!ci", "Look");
    expect(held("bob@pve!ci", "/vms/100")).toEqual(["VM.Audit"]);
  });

  it("of an unseparated token of root@pam are all", () => {
    expect(held("root@pam!mcp", "/vms/100")).toEqual(held("root@pam", "/"));
  });
});

describe("permission checks", () => {
  const refusal = (check: Parameters<typeof runCheck>[0], params: Record<string, unknown> = {}) => {
    try {
      runCheck(check, { world, id: "bob@pve", params });
      return undefined;
    } catch (error) {
      return error instanceof SimError ? error.message : error;
    }
  };

  it("name the first privilege that is missing", () => {
    expect(refusal(["perm", "/vms/{vmid}", ["VM.Audit", "VM.Clone"]], { vmid: 100 })).toBe(
      "Permission check failed (/vms/100, VM.Audit)",
    );
    expect(refusal(["perm", "/vms/{vmid}", ["VM.Audit", "VM.Clone"], "any", 1], { vmid: 100 })).toBe(
      "Permission check failed (/vms/100, VM.Audit|VM.Clone)",
    );
  });

  it("pass when one alternative does", () => {
    grant("/vms", "user", "bob@pve", "Look");
    const check = ["or", ["perm", "/", ["Sys.Audit"]], ["perm", "/vms/{vmid}", ["VM.Audit"]]] as const;
    expect(refusal(check, { vmid: 100 })).toBeUndefined();
    expect(refusal(["and", ...check.slice(1)] as never, { vmid: 100 })).toContain("Sys.Audit");
  });

  it("know users themselves and the realms they may create users in", () => {
    expect(refusal(["userid-param", "self"], { userid: "bob@pve" })).toBeUndefined();
    expect(refusal(["userid-param", "Realm.AllocateUser"], { userid: "new@pve" })).toBe(
      "Permission check failed (/access/realm/pve, Realm.AllocateUser)",
    );
    expect(refusal(["userid-param", "self"], { userid: "nobody" })).toBe(
      "value 'nobody' does not look like a valid user name",
    );
  });
});
