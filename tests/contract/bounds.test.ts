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

  it("lets a plan be confirmed as always", async () => {
    const connected = await demo({ PVE_ALLOWED: "pool:web", PVE_CONFIRM: "loss" });
    const { text, isError } = await connected.act("pve_stop_qemu_vm", { vmid: "web-01" });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in /);
    await connected.close();
  });
});
