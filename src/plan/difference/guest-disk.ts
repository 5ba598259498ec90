import { factOf, propertiesOf, settingText } from "./setting-value.ts";

/** VM or container. */
export type GuestType = "qemu" | "lxc";

/** The operation that changes a guest's configuration; its parameters are the guest's settings. */
export const CONFIG_ROUTE = {
  qemu: "PUT /nodes/{node}/qemu/{vmid}/config",
  lxc: "PUT /nodes/{node}/lxc/{vmid}/config",
} as const;

const DISK_KEY = {
  qemu: /^(?:(?:ide|sata|scsi|virtio)\d+|efidisk0|tpmstate0)$/,
  lxc: /^(?:rootfs|mp\d+)$/,
} as const;

/** Whether a setting holds a disk or mount point that is in use. */
export const isDiskKey = (type: GuestType, key: string): boolean => DISK_KEY[type].test(key);

/** Whether a setting keeps a volume that the guest no longer uses. */
export const isUnusedKey = (key: string): boolean => /^unused\d+$/.test(key);

/** A disk of a guest, taken apart. */
export interface GuestDisk {
  /** `local-lvm:vm-100-disk-0`, `none`, `cdrom`, a path on the node. */
  readonly volume: string;
  readonly storage?: string;
  /** GiB of a volume that is yet to be made. */
  readonly fresh?: number;
  readonly kind: "disk" | "cdrom" | "cloudinit";
  /** VMID that the volume's name says it belongs to. */
  readonly owner?: number;
  /** The keys of the property string but the volume. */
  readonly options: Readonly<Record<string, string>>;
}

// `STORAGE:GIB` asks for a new volume (PVE::QemuServer::Drive, PVE::LXC: NEW_DISK_RE).
const NEW_DISK = /^([^:\s]+):(\d+(?:\.\d+)?)$/;
// PVE::QemuServer::Drive drive_is_cloudinit.
const CLOUD_INIT = /[:/](?:vm-\d+-)?cloudinit(?:\.\w+)?$/;
const STORED = /^([^:/\s]+):(.+)$/s;
// Names of guests' volumes (PVE::Storage plugins, parse_volname).
const OWNED = /(?:^|\/)(?:vm|base|basevol|subvol)-(\d+)-[^/]*$/;

/** A disk setting's value taken apart; undefined for what is no disk. `unused` keys count as disks. */
export function diskOf(type: GuestType, key: string, value: unknown): GuestDisk | undefined {
  if (!isDiskKey(type, key) && !isUnusedKey(key)) return undefined;
  const parts = propertiesOf(factOf(CONFIG_ROUTE[type], key), settingText(value));
  const { [type === "qemu" ? "file" : "volume"]: volume, ...options } = parts ?? {};
  if (volume === undefined) return undefined;
  const storage = STORED.exec(volume)?.[1];
  const size = NEW_DISK.exec(volume)?.[2];
  const owner = storage === undefined ? undefined : OWNED.exec(volume.slice(storage.length + 1))?.[1];
  return {
    volume,
    ...(storage === undefined ? {} : { storage }),
    ...(size === undefined ? {} : { fresh: Number(size) }),
    kind: kindOf(type, volume, options),
    ...(owner === undefined ? {} : { owner: Number(owner) }),
    options,
  };
}

// PVE::QemuServer cleanup_drive_path makes `none` and `cdrom` CD-ROM drives.
function kindOf(type: GuestType, volume: string, options: GuestDisk["options"]): GuestDisk["kind"] {
  if (type === "lxc") return "disk";
  if (CLOUD_INIT.test(volume) || volume === "cloudinit") return "cloudinit";
  return options.media === "cdrom" || volume === "none" || volume === "cdrom" ? "cdrom" : "disk";
}
