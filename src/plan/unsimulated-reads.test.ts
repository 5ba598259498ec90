import { expect, it } from "vitest";
import { findings } from "../../tests/support/guest-plan.ts";
import type { Json } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Route } from "../schema/routes.gen.ts";
import { createLook } from "./look.ts";

/** The points of a step where PVE answers so; the simulated PVE has no Ceph, and its dry run of SDN is shorter. */
async function told(
  route: Route,
  params: Readonly<Record<string, unknown>>,
  answers: Readonly<Record<string, Json>>,
) {
  const look = createLook({
    send: async (read) => {
      if (answers[read] === undefined) throw new PveError("not-implemented", "not simulated");
      return { data: answers[read] };
    },
    guests: async () => [{ vmid: 101, name: "web", type: "qemu", node: "pve1", template: false, tags: [] }],
    tokenId: "root@pam!mcp",
  });
  const [finding] = await findings(route, params, look);
  return finding;
}

const HEALTH = { "GET /cluster/ceph/status": { health: { status: "HEALTH_WARN" } } };

it("an OSD is destroyed after PVE's own check", async () => {
  const safety = { safe: 0, status: "OSD(s) 1 have 12 pgs\ncurrently mapped to them" };
  const finding = await told(
    "DELETE /nodes/{node}/ceph/osd/{osdid}",
    { node: "pve1", osdid: 1 },
    {
      ...HEALTH,
      "GET /nodes/{node}/ceph/cmd-safety": safety,
    },
  );
  expect(finding?.points).toEqual([
    "By PVE's check it is NOT SAFE to destroy osd.1: “OSD(s) 1 have 12 pgs currently mapped to them”.",
    "On pve1: OSD 1 is destroyed.",
    "Ceph now: HEALTH_WARN.",
  ]);
});

it("a monitor is stopped by the same check, and all of Ceph without", async () => {
  const answers = { ...HEALTH, "GET /nodes/{node}/ceph/cmd-safety": { safe: 1, status: "" } };
  const stop = "POST /nodes/{node}/ceph/stop";
  expect((await told(stop, { node: "pve1", service: "mon.pve1" }, answers))?.points).toEqual([
    "By PVE's check it is safe to stop mon.pve1.",
    "On pve1: mon.pve1 is stopped.",
    "Ceph now: HEALTH_WARN.",
  ]);
  expect((await told(stop, { node: "pve1" }, answers))?.points).toEqual([
    "On pve1: all of Ceph is stopped.",
    "Ceph now: HEALTH_WARN.",
  ]);
});

it("a pool of this cluster goes with its storages, one of another cluster's stays", async () => {
  const answers = {
    "GET /storage": [
      { storage: "own", type: "rbd", pool: "vm" },
      { storage: "other", type: "rbd", pool: "vm", monhost: "203.0.113.1" },
    ],
    "GET /cluster/resources": [{ storage: "own", node: "pve1", status: "available", shared: 1 }],
    "GET /nodes/{node}/storage/{storage}/content": [
      { volid: "own:vm-101-disk-0", content: "images", vmid: 101 },
    ],
  };
  const finding = await told("DELETE /nodes/{node}/ceph/pool/{name}", { node: "pve1", name: "vm" }, answers);
  expect(finding).toEqual({
    points: [
      "PVE would refuse, the plan ends there: guests have disks in pool vm, and force is not set.",
      "Guests whose disks are destroyed: VM 101 (web).",
      "Ceph pool vm is destroyed.",
      "Storages that lie on it: own.",
    ],
    state: { "ceph pool vm": { storages: ["own"], guests: [101] } },
    name: "vm",
    final: "all data in pool vm is gone.",
  });
});

it("a second factor goes, and what is left is told", async () => {
  const tfa = [
    { id: "a1", type: "totp", description: "phone", enable: 1 },
    { id: "b2", type: "recovery", description: "" },
  ];
  const remove = "DELETE /access/tfa/{userid}/{id}";
  const params = { userid: "bob@pve", id: "a1" };
  expect((await told(remove, params, { "GET /access/tfa/{userid}": tfa }))?.points).toEqual([
    "Second factor a1 of bob@pve (totp “phone”) no longer counts.",
    "Others left: recovery.",
  ]);
  expect((await told(remove, params, { "GET /access/tfa/{userid}": tfa.slice(0, 1) }))?.points[1]).toBe(
    "Afterwards bob@pve logs in with the password alone, unless the realm demands a second factor.",
  );
});

it("SDN is applied after PVE's dry run", async () => {
  const finding = await told(
    "PUT /cluster/sdn",
    {},
    {
      "GET /cluster/status": [{ type: "node", name: "pve1", online: 1, local: 1 }],
      "GET /cluster/sdn/zones": [{ zone: "z1", state: "deleted" }, { zone: "z2" }],
      "GET /cluster/sdn/vnets": [],
      "GET /cluster/sdn/dry-run": {
        "interfaces-diff":
          "--- /etc/network/interfaces.d/sdn\t1\n+++ /tmp/x\t2\n@@ -1,2 +0,0 @@\n-auto lab\n-iface lab\n",
      },
    },
  );
  expect(finding?.points).toEqual(["Applied on every node, whoever changed it: zone z1 (deleted)."]);
  expect(finding?.blocks).toEqual([
    {
      kind: "untrusted",
      source: "SDN changes of pve1, by PVE's dry run",
      text: "@@ -1,2 +0,0 @@\n-auto lab\n-iface lab",
    },
  ]);
});
