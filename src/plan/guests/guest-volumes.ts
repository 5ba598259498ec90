import { num, type Row, record } from "../../pve/data.ts";
import { diskOf, type GuestDisk, type GuestType, isUnusedKey } from "../difference/guest-disk.ts";
import { settingText } from "../difference/setting-value.ts";
import type { Look } from "../topic.ts";
import { sizeText } from "../wording.ts";

/** A volume that a guest's configuration names. */
export interface GuestVolume extends GuestDisk {
  /** The setting: `scsi0`, `rootfs`, `unused1`, `vmstate`. */
  readonly key: string;
  /** Size in bytes, where the configuration says it. */
  readonly bytes?: number;
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

/** Bytes of a size as configurations have it, `32G` or `528K` (PVE::JSONSchema parse_size); undefined for no size. */
export function sizeBytes(text: string | undefined): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text ?? "") ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Math.trunc(Number(digits) * factor);
}

const byKey = (one: GuestVolume, other: GuestVolume): number =>
  Number(isUnusedKey(one.key)) - Number(isUnusedKey(other.key)) ||
  one.key.localeCompare(other.key, "en", { numeric: true });

/** The volumes that a configuration names, unused ones last; empty drives, CD-ROM images and paths of the node aside. */
export function volumesOf(type: GuestType, config: Row): readonly GuestVolume[] {
  const disks = Object.entries(config).flatMap(([key, value]): readonly GuestVolume[] => {
    const disk = diskOf(type, key, value);
    if (!disk || disk.kind === "cdrom" || disk.storage === undefined) return [];
    const bytes = sizeBytes(disk.options.size);
    return [{ key, ...disk, ...(bytes === undefined ? {} : { bytes }) }];
  });
  return disks.sort(byKey);
}

/** The memory state that a suspended VM keeps on a storage; undefined where there is none. */
export function memoryStateOf(config: Row): GuestVolume | undefined {
  const found = diskOf("qemu", "unused0", settingText(config.vmstate));
  return found && { ...found, key: "vmstate" };
}

/** Disks and mount points that are paths of the node, as `mp0 /srv/data`. */
export const pathsOf = (type: GuestType, config: Row): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const disk = diskOf(type, key, value);
    return disk?.volume.startsWith("/") ? [`${key} ${disk.volume}`] : [];
  });

/** The read that tells a volume's size. */
export const VOLUME_READ = "GET /nodes/{node}/storage/{storage}/content/{volume}";
/** Volumes whose size is asked for one by one: configurations do not keep that of unused ones. */
const ASKED = 8;

/** The volumes with the sizes that their storages know, where the configuration has none. */
export async function withSizes(
  look: Look,
  node: string,
  volumes: readonly GuestVolume[],
): Promise<readonly GuestVolume[]> {
  const wanted = volumes.filter(({ bytes, kind }) => bytes === undefined && kind === "disk").slice(0, ASKED);
  return Promise.all(
    volumes.map(async (volume) => {
      if (!wanted.includes(volume) || volume.storage === undefined) return volume;
      const found = await look.tryRead(VOLUME_READ, {
        node,
        storage: volume.storage,
        volume: volume.volume,
      });
      const bytes = num(record(found), "size");
      return bytes === undefined ? volume : { ...volume, bytes };
    }),
  );
}

/** `scsi0 local-lvm:vm-103-disk-0 (40 GiB)`. */
export function volumeText({ key, volume, bytes, kind, options }: GuestVolume): string {
  if (kind === "cloudinit") return `${key} ${volume} (cloud-init)`;
  return `${key} ${volume} (${sizeText(bytes)}${isSaved(key, options) ? "" : ", not backed up"})`;
}

/** Backups take a VM's disks unless they say no, a container's mount points only if they say yes (PVE::VZDump). */
const isSaved = (key: string, { backup }: GuestDisk["options"]): boolean =>
  key.startsWith("mp") ? backup === "1" : backup !== "0";

/** The size of the volumes together; undefined where one of them is not known. */
export function totalBytes(volumes: readonly GuestVolume[]): number | undefined {
  const sizes = volumes.filter(({ kind }) => kind === "disk").map(({ bytes }) => bytes);
  return sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}
