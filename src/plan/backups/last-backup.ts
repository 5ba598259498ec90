import { num, rows, str } from "../../pve/data.ts";
import { guestName, type StepGuest } from "../guests/guest-state.ts";
import { absence, type Point } from "../point.ts";
import { nodeStorages } from "../storage/node-storages.ts";
import type { Look } from "../topic.ts";
import { listed, moment, sizeText } from "../wording.ts";

const CONTENT = "GET /nodes/{node}/storage/{storage}/content";
const STORAGES = "GET /nodes/{node}/storage";
/** Storages that are asked for backups. */
const ASKED = 6;

/** A backup of a guest. */
interface Backup {
  readonly volid: string;
  /** Unix seconds. */
  readonly time: number;
  readonly bytes?: number;
}

/** What was found of a guest's backups. */
interface BackupFinding {
  /** The newest. */
  readonly backup?: Backup;
  /** Storages that answered. */
  readonly asked: readonly string[];
  /** PVE_ALLOWED hides storages, or backups on them. */
  readonly inPart: boolean;
  /** Storages that did not, or that were too many. */
  readonly unread: readonly string[];
}

/**
 * The newest backup of a guest on the storages that its node can see; undefined where the storages cannot be read. At
 * most six of them are asked.
 */
export async function lastBackup(
  look: Look,
  { node, vmid }: Pick<StepGuest, "node" | "vmid">,
): Promise<BackupFinding | undefined> {
  const storages = await nodeStorages(look, node);
  if (!storages) return undefined;
  const names = [...storages.values()]
    .filter(({ content }) => content.includes("backup"))
    .map(({ storage }) => storage)
    .sort();
  const answers = await Promise.all(
    names.slice(0, ASKED).map(async (storage) => {
      const data = await look.tryRead(CONTENT, { node, storage, content: "backup", vmid });
      return { storage, data };
    }),
  );
  const found = answers
    .flatMap(({ data }) => rows(data))
    .flatMap((row): readonly Backup[] => {
      const [volid, time, bytes] = [str(row, "volid"), num(row, "ctime"), num(row, "size")];
      if (volid === undefined || time === undefined) return [];
      return [{ volid, time, ...(bytes === undefined ? {} : { bytes }) }];
    })
    .sort((one, other) => other.time - one.time);
  const [newest] = found;
  const asked = answers.filter(({ data }) => data !== undefined).map(({ storage }) => storage);
  return {
    ...(newest ? { backup: newest } : {}),
    asked,
    inPart: look.hidden?.().some(({ route }) => route === CONTENT || route === STORAGES) ?? false,
    unread: names.filter((name) => !asked.includes(name)),
  };
}

/** What is said of a guest's last backup. @param now the node's time in Unix seconds */
export function backupText(
  finding: BackupFinding | undefined,
  guest: Pick<StepGuest, "type" | "vmid">,
  now: number | undefined,
): Point {
  const who = guestName(guest, undefined);
  if (!finding) return `Whether there is a backup of ${who} could not be read.`;
  const { backup, asked, unread } = finding;
  const none = (found: string): Point => absence(`backup of ${who}`, found);
  const rest = unread.length === 0 ? "" : ` Not read: ${listed(unread)}.`;
  if (backup)
    return `Last backup of ${who}: ${backup.volid} of ${moment(backup.time, now)}, ${sizeText(backup.bytes)}.${rest}`;
  if (asked.length === 0) return none(`found: no storage could be asked.${rest}`);
  return none(`found on ${listed(asked)}.${rest}`);
}
