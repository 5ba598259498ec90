/** A storage's entry in the configuration, as far as it says where the data lies. */
export type BackingConfig = Readonly<Record<string, string>>;

/** Settings of a storage that can say where its data lies. */
export const BACKING_KEYS = [
  "data-pool",
  "datastore",
  "export",
  "fs-name",
  "monhost",
  "mountpoint",
  "namespace",
  "path",
  "pool",
  "server",
  "share",
  "subdir",
  "target",
  "thinpool",
  "type",
  "vgname",
] as const;

/** A place where data lies: what is below it belongs to it. `pve` of the volume groups, `pve/data` in it. */
export interface Place {
  /** Places of different kinds never meet. */
  readonly of: string;
  readonly at: readonly string[];
}

/** The steps of a path, `.` and `..` resolved. */
function parts(path: string): readonly string[] {
  const found: string[] = [];
  for (const part of path.split("/").filter((one) => one !== "" && one !== ".")) {
    if (part === "..") found.pop();
    else found.push(part);
  }
  return found;
}

type Finder = (config: BackingConfig) => Place | undefined;

/** A place by a setting that must be there; what follows narrows it down where it is set. */
const by =
  (of: string, first: string, ...rest: readonly string[]): Finder =>
  (config) => {
    const top = config[first];
    return top === undefined || top === ""
      ? undefined
      : { of, at: [...parts(top), ...rest.flatMap((key) => parts(config[key] ?? ""))] };
  };

/** Folders of the node's kernel, by which every other can be reached: `/proc/1/root`. */
const KERNELS: ReadonlySet<string | undefined> = new Set(["dev", "proc", "sys"]);

/** A folder of the node. */
const folder =
  (pathOf: (config: BackingConfig) => string | undefined): Finder =>
  (config) => {
    const path = pathOf(config);
    const at = path?.startsWith("/") ? parts(path) : undefined;
    return at === undefined || KERNELS.has(at[0]) ? undefined : { of: "folder", at };
  };

const OWN_PATH = folder(({ path }) => path);
/** What is mounted is so here unless `path` says otherwise (PVE::Storage::NFSPlugin check_config and its kin). */
const MOUNTED = folder(({ path, storage }) => path || `/mnt/pve/${storage ?? ""}`);
const DATASET = folder(({ mountpoint, pool }) => mountpoint || `/${pool ?? ""}`);
/** Shares' names are the same in any case (SMB). */
const SHARE: Finder = (config) =>
  by("share", "share", "subdir")({ ...config, share: (config.share ?? "").toLowerCase() });
const CEPH_POOL: Finder = (config) =>
  by("Ceph pool", "pool", "namespace")({ ...config, pool: config.pool || "rbd" });
/** A file system that is not named is any. */
const CEPHFS: Finder = ({ subdir = "" }) => ({ of: "CephFS", at: parts(subdir) });

/**
 * Where each kind of storage has its data. A server can have several names and addresses: what lies there is told by
 * the rest alone.
 */
const PLACES: Readonly<Record<string, readonly Finder[]>> = {
  btrfs: [OWN_PATH],
  cephfs: [CEPHFS, MOUNTED],
  cifs: [SHARE, MOUNTED],
  dir: [OWN_PATH],
  esxi: [by("ESXi", "server")],
  iscsi: [by("iSCSI", "target")],
  iscsidirect: [by("iSCSI", "target")],
  lvm: [by("volume group", "vgname")],
  lvmthin: [by("volume group", "vgname", "thinpool")],
  nfs: [by("export", "export"), MOUNTED],
  pbs: [by("datastore", "datastore", "namespace")],
  rbd: [CEPH_POOL],
  zfs: [by("ZFS", "pool"), by("iSCSI", "target")],
  zfspool: [by("ZFS", "pool"), DATASET],
};

/** The places of a storage's data; undefined where that cannot be told. */
export function placesOf(config: BackingConfig): readonly Place[] | undefined {
  const { type = "" } = config;
  const finders = Object.hasOwn(PLACES, type) ? PLACES[type] : undefined;
  const found = finders?.map((find) => find(config));
  if (found === undefined || found.includes(undefined)) return undefined;
  const more = config["data-pool"];
  return [
    ...found.flatMap((place) => place ?? []),
    ...(more === undefined || more === "" ? [] : [{ of: "Ceph pool", at: [more] }]),
  ];
}

const isWithin = (one: Place, other: Place) =>
  one.of === other.of && other.at.every((part, at) => one.at[at] === part);

/** Is one of these places in one of those, or around it? */
export const meet = (these: readonly Place[], those: readonly Place[]): boolean =>
  these.some((one) => those.some((other) => isWithin(one, other) || isWithin(other, one)));
