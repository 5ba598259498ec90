import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const MOVE = "POST /nodes/{node}/qemu/{vmid}/move_disk";
const VOLUME = "POST /nodes/{node}/lxc/{vmid}/move_volume";

describe("moving a disk", () => {
  it("to another storage", async () => {
    const { points } = planned();
    expect(
      (
        await points(MOVE, { node: "pve1", vmid: 100, disk: "scsi0", storage: "ceph-vm", delete: true })
      ).slice(1),
    ).toEqual([
      "scsi0 local-lvm:vm-100-disk-0 (32 GiB) is copied to ceph-vm while it is in use.",
      "The source is removed after the copy.",
    ]);
    expect(
      (await points(MOVE, { node: "pve1", vmid: 107, disk: "scsi0", storage: "ceph-vm" })).slice(1),
    ).toEqual([
      "scsi0 local-lvm:vm-107-disk-0 (20 GiB) is copied to ceph-vm while it is in use.",
      "The source stays as an unused disk of VM 107 (dev).",
      "Snapshots stay with the source: clean (2026-03-02 09:00 UTC).",
    ]);
  });

  it("that PVE refuses", async () => {
    const { points } = planned();
    const reason = async (params: object) => (await points(MOVE, { node: "pve1", ...params }))[1];
    expect(await reason({ vmid: 107, disk: "scsi0", storage: "ceph-vm", delete: true })).toBe(
      "PVE would refuse this for VM 107 (dev), the plan ends there: the source is in snapshots (clean (2026-03-02 09:00 UTC)) and delete is set.",
    );
    expect(await reason({ vmid: 103, disk: "scsi5", storage: "nas-iso" })).toBe(
      "PVE would refuse this for VM 103 (mail), the plan ends there: VM 103 (mail) has no disk scsi5; nas-iso holds no images.",
    );
    expect(await reason({ vmid: 103, disk: "scsi0", storage: "local-lvm" })).toBe(
      "PVE would refuse this for VM 103 (mail), the plan ends there: it is on local-lvm already.",
    );
    expect((await points(VOLUME, { node: "pve3", vmid: 202, volume: "mp0", storage: "ceph-vm" }))[1]).toBe(
      "PVE would refuse this for CT 202 (monitoring), the plan ends there: it is running.",
    );
  });

  it("to another guest names both, and that the first does not boot any more", async () => {
    const { points } = planned();
    const params = { node: "pve1", vmid: 103, disk: "scsi0", "target-vmid": 107, "target-disk": "scsi1" };
    expect((await points(MOVE, params)).slice(1)).toEqual([
      "VM 103 (mail) loses scsi0 local-lvm:vm-103-disk-0 (40 GiB); VM 107 (dev) gets it as scsi1.",
      "VM 103 (mail) boots from scsi0 and will not any more.",
    ]);
    expect((await points(MOVE, { ...params, "target-disk": "scsi0" }))[1]).toBe(
      "PVE would refuse this for VM 103 (mail), the plan ends there: VM 107 (dev) has a scsi0.",
    );
    expect((await points(MOVE, { ...params, "target-vmid": 108 }))[1]).toBe(
      "PVE would refuse this for VM 103 (mail), the plan ends there: VM 108 (dev) is on pve2, not on pve1.",
    );
  });

  it("hangs on the guest that gets it", async () => {
    const { world, state } = planned();
    const params = { node: "pve1", vmid: 103, disk: "scsi0", "target-vmid": 107, "target-disk": "scsi1" };
    const before = await state(MOVE, params);
    const dev = world.guests.get(107);
    if (dev) dev.config.cores = 9;
    expect(await state(MOVE, params)).not.toEqual(before);
  });
});

describe("a disk that grows", () => {
  const RESIZE = "PUT /nodes/{node}/qemu/{vmid}/resize";
  it("does not shrink again", async () => {
    const { points, final } = await planned().plan(RESIZE, {
      node: "pve1",
      vmid: 103,
      disk: "scsi0",
      size: "+10G",
    });
    expect(points.slice(1)).toEqual([
      "scsi0 local-lvm:vm-103-disk-0 of mail: 40 GiB → 50 GiB (10 GiB more).",
      "Partitions and file systems in the VM stay as they are.",
    ]);
    expect(final).toEqual(["a disk does not become smaller again."]);
  });

  it("takes its file system along in a container, and cannot shrink", async () => {
    const { points } = planned();
    const CT = "PUT /nodes/{node}/lxc/{vmid}/resize";
    expect((await points(CT, { node: "pve3", vmid: 202, disk: "mp0", size: "20G" })).slice(1)).toEqual([
      "PVE would refuse this for CT 202 (monitoring), the plan ends there: mp0 would shrink, which PVE does not do.",
      "mp0 local-lvm:vm-202-disk-1 of monitoring: 50 GiB → 20 GiB.",
      "Its file system grows with it.",
    ]);
  });
});
