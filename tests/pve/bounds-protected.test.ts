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
      ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 107, scsi1: "/dev/sdb" }],
      "This call may reach anything (scsi1 names a path on the node), which PVE_PROTECTED (103) does not admit.",
    ],
  ])("%s: %j", async (setting, [route, params], text) => {
    expect(await bounded({ protected: setting }).call(route, params)).toBe(text);
  });
});

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

describe("what the token cannot see is refused", () => {
  test.each<[setting: string, call: Call, text: RegExp]>([
    // The operator's token sees every guest, but no pool.
    [
      "pool:web",
      ["POST /nodes/{node}/qemu/{vmid}/status/start", ON_103],
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
