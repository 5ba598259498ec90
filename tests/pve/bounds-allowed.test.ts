import { describe, expect, test } from "vitest";
import { type Json, rows } from "../../src/pve/data.ts";
import { PveError } from "../../src/pve/errors.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { bounded } from "../support/bounded.ts";

type Call = readonly [setting: string, route: Route, params: Readonly<Record<string, unknown>>];

const AT = { node: "pve1", vmid: 107 };

describe("inside PVE_ALLOWED", () => {
  test.each<Call>([
    ["107", "GET /nodes/{node}/qemu/{vmid}/config", AT],
    ["100-110", "POST /nodes/{node}/qemu/{vmid}/status/shutdown", AT],
    ["tag:dev", "PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, cores: 2 }],
    ["pool:web", "POST /nodes/{node}/qemu/{vmid}/snapshot", { ...AT, snapname: "aa" }],
    ["pool:web/staging", "PUT /pools", { poolid: "web/staging", comment: "x" }],
    ["node:pve1", "POST /nodes/{node}/status", { node: "pve1", command: "reboot" }],
    ["node:pve1", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900 }],
    // As places, storages and nodes need not be named.
    [
      "107,900",
      "POST /nodes/{node}/qemu/{vmid}/clone",
      { ...AT, newid: 900, storage: "ceph-vm", full: true },
    ],
    ["107", "POST /nodes/{node}/qemu/{vmid}/migrate", { ...AT, target: "pve2" }],
    [
      "107",
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, scsi1: "local-lvm:8", ide3: "nas-iso:iso/virtio-win-0.1.271.iso" },
    ],
    ["107", "POST /nodes/{node}/vzdump", { node: "pve1", vmid: "107", storage: "backup" }],
    [
      "107",
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
      { node: "pve1", storage: "local-lvm", volume: "vm-107-disk-9" },
    ],
    ["tag:dev", "POST /nodes/{node}/qemu/{vmid}/clone", { ...AT, newid: 900 }],
    ["tag:lab", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, tags: "x;lab" }],
    ["pool:web", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, pool: "web/staging" }],
    ["107,108", "POST /cluster/bulk-action/guest/shutdown", { vms: [107, "108"] }],
    ["203", "PUT /cluster/backup/{id}", { id: "backup-git", comment: "x" }],
    ["203", "DELETE /cluster/replication/{id}", { id: "203-0" }],
    ["storage:nas-iso", "PUT /storage/{storage}", { storage: "nas-iso", content: "iso" }],
    ["107", "GET /version", {}],
    ["107", "GET /cluster/nextid", {}],
  ])("%s: %s %j", async (allowed, route, params) => {
    expect(await bounded({ allowed }).call(route, params)).toBe("sent");
  });
});

describe("outside PVE_ALLOWED", () => {
  test.each<Call>([
    ["107", "GET /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 103 }],
    ["tag:DEV", "GET /nodes/{node}/qemu/{vmid}/config", AT],
    ["pool:web/staging", "GET /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 100 }],
    ["107", "GET /nodes/{node}/status", { node: "pve1" }],
    ["107", "GET /nodes/{node}/storage/{storage}/status", { node: "pve1", storage: "local-lvm" }],
    ["107", "GET /storage/{storage}", { storage: "nas-iso" }],
    ["107", "GET /pools", { poolid: "web/staging" }],
    ["107", "GET /access/users", {}],
    ["107", "GET /cluster/options", {}],
    ["107", "GET /cluster/log", {}],
    [
      "107",
      "GET /nodes/{node}/storage/{storage}/content/{volume}",
      { node: "pve1", storage: "local-lvm", volume: "local-lvm:vm-103-disk-0" },
    ],
    [
      "107",
      "GET /nodes/{node}/vzdump/extractconfig",
      { node: "pve1", volume: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst" },
    ],
    ["107", "POST /nodes/{node}/qemu/{vmid}/clone", { ...AT, newid: 900 }],
    ["tag:dev", "POST /nodes/{node}/qemu/{vmid}/clone", { ...AT, newid: 900, snapname: "clean" }],
    ["tag:lab", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, tags: "LAB" }],
    ["pool:web/staging", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, pool: "web" }],
    ["900", "POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, pool: "web" }],
    [
      "107,900",
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 900, archive: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst" },
    ],
    ["107", "PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, scsi1: "local-lvm:vm-103-disk-0" }],
    [
      "107",
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, scsi1: "ceph-vm:0,import-from=local-lvm:vm-103-disk-0" },
    ],
    ["107", "PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, hookscript: "local:snippets/x.sh" }],
    ["107", "POST /nodes/{node}/qemu/{vmid}/move_disk", { ...AT, disk: "scsi0", "target-vmid": 108 }],
    ["107", "POST /nodes/{node}/stopall", { node: "pve1" }],
    ["107", "POST /cluster/bulk-action/guest/shutdown", {}],
    ["107", "POST /cluster/bulk-action/guest/start", { vms: [107, 103] }],
    ["107", "POST /nodes/{node}/vzdump", { node: "pve1", all: true, storage: "backup" }],
    ["107", "DELETE /cluster/backup/{id}", { id: "backup-nightly" }],
    ["pool:web/staging", "PUT /pools", { poolid: "web/staging", vms: "103" }],
    ["pool:web/staging", "PUT /pools", { poolid: "web", comment: "x" }],
    ["107", "PUT /pools", { poolid: "web/staging", vms: "107", delete: true }],
    ["storage:nas-iso", "PUT /storage/{storage}", { storage: "backup", disable: true }],
    [
      "storage:backup,107",
      "DELETE /nodes/{node}/storage/{storage}/prunebackups",
      { node: "pve1", storage: "backup", "prune-backups": "keep-last=1" },
    ],
    [
      "107",
      "POST /nodes/{node}/storage/{storage}/download-url",
      { node: "pve1", storage: "nas-iso", url: "https://x.org/a.iso", content: "iso", filename: "a.iso" },
    ],
    ["node:pve1", "POST /nodes/{node}/status", { node: "pve2", command: "reboot" }],
    ["node:pve1", "POST /nodes/{node}/status", { node: "localhost", command: "reboot" }],
    ["107", "PUT /access/acl", { path: "/vms/103", roles: "PVEVMUser", users: "bob@corp" }],
    ["107", "PUT /cluster/options", { description: "x" }],
    [
      "101",
      "POST /cluster/ha/rules",
      { rule: "rr", type: "resource-affinity", affinity: "positive", resources: "vm:101,vm:102" },
    ],
    ["102", "DELETE /cluster/ha/rules/{rule}", { rule: "web-apart" }],
  ])("%s: %s %j", async (allowed, route, params) => {
    const cluster = bounded({ allowed });
    expect(await cluster.call(route, params)).toMatch(/PVE_ALLOWED/);
    // Nothing but what the decision is made of.
    expect(cluster.sent("changing")).toEqual([]);
    const looked =
      /^GET \/(?:cluster\/(?:resources|status|config\/nodes|backup\/|ha\/)|access\/permissions|nodes\/\w+\/storage\/backup\/content$)/;
    for (const request of cluster.sent()) expect(request).toMatch(looked);
  });

  test("says which object and which bounds", async () => {
    const cluster = bounded({ allowed: "100-199,tag:lab" });
    const error: unknown = await cluster
      .read("GET /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 9000 })
      .catch((one) => one);
    expect(error).toBeInstanceOf(PveError);
    expect(error).toMatchObject({
      kind: "refused",
      message: "VM 9000 is outside PVE_ALLOWED (100-199, tag:lab).",
      detail: { allows: "The operator would have to add it to PVE_ALLOWED." },
    });
  });
});

const valuesOf = (data: Json, key: string) => rows(data).map((row) => row[key]);

describe("lists are filtered and say so", () => {
  test.each<
    [
      allowed: string,
      route: Route,
      params: Readonly<Record<string, unknown>>,
      key: string,
      shown: readonly Json[],
    ]
  >([
    ["107,203", "GET /cluster/resources", {}, "id", ["qemu/107", "lxc/203"]],
    ["pool:web/staging", "GET /cluster/resources", {}, "id", ["/pool/web/staging", "qemu/107", "qemu/108"]],
    ["node:pve3", "GET /cluster/resources", { type: "vm" }, "vmid", [102, 105, 202, 204]],
    ["tag:dev", "GET /nodes/{node}/qemu", { node: "pve1" }, "vmid", [107]],
    ["node:pve2", "GET /nodes", {}, "node", ["pve2"]],
    ["storage:nas-iso", "GET /storage", {}, "storage", ["nas-iso"]],
    ["storage:nas-iso", "GET /nodes/{node}/storage", { node: "pve1" }, "storage", ["nas-iso"]],
    ["203", "GET /cluster/backup", {}, "id", ["backup-git"]],
    ["204", "GET /cluster/replication", {}, "id", []],
    ["102", "GET /cluster/ha/resources", {}, "sid", ["vm:102"]],
    ["102", "GET /cluster/ha/rules", {}, "rule", ["db-home"]],
    ["pool:web/staging", "GET /pools", {}, "poolid", ["web/staging"]],
  ])("%s: %s %j", async (allowed, route, params, key, shown) => {
    const open = await bounded({}).read(route, params);
    const { data, hidden } = await bounded({ allowed }).read(route, params);
    expect([...valuesOf(data, key)].sort()).toEqual([...shown].sort());
    expect(hidden).toBe(rows(open.data).length - shown.length);
    expect(hidden).toBeGreaterThan(0);
  });

  test("volumes by whose they are", async () => {
    const list = async (allowed: string, storage: string) =>
      valuesOf(
        (
          await bounded({ allowed }).read("GET /nodes/{node}/storage/{storage}/content", {
            node: "pve1",
            storage,
          })
        ).data,
        "volid",
      );
    expect((await list("107", "local-lvm")).sort()).toEqual([
      "local-lvm:vm-107-cloudinit",
      "local-lvm:vm-107-disk-0",
    ]);
    expect(await list("107", "nas-iso")).toEqual([]);
    expect((await list("storage:nas-iso", "nas-iso")).length).toBeGreaterThan(5);
    // A storage that is named does not bring its guests inside.
    expect(await list("storage:local-lvm", "local-lvm")).toEqual([]);
  });

  test("tasks by the guest they work on, and this token's own", async () => {
    const { data, hidden } = await bounded({ allowed: "103" }).read("GET /cluster/tasks");
    const own = DEMO_TOKENS.admin.id;
    for (const { upid } of rows(data)) expect(String(upid)).toMatch(new RegExp(`:103:|:${own}:$`));
    expect(hidden).toBeGreaterThan(0);
  });

  test("a whole list does not say it was filtered", async () => {
    expect(
      await bounded({ allowed: "100-999999999" }).read("GET /nodes/{node}/qemu", { node: "pve1" }),
    ).not.toHaveProperty("hidden");
  });

  test("one look at the inventory, none where VMIDs decide, none when the answer is it", async () => {
    for (const [allowed, route, params, looks] of [
      ["tag:dev", "GET /nodes/{node}/qemu", { node: "pve1" }, 1],
      ["107", "GET /nodes/{node}/qemu", { node: "pve1" }, 0],
      ["tag:dev", "GET /cluster/resources", { type: "vm" }, 1],
    ] as const) {
      const cluster = bounded({ allowed });
      await cluster.read(route, params);
      expect(cluster.sent().filter((request) => request.startsWith("GET /cluster/resources")).length).toBe(
        looks,
      );
    }
  });
});
