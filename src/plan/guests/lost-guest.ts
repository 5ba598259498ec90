import { type Json, num, type Row, rows, str } from "../../pve/data.ts";
import { backupText, lastBackup } from "../backups/last-backup.ts";
import { nodeTime } from "../nodes/node-time.ts";
import { listings, type Point } from "../point.ts";
import type { Look } from "../topic.ts";
import { sizeText } from "../wording.ts";
import { labelOf } from "./guest-names.ts";
import { guestConfig, type StepGuest } from "./guest-state.ts";
import {
  type GuestVolume,
  memoryStateOf,
  pathsOf,
  totalBytes,
  volumesOf,
  volumeText,
  withSizes,
} from "./guest-volumes.ts";
import { type Snapshot, snapshotName, snapshotState, snapshotsOf } from "./snapshots.ts";

/** What goes when a guest is destroyed or overwritten. */
export interface LostGuest {
  /** "VM 103 (mail)". */
  readonly label: string;
  readonly config: Row;
  /** Its own volumes, which PVE destroys. */
  readonly volumes: readonly GuestVolume[];
  readonly snapshots: readonly Snapshot[] | undefined;
  /** Whether a backup of it was found; undefined where nobody could look. */
  readonly saved: boolean | undefined;
  readonly points: readonly Point[];
  readonly state: Readonly<Record<string, Json>>;
}

/**
 * The volumes, snapshots and backups of a guest, named. A volume is PVE's to destroy where its name says that it is the
 * guest's own (destroy_vm in PVE::QemuServer, delete_mountpoint_volume in PVE::LXC).
 * @param how what becomes of the volumes: "destroyed", "overwritten"
 * @param keeps whether the volume of a setting stays as an unused one
 */
export async function lostGuest(
  look: Look,
  guest: StepGuest,
  how: string,
  keeps: (key: string) => boolean = () => false,
): Promise<LostGuest> {
  const [config, snapshots, backup, now] = await Promise.all([
    guestConfig(look, guest),
    snapshotsOf(look, guest),
    lastBackup(look, guest),
    nodeTime(look, guest.node),
  ]);
  const memory = memoryStateOf(config);
  const named = [...volumesOf(guest.type, config), ...(memory ? [memory] : [])];
  const own = named.filter(({ owner }) => owner === guest.vmid);
  const sized = await withSizes(look, guest.node, own);
  const volumes = sized.filter(({ key }) => !keeps(key));
  const kept = sized.filter(({ key }) => keeps(key));
  const foreign = named.filter(({ owner }) => owner !== guest.vmid).map(volumeText);
  const stays = [...foreign, ...pathsOf(guest.type, config)];
  const label = labelOf(guest, config);
  return {
    label,
    config,
    volumes,
    snapshots,
    saved:
      backup &&
      (backup.backup !== undefined || (backup.asked.length > 0 && !backup.inPart ? false : undefined)),
    points: [
      Object.keys(config).length === 0
        ? `The disks of ${label} could not be read: they are ${how}.`
        : volumePoint(volumes, how),
      ...listings("Kept as unused", kept.map(volumeText)),
      ...listings(`Not ${how}, as it is not its own`, stays),
      ...snapshotPoint(snapshots, label),
      backupText(backup, guest, now),
    ],
    state: {
      volumes: volumes.map(({ key, volume }) => `${key} ${volume}`),
      snapshots: snapshotState(snapshots),
      backup: backup?.backup?.volid ?? null,
    },
  };
}

function volumePoint(volumes: readonly GuestVolume[], how: string): Point {
  if (volumes.length === 0) return `No disk is ${how}: it has none of its own.`;
  const total = totalBytes(volumes);
  const sum = volumes.length > 1 && total !== undefined ? ` ${sizeText(total)} in all.` : "";
  return { says: `Disks ${how}`, entries: volumes.map(volumeText), end: `.${sum}` };
}

function snapshotPoint(snapshots: readonly Snapshot[] | undefined, label: string): readonly Point[] {
  if (!snapshots) return [`The snapshots of ${label} could not be read: they go with it.`];
  return listings("Snapshots that go with it", snapshots.map(snapshotName));
}

/** The read that tells the volumes on a storage. */
const CONTENT_READ = "GET /nodes/{node}/storage/{storage}/content";

/**
 * Volumes on these storages that carry a guest's VMID and that its configuration does not name, with sizes; those on
 * storages that cannot be read are left out.
 */
export async function unreferenced(
  look: Look,
  { type, node, vmid }: StepGuest,
  storages: readonly string[],
  named: readonly GuestVolume[],
): Promise<readonly string[]> {
  const content = type === "qemu" ? "images" : "rootdir";
  const known = new Set(named.map(({ volume }) => volume));
  const answers = await Promise.all(
    storages.map((storage) => look.tryRead(CONTENT_READ, { node, storage, content, vmid })),
  );
  return answers
    .flatMap((data) => rows(data))
    .flatMap((row) => {
      const volid = str(row, "volid");
      if (volid === undefined || known.has(volid)) return [];
      return [`${volid} (${sizeText(num(row, "size"))})`];
    })
    .sort();
}
