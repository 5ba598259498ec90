import { describe, expect, test } from "vitest";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded } from "../support/bounded.ts";

/** `backup` is an export of a NAS, `local` a folder, `local-lvm` a thin pool, `ceph-vm` a Ceph pool. */
const NFS = { type: "nfs", server: "192.0.2.51", export: "/export/backup" };
type Call = readonly [setting: string, route: Route, params: Readonly<Record<string, unknown>>];

describe("a storage is not reached under a second name", () => {
  test.each<Call>([
    ["storage:backup", "POST /storage", { storage: "bk2", ...NFS }],
    ["storage:backup", "POST /storage", { storage: "bk2", ...NFS, server: "nas.example.com" }],
    ["storage:backup", "POST /storage", { storage: "bk2", ...NFS, export: "/export" }],
    ["storage:backup", "POST /storage", { storage: "bk2", ...NFS, export: "/export/iso/../backup" }],
    ["storage:backup", "POST /storage", { storage: "bk2", type: "dir", path: "/mnt/pve/backup/dump" }],
    ["storage:BACKUP", "POST /storage", { storage: "bk2", type: "dir", path: "/mnt//pve" }],
    ["storage:local", "POST /storage", { storage: "bk2", type: "dir", path: "/var/lib/vz/" }],
    ["storage:local", "POST /storage", { storage: "bk2", type: "btrfs", path: "/var" }],
    ["storage:local-lvm", "POST /storage", { storage: "l2", type: "lvm", vgname: "pve" }],
    [
      "storage:local-lvm",
      "POST /storage",
      { storage: "l2", type: "lvmthin", vgname: "pve", thinpool: "data" },
    ],
    ["storage:ceph-vm", "POST /storage", { storage: "c2", type: "rbd", pool: "vm", monhost: "192.0.2.9" }],
    ["storage:ceph-vm", "POST /storage", { storage: "c2", type: "rbd", pool: "x", "data-pool": "vm" }],
    ["storage:ceph-vm", "PUT /storage/{storage}", { storage: "spare", pool: "vm" }],
    // It is a member of the pool.
    ["pool:web", "POST /storage", { storage: "i2", ...NFS, export: "/export/iso" }],
  ])("%s: %s %j", async (setting, route, params) => {
    const cluster = bounded({ protected: setting });
    cluster.world.storages.set("spare", {
      storage: "spare",
      type: "rbd",
      config: { pool: "spare" },
      capacity: { total: 1, used: 0 },
    });
    const text = await cluster.call(route, params);
    expect(text).toMatch(/PVE_PROTECTED/);
    expect(text).toMatch(/reach the same data/);
    expect(cluster.sent("changing")).toEqual([]);
  });

  test.each<Call>([
    ["storage:backup", "POST /storage", { storage: "bk2", ...NFS, export: "/export/other" }],
    ["storage:local", "POST /storage", { storage: "bk2", type: "dir", path: "/var/lib/vz2" }],
    [
      "storage:local-lvm",
      "POST /storage",
      { storage: "l2", type: "lvmthin", vgname: "pve", thinpool: "more" },
    ],
    ["storage:gone", "POST /storage", { storage: "bk2", ...NFS }],
    ["103", "POST /storage", { storage: "bk2", ...NFS }],
    ["storage:backup", "PUT /storage/{storage}", { storage: "nas-iso", content: "iso" }],
  ])("other data is: %s: %s %j", async (setting, route, params) => {
    expect(await bounded({ protected: setting }).call(route, params)).toBe("sent");
  });

  test.each<Call>([
    ["storage:backup", "POST /storage", { storage: "bk2", type: "unheard-of", path: "/x" }],
    ["storage:backup", "POST /storage", { storage: "bk2", type: "nfs", server: "x" }],
    ["storage:backup", "POST /storage", { storage: "bk2" }],
  ])("nor where that cannot be told: %s: %s %j", async (setting, route, params) => {
    const cluster = bounded({ protected: setting });
    // What the endpoint table refuses never gets there.
    expect(await cluster.call(route, params)).toMatch(/PVE_PROTECTED|^parameter/);
    expect(cluster.sent("changing")).toEqual([]);
  });

  test("a protected storage that the token cannot see may be any", async () => {
    const cluster = bounded({ protected: "storage:backup", as: "empty" });
    expect(await cluster.call("POST /storage", { storage: "bk2", type: "dir", path: "/srv" })).toMatch(
      /^Where storage backup lies cannot be seen/,
    );
    expect(cluster.sent("changing")).toEqual([]);
  });

  test("and inside PVE_ALLOWED not what lies outside", async () => {
    const cluster = bounded({ allowed: "storage:bk2" });
    expect(await cluster.call("POST /storage", { storage: "bk2", ...NFS })).toMatch(/outside PVE_ALLOWED/);
    expect(await cluster.call("POST /storage", { storage: "bk2", type: "dir", path: "/srv/own" })).toBe(
      "sent",
    );
  });

  test("a device of the node may hold any of them", async () => {
    const params = { node: "pve1", vmid: 107, scsi1: "/dev/pve/vm-103-disk-0" };
    expect(
      await bounded({ protected: "storage:local-lvm" }).call("PUT /nodes/{node}/qemu/{vmid}/config", params),
    ).toMatch(/PVE_PROTECTED/);
  });
});
