import fc from "fast-check";

/** Spellings that PVE reads as 103, or that it should not take at all: whichever it does, 103 must be out of reach. */
const ODD = [
  "103x",
  "1.03e2",
  "0x67",
  "１０３",
  "١٠٣",
  "103\u200b",
  "\u0000103",
  "103-103",
  "103..104",
  "-103",
  "103.5",
  "",
  "all",
  "*",
  true,
  1.03e2,
  103.5,
  Number.NaN,
  1e21,
  -103,
  {},
  { vmid: 103 },
  [[103]],
  ["103", null],
  [{}],
];
const space = fc.constantFrom("", "", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003");
export const digits = fc.constantFrom("103", "0103", "+103", "00000103");
export const spaced = (what: fc.Arbitrary<string>) =>
  fc.tuple(space, what, space).map((parts) => parts.join(""));
const separator = fc.constantFrom(",", ";", " ", ", ", ",,", "\u0000", "\n", "\t", ";;", " , ");
const companion = fc.constantFrom("107", "0107", "108", "107");

/** 103 as a single value. */
export const vmid: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: spaced(digits) },
  { weight: 2, arbitrary: fc.constant(103) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.constantFrom(["103"], [103]) },
);

/** 103 in a list, as text or array, among guests that may be reached. */
const listWith = (entry: fc.Arbitrary<string>): fc.Arbitrary<unknown> => {
  const entries = fc
    .tuple(fc.array(companion, { maxLength: 3 }), entry, fc.array(companion, { maxLength: 3 }))
    .map(([before, one, after]) => [...before, one, ...after]);
  return fc.oneof(
    fc
      .tuple(entries, separator, separator)
      .map(([all, one, lead]) => `${all.length > 2 ? lead : ""}${all.join(one)}`),
    entries,
    entries.map((all) => all.map((one) => (/^\d+$/.test(one) ? Number(one) : one))),
    // An empty list names nobody, or everybody: a question of its own.
    fc.constantFrom<unknown>(...ODD.filter((one) => one !== ""), [103, 107], [[103], 107], { 0: 103 }),
  );
};
export const vmids = listWith(spaced(digits));
export const sid = fc
  .tuple(fc.constantFrom("", "vm:", "ct:", "VM:", "Vm:", "service:", "service:vm:", "vm::"), digits)
  .map((parts) => parts.join(""));
export const sids = listWith(spaced(sid));

/** Volumes of 103, of whoever else they may be, and paths that may be anybody's. */
export const volume = spaced(
  fc.constantFrom(
    "local-lvm:vm-103-disk-0",
    "local-lvm:vm-0103-disk-0",
    "LOCAL-LVM:VM-103-DISK-0",
    "local-lvm:base-103-disk-0",
    "ceph-vm:base-9000-disk-0/vm-103-disk-0",
    "ceph-vm:-103-disk-0",
    "zfs:subvol-103-disk-0",
    "zfs:basevol-103-disk-0",
    "local:103/vm-103-disk-0.qcow2",
    "local:103/anything.raw",
    "local:107/vm-103-disk-0.qcow2",
    "local:103/vm-107-disk-0.qcow2",
    "local:9000/base-9000-disk-0.qcow2/103/vm-103-disk-0.qcow2",
    "local:107/../103/vm-103-disk-0.qcow2",
    "local:./103/vm-103-disk-0.qcow2",
    "local:import/vm-103-disk-0.qcow2",
    "local:snippets/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
    "iscsi:0.0.1.scsi-36001405",
    "iscsi:lun3",
    "/dev/pve/vm-103-disk-0",
    "/dev/mapper/pve-vm--103--disk--0",
    "/dev/sdb",
    "/var/lib/vz/images/103/anything.raw",
    "//var/lib/vz/images/103/x.raw",
  ),
);
export const backup = spaced(
  fc.constantFrom(
    "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
    "backup:backup/vzdump-QEMU-103-2026_04_01-02_33_00.vma.zst",
    "backup:backup/vzdump-lxc-0103-2026_04_01-02_33_00.tar.zst",
    "backup:backup/renamed.vma.zst",
    "pbs:backup/vm/103/2026-04-01T02:33:00Z",
    "pbs:backup/ct/0103/2026-04-01T02:33:00Z",
    "/mnt/pve/backup/dump/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
    "-",
  ),
);

/** A disk's value with such a volume, in whatever form. */
export const disk: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.oneof(volume, backup),
    fc.constantFrom("", "file=", "volume=", "FILE=", " file = ", "import-from="),
    fc.constantFrom("", ",size=4G", ",media=cdrom", ",cache=none,"),
    fc.constantFrom("", "size=1G,", "local-lvm:0,", "none,"),
  )
  .chain(([what, key, after, before]) =>
    fc.constantFrom<unknown>(
      `${before}${key}${what}${after}`,
      [`${before}${key}${what}`],
      { [key.replace(/[= ]/g, "") || "file"]: what },
      { file: "local-lvm:0", "import-from": what },
      { volume: { file: what } },
      { file: [what] },
    ),
  );
