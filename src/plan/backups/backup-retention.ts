import { PveError } from "../../pve/errors.ts";
import type { Guest } from "../../pve/guests.ts";
import { type Retention, retentionOf } from "../../pve/retention.ts";
import type { Block } from "../../render/answer.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { capital } from "../sentence.ts";
import type { Look, ReadRoute } from "../topic.ts";
import {
  backupNames,
  PRUNE_READ,
  type PrunedBackup,
  prunePreview,
  removalBlocks,
  removed,
} from "./backup-pruning.ts";

/** Reads of this file. */
export const RETENTION_READS: readonly ReadRoute[] = [
  "GET /nodes",
  "GET /nodes/{node}/vzdump/defaults",
  PRUNE_READ,
];

/** What a backup does to older ones; undefined where its storage does not exist or nothing answers. */
export async function retentionSeen(
  look: Look,
  route: Route,
  params: Readonly<Record<string, unknown>>,
): Promise<Retention | undefined> {
  try {
    const read = async (of: ReadRoute, given: Readonly<Record<string, unknown>>) => ({
      data: await look.read(of, given as never),
    });
    return await retentionOf(read, route, params);
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/** The rule at the end of what is said of a retention: "retention of storage nas is keep-last=3". */
const ruleOf = ({ says }: Retention): string | undefined => / is (keep-\S+)$/.exec(says)?.[1];

/**
 * The rule as it counts before the backup that is to come, which takes one place of keep-last itself; undefined where
 * nothing but that one would stay.
 */
export function ruleBefore(rule: string): string | undefined {
  const parts = rule.split(",").flatMap((part) => {
    const last = /^keep-last=(\d+)$/.exec(part)?.[1];
    if (last === undefined) return [part];
    return Number(last) > 1 ? [`keep-last=${Number(last) - 1}`] : [];
  });
  return parts.length === 0 ? undefined : parts.join(",");
}

/** What a retention comes to. */
export interface RetentionFinding {
  readonly points: readonly string[];
  readonly blocks: readonly Block[];
  /** Volumes that would go; null where it is not known. */
  readonly gone: string[] | null;
}

/**
 * What the retention of a backup that is about to run removes, by PVE's preview for the guests that it saves; PVE
 * prunes after a guest's backup succeeded.
 */
export async function retentionFinding(
  look: Look,
  retention: Retention | undefined,
  where: { readonly node: string; readonly storage: string | undefined },
  guests: readonly Guest[],
): Promise<RetentionFinding> {
  if (!retention)
    return { points: ["What becomes of older backups could not be read."], blocks: [], gone: null };
  if (!retention.removes) return { points: [`Older backups stay: ${retention.says}.`], blocks: [], gone: [] };
  const rule = ruleOf(retention);
  const { node, storage } = where;
  const unknown = (why: string): RetentionFinding => ({
    points: [`${capital(retention.says)}: which backups go ${why}.`],
    blocks: [],
    gone: null,
  });
  if (rule === undefined || storage === undefined) return unknown("could not be read");
  const before = ruleBefore(rule);
  const marked = await prunePreview(look, { node, storage, "prune-backups": before ?? rule });
  if (!marked) return unknown("could not be read");
  const vmids = new Set(guests.map(({ vmid }) => vmid));
  const theirs = marked.filter(({ vmid }) => vmid !== undefined && vmids.has(vmid));
  const gone: readonly PrunedBackup[] =
    before === undefined ? theirs.filter(({ mark }) => mark !== "protected") : removed(theirs);
  const text =
    gone.length === 0
      ? "by PVE's preview no older backup goes"
      : `by PVE's preview ${gone.length} of ${theirs.length} older ones then go: ${backupNames(gone, guests, 6)}`;
  return {
    points: [`${capital(retention.says)}; ${text}.`],
    blocks: removalBlocks(gone),
    gone: gone.map(({ volid }) => volid).sort(),
  };
}
