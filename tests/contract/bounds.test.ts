import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type Connection, connect, ERAS } from "../support/mcp.ts";

const demo = (env: Record<string, string>, era: (typeof ERAS)[number] = "2025"): Promise<Connection> =>
  connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, {
    era,
    env: { PVE_CONFIRM: "off", ...env },
  });
const writes = ({ requests }: Connection) => requests.filter(({ method }) => method !== "GET");

describe.each(ERAS)("PVE_PROTECTED, protocol %s", (era) => {
  it.each([
    ["by its name", "pve_stop_qemu_vm", { vmid: "web-01" }],
    ["by its VMID", "pve_delete_qemu_vm", { vmid: 100, purge: true }],
    ["its configuration", "pve_update_qemu_config", { vmid: "web-01", params: { tags: "x" } }],
    ["in a bulk action", "pve_bulk_shutdown_guests", { vms: ["proxy", "web-01"] }],
    ["in its storage", "pve_update_storage", { storage: "local-lvm", disable: true }],
    ["in its pool", "pve_update_pool", { poolid: "web", vms: "100", delete: true }],
    ["in its access", "pve_update_acl", { path: "/vms/100", roles: "NoAccess", users: "bob@corp" }],
    [
      "by a volume of its",
      "pve_update_qemu_config",
      { vmid: 105, params: { scsi5: "ceph-vm:vm-100-disk-0" } },
    ],
    ["with a backup that removes older ones", "pve_run_backup", { vmid: "100", storage: "backup" }],
  ] as const)("nothing reaches a guest %s", async (_, tool, args) => {
    const connected = await demo({ PVE_PROTECTED: "100" }, era);
    for (const extra of [{}, { dry_run: true }]) {
      const { text, isError } = await connected.call(tool, { ...args, ...extra });
      expect(isError, text).toBe(true);
      expect(text).toContain("PVE_PROTECTED");
      expect(text).toMatch(/Nothing was changed\.$/);
    }
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("but reads, new snapshots and backups that remove nothing do", async () => {
    const connected = await demo({ PVE_PROTECTED: "tag:prod,100" }, era);
    for (const [tool, args] of [
      ["pve_get_qemu_config", { vmid: 100 }],
      ["pve_create_qemu_snapshot", { vmid: 100, snapname: "kept" }],
      ["pve_run_backup", { vmid: "100", storage: "backup", mode: "snapshot", remove: false }],
    ] as const) {
      const { text, isError } = await connected.call(tool, { ...args });
      expect(isError, `${tool}: ${text}`).toBe(false);
    }
    await connected.close();
  });
});

describe.each(ERAS)("what PVE_PROTECTED names is not reached another way, protocol %s", (era) => {
  it.each([
    // Stopped: PVE copies its disks and deletes them, without being told so.
    ["storage:local-lvm", "pve_migrate_qemu_vm", { vmid: "mail", target: "pve2" }],
    ["storage:local-lvm", "pve_bulk_migrate_guests", { vms: ["mail"], target: "pve2" }],
    ["storage:local-lvm", "pve_update_qemu_config", { vmid: 107, params: { scsi0: "ceph-vm:8" } }],
    [
      "storage:backup",
      "pve_create_storage",
      { storage: "bk2", type: "nfs", params: { server: "nas.example.com", export: "/export/backup" } },
    ],
    ["storage:local", "pve_create_storage", { storage: "bk2", type: "dir", path: "/var/lib/vz" }],
    ["200", "pve_manage_node_service", { node: "pve2", service: "corosync", command: "stop" }],
    ["200", "pve_apply_network", { node: "pve3" }],
  ] as const)("%s: %s", async (setting, tool, args) => {
    const connected = await demo({ PVE_PROTECTED: setting }, era);
    for (const extra of [{}, { dry_run: true }]) {
      const { text, isError } = await connected.call(tool, { ...args, ...extra });
      expect(isError, text).toBe(true);
      expect(text).toContain("PVE_PROTECTED");
      expect(text).toMatch(/Nothing was changed\.$/);
    }
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });
});

describe("PVE_ALLOWED", () => {
  it("hides what is outside of it, and says so", async () => {
    const connected = await demo({ PVE_ALLOWED: "pool:web" });
    const { text, isError } = await connected.call("pve_list_cluster_resources", { type: "vm" });
    expect(isError, text).toBe(false);
    expect(text).toContain("web-01");
    expect(text).not.toContain("mail");
    expect(text).toMatch(/\d+ outside PVE_ALLOWED are left out\./);
    const hidden = await connected.call("pve_get_qemu_status", { vmid: "mail" });
    expect(hidden.isError).toBe(true);
    const denied = await connected.call("pve_get_qemu_status", { vmid: 103, node: "pve1" });
    expect(denied.isError).toBe(true);
    expect(denied.text).toMatch(/PVE_ALLOWED/);
    await connected.close();
  });

  it("lets what is inside work as always", async () => {
    const connected = await demo({ PVE_ALLOWED: "pool:web" });
    const { text, isError } = await connected.call("pve_stop_qemu_vm", { vmid: "web-01" });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in /);
    await connected.close();
  });

  it.each([
    ["storage:local-lvm", "pve_delete_storage", { storage: "local-lvm" }, "has a disk on local-lvm"],
    [
      "storage:nas-iso",
      "pve_update_storage",
      { storage: "nas-iso", content: "iso" },
      "has a disk on nas-iso",
    ],
  ])(
    "%s: a plan says first what it does not tell, and no absence that is none: %s",
    async (allowed, name, args, rest) => {
      const connected = await demo({ PVE_ALLOWED: allowed });
      const { text, isError } = await connected.call(name, { ...args, dry_run: true });
      expect(isError, text).toBe(false);
      const [first] = text.split("\n").filter((line) => line.startsWith("- "));
      expect(first).toMatch(/\b16 guests\b.* outside PVE_ALLOWED are not told here/);
      expect(text).toContain(`- No guest inside PVE_ALLOWED ${rest}.`);
      expect(text).not.toMatch(/: none|No guest has|web-01|VM 1\d\d/);
      await connected.close();
    },
  );

  it("a guest's plan tells of no job, backup or resource that it cannot see", async () => {
    const connected = await demo({ PVE_ALLOWED: "pool:web" });
    const args = { vmid: "web-01", purge: true, dry_run: true };
    const { text } = await connected.call("pve_delete_qemu_vm", args);
    expect(text).toMatch(/^- .*2 backup jobs, 11 guests.* outside PVE_ALLOWED are not told here/m);
    expect(text).toContain("is in no backup job inside PVE_ALLOWED.");
    expect(text).toContain("No backup of VM 100 inside PVE_ALLOWED found");
    expect(text).not.toMatch(/backup-nightly|VM 102|db-01/);
    await connected.close();
  });

  it.each([
    ["pool:web", "pve_delete_backup_job", { id: "backup-nightly" }, /VM|CT|[Gg]uest \d/],
    ["pool:web", "pve_get_backup_job", { id: "backup-git" }, /203/],
    ["pool:web", "pve_delete_ha_rule", { rule: "db-home" }, /102|pve3/],
    [
      "node:pve1,node:pve2",
      "pve_manage_node_service",
      { node: "pve1", service: "corosync", command: "stop" },
      /VM \d|CT \d/,
    ],
    [
      "storage:bk2",
      "pve_create_storage",
      { storage: "bk2", type: "nfs", params: { server: "192.0.2.51", export: "/export/backup" } },
      /[Ss]torage backup/,
    ],
  ] as const)(
    "%s: a refusal of %s names nothing that the call did not",
    async (allowed, name, args, names) => {
      const connected = await demo({ PVE_ALLOWED: allowed });
      const { text, isError } = await connected.call(name, { ...args });
      expect(isError, text).toBe(true);
      expect(text).toContain("PVE_ALLOWED");
      expect(text).not.toMatch(names);
      await connected.close();
    },
  );

  it("lets a plan be confirmed as always", async () => {
    const connected = await demo({ PVE_ALLOWED: "pool:web", PVE_CONFIRM: "loss" });
    const { text, isError } = await connected.act("pve_stop_qemu_vm", { vmid: "web-01" });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in /);
    await connected.close();
  });
});
