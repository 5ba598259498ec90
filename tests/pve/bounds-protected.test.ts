import { describe, expect, test } from "vitest";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded } from "../support/bounded.ts";

/** 103 is `mail` on pve1, with tag prod, in no pool, its disk on local-lvm and its backups on backup. */
const ON_103 = { node: "pve1", vmid: 103 };
type Call = readonly [route: Route, params: Readonly<Record<string, unknown>>];

/** Calls that reach 103, by whatever names it. */
const REACHING: readonly Call[] = [
  ["POST /nodes/{node}/qemu/{vmid}/status/start", ON_103],
  ["POST /nodes/{node}/qemu/{vmid}/status/start", { node: "pve1", vmid: "0103" }],
  ["POST /nodes/{node}/qemu/{vmid}/status/start", { node: "localhost", vmid: 103 }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...ON_103, cores: 1 }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...ON_103, delete: "tags" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...ON_103, tags: "dev" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...ON_103, protection: false }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 107, scsi1: "local-lvm:vm-103-disk-0" }],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { node: "pve1", vmid: 107, scsi1: "local-lvm:0,import-from=local-lvm:vm-103-disk-0" },
  ],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { node: "pve1", vmid: 107, scsi1: { file: "local-lvm:vm-103-disk-0" } },
  ],
  [
    "PUT /nodes/{node}/lxc/{vmid}/config",
    { node: "pve1", vmid: 203, mp0: "volume=local-lvm:vm-103-disk-0,mp=/x" },
  ],
  ["PUT /nodes/{node}/lxc/{vmid}/config", { node: "pve1", vmid: 203, mp0: "/var/lib/vz/images/103,mp=/x" }],
  ["DELETE /nodes/{node}/qemu/{vmid}", ON_103],
  ["DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}", { ...ON_103, snapname: "aa" }],
  ["POST /nodes/{node}/qemu/{vmid}/clone", { ...ON_103, newid: 900 }],
  ["POST /nodes/{node}/qemu/{vmid}/migrate", { ...ON_103, target: "pve2" }],
  ["POST /nodes/{node}/qemu/{vmid}/agent/exec", { ...ON_103, command: ["id"] }],
  ["POST /nodes/{node}/qemu/{vmid}/firewall/rules", { ...ON_103, action: "ACCEPT", type: "in" }],
  [
    "POST /nodes/{node}/qemu/{vmid}/move_disk",
    { node: "pve1", vmid: 107, disk: "scsi0", "target-vmid": 103, "target-disk": "scsi1" },
  ],
  [
    "POST /nodes/{node}/qemu",
    {
      node: "pve1",
      vmid: 103,
      archive: "backup:backup/vzdump-qemu-107-2026_04_01-02_35_00.vma.zst",
      force: true,
    },
  ],
  [
    "POST /nodes/{node}/qemu",
    { node: "pve1", vmid: 900, archive: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst" },
  ],
  [
    "POST /nodes/{node}/storage/{storage}/content",
    { node: "pve1", storage: "local-lvm", vmid: 103, filename: "vm-103-disk-7", size: "1G" },
  ],
  [
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    { node: "pve1", storage: "local-lvm", volume: "local-lvm:vm-103-disk-0" },
  ],
  [
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    { node: "pve1", storage: "backup", volume: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst" },
  ],
  [
    "PUT /nodes/{node}/storage/{storage}/content/{volume}",
    {
      node: "pve1",
      storage: "backup",
      volume: "backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
      protected: false,
    },
  ],
  [
    "DELETE /nodes/{node}/storage/{storage}/prunebackups",
    { node: "pve1", storage: "backup", "prune-backups": "keep-last=1" },
  ],
  ["DELETE /nodes/{node}/storage/{storage}/prunebackups", { node: "pve1", storage: "backup", vmid: 103 }],
  ["DELETE /storage/{storage}", { storage: "backup" }],
  ["PUT /storage/{storage}", { storage: "backup", disable: true }],
  ["PUT /storage/{storage}", { storage: "local-lvm", nodes: "pve2" }],
  ["PUT /pools", { poolid: "web/staging", vms: "107,103" }],
  ["PUT /pools/{poolid}", { poolid: "web", vms: ["103"], "allow-move": true }],
  ["POST /cluster/bulk-action/guest/shutdown", {}],
  ["POST /cluster/bulk-action/guest/start", { vms: [107, 103] }],
  ["POST /nodes/{node}/stopall", { node: "pve1" }],
  ["POST /nodes/{node}/startall", { node: "pve1", vms: "107;103" }],
  ["POST /nodes/{node}/migrateall", { node: "pve1", target: "pve2" }],
  ["POST /nodes/{node}/suspendall", { node: "localhost" }],
  ["POST /nodes/{node}/status", { node: "pve1", command: "reboot" }],
  ["PUT /nodes/{node}/network", { node: "pve1" }],
  ["PUT /cluster/sdn", {}],
  ["POST /cluster/ha/resources", { sid: "vm:103" }],
  ["POST /cluster/ha/resources", { sid: "103" }],
  [
    "POST /cluster/ha/rules",
    { rule: "rr", type: "resource-affinity", affinity: "positive", resources: "vm:101,vm:103" },
  ],
  ["PUT /cluster/ha/rules/{rule}", { rule: "db-home", type: "node-affinity", resources: "vm:103" }],
  ["POST /cluster/replication", { id: "103-0", target: "pve2", type: "local" }],
  ["PUT /cluster/backup/{id}", { id: "backup-nightly", enabled: false }],
  ["PUT /cluster/backup/{id}", { id: "backup-git", vmid: "203,103" }],
  ["PUT /cluster/backup/{id}", { id: "backup-nightly", exclude: "103" }],
  ["DELETE /cluster/backup/{id}", { id: "backup-nightly" }],
  ["POST /cluster/backup", { schedule: "03:00", all: true, storage: "backup" }],
  ["PUT /access/acl", { path: "/vms/103", roles: "PVEVMUser", users: "bob@corp" }],
  ["PUT /access/acl", { path: "/", roles: "PVEVMUser", users: "bob@corp" }],
  ["PUT /access/acl", { path: "vms", roles: "PVEVMUser", users: "bob@corp", delete: true }],
  ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "103", storage: "backup" }],
  ["POST /nodes/{node}/vzdump", { node: "pve1", all: true, storage: "backup" }],
  [
    "POST /nodes/{node}/vzdump",
    { node: "pve1", vmid: "103", storage: "backup", remove: false, mode: "stop" },
  ],
  [
    "POST /nodes/{node}/vzdump",
    { node: "pve1", vmid: "103", storage: "local", "prune-backups": "keep-last=1" },
  ],
  ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "107", storage: "backup", remove: false, stop: true }],
  [
    "DELETE /nodes/{node}/tasks/{upid}",
    { node: "pve1", upid: "UPID:pve1:0000C3A1:00112233:66E1A2B3:qmigrate:103:root@pam:" },
  ],
  ["POST /nodes/{node}/vncshell", { node: "pve1" }],
  ["GET /nodes/{node}/qemu/{vmid}/vncwebsocket", { ...ON_103, port: 5900, vncticket: "x" }],
];

/** Calls that do not reach it, or only as it may be reached. */
const ELSEWHERE: readonly Call[] = [
  ["GET /nodes/{node}/qemu/{vmid}/config", ON_103],
  ["POST /nodes/{node}/qemu/{vmid}/snapshot", { ...ON_103, snapname: "before" }],
  ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "103", storage: "backup", remove: false }],
  ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "103", storage: "local" }],
  [
    "POST /nodes/{node}/vzdump",
    { node: "pve1", all: true, storage: "backup", "prune-backups": "keep-all=1" },
  ],
  [
    "POST /cluster/backup",
    { schedule: "03:00", vmid: "103", storage: "backup", remove: false, mode: "snapshot" },
  ],
  ["POST /nodes/{node}/qemu/{vmid}/status/shutdown", { node: "pve1", vmid: 107 }],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { node: "pve1", vmid: 107, ide3: "nas-iso:iso/virtio-win-0.1.271.iso,media=cdrom" },
  ],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve2", vmid: 108, scsi1: "ceph-vm:8" }],
  ["DELETE /nodes/{node}/storage/{storage}/prunebackups", { node: "pve1", storage: "backup", vmid: 107 }],
  ["PUT /storage/{storage}", { storage: "nas-iso", disable: true }],
  ["PUT /pools", { poolid: "web/staging", comment: "x" }],
  ["POST /nodes/{node}/stopall", { node: "pve1", vms: "107" }],
  ["PUT /nodes/{node}/dns", { node: "pve1", search: "example.org" }],
  ["PUT /cluster/backup/{id}", { id: "backup-git", comment: "x" }],
  ["PUT /access/acl", { path: "/vms/107", roles: "PVEVMUser", users: "bob@corp" }],
  ["POST /access/users", { userid: "eve@pve" }],
  ["POST /nodes/{node}/qemu", { node: "pve1", vmid: 900, scsi0: "local-lvm:8" }],
  // HA moves 102 with nobody: their rule keeps them apart.
  ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve2", vmid: 101, target: "pve1", online: true }],
];

describe.each(["103", "100-103", "tag:PROD", "node:pve1"])("PVE_PROTECTED=%s", (setting) => {
  test.each(REACHING)("refuses %s %j", async (route, params) => {
    const cluster = bounded({ protected: setting });
    expect(await cluster.call(route, params)).toMatch(/PVE_PROTECTED/);
    expect(cluster.sent("changing")).toEqual([]);
  });
});

describe("what does not reach the guest goes through", () => {
  test.each(ELSEWHERE)("%s %j", async (route, params) => {
    for (const setting of ["103", "tag:nothing-else,103"]) {
      const cluster = bounded({ protected: setting });
      expect(await cluster.call(route, params)).toBe("sent");
    }
  });
});

describe("refusals name the object and the setting", () => {
  test.each<[setting: string, call: Call, text: string]>([
    [
      "tag:prod",
      ["POST /nodes/{node}/qemu/{vmid}/status/start", ON_103],
      "VM 103 is protected by PVE_PROTECTED (tag:prod).",
    ],
    [
      "200",
      ["POST /nodes/{node}/lxc/{vmid}/status/stop", { node: "pve1", vmid: 200 }],
      "CT 200 is protected by PVE_PROTECTED (200).",
    ],
    [
      "103",
      ["POST /nodes/{node}/status", { node: "pve1", command: "reboot" }],
      "VM 103, one of the guests on node pve1, is protected by PVE_PROTECTED (103).",
    ],
    [
      "103",
      ["DELETE /storage/{storage}", { storage: "backup" }],
      "Guest 103, which has volumes or backups on storage backup, is protected by PVE_PROTECTED (103).",
    ],
    [
      "100-199",
      ["POST /nodes/{node}/qemu", { node: "pve1", vmid: 150 }],
      "The new VM 150 would be protected by PVE_PROTECTED (100-199).",
    ],
    [
      "pool:web",
      ["POST /pools", { poolid: "web/new" }],
      "Pool web/new is protected by PVE_PROTECTED (pool:web).",
    ],
    [
      "storage:nas-iso",
      ["DELETE /storage/{storage}", { storage: "nas-iso" }],
      "The definition of storage nas-iso is protected by PVE_PROTECTED (storage:nas-iso).",
    ],
    [
      "103",
      ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "103", storage: "backup" }],
      "Guest 103 is protected by PVE_PROTECTED (103). This backup would remove older ones.",
    ],
    [
      "103",
      ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 107, scsi1: "/dev/sdb" }],
      "This call may reach anything (scsi1 names a path on the node), which PVE_PROTECTED (103) does not admit.",
    ],
  ])("%s: %j", async (setting, [route, params], text) => {
    expect(await bounded({ protected: setting }).call(route, params)).toBe(text);
  });
});
