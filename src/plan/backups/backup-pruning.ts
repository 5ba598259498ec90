import { num, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import type { Block } from "../../render/answer.ts";
import { time } from "../../render/units.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import { LINE } from "../sentence.ts";
import type { Finding, Look, ReadRoute, Topic } from "../topic.ts";
import { counted, listed, when } from "../wording.ts";

/** PVE's own preview of what a retention removes. */
export const PRUNE_READ: ReadRoute = "GET /nodes/{node}/storage/{storage}/prunebackups";

/** What is asked of the preview; `prune-backups` absent: the storage's own retention. */
export interface PruneQuery {
  readonly node: string;
  readonly storage: string;
  readonly "prune-backups"?: string;
  readonly vmid?: number;
  readonly type?: string;
}

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

/** The backups of a storage as PVE would mark them, oldest first; undefined where it does not say. */
export async function prunePreview(
  look: Look,
  query: PruneQuery,
): Promise<readonly PrunedBackup[] | undefined> {
  const data = await look.tryRead("GET /nodes/{node}/storage/{storage}/prunebackups", query as never);
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
  max = LINE,
): string =>
  listed(
    backups.map(
      ({ volid, vmid, ctime }) =>
        `${vmid === undefined ? volid : nameOfVmid(guests, vmid)}${ctime === 0 ? "" : ` ${time(ctime)}`}`,
    ),
    max,
  );

/** The volumes that go, for whoever reads the whole plan. */
export const removalBlocks = (gone: readonly PrunedBackup[]): readonly Block[] =>
  gone.length === 0
    ? []
    : [
        {
          kind: "table",
          title: "Backups that go",
          columns: [{ key: "volume" }, { key: "time", format: "time" }],
          rows: gone.slice(0, 20).map(({ volid, ctime }) => ({ volume: volid, time: ctime })),
          ...(gone.length > 20 ? { total: gone.length } : {}),
        },
      ];

/** Pruning of a storage: what goes and what stays, by PVE's own preview. */
export const pruning: Topic = {
  reads: [PRUNE_READ, "GET /storage/{storage}", "GET /cluster/resources"],
  look: async ({ params }, look): Promise<Finding> => {
    const storage = settingText(params.storage);
    const { node, type, vmid } = params;
    const own = textOf(params, "prune-backups");
    const [backups, guests, config] = await Promise.all([
      prunePreview(look, {
        node: settingText(node),
        storage,
        ...(own === undefined ? {} : { "prune-backups": own }),
        ...(type === undefined ? {} : { type: settingText(type) }),
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
          ? `No backup on ${storage} goes; kept: ${counted(kept.length, "backup")}.`
          : `${gone.length} of ${counted(backups.length, "backup")} on ${storage} go: ${backupNames(gone, guests)}.`,
        ...when(
          gone.length > 0,
          `Kept: ${counted(kept.length, "backup")}${safe.length > 0 ? `, ${safe.length} of them protected` : ""}.`,
        ),
        rule === undefined
          ? "The storage has no retention of its own: PVE keeps all."
          : `Retention: ${rule}${own === undefined ? " (the storage's own)" : ""}.`,
      ],
      blocks: removalBlocks(gone),
      state: { [`pruning of ${storage}`]: gone.map(({ volid }) => volid).sort() },
      ...(gone.length > 0 ? { final: "a backup that is pruned is gone." } : {}),
    };
  },
};
