import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const VM = "POST /nodes/{node}/qemu";
const CT = "POST /nodes/{node}/lxc";
const ARCHIVE = "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst";

describe("a new guest", () => {
  it("is named with its disks, hardware, network and what happens then", async () => {
    expect(
      await planned().points(VM, {
        node: "pve1",
        vmid: 777,
        name: "new",
        cores: 2,
        memory: "2048",
        scsi0: "ceph-vm:8",
        scsi1: "ceph-vm:0,import-from=local:import/x.qcow2",
        ide2: "nas-iso:iso/debian-13.1.0-amd64-netinst.iso,media=cdrom",
        ide0: "local-lvm:cloudinit",
        efidisk0: "ceph-vm:1",
        net0: "virtio,bridge=vmbr0",
        start: true,
        pool: "web",
      }),
    ).toEqual([
      "New: VM 777 (new) on pve1.",
      "Allocated: scsi0 8 GiB on ceph-vm, scsi1 imported from local:import/x.qcow2 to ceph-vm, ide0 cloud-init drive on local-lvm, efidisk0 of the size PVE chooses on ceph-vm.",
      "Attached as it is: ide2 nas-iso:iso/debian-13.1.0-amd64-netinst.iso (CD-ROM).",
      "Then it starts, it joins pool web.",
    ]);
  });

  it("from a template has a root file system, on PVE's default storage where none is named", async () => {
    const { points } = planned();
    const template = "nas-iso:vztmpl/debian-13-standard_13.6-1_amd64.tar.zst";
    const params = { node: "pve1", vmid: 777, hostname: "ct", ostemplate: template, "ha-managed": true };
    expect(await points(CT, params)).toEqual([
      `New: CT 777 (ct) on pve1, from template ${template}.`,
      "Allocated: rootfs 4 GiB on local.",
      "Then HA manages it.",
    ]);
    expect(await points(CT, { ...params, storage: "ceph-vm", rootfs: "8" })).toContain(
      "Allocated: rootfs 8 GiB on ceph-vm.",
    );
  });

  it("with a VMID that is taken, or another guest's disk", async () => {
    expect(await planned().points(VM, { node: "pve1", vmid: 103, scsi0: "local-lvm:vm-100-disk-0" })).toEqual(
      [
        "PVE would refuse this for VM 103, the plan ends there: VMID 103 is that of VM 103 (mail) on pve1.",
        "New: VM 103 on pve1.",
        "scsi0 takes local-lvm:vm-100-disk-0, a disk of VM 100 (web-01) (running): two guests that write to one disk destroy it.",
        "Attached as it is: scsi0 local-lvm:vm-100-disk-0.",
      ],
    );
  });

  it("hangs on the VMID being free", async () => {
    const { world, state } = planned();
    const params = { node: "pve1", vmid: 777 };
    const before = await state(VM, params);
    const mail = world.guests.get(103);
    if (mail) world.guests.set(777, { ...mail, vmid: 777 });
    expect(await state(VM, params)).not.toEqual(before);
  });
});

describe("a restore", () => {
  it("to a free VMID tells what comes out of the backup, and addresses that double", async () => {
    const plan = await planned().plan(VM, { node: "pve1", vmid: 777, archive: ARCHIVE, storage: "ceph-vm" });
    expect(plan.points).toEqual([
      `VM 777 (mail) on pve1 is made from backup ${ARCHIVE} (11.5 GiB).`,
      "Disks from the backup: scsi0 40 GiB on ceph-vm.",
      "It gets the MAC addresses of VM 103 (mail), which is there too (unique makes new ones).",
    ]);
    expect(plan.name).toBeUndefined();
  });

  it("in the place of a guest tells all that a deletion would", async () => {
    const { world, plan } = planned();
    const mail = world.guests.get(103);
    if (mail) Object.assign(mail.config, { protection: 1, scsi1: "local-lvm:vm-103-disk-1,size=10G" });
    const found = await plan(VM, { node: "pve1", vmid: 103, archive: ARCHIVE, force: true });
    expect(found.points).toEqual([
      "PVE would refuse this for VM 103, the plan ends there: the protection flag is set.",
      "VM 103 (mail) on pve1 is overwritten.",
      `VM 103 (mail) on pve1 is made from backup ${ARCHIVE} (11.5 GiB).`,
      "Disks overwritten: scsi0 local-lvm:vm-103-disk-0 (40 GiB).",
      "Kept as unused: scsi1 local-lvm:vm-103-disk-1 (10 GiB).",
      `Last backup of VM 103: ${ARCHIVE} of 2026-04-01 02:33 UTC (6h 27m ago), 11.5 GiB.`,
      "Disks from the backup: scsi0 40 GiB on local-lvm.",
    ]);
    expect(found.name).toBe("mail");
    expect(found.final).toEqual(["what is on the disks of VM 103 (mail) now is gone."]);
  });

  it("of a container over a running one", async () => {
    const archive = "backup:backup/vzdump-lxc-203-2026_04_01-02_39_00.tar.zst";
    const params = {
      node: "pve1",
      vmid: 203,
      ostemplate: archive,
      restore: true,
      force: true,
      storage: "local-lvm",
    };
    expect(await planned().points(CT, params)).toEqual([
      "PVE would refuse this for CT 203, the plan ends there: it is running.",
      "CT 203 (git) on pve1 is overwritten.",
      `CT 203 (git) on pve1 is made from backup ${archive} (12.1 GiB).`,
      "Disks overwritten: rootfs local-lvm:vm-203-disk-0 (50 GiB).",
      "Snapshots that go with it: pre-migration (2026-03-26 09:00 UTC).",
      `Last backup of CT 203: ${archive} of 2026-04-01 02:39 UTC (6h 21m ago), 12.1 GiB.`,
      "Disks from the backup: rootfs 50 GiB on local-lvm.",
    ]);
  });

  it("without force to a VMID that is taken", async () => {
    const [refused] = await planned().points(VM, { node: "pve1", vmid: 103, archive: ARCHIVE });
    expect(refused).toBe(
      "PVE would refuse this for VM 103, the plan ends there: VMID 103 is that of VM 103 (mail) on pve1 and force is not set.",
    );
  });

  it("of a backup that cannot be read", async () => {
    const archive = "backup:backup/vzdump-qemu-999-2026_04_01-00_00_00.vma.zst";
    expect(await planned().points(VM, { node: "pve1", vmid: 777, archive })).toEqual([
      `VM 777 on pve1 is made from backup ${archive} (size unknown).`,
      "The configuration in the backup could not be read, so neither its disks.",
    ]);
  });
});
