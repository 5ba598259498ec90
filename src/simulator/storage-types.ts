/** What a storage type takes (the `options` and `plugindata` of PVE's storage plugins). */
export interface StorageType {
  /** Given at creation and never changed. */
  readonly fixed: readonly string[];
  /** As `fixed`, but it may be left out. */
  readonly fixedOptional?: readonly string[];
  readonly optional: readonly string[];
  readonly contents: readonly string[];
  /** Content of a storage created without one. */
  readonly content: string;
  /** Always the same on every node. */
  readonly shared?: true;
  /** PVE mounts it below /mnt/pve. */
  readonly mounted?: true;
}

const words = (text: string) => text.split(" ");
const FILES = words("images rootdir vztmpl iso backup snippets import");
const DISKS = ["images", "rootdir"];
const BASE = words("nodes disable content bwlimit");
const DIRECTORY = [
  ...BASE,
  ...words("content-dirs prune-backups max-protected-backups format mkdir create-base-path create-subdirs"),
];
const CHAIN = ["snapshot-as-volume-chain"];

/** Storage types that can be added, by name. */
export const STORAGE_TYPES: Readonly<Record<string, StorageType>> = {
  dir: {
    fixed: ["path"],
    fixedOptional: CHAIN,
    optional: [...DIRECTORY, ...words("shared is_mountpoint preallocation")],
    contents: [...FILES, "none"],
    content: "images,rootdir",
  },
  btrfs: {
    fixed: ["path"],
    optional: [...DIRECTORY, ...words("shared is_mountpoint nocow preallocation")],
    contents: [...FILES, "none"],
    content: "images,rootdir",
  },
  nfs: {
    fixed: ["server", "export"],
    fixedOptional: ["path", ...CHAIN],
    optional: [...DIRECTORY, ...words("options preallocation")],
    contents: FILES,
    content: "images",
    shared: true,
    mounted: true,
  },
  cifs: {
    fixed: ["server", "share"],
    fixedOptional: ["path", ...CHAIN],
    optional: [...DIRECTORY, ...words("options preallocation subdir username password domain smbversion")],
    contents: FILES,
    content: "images",
    shared: true,
    mounted: true,
  },
  cephfs: {
    fixed: [],
    fixedOptional: ["path"],
    optional: [...DIRECTORY, ...words("options monhost subdir username fuse keyring fs-name")],
    contents: words("vztmpl iso backup snippets import none"),
    content: "backup",
    shared: true,
    mounted: true,
  },
  lvm: {
    fixed: ["vgname"],
    fixedOptional: ["base"],
    optional: [
      ...BASE,
      ...CHAIN,
      ...words("shared saferemove saferemove-stepsize saferemove_throughput tagged_only"),
    ],
    contents: DISKS,
    content: "images",
  },
  lvmthin: { fixed: ["thinpool", "vgname"], optional: BASE, contents: DISKS, content: "images,rootdir" },
  zfspool: {
    fixed: ["pool"],
    optional: [...BASE, ...words("blocksize sparse mountpoint")],
    contents: DISKS,
    content: "images,rootdir",
  },
  rbd: {
    fixed: [],
    optional: [...BASE, ...words("monhost pool data-pool namespace username krbd keyring")],
    contents: DISKS,
    content: "images",
    shared: true,
  },
  iscsi: {
    fixed: ["portal", "target"],
    optional: BASE,
    contents: ["images", "none"],
    content: "images",
    shared: true,
  },
  pbs: {
    fixed: ["server", "datastore"],
    optional: [
      ...BASE,
      ...words(
        "namespace port username password encryption-key master-pubkey prune-backups max-protected-backups fingerprint",
      ),
    ],
    contents: ["backup", "none"],
    content: "backup",
    shared: true,
  },
};
