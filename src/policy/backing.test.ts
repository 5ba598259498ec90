import { describe, expect, test } from "vitest";
import { type BackingConfig, meet, placesOf } from "./backing.ts";

const dir = (path: string): BackingConfig => ({ storage: "one", type: "dir", path });
const nfs = (more: BackingConfig = {}): BackingConfig => ({
  storage: "nas",
  type: "nfs",
  server: "192.0.2.51",
  export: "/export/backup",
  ...more,
});

/** Do two entries reach the same data? */
const same = (one: BackingConfig, other: BackingConfig): boolean => {
  const [a, b] = [placesOf(one), placesOf(other)];
  if (a === undefined || b === undefined) throw new Error("not told");
  return meet(a, b);
};

describe("two storages reach the same data", () => {
  test.each<[string, BackingConfig, BackingConfig]>([
    ["the same folder", dir("/srv/a"), dir("/srv/a/")],
    ["a folder in it", dir("/srv"), dir("/srv/a")],
    ["a folder above it", dir("/srv/a"), dir("/")],
    ["a folder by a detour", dir("/srv/a"), dir("/srv/b/../a//.")],
    ["the same export under another server's name", nfs(), nfs({ storage: "x", server: "nas.example.com" })],
    ["an export by a detour", nfs(), nfs({ storage: "x", export: "/export/iso/../backup/" })],
    ["an export above it", nfs(), nfs({ storage: "x", export: "/export" })],
    ["the folder where the export is mounted", nfs(), dir("/mnt/pve/nas/dump")],
    ["the folder the export is mounted at otherwise", nfs({ path: "/data" }), dir("/data")],
    [
      "the same share, in any case",
      { storage: "a", type: "cifs", server: "x", share: "Backup" },
      { storage: "b", type: "cifs", server: "y", share: "backup", subdir: "/sub" },
    ],
    [
      "the same volume group",
      { storage: "a", type: "lvm", vgname: "pve" },
      { storage: "b", type: "lvmthin", vgname: "pve", thinpool: "data" },
    ],
    [
      "the same thin pool",
      { storage: "a", type: "lvmthin", vgname: "pve", thinpool: "data" },
      { storage: "b", type: "lvmthin", vgname: "pve", thinpool: "data" },
    ],
    [
      "a dataset in a pool",
      { storage: "a", type: "zfspool", pool: "tank" },
      { storage: "b", type: "zfspool", pool: "tank/vms" },
    ],
    [
      "the folder of a pool",
      { storage: "a", type: "zfspool", pool: "tank/vms", mountpoint: "/tank/vms" },
      dir("/tank"),
    ],
    [
      "the folder of a pool whose mount point is not told",
      { storage: "a", type: "zfspool", pool: "tank" },
      dir("/tank/x"),
    ],
    [
      "a pool behind iSCSI",
      { storage: "a", type: "zfs", portal: "x", target: "t", pool: "tank" },
      { storage: "b", type: "zfs", portal: "y", target: "u", pool: "tank" },
    ],
    [
      "the same Ceph pool",
      { storage: "a", type: "rbd", pool: "vm" },
      { storage: "b", type: "rbd", pool: "vm", monhost: "1" },
    ],
    ["the default Ceph pool", { storage: "a", type: "rbd" }, { storage: "b", type: "rbd", pool: "rbd" }],
    [
      "a Ceph pool as the place of data",
      { storage: "a", type: "rbd", pool: "vm" },
      { storage: "b", type: "rbd", pool: "meta", "data-pool": "vm" },
    ],
    [
      "CephFS",
      { storage: "a", type: "cephfs" },
      { storage: "b", type: "cephfs", subdir: "/x", "fs-name": "f" },
    ],
    [
      "the same target",
      { storage: "a", type: "iscsi", portal: "1", target: "iqn.x" },
      { storage: "b", type: "iscsidirect", portal: "2", target: "iqn.x" },
    ],
    [
      "the same datastore",
      { storage: "a", type: "pbs", server: "1", datastore: "d" },
      { storage: "b", type: "pbs", server: "2", datastore: "d", namespace: "n/m" },
    ],
  ])("%s", (_, one, other) => {
    expect(same(one, other)).toBe(true);
    expect(same(other, one)).toBe(true);
  });

  test.each<[string, BackingConfig, BackingConfig]>([
    ["other folders", dir("/srv/a"), dir("/srv/ab")],
    ["another export", nfs(), nfs({ storage: "x", export: "/export/iso", path: "/mnt/pve/x" })],
    ["another folder", nfs(), dir("/mnt/pve/nas2")],
    [
      "another thin pool",
      { storage: "a", type: "lvmthin", vgname: "pve", thinpool: "data" },
      { storage: "b", type: "lvmthin", vgname: "pve", thinpool: "more" },
    ],
    [
      "another pool",
      { storage: "a", type: "zfspool", pool: "tank" },
      { storage: "b", type: "zfspool", pool: "tank2" },
    ],
    [
      "another kind",
      { storage: "a", type: "rbd", pool: "vm" },
      { storage: "b", type: "zfspool", pool: "vm" },
    ],
    [
      "another namespace",
      { storage: "a", type: "pbs", server: "1", datastore: "d", namespace: "a" },
      { storage: "b", type: "pbs", server: "1", datastore: "d", namespace: "b" },
    ],
  ])("but not %s", (_, one, other) => {
    expect(same(one, other)).toBe(false);
  });

  test("is not told of kinds that are not known, nor of what cannot be read", () => {
    for (const config of [
      { storage: "a" },
      { storage: "a", type: "new-kind", path: "/x" },
      { storage: "a", type: "constructor" },
      dir("/proc/1/root/srv"),
      dir("/srv/../dev/pve"),
      dir("relative"),
      dir(""),
      { storage: "a", type: "nfs", server: "x" },
    ])
      expect(placesOf(config), JSON.stringify(config)).toBeUndefined();
  });
});
