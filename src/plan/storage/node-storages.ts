import { flag, list, num, rows, str } from "../../pve/data.ts";
import type { Look } from "../topic.ts";
import { sizeText } from "../wording.ts";

/** A storage as a node sees it. */
export interface NodeStorage {
  readonly storage: string;
  /** `lvmthin`, `zfspool`, `rbd`. */
  readonly type: string;
  readonly content: readonly string[];
  readonly shared: boolean;
  /** Free bytes; undefined where the storage does not answer. */
  readonly free?: number;
}

/** The read that tells a node's storages. */
const STORAGES_READ = "GET /nodes/{node}/storage";

/** The storages that a node uses, by name; undefined where they cannot be read. */
export async function nodeStorages(
  look: Look,
  node: string,
): Promise<ReadonlyMap<string, NodeStorage> | undefined> {
  const data = await look.tryRead(STORAGES_READ, { node });
  if (data === undefined) return undefined;
  return new Map(
    rows(data).flatMap((row): readonly (readonly [string, NodeStorage])[] => {
      const storage = str(row, "storage");
      if (storage === undefined || (row.enabled !== undefined && !flag(row, "enabled"))) return [];
      const free = num(row, "avail");
      const known = {
        storage,
        type: str(row, "type") ?? "",
        content: list(str(row, "content")),
        shared: flag(row, "shared"),
        ...(free === undefined ? {} : { free }),
      };
      return [[storage, known]];
    }),
  );
}

/** One line for each storage that has less room than is asked for. @param wanted bytes by storage */
export const shortages = (
  storages: ReadonlyMap<string, NodeStorage> | undefined,
  wanted: ReadonlyMap<string, number>,
): readonly string[] =>
  [...wanted].flatMap(([name, bytes]) => {
    const free = storages?.get(name)?.free;
    return free === undefined || free >= bytes
      ? []
      : [`${name} has ${sizeText(free)} free, ${sizeText(bytes)} are asked for.`];
  });
