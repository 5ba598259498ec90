import { onOff } from "../schema/on-off.ts";
import { DISKS } from "./foreign-volumes.ts";
import { concerns } from "./operations/operation.ts";
import type { GuestType } from "./touches/touch.ts";
import { piecesOf } from "./touches/touch-volumes.ts";

/** A disk's setting: its volume, and its options by key. */
interface Disk {
  readonly volume: string;
  readonly options: ReadonlyMap<string, string>;
}

const VOLUME: ReadonlySet<string> = new Set(["", "file", "volume"]);

/** Undefined when it cannot be read. */
function readDisk(value: unknown): Disk | undefined {
  const pieces = piecesOf(value);
  const [volume, ...others] = pieces?.filter(([key]) => VOLUME.has(key)) ?? [];
  if (pieces === undefined || volume === undefined || others.length > 0) return undefined;
  return { volume: volume[1], options: new Map(pieces.filter(([key]) => !VOLUME.has(key))) };
}

/** An empty drive, or one with an image that is nobody's: what is put there takes nothing away. */
const holdsNothing = ({ volume }: Disk): boolean => /^(?:none|cdrom)$|^[^:/]+:iso\//.test(volume);

/** Options that change how a volume is reached, and neither what is on it nor what becomes of it. */
const ASIDE =
  /^(?:acl|aio|detect_zeroes|discard|iothread|model|mountoptions|product|queues|quota|size|ssd|vendor|(?:bps|iops|mbps)(?:_\w+)?)$/;

/** Options that take something from the volume in one direction: what holds without them, and what loses. */
const SWITCHES: Readonly<Record<string, { readonly without: "0" | "1"; readonly loses: "0" | "1" }>> = {
  backup: { without: "1", loses: "0" },
  replicate: { without: "1", loses: "0" },
  ro: { without: "0", loses: "1" },
  shared: { without: "0", loses: "1" },
  // Whatever is written is thrown away when the VM stops.
  snapshot: { without: "0", loses: "1" },
};

function loses(kind: GuestType, name: string, key: string, old?: string, now?: string): boolean {
  if (ASIDE.test(key) || old === now) return false;
  if (key === "cache") return now === "unsafe";
  const option = Object.hasOwn(SWITCHES, key) ? SWITCHES[key] : undefined;
  if (option === undefined) return true;
  // Mount points are backed up only where that is said (PVE::LXC::Config mountpoint_backup_enabled).
  const without = key === "backup" && kind === "lxc" && name !== "rootfs" ? "0" : option.without;
  const lost = option.loses === "1";
  return onOff(old ?? without) !== lost && onOff(now ?? without) !== !lost;
}

/** Does a disk's new setting put another volume in the place of `present`, or cannot that be told? */
export function replaces(present: string, given: unknown): boolean {
  const [old, now] = [readDisk(present), readDisk(given)];
  if (old === undefined) return true;
  return (
    !holdsNothing(old) && (now === undefined || now.volume !== old.volume || now.options.has("import-from"))
  );
}

/**
 * What a disk's new setting takes from the guest that has `present` there now; undefined where nothing: the place is
 * empty, or the volume stays and is only used otherwise.
 */
export function takenBy(kind: GuestType, name: string, present: string, given: unknown): string | undefined {
  const [old, now] = [readDisk(present), readDisk(given)];
  if (old === undefined) return `${name} cannot be compared with what is set`;
  if (replaces(present, given)) return `${name} takes the place of ${old.volume}`;
  if (now === undefined || holdsNothing(old)) return undefined;
  const keys = new Set([...old.options.keys(), ...now.options.keys()]);
  const lost = [...keys].find((key) => loses(kind, name, key, old.options.get(key), now.options.get(key)));
  return lost === undefined ? undefined : `${name} changes ${lost} of ${old.volume}`;
}

/** Names of the settings that hold a guest's disk. */
export const isDisk = (name: string): boolean => concerns({ params: DISKS, says: "" }, "", name);

/** A disk's setting by its name in the configuration. */
export const placeOf = (name: string): string => (name === "cdrom" ? "ide2" : name);
