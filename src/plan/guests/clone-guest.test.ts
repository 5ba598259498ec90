import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const VM = "POST /nodes/{node}/qemu/{vmid}/clone";
const CT = "POST /nodes/{node}/lxc/{vmid}/clone";

describe("a clone", () => {
  it("of a template is linked, and binds it but on LVM-thin", async () => {
    const { world, points } = planned();
    const params = { node: "pve1", vmid: 9000, newid: 777, name: "x", pool: "web" };
    const linked = [
      "VM 9000 (debian-13) on pve1: a template.",
      "New: VM 777 (x) on pve1, a linked clone of VM 9000 (debian-13).",
      "Stand on their base: scsi0 local-lvm:base-9000-disk-0 (8 GiB).",
    ];
    expect(await points(VM, params)).toEqual(linked);
    const template = world.guests.get(9000);
    if (template) template.config.scsi0 = "ceph-vm:base-9000-disk-0,size=8G";
    expect(await points(VM, params)).toContain(
      "VM 9000 (debian-13) cannot be deleted while the clone is there.",
    );
  });

  it("that is full takes room", async () => {
    const { world, points } = planned();
    const params = { node: "pve1", vmid: 100, newid: 777, storage: "ceph-vm", target: "pve2" };
    expect((await points(VM, params)).slice(1)).toEqual([
      "New: VM 777 on pve2, a full copy of VM 100 (web-01).",
      "Copied: scsi0 32 GiB to ceph-vm.",
      "VM 100 (web-01) runs: its disks are copied in use, as they would be after a power cut.",
    ]);
    const ceph = world.storages.get("ceph-vm");
    if (ceph) world.storages.set("ceph-vm", { ...ceph, capacity: { total: 1024 ** 3, used: 1024 ** 3 } });
    expect(await points(VM, params)).toContain("ceph-vm has 0 B free, 32 GiB are asked for.");
  });

  it("that cannot be made", async () => {
    const { points } = planned();
    const reason = async (route: typeof VM | typeof CT, params: object) =>
      (await points(route, params as never))[1];
    expect(
      await reason(VM, {
        node: "pve2",
        vmid: 104,
        newid: 100,
        full: true,
        target: "pve1",
        storage: "local-lvm",
      }),
    ).toBe(
      "PVE would refuse this for VM 104 (build), the plan ends there: VMID 100 is that of VM 100 (web-01) on pve1; it is locked (backup); it cannot be cloned to pve1: scsi0 would be on a local storage.",
    );
    expect(await reason(VM, { node: "pve1", vmid: 103, newid: 777, full: false })).toBe(
      "PVE would refuse this for VM 103 (mail), the plan ends there: PVE says its disks cannot be cloned linked.",
    );
    expect(await reason(CT, { node: "pve1", vmid: 203, newid: 777 })).toBe(
      "PVE would refuse this for CT 203 (git), the plan ends there: a running container is copied from a snapshot only.",
    );
  });

  it("of a snapshot has the disks of that", async () => {
    const { points } = planned();
    expect(
      (await points(CT, { node: "pve1", vmid: 203, newid: 777, snapname: "pre-migration" })).slice(1),
    ).toEqual([
      "New: CT 777 on pve1, a full copy of CT 203 (git), as of snapshot pre-migration.",
      "Copied: rootfs 50 GiB to local-lvm.",
    ]);
  });
});

describe("a template", () => {
  const TEMPLATE = "POST /nodes/{node}/qemu/{vmid}/template";
  it("is one for good", async () => {
    const { points, final } = await planned().plan(TEMPLATE, { node: "pve1", vmid: 103 });
    expect(points.slice(1)).toEqual([
      "VM 103 (mail) becomes a template: it can only be cloned from then on, never started.",
      "Become read-only bases: scsi0 local-lvm:vm-103-disk-0 (40 GiB).",
    ]);
    expect(final).toEqual(["a template does not become a guest again; mail would have to be cloned."]);
  });

  it("is not made of what runs or has snapshots", async () => {
    expect((await planned().points(TEMPLATE, { node: "pve1", vmid: 107 }))[1]).toBe(
      "PVE would refuse this for VM 107 (dev), the plan ends there: it is running; it has snapshots (clean (2026-03-02 09:00 UTC)).",
    );
  });
});
