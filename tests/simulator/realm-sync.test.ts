import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const sync = "POST /access/domains/corp/sync";

describe("synchronization of a realm", () => {
  it("is for LDAP and needs to know what", async () => {
    const { call } = simulated();
    expect((await call("POST /access/domains/pve/sync", { scope: "users" })).message).toBe(
      "Cannot sync realm type 'pve'! Only LDAP/AD realms can be synced.\n",
    );
    expect((await call("POST /access/domains/none/sync", { scope: "users" })).errors).toEqual({
      realm: "Realm does not exist.",
    });
    expect((await call(sync)).errors).toEqual({
      scope: "Not passed as parameter and not defined in realm default sync options.",
    });
  });

  it("adds and updates, and removes what is gone only when told", async () => {
    const { call, world, finish } = simulated();
    const { users, acl } = world.access;
    const gone = { userid: "gone@corp", enable: true, expire: 0, fields: {}, groups: [], tokens: new Map() };
    users.set("gone@corp", gone);
    acl.push({ path: "/", type: "user", ugid: "gone@corp", roleid: "PVEAdmin", propagate: true });
    const dry = await finish((await call(sync, { scope: "both", "dry-run": 1 })).data);
    expect(dry.log).toContain("NOTE: Dry test run, changes were NOT written to the configuration.");
    expect(users.has("carol@corp")).toBe(false);
    const { log } = await finish((await call(sync, { scope: "both", "enable-new": 0 })).data);
    expect(log).toEqual([
      "starting sync for realm corp",
      "got data from server, updating users and groups",
      "syncing users",
      "updating user 'bob@corp'",
      "adding user 'carol@corp'",
      "syncing groups",
      "adding group 'staff-corp'",
      "successfully updated users and groups configuration",
      "TASK OK",
    ]);
    expect((await call("GET /access/users/carol@corp")).data).toMatchObject({
      enable: 0,
      lastname: "Weiss",
      groups: ["staff-corp"],
    });
    expect(users.has("gone@corp")).toBe(true);
    await finish((await call(sync, { scope: "users", "remove-vanished": "acl;entry" })).data);
    expect(users.has("gone@corp")).toBe(false);
    expect(acl.some(({ ugid }) => ugid === "gone@corp")).toBe(false);
  });

  it("fails when the server does not answer", async () => {
    const { call, world, finish } = simulated();
    world.objects?.delete("directory/corp/users");
    world.objects?.delete("directory/corp/groups");
    expect((await finish((await call(sync, { scope: "users" })).data)).exitstatus).toContain("timed out");
  });
});
