import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type Connection, connect, ERAS } from "../support/mcp.ts";

const demo = (era: (typeof ERAS)[number], env: Record<string, string> = {}): Promise<Connection> =>
  connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, { era, env });
const writes = ({ requests }: Connection) => requests.filter(({ method }) => method !== "GET");

describe.each(ERAS)("PVE's state decides what must be confirmed, protocol %s", (era) => {
  it.each([
    ["a stopped VM takes its local disks along", "pve_migrate_qemu_vm", { vmid: "mail", target: "pve2" }],
    ["so in a bulk action", "pve_bulk_migrate_guests", { vms: ["mail"], target: "pve2" }],
    [
      "a disk is put in another's place",
      "pve_update_qemu_config",
      { vmid: 107, params: { scsi0: "local-lvm:8" } },
    ],
    ["a drive in a disk's", "pve_update_qemu_config", { vmid: 107, params: { scsi0: "none,media=cdrom" } }],
    [
      "a disk falls out of backups",
      "pve_update_qemu_config",
      { vmid: 107, params: { scsi0: "local-lvm:vm-107-disk-0,backup=0" } },
    ],
    [
      "a root file system in another's place",
      "pve_update_lxc_config",
      { vmid: 203, params: { rootfs: "local-lvm:8" } },
    ],
    ["HA cuts the power of what it manages", "pve_shutdown_qemu_vm", { vmid: 101 }],
  ] as const)("%s: %s", async (_, tool, args) => {
    const connected = await demo(era);
    const { text, isError } = await connected.call(tool, { ...args });
    expect(isError, text).toBe(true);
    expect(text).toMatch(/^NOT DONE: confirmation needed\n/);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it.each([
    [
      "shared disks stay where they are",
      "pve_migrate_qemu_vm",
      { vmid: 108, target: "pve3", online: true, node: "pve2" },
    ],
    ["a place is empty", "pve_update_qemu_config", { vmid: 107, params: { scsi5: "local-lvm:8" } }],
    [
      "the disk stays",
      "pve_update_qemu_config",
      { vmid: 107, params: { scsi0: "local-lvm:vm-107-disk-0,discard=on" } },
    ],
    ["HA has nothing to do with it", "pve_shutdown_qemu_vm", { vmid: 100 }],
  ] as const)("and what need not be, as %s: %s", async (_, tool, args) => {
    const connected = await demo(era);
    const { text } = await connected.call(tool, { ...args });
    expect(text).not.toMatch(/confirmation needed/);
    expect(writes(connected)).toHaveLength(1);
    await connected.close();
  });

  it("the tier goes by the effect: a service that carries access is stopped by full alone", async () => {
    const stop = { node: "pve2", service: "pveproxy", command: "stop" };
    const lower = await demo(era, { PVE_ACCESS_TIER: "read-execute", PVE_CONFIRM: "off" });
    const { text, isError } = await lower.call("pve_manage_node_service", stop);
    expect(isError).toBe(true);
    expect(text).toMatch(/needs tier full/);
    expect(writes(lower)).toEqual([]);
    const restarted = await lower.call("pve_manage_node_service", { ...stop, command: "restart" });
    expect(restarted.isError, restarted.text).toBe(false);
    await lower.close();
  });
});
