import { num, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { time } from "../../render/units.ts";
import type { RouteParams } from "../../schema/routes.gen.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import { absence, listing } from "../point.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { counted, when } from "../wording.ts";

const PREVIEW = "GET /nodes/{node}/storage/{storage}/prunebackups";

/** A backup and what the retention would do to it. */
export interface PrunedBackup {
  readonly volid: string;
  /** Unix seconds. */
  readonly ctime: number;
  readonly vmid?: number;
  readonly mark: string;
}

const backupOf = (row: Row): readonly PrunedBackup[] => {
  const [volid, mark] = [str(row, "volid"), str(row, "mark") ?? "keep"];
  const vmid = num(row, "vmid");
  return volid === undefined
    ? []
    : [{ volid, mark, ctime: num(row, "ctime") ?? 0, ...(vmid === undefined ? {} : { vmid }) }];
};

/**
 * The backups of a storage as PVE would mark them, oldest first; undefined where it does not say. Without
 * `prune-backups` by the storage's own retention.
 */
export async function prunePreview(
  look: Look,
  query: RouteParams[typeof PREVIEW],
): Promise<readonly PrunedBackup[] | undefined> {
  const data = await look.tryRead(PREVIEW, query);
  return data === undefined
    ? undefined
    : rows(data)
        .flatMap(backupOf)
        .sort((a, b) => a.ctime - b.ctime);
}

/** Those that go. */
export const removed = (backups: readonly PrunedBackup[]): readonly PrunedBackup[] =>
  backups.filter(({ mark }) => mark === "remove");

/** "VM 100 (web-01) 2026-03-30 02:30 UTC, …": backups by guest and time. */
export const backupNames = (
  backups: readonly PrunedBackup[],
  guests: readonly Guest[] | undefined,
): readonly string[] =>
  backups.map(
    ({ volid, vmid, ctime }) =>
      `${vmid === undefined ? volid : nameOfVmid(guests, vmid)}${ctime === 0 ? "" : ` ${time(ctime)}`}`,
  );

/** Pruning of a storage: what goes and what stays, by PVE's own preview. */
export const pruning: Topic = async ({ params }, look): Promise<Finding> => {
  const storage = settingText(params.storage);
  const { node, type, vmid } = params;
  const own = textOf(params, "prune-backups");
  const [backups, guests, config] = await Promise.all([
    prunePreview(look, {
      node: settingText(node),
      storage,
      ...(own === undefined ? {} : { "prune-backups": own }),
      ...(type === "qemu" || type === "lxc" ? { type } : {}),
      ...(vmid === undefined ? {} : { vmid: Number(vmid) }),
    }),
    inventory(look),
    own === undefined ? look.tryRead("GET /storage/{storage}", { storage }) : undefined,
  ]);
  if (!backups)
    return {
      points: [`Which backups on ${storage} go could not be read: PVE's preview did not answer.`],
      state: { [`pruning of ${storage}`]: null },
      final: "a backup that is pruned is gone.",
    };
  const gone = removed(backups);
  const kept = backups.filter(({ mark }) => mark !== "remove");
  const safe = backups.filter(({ mark }) => mark === "protected");
  const rule =
    own ??
    (typeof config === "object" && config !== null && "prune-backups" in config
      ? settingText(config["prune-backups"])
      : undefined);
  return {
    points: [
      gone.length === 0
        ? absence("backup", `on ${storage} goes; kept: ${counted(kept.length, "backup")}.`)
        : listing(
            `${gone.length} of ${counted(backups.length, "backup")} on ${storage} go`,
            backupNames(gone, guests),
          ),
      ...when(
        gone.length > 0,
        `Kept: ${counted(kept.length, "backup")}${safe.length > 0 ? `, ${safe.length} of them protected` : ""}.`,
      ),
      rule === undefined
        ? "The storage has no retention of its own: PVE keeps all."
        : `Retention: ${rule}${own === undefined ? " (the storage's own)" : ""}.`,
    ],
    tells: ["prune-backups"],
    state: { [`pruning of ${storage}`]: gone.map(({ volid }) => volid).sort() },
    ...(gone.length > 0 ? { final: "a backup that is pruned is gone." } : {}),
  };
};
