import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foreignVolumes } from "./foreign-volumes.ts";

describe("volumes of another guest", () => {
  test.each<[string, unknown, number]>([
    ["scsi0", "local-lvm:vm-200-disk-0", 200],
    ["scsi0", "local-lvm:vm-200-disk-0,size=32G,iothread=1", 200],
    ["virtio15", "file=nfs:200/vm-200-disk-0.qcow2", 200],
    ["sata1", "size=1G,volume=nfs:200/vm-200-disk-0.qcow2", 200],
    ["ide2", "local-lvm:vm-200-cloudinit,media=cdrom", 200],
    ["cdrom", "local-lvm:vm-200-cloudinit", 200],
    ["efidisk0", "rbd:vm-200-disk-1,efitype=4m", 200],
    ["tpmstate0", "rbd:vm-200-disk-2", 200],
    ["unused7", "zfs:base-200-disk-0", 200],
    ["rootfs", "zfs:subvol-200-disk-0,size=8G", 200],
    ["mp255", "zfs:basevol-200-disk-0,mp=/srv", 200],
    ["scsi0", "local-lvm:0,import-from=local-lvm:vm-200-disk-0", 200],
    ["scsi0", "zfs:base-100-disk-0/vm-200-disk-0", 200],
    ["scsi0", "nfs:100/base-100-disk-0.qcow2/200/vm-200-disk-0.qcow2", 200],
    ["scsi0", "nfs:200/vm-101-disk-0.qcow2", 200],
    ["scsi0", "nfs:101/vm-200-disk-0.qcow2", 200],
    ["scsi0", "nfs:200/anything.raw", 200],
    ["scsi0", "/dev/pve/vm-200-disk-0", 200],
    ["scsi0", "/var/lib/vz/images/200/anything.raw", 200],
    ["scsi0", { file: "local-lvm:vm-200-disk-0", size: "32G" }, 200],
    ["scsi0", ["local-lvm:vm-200-disk-0"], 200],
    ["scsi0", " local-lvm:vm-200-disk-0\n", 200],
  ])("%s=%j is guest %d's", (param, value, owner) => {
    expect(foreignVolumes(101, { [param]: value })).toEqual([
      { param, owner, volume: expect.stringMatching(/^\S+$/) },
    ]);
  });

  test.each<[string, unknown]>([
    ["scsi0", "local-lvm:vm-101-disk-0,size=32G"],
    ["scsi0", "zfs:base-100-disk-0/vm-101-disk-0"],
    ["scsi0", "nfs:100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2"],
    ["scsi0", "local-lvm:200"],
    ["scsi0", "local-lvm:32,serial=vm-200-disk-0"],
    ["scsi0", "local:0,import-from=local:import/vm-200-disk-0.qcow2"],
    ["ide2", "local:iso/vm-200-x.iso,media=cdrom"],
    ["ide2", "none,media=cdrom"],
    ["mp0", "/mnt/200/data,mp=/vm-200-x"],
    ["description", "local-lvm:vm-200-disk-0"],
    ["scsihw", "local-lvm:vm-200-disk-0"],
    ["archive", "local:backup/vzdump-qemu-200-x.vma"],
    ["scsi0", null],
    ["scsi0", 200],
  ])("%s=%j names none", (param, value) => {
    expect(foreignVolumes(101, { [param]: value })).toEqual([]);
  });

  test("each is named, and without a VMID every guest is another", () => {
    const params = { scsi0: "a:vm-101-disk-0", scsi1: "a:vm-200-disk-0", unused0: "a:vm-300-disk-0" };
    expect(foreignVolumes("101", params).map(({ owner }) => owner)).toEqual([200, 300]);
    for (const nobody of [undefined, "web", null, {}, [101, 200]])
      expect(foreignVolumes(nobody, params).map(({ owner }) => owner)).toEqual([101, 200, 300]);
  });

  test("takes whatever is given", () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.dictionary(fc.constantFrom("scsi0", "mp0", "x"), fc.jsonValue()),
        (who, params) => {
          fc.pre(who === null || typeof who !== "object");
          expect(Array.isArray(foreignVolumes(who, params))).toBe(true);
        },
      ),
    );
  });
});
