import type { Arguments, ValueTest } from "./operations/operation.ts";

/** A volume that stands in a disk parameter and belongs to another guest than the call's. */
export interface ForeignVolume {
  readonly param: string;
  /** As given: `local-lvm:vm-101-disk-0`, or a path on the node. */
  readonly volume: string;
  /** VMID of the guest that owns it. */
  readonly owner: number;
}

/** Parameters of a guest's configuration that hold a volume, as the endpoint table names them. */
export const DISKS = [
  "ide[n]",
  "sata[n]",
  "scsi[n]",
  "virtio[n]",
  "efidisk0",
  "tpmstate0",
  "cdrom",
  "rootfs",
  "mp[n]",
  "unused[n]",
] as const;

const DISK = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+|cdrom|rootfs)$/;
/** Keys of a disk's property string that hold a volume; "" is the value without a key. */
const VOLUME_KEYS: ReadonlySet<string> = new Set(["", "file", "volume", "import-from"]);
/** Names PVE gives to guests' volumes (PVE::Storage::Plugin, LVMPlugin, ZFSPoolPlugin, RBDPlugin: parse_volname). */
const NAMED = /^(?:vm|base|basevol|subvol)-(\d+)-/;
/** Folders of a storage whose files belong to no guest. */
const NOBODYS: ReadonlySet<string> = new Set(["iso", "vztmpl", "snippets", "import"]);

/** What a disk parameter names as its volume, whatever form it was given in; undefined when that cannot be read. */
function volumesIn(value: unknown): readonly string[] | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    if (entries.some(([, inner]) => typeof inner === "object" && inner !== null)) return undefined;
    return entries.filter(([key]) => VOLUME_KEYS.has(key)).flatMap(([, inner]) => volumesIn(inner) ?? []);
  }
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (parts.some((part) => typeof part === "object" && part !== null)) return undefined;
  return parts
    .flatMap((part) => String(part).split(","))
    .flatMap((piece) => {
      const [, key = "", volume = ""] = /^\s*(?:([a-z][\w-]*)=)?(.*?)\s*$/s.exec(piece) ?? [];
      return VOLUME_KEYS.has(key) ? [volume] : [];
    });
}

/** VMIDs that own a volume by its name and, on storages with folders, by the folder it lies in. */
function ownersOf(volume: string): readonly number[] {
  const onNode = volume.startsWith("/");
  const path = onNode ? volume : /^[^:/]+:(.+)$/s.exec(volume)?.[1];
  if (path === undefined) return [];
  const folders = path.split("/").filter((part) => part !== "");
  const file = folders.pop() ?? "";
  if (NOBODYS.has(folders[0] ?? "")) return [];
  // A linked clone names its base first: 100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2 is 101's.
  const folder = folders.findLast(
    (part, at) => /^\d+$/.test(part) && (!onNode || folders[at - 1] === "images"),
  );
  return [NAMED.exec(file)?.[1], folder].flatMap((vmid) => (vmid === undefined ? [] : [Number(vmid)]));
}

/**
 * The volumes in disk parameters that belong to another guest than `vmid`: attaching one reaches a guest that the
 * route does not name. Without a VMID every guest is another. Takes whatever a caller may send; pure.
 */
export function foreignVolumes(vmid: unknown, params: Arguments): readonly ForeignVolume[] {
  const own = /^\s*\d+\s*$/.test(String(vmid)) ? Number(vmid) : undefined;
  return Object.entries(params)
    .filter(([name]) => DISK.test(name))
    .flatMap(([param, value]) =>
      (volumesIn(value) ?? []).flatMap((volume) => {
        const owner = ownersOf(volume).find((one) => one !== own);
        return owner === undefined ? [] : [{ param, volume, owner }];
      }),
    );
}

/** A disk that is another guest's volume, or that cannot be read. */
export const isForeign: ValueTest = (value, { vmid }) =>
  volumesIn(value) === undefined || foreignVolumes(vmid, { rootfs: value }).length > 0;

/** A disk that is a device, a file or a folder of the node. */
export const isOnNode: ValueTest = (value) =>
  volumesIn(value)?.some((volume) => volume.startsWith("/")) ?? true;
