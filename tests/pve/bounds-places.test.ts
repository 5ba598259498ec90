import { describe, expect, test } from "vitest";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded } from "../support/bounded.ts";

type Call = readonly [route: Route, params: Readonly<Record<string, unknown>>];

describe("pools, nodes and storages", () => {
  const refused = (setting: string, [route, params]: Call) =>
    bounded({ protected: setting }).call(route, params);
  test.each<[setting: string, call: Call]>([
    // 107 is in web/staging, which is nested in web.
    ["pool:web", ["POST /nodes/{node}/qemu/{vmid}/status/start", { node: "pve1", vmid: 107 }]],
    ["pool:web/staging", ["PUT /pools", { poolid: "web/staging", vms: "107", delete: true }]],
    ["pool:web", ["PUT /pools", { poolid: "web", comment: "x" }]],
    ["pool:web", ["POST /nodes/{node}/vzdump", { node: "pve1", pool: "web", storage: "backup" }]],
    [
      "pool:web",
      ["POST /nodes/{node}/qemu/{vmid}/clone", { node: "pve1", vmid: 9000, newid: 900, pool: "web" }],
    ],
    // Its storage too.
    ["pool:web", ["DELETE /storage/{storage}", { storage: "nas-iso" }]],
    ["pool:web", ["PUT /access/acl", { path: "/pool/web/staging", roles: "PVEVMUser", users: "bob@corp" }]],
    ["node:pve2", ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve1", vmid: 107, target: "pve2" }]],
    [
      "node:pve2",
      ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve1", vmid: 107, target: "localhost" }],
    ],
    ["node:pve2", ["PUT /nodes/{node}/dns", { node: "pve2", search: "x.org" }]],
    ["node:pve2", ["PUT /nodes/{node}/dns", { node: "localhost", search: "x.org" }]],
    ["node:pve2", ["POST /nodes/{node}/qemu", { node: "pve2", vmid: 900 }]],
    ["node:pve2", ["POST /cluster/firewall/rules", { action: "DROP", type: "in" }]],
    [
      "node:pve2",
      [
        "POST /cluster/ha/rules",
        { rule: "rr", type: "node-affinity", resources: "vm:107", nodes: "pve1,pve2:3" },
      ],
    ],
    ["storage:local-lvm", ["DELETE /nodes/{node}/qemu/{vmid}", { node: "pve1", vmid: 107 }]],
    [
      "storage:local-lvm",
      [
        "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
        { node: "pve1", vmid: 107, snapname: "clean" },
      ],
    ],
    [
      "storage:local-lvm",
      ["PUT /nodes/{node}/qemu/{vmid}/resize", { node: "pve1", vmid: 107, disk: "scsi0", size: "+1G" }],
    ],
    ["storage:local-lvm", ["POST /nodes/{node}/qemu/{vmid}/clone", { node: "pve1", vmid: 9000, newid: 900 }]],
    ["storage:local-lvm", ["POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, scsi0: "local-lvm:8" }]],
    [
      "storage:local-lvm",
      [
        "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
        { node: "pve1", storage: "local-lvm", volume: "local-lvm:vm-107-disk-0" },
      ],
    ],
    [
      "storage:local-lvm",
      ["POST /nodes/{node}/lxc/{vmid}/migrate", { node: "pve1", vmid: 203, target: "pve2" }],
    ],
    ["storage:backup", ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "107", storage: "backup" }]],
    [
      "storage:nas-iso",
      [
        "POST /nodes/{node}/storage/{storage}/download-url",
        { node: "pve1", storage: "nas-iso", url: "https://x.org/a.iso", content: "iso", filename: "a.iso" },
      ],
    ],
  ])("%s: %j", async (setting, call) => {
    expect(await refused(setting, call)).toMatch(/PVE_PROTECTED/);
  });

  test.each<[setting: string, call: Call]>([
    [
      "storage:nas-iso",
      [
        "PUT /nodes/{node}/qemu/{vmid}/config",
        { node: "pve1", vmid: 107, ide3: "nas-iso:iso/virtio-win-0.1.271.iso,media=cdrom" },
      ],
    ],
    [
      "storage:local-lvm",
      ["POST /nodes/{node}/qemu/{vmid}/snapshot", { node: "pve1", vmid: 107, snapname: "aa" }],
    ],
    [
      "storage:backup",
      ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "107", storage: "backup", remove: false }],
    ],
    // ceph-vm is shared: a container's volume on it stays where it is.
    [
      "storage:ceph-vm",
      ["POST /nodes/{node}/lxc/{vmid}/migrate", { node: "pve2", vmid: 201, target: "pve1", restart: true }],
    ],
    ["storage:ceph-vm", ["DELETE /nodes/{node}/qemu/{vmid}", { node: "pve1", vmid: 103 }]],
    ["node:pve3", ["POST /nodes/{node}/stopall", { node: "pve1" }]],
    ["pool:web/staging", ["POST /nodes/{node}/qemu/{vmid}/status/shutdown", { node: "pve1", vmid: 100 }]],
  ])("but %s: %j goes through", async (setting, call) => {
    expect(await refused(setting, call)).toBe("sent");
  });
});

describe("HA moves guests together", () => {
  const together = () => {
    const cluster = bounded({ protected: "102" });
    cluster.world.ha.rules.set("together", {
      rule: "together",
      type: "resource-affinity",
      config: { resources: "vm:101,ct:201", affinity: "positive" },
    });
    cluster.world.ha.rules.set("more", {
      rule: "more",
      type: "resource-affinity",
      config: { resources: "ct:201,vm:102", affinity: "positive" },
    });
    return cluster;
  };
  test.each<Call>([
    ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve2", vmid: 101, target: "pve1" }],
    ["POST /cluster/ha/resources/{sid}/migrate", { sid: "vm:101", node: "pve1" }],
    ["POST /cluster/ha/resources/{sid}/relocate", { sid: "101", node: "pve1" }],
  ])("a protected one is not taken along: %s", async (route, params) => {
    const cluster = together();
    expect(await cluster.call(route, params)).toBe(
      "Guest 102, which HA moves together with guest 101, is protected by PVE_PROTECTED (102).",
    );
    expect(cluster.sent("changing")).toEqual([]);
  });
});

test("a rule that a protected guest shares is not changed by forgetting another", async () => {
  // 101 and 102 are kept apart.
  const text = "Guest 102, which shares an HA rule with guest 101, is protected by PVE_PROTECTED (102).";
  const gone = { node: "pve2", vmid: 101, purge: true };
  expect(
    await bounded({ protected: "102" }).call("DELETE /cluster/ha/resources/{sid}", { sid: "vm:101" }),
  ).toBe(text);
  expect(await bounded({ protected: "102" }).call("DELETE /nodes/{node}/qemu/{vmid}", gone)).toBe(text);
  const kept = { sid: "vm:101", purge: false };
  expect(await bounded({ protected: "102" }).call("DELETE /cluster/ha/resources/{sid}", kept)).toBe("sent");
});

describe("what the token cannot see is refused", () => {
  test.each<[setting: string, call: Call, text: RegExp]>([
    // The operator's token sees every guest, but no pool.
    [
      "pool:web",
      ["POST /nodes/{node}/qemu/{vmid}/status/start", { node: "pve1", vmid: 103 }],
      /^The members of pool web cannot be seen/,
    ],
    [
      "storage:nas-iso,103",
      ["DELETE /storage/{storage}", { storage: "local" }],
      /^What lies on storage local cannot be seen/,
    ],
  ])("%s: %j", async (setting, [route, params], text) => {
    const cluster = bounded({ protected: setting, as: "operator" });
    expect(await cluster.call(route, params)).toMatch(text);
    expect(cluster.sent("changing")).toEqual([]);
  });

  test("a guest that exists unseen", async () => {
    const cluster = bounded({ protected: "tag:prod", as: "empty" });
    expect(
      await cluster.call("POST /nodes/{node}/qemu/{vmid}/status/start", { node: "pve1", vmid: 107 }),
    ).toBe("VM 107 cannot be seen with this token, so PVE_PROTECTED cannot be checked.");
    expect(await cluster.call("POST /nodes/{node}/stopall", { node: "pve1" })).toMatch(
      /^Whether this call reaches further guests cannot be seen/,
    );
  });

  test("one that does not exist is protected by its VMID alone", async () => {
    const gone = {
      node: "pve1",
      storage: "backup",
      volume: "backup:backup/vzdump-qemu-777-2026_01_01-00_00_00.vma.zst",
    };
    const route = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";
    expect(await bounded({ protected: "tag:prod" }).call(route, gone)).toBe("sent");
    expect(await bounded({ protected: "700-799" }).call(route, gone)).toMatch(/^VM 777 is protected/);
  });
});
