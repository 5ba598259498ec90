import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("users and tokens", () => {
  it("creates, changes and deletes a user", async () => {
    const { call } = simulated();
    expect((await call("POST /access/users", { userid: "alice@pve", groups: "operators" })).status).toBe(200);
    expect((await call("PUT /access/users/alice@pve", { comment: "on call", enable: 0 })).data).toBeNull();
    expect((await call("GET /access/users/alice@pve")).data).toEqual({
      enable: 0,
      expire: 0,
      email: "",
      comment: "on call",
      groups: ["operators"],
      tokens: null,
    });
    expect((await call("POST /access/users", { userid: "alice@pve" })).message).toBe(
      "create user failed: user 'alice@pve' already exists\n",
    );
    await call("DELETE /access/users/alice@pve");
    expect((await call("DELETE /access/users/alice@pve")).message).toBe("no such user ('alice@pve')\n");
  });

  it("hands out a token once and lets it in", async () => {
    const { call, world } = simulated();
    const made = await call("POST /access/users/bob@corp/token/ci", { privsep: 1, comment: "ci" });
    expect(made.data.info).toEqual({ privsep: "1", comment: "ci" });
    expect(made.data["full-tokenid"]).toBe("bob@corp!ci");
    expect(world.access.users.get("bob@corp")?.tokens.get("ci")?.secret).toBe(made.data.value);
    expect((await call("POST /access/users/bob@corp/token/ci")).errors).toEqual({
      tokenid: "Token already exists.",
    });
    expect((await call("GET /access/users/bob@corp/token")).data).toEqual([
      { tokenid: "ci", expire: 0, privsep: 1, comment: "ci" },
    ]);
    const again = await call("PUT /access/users/bob@corp/token/ci", { regenerate: 1 });
    expect(again.data.value).not.toBe(made.data.value);
  });

  it("lists only oneself to who may not see users", async () => {
    const { call } = simulated();
    const { data } = await call("GET /access/users", {}, "operator");
    expect(data.map(({ userid }: { userid: string }) => userid)).toEqual(["operator@pve"]);
  });
});

describe("permissions", () => {
  it("changes the access list and takes effect at once", async () => {
    const { call } = simulated();
    expect((await call("GET /nodes/pve1/status", {}, "operator")).status).toBe(403);
    await call("PUT /access/acl", { path: "/nodes", roles: "PVEAuditor", groups: "operators" });
    expect((await call("GET /nodes/pve1/status", {}, "operator")).status).toBe(200);
    await call("PUT /access/acl", { path: "/nodes", roles: "PVEAuditor", groups: "operators", delete: 1 });
    expect((await call("GET /nodes/pve1/status", {}, "operator")).status).toBe(403);
  });

  it.each([
    [
      { path: "/vms/100", roles: "NoSuch", users: "bob@corp" },
      "ACL update failed: role 'NoSuch' does not exist\n",
    ],
    [
      { path: "/vms/100", roles: "PVEAuditor", users: "x@pve" },
      "ACL update failed: user 'x@pve' does not exist\n",
    ],
    [{ path: "/vms/100", roles: "PVEAuditor", groups: "x" }, "ACL update failed: group 'x' does not exist\n"],
  ])("refuses %j", async (params, message) => {
    const { call } = simulated();
    expect((await call("PUT /access/acl", params)).message).toBe(message);
  });

  it("refuses a path that PVE does not know", async () => {
    const { call } = simulated();
    const { status, errors } = await call("PUT /access/acl", {
      path: "/nowhere",
      roles: "PVEAuditor",
      users: "bob@corp",
    });
    expect([status, errors]).toEqual([400, { path: "invalid ACL path '/nowhere'" }]);
  });

  it("shows an empty map to a token without permissions", async () => {
    const { call } = simulated();
    expect((await call("GET /access/permissions", {}, "empty")).data).toEqual({});
    expect((await call("GET /version", {}, "empty")).status).toBe(200);
    expect((await call("GET /storage", {}, "empty")).data).toEqual([]);
    expect((await call("GET /nodes", {}, "empty")).data).toHaveLength(3);
  });

  it("protects built-in roles and extends own ones", async () => {
    const { call } = simulated();
    expect((await call("PUT /access/roles/PVEAdmin", { privs: "VM.Audit" })).message).toBe(
      "auto-generated role 'PVEAdmin' cannot be modified\n",
    );
    await call("PUT /access/roles/Operator", { privs: "VM.Migrate", append: 1 });
    const { data } = await call("GET /access/roles/Operator");
    expect(data).toMatchObject({ "VM.Audit": 1, "VM.Migrate": 1 });
  });
});

describe("realms", () => {
  it("creates and deletes a realm", async () => {
    const { call } = simulated();
    const params = { realm: "ad1", type: "ldap", server1: "192.0.2.9", base_dn: "dc=x", user_attr: "uid" };
    expect((await call("POST /access/domains", params)).status).toBe(200);
    expect((await call("POST /access/domains", params)).message).toBe(
      "add auth server failed: domain 'ad1' already exists\n",
    );
    expect((await call("PUT /access/domains/ad1", { comment: "x", digest: "0" })).message).toContain(
      "detected modified",
    );
    await call("DELETE /access/domains/ad1");
    expect((await call("GET /access/domains/ad1")).message).toBe("domain 'ad1' does not exist\n");
  });
});
