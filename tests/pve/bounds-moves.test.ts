import { describe, expect, test } from "vitest";
import type { Route } from "../../src/schema/routes.gen.ts";
import type { World } from "../../src/simulator/world.ts";
import { bounded } from "../support/bounded.ts";

/** 103 (stopped), 107 and 203 have their disks on local-lvm of pve1; 101, 102, 108 and 201 on ceph-vm, which is shared. */
type Call = readonly [route: Route, params: Readonly<Record<string, unknown>>];

const onLvm = (world: World, vmid: number, key = "scsi3") => {
  const guest = world.guests.get(vmid);
  if (guest) guest.config = { ...guest.config, [key]: `local-lvm:vm-${vmid}-disk-7,size=1G` };
};

describe("PVE_PROTECTED=storage:local-lvm: no volume on it is moved away", () => {
  test.each<Call>([
    ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve1", vmid: 103, target: "pve2" }],
    ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve1", vmid: 107, target: "pve2", online: true }],
    [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { node: "pve1", vmid: 103, target: "pve2", "with-local-disks": false, targetstorage: "ceph-vm" },
    ],
    ["POST /cluster/bulk-action/guest/migrate", { vms: [101, 103], target: "pve2" }],
    ["POST /cluster/bulk-action/guest/migrate", { target: "pve2" }],
    ["POST /nodes/{node}/migrateall", { node: "pve1", target: "pve2" }],
    ["POST /nodes/{node}/migrateall", { node: "pve1", target: "pve2", vms: "103" }],
    ["POST /cluster/ha/resources/{sid}/migrate", { sid: "vm:103", node: "pve2" }],
    ["POST /cluster/ha/resources/{sid}/relocate", { sid: "ct:203", node: "pve2" }],
    ["POST /cluster/ha/rules", { rule: "rr", type: "node-affinity", resources: "vm:103", nodes: "pve2" }],
    ["POST /nodes/{node}/lxc/{vmid}/migrate", { node: "pve1", vmid: 203, target: "pve2" }],
    // What takes a disk's place, or a cloud-init image's.
    ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 107, scsi0: "ceph-vm:8" }],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { node: "pve1", vmid: 107, cdrom: "nas-iso:iso/virtio-win-0.1.271.iso" },
    ],
    ["PUT /nodes/{node}/lxc/{vmid}/config", { node: "pve1", vmid: 203, rootfs: "ceph-vm:8" }],
  ])("%s %j", async (route, params) => {
    const cluster = bounded({ protected: "storage:local-lvm" });
    expect(await cluster.call(route, params)).toMatch(/PVE_PROTECTED/);
    expect(cluster.sent("changing")).toEqual([]);
  });

  test.each<Call>([
    ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve2", vmid: 108, target: "pve3", online: true }],
    ["POST /cluster/bulk-action/guest/migrate", { vms: [101, 108], target: "pve3" }],
    ["POST /nodes/{node}/migrateall", { node: "pve3", target: "pve2", vms: "102,105", "max-workers": 1 }],
    ["POST /cluster/ha/resources/{sid}/migrate", { sid: "vm:101", node: "pve1" }],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 107, scsi5: "ceph-vm:8" }],
    ["POST /nodes/{node}/status", { node: "pve3", command: "reboot" }],
  ])("but %s %j goes through", async (route, params) => {
    expect(await bounded({ protected: "storage:local-lvm" }).call(route, params)).toBe("sent");
  });

  test("nor by those that HA moves along, or by a node that HA empties", async () => {
    const together = bounded({ protected: "storage:local-lvm" });
    onLvm(together.world, 102);
    together.world.ha.rules.set("together", {
      rule: "together",
      type: "resource-affinity",
      config: { resources: "vm:101,vm:102", affinity: "positive" },
    });
    expect(
      await together.call("POST /cluster/ha/resources/{sid}/migrate", { sid: "vm:101", node: "pve1" }),
    ).toMatch(/PVE_PROTECTED/);
    const empties = bounded({ protected: "storage:local-lvm" });
    onLvm(empties.world, 102);
    expect(await empties.call("POST /nodes/{node}/status", { node: "pve3", command: "reboot" })).toMatch(
      /PVE_PROTECTED/,
    );
  });

  test("nor from a snapshot, or what is unused or waits for a reboot", async () => {
    const move: Call = [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { node: "pve2", vmid: 108, target: "pve3", online: true },
    ];
    const unused = bounded({ protected: "storage:local-lvm" });
    onLvm(unused.world, 108, "unused0");
    expect(await unused.call(...move)).toMatch(/PVE_PROTECTED/);
    const pending = bounded({ protected: "storage:local-lvm" });
    const guest = pending.world.guests.get(108);
    if (guest) guest.pending = { scsi4: "local-lvm:vm-108-disk-8,size=1G" };
    expect(await pending.call(...move)).toMatch(/PVE_PROTECTED/);
  });
});
