import { describe, expect, test } from "vitest";
import { diskTouches, volumeTouches } from "./touch-volumes.ts";

/** Owners of a volume that a guest gets, or why they are not told. */
function owners(value: unknown): readonly (number | string)[] {
  return diskTouches("scsi0", value).flatMap((touch): readonly (number | string)[] =>
    touch.kind === "guest" ? [touch.vmid] : touch.kind === "everything" ? [touch.why] : [],
  );
}
const storages = (value: unknown) =>
  diskTouches("scsi0", value).flatMap((touch) =>
    touch.kind === "storage" ? [`${touch.name} ${touch.how}`] : [],
  );

describe("whose a volume is", () => {
  test.each<[value: unknown, vmids: readonly number[]]>([
    ["local-lvm:vm-103-disk-0", [103]],
    ["local-lvm:vm-103-disk-0,size=32G,iothread=1", [103]],
    ["thin:base-103-disk-0", [103]],
    ["zfs:subvol-103-disk-1", [103]],
    ["zfs:basevol-103-disk-1", [103]],
    ["rbd:-103-disk-1", [103]],
    // A linked clone's base is only read.
    ["zfs:base-100-disk-0/vm-103-disk-0", [103]],
    ["nas:100/base-100-disk-0.qcow2/103/vm-103-disk-0.qcow2", [103, 103]],
    ["nas:103/anything.raw", [103]],
    ["nas:103/vm-107-disk-0.raw", [103, 107]],
    ["nas:backup/vzdump-qemu-103-2026_01_01-00_00_00.vma.zst", [103]],
    ["nas:backup/vzdump-openvz-103-x.tgz", [103]],
    ["pbs:backup/ct/103/2026-01-01T00:00:00Z", [103]],
    ["nas:import/vm-103-disk-0.qcow2", [103]],
    ["nas:import/a.ova/vm-103-disk-0.vmdk", [103]],
    [{ file: "local-lvm:vm-103-disk-0", size: "1G" }, [103]],
    [["local-lvm:vm-103-disk-0", "size=1G"], [103]],
    ["local-lvm:0,import-from=nas:vm-103-disk-0", [103]],
    ["media=disk, FILE = local-lvm:VM-103-disk-0 ", [103]],
  ])("%j: %j", (value, vmids) => {
    expect(owners(value)).toEqual(vmids);
  });

  test.each<[value: unknown, used: readonly string[]]>([
    ["nas:iso/debian.iso,media=cdrom", ["nas use"]],
    ["nas:vztmpl/debian.tar.zst", ["nas use"]],
    ["pbs:backup/host/some/2026-01-01T00:00:00Z", ["pbs use"]],
    ["esxi:ha-datacenter/store 1/web/web.vmdk", ["esxi use"]],
    ["nas:32,format=qcow2", ["nas allocate"]],
    ["nas:0.5", ["nas allocate"]],
    ["nas:cloudinit", ["nas allocate"]],
    ["none,media=cdrom", []],
    ["cdrom", []],
    ["size=3G,serial=vm-103-disk-0,model=nas:103", []],
    ["", []],
  ])("nobody's: %j", (value, used) => {
    expect(owners(value)).toEqual([]);
    expect(storages(value)).toEqual(used);
  });

  test.each<[value: unknown, why: RegExp]>([
    ["/dev/pve/vm-103-disk-0", /^scsi0 names a path on the node$/],
    ["nas:0,import-from=/var/lib/vz/images/103/a.raw", /^scsi0 names a path/],
    ["iscsi:0.0.0.scsi-3600", /^scsi0 cannot be read$/],
    ["iscsi:lun1", /cannot be read/],
    ["nas:107/../103/vm-103-disk-0.qcow2", /cannot be read/],
    ["nas:iso/../../etc/passwd", /cannot be read/],
    ["nas:backup/renamed.vma.zst", /cannot be read/],
    ["esxi:vm-103-a/b/c.vmdk", /cannot be read/],
    ["nas:1/vm.raw", /cannot be read/],
    ["vm-103-disk-0", /cannot be read/],
    [":vm-103-disk-0", /cannot be read/],
    ["fi\u200ble=nas:vm-103-disk-0", /cannot be read/],
    [{ file: { volume: "nas:vm-103-disk-0" } }, /cannot be read/],
    [[["nas:vm-103-disk-0"]], /cannot be read/],
    [null, /cannot be read/],
    [Symbol("nas:vm-103-disk-0"), /cannot be read/],
  ])("not told: %j", (value, why) => {
    expect(owners(value)).toEqual([expect.stringMatching(why)]);
  });
});

describe("a volume that is destroyed, or read", () => {
  const kinds = (...args: Parameters<typeof volumeTouches>) =>
    volumeTouches(...args).map((touch) =>
      touch.kind === "guest" ? `guest ${touch.how}` : touch.kind === "storage" ? touch.how : touch.kind,
    );
  test.each<[volume: unknown, changed: readonly string[], read: readonly string[]]>([
    ["nas:vm-103-disk-0", ["guest change", "volumes"], ["guest read"]],
    ["vm-103-disk-0", ["guest change", "volumes"], ["guest read"]],
    ["nas:iso/a.iso", ["content"], ["read"]],
    ["nas:import/vm-103-disk-0.raw", ["guest change", "volumes", "content"], ["guest read", "read"]],
    ["other:iso/a.iso", ["everything"], ["everything"]],
    ["nas:32", ["everything"], ["everything"]],
    ["none", ["everything"], ["everything"]],
    [undefined, ["everything"], ["everything"]],
  ])("%j", (volume, changed, read) => {
    expect(kinds("volume", volume, "change", "nas")).toEqual(changed);
    expect(kinds("volume", volume, "read", "nas")).toEqual(read);
  });
});
