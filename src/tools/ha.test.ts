import { describe, expect, it } from "vitest";
import { cannedSession } from "../../tests/support/canned.ts";
import { HOSTILE } from "../../tests/support/hostile.ts";
import { testSession } from "../../tests/support/session.ts";
import { ROOT_TOKEN, smallWorld } from "../../tests/support/small-world.ts";

const start = () => testSession(smallWorld(), ROOT_TOKEN);

const GUESTS = [
  { type: "qemu", vmid: 100, name: "web1", node: "pve1" },
  { type: "lxc", vmid: 101, name: "db1", node: "pve1" },
  { type: "qemu", vmid: 102, name: "twin", node: "pve1" },
  { type: "qemu", vmid: 103, name: "twin", node: "pve1" },
];

describe("HA resources", () => {
  it("are listed and shown with their digest", async () => {
    const session = start();
    expect(await session.call("pve_list_ha_resources")).toMatch(
      /^1 HA resource\.\nsid \| wanted state \| max_restart\nvm:100 \| started \| 2/,
    );
    expect(await session.call("pve_get_ha_resource", { sid: "vm:100" })).toMatch(
      /^HA resource vm:100 is to be started\.\nmax_restart: 2\ndigest: \w{40}/,
    );
  });

  it("are created by VMID, changed and removed", async () => {
    const session = start();
    expect(await session.call("pve_create_ha_resource", { sid: "101", state: "stopped" })).toBe(
      "HA resource 101 created: the guest will be stopped.",
    );
    const updated = await session.call("pve_update_ha_resource", { sid: "ct:101", max_restart: 3 });
    expect(updated).toContain("HA resource ct:101 updated.");
    expect(updated).toContain("max_restart | (not set) | 3");
    const cleared = await session.call("pve_update_ha_resource", { sid: "ct:101", delete: "max_restart" });
    expect(cleared).toContain("max_restart | 3 | (not set)");
    expect(await session.call("pve_delete_ha_resource", { sid: "ct:101" })).toContain(
      "HA resource ct:101 removed",
    );
    expect([...session.world.ha.resources.keys()]).toEqual(["vm:100"]);
  });

  it("are found by the guest's name", async () => {
    const session = cannedSession({
      "GET /cluster/resources": GUESTS,
      "POST /cluster/ha/resources": null,
      "GET /cluster/ha/resources/ct:101": { sid: "ct:101", state: "ignored" },
    });
    expect(await session.call("pve_get_ha_resource", { sid: "db1" })).toContain(
      "HA resource ct:101 is to be ignored.",
    );
    await session.call("pve_create_ha_resource", { sid: "web1" });
    expect(session.sent.at(-1)).toBe("POST /cluster/ha/resources sid=vm:100");
    const twins = await session.call("pve_create_ha_resource", { sid: "twin" });
    expect(twins).toContain("2 guests are named twin; give the VMID.");
  });

  it("have no group on PVE 9; rules replace it", async () => {
    for (const tool of ["pve_create_ha_resource", "pve_update_ha_resource"]) {
      const session = start();
      const text = await session.call(tool, { sid: "vm:100", group: "ssd-nodes" });
      expect(text).toContain("HA groups have become rules");
      expect(text).toContain("pve_create_ha_rule with type node-affinity, resources vm:100");
      expect(text).toContain("Nothing was changed.");
      expect(session.requests.map(({ method }) => method)).toEqual(["GET"]);
    }
  });

  it("keep their group before PVE 9", async () => {
    const session = cannedSession({
      "GET /version": { version: "8.4.1", release: "8.4" },
      "POST /cluster/ha/resources": null,
    });
    expect(await session.call("pve_create_ha_resource", { sid: "vm:100", group: "ssd" })).toContain(
      "created",
    );
    expect(session.sent[1]).toContain("group=ssd");
  });

  it("never lead out of their path", async () => {
    for (const tool of ["pve_get_ha_resource", "pve_update_ha_resource", "pve_delete_ha_resource"]) {
      const session = start();
      for (const value of HOSTILE) {
        for (const sid of [value, `vm:${value}`])
          expect((await session.answer(tool, { sid })).failed, sid).toBe(true);
      }
      for (const { method, path } of session.requests) {
        expect(method).toBe("GET");
        expect(path).toMatch(/^\/api2\/json\/cluster\/(resources\?type=vm|ha\/resources\/vm%3A[^/?#]*)$/);
      }
    }
  });
});

describe("HA rules", () => {
  it("are listed and shown", async () => {
    const session = start();
    expect(await session.call("pve_list_ha_rules", { resource: "vm:100" })).toMatch(
      /^1 HA rule\.\nrule \| type \| resources \| nodes \| strict\nkeep-web \| node-affinity \| vm:100 \| pve1:2 \| no/,
    );
    expect(await session.call("pve_get_ha_rule", { rule: "keep-web" })).toMatch(
      /nodes: pve1:2[\s\S]*digest: \w{40}/,
    );
  });

  it("are updated with the type that PVE demands", async () => {
    const session = start();
    const text = await session.call("pve_update_ha_rule", { rule: "keep-web", comment: "x" });
    expect(text).toContain("HA rule keep-web updated.");
    expect(text).toContain("comment | (not set) | “x”");
    expect(session.requests[1]?.body).toContain("type=node-affinity");
    const cleared = await session.call("pve_update_ha_rule", {
      rule: "keep-web",
      delete_settings: "comment",
    });
    expect(cleared).toContain("comment | “x” | (not set)");
    expect(session.requests.find(({ body }) => body?.includes("delete="))?.body).toContain("delete=comment");
  });

  it("are not changed when they are not what the caller saw", async () => {
    const session = start();
    const text = await session.call("pve_update_ha_rule", {
      rule: "keep-web",
      comment: "x",
      digest: "0".repeat(40),
    });
    expect(text).toContain("has changed since it was read");
    expect(session.world.ha.rules.get("keep-web")?.config.comment).toBeUndefined();
  });

  it("say which settings their type has", async () => {
    const text = await start().call("pve_update_ha_rule", { rule: "keep-web", affinity: "negative" });
    expect(text).toContain("'affinity' does not apply when 'type' is 'node-affinity'");
  });

  it("take VMIDs and names", async () => {
    const session = cannedSession({
      "GET /cluster/resources": GUESTS,
      "GET /cluster/ha/rules": [],
      "POST /cluster/ha/rules": null,
    });
    await session.call("pve_create_ha_rule", {
      rule: "apart",
      type: "resource-affinity",
      resources: "100, db1,vm:102",
      affinity: "negative",
    });
    expect(session.sent.at(-1)).toContain("resources=vm:100,ct:101,vm:102");
    await session.call("pve_list_ha_rules", { resource: "100" });
    expect(session.sent.at(-1)).toContain("resource=vm:100");
  });

  it("are deleted, and it is said what they were", async () => {
    const session = start();
    const text = await session.call("pve_delete_ha_rule", { rule: "keep-web" });
    expect(text).toMatch(/^HA rule keep-web deleted\.\nIt was:[\s\S]*nodes: pve1:2/);
    expect(session.world.ha.rules.size).toBe(0);
  });

  it("never lead out of their path", async () => {
    for (const tool of ["pve_get_ha_rule", "pve_update_ha_rule", "pve_delete_ha_rule"]) {
      const session = start();
      for (const rule of HOSTILE) expect((await session.answer(tool, { rule })).failed, rule).toBe(true);
      expect(session.requests.map(({ path }) => path)).toEqual([]);
    }
  });
});

it("HA is disarmed and armed again", async () => {
  const session = start();
  expect(await session.call("pve_disarm_ha", {})).toContain("Missing: resource_mode");
  expect(await session.call("pve_disarm_ha", { resource_mode: "freeze" })).toContain("HA is being disarmed");
  expect(session.requests[0]?.body).toBe("resource-mode=freeze");
  expect(await session.call("pve_arm_ha")).toContain("HA is being armed again");
});
