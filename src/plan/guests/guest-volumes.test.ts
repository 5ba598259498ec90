import { describe, expect, it } from "vitest";
import { pathsOf, sizeBytes, totalBytes, volumesOf, volumeText } from "./guest-volumes.ts";

describe("the volumes of a configuration", () => {
  it("are its disks, unused ones last, without images, empty drives and paths", () => {
    const volumes = volumesOf("qemu", {
      unused0: "local-lvm:vm-100-disk-3",
      scsi10: "local-lvm:vm-100-disk-2,size=1T",
      scsi2: "local-lvm:vm-100-disk-1,backup=0,size=528K",
      scsi3: "/dev/sdb",
      ide0: "local:iso/x.iso,media=cdrom,size=4M",
      ide1: "none,media=cdrom",
      ide2: "local-lvm:vm-100-cloudinit,media=cdrom",
      cores: 4,
    });
    expect(volumes.map(volumeText)).toEqual([
      "ide2 local-lvm:vm-100-cloudinit (cloud-init)",
      "scsi2 local-lvm:vm-100-disk-1 (528 KiB, not backed up)",
      "scsi10 local-lvm:vm-100-disk-2 (1 TiB)",
      "unused0 local-lvm:vm-100-disk-3 (size unknown)",
    ]);
    expect(totalBytes(volumes)).toBeUndefined();
    expect(totalBytes(volumes.slice(0, 2))).toBe(528 * 1024);
    expect(pathsOf("qemu", { scsi3: "/dev/sdb" })).toEqual(["scsi3 /dev/sdb"]);
  });

  it("of a container are backed up where they say so", () => {
    const config = {
      rootfs: "local-lvm:vm-200-disk-0,size=4G",
      mp0: "local-lvm:vm-200-disk-1,mp=/a,size=8G",
      mp1: "local-lvm:vm-200-disk-2,mp=/b,backup=1,size=8G",
      mp2: "/srv,mp=/srv",
    };
    expect(volumesOf("lxc", config).map(volumeText)).toEqual([
      "mp0 local-lvm:vm-200-disk-1 (8 GiB, not backed up)",
      "mp1 local-lvm:vm-200-disk-2 (8 GiB)",
      "rootfs local-lvm:vm-200-disk-0 (4 GiB)",
    ]);
    expect(pathsOf("lxc", config)).toEqual(["mp2 /srv"]);
  });
});

it("reads sizes as PVE writes them", () => {
  expect(["32G", "1.5G", "528K", "4M", "1T", "512"].map(sizeBytes)).toEqual([
    32 * 1024 ** 3,
    1.5 * 1024 ** 3,
    528 * 1024,
    4 * 1024 ** 2,
    1024 ** 4,
    512,
  ]);
  expect(["", "G", "1X", "-1G", undefined].map(sizeBytes)).toEqual(Array(5).fill(undefined));
});
