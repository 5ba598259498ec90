import { PveError } from "../../pve/errors.ts";
import type { Guest } from "../../pve/guests.ts";
import { type Retention, retentionOf } from "../../pve/retention.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { absent, listings, type Point } from "../point.ts";
import type { Look } from "../topic.ts";
import { counted } from "../wording.ts";
import { backupNames, type PrunedBackup, prunePreview, removed } from "./backup-pruning.ts";

/** What a backup does to older ones; undefined where its storage does not exist or nothing answers. */
export async function retentionSeen(
  look: Look,
  route: Route,
  params: Readonly<Record<string, unknown>>,
): Promise<Retention | undefined> {
  try {
    return await retentionOf(async (of, given) => ({ data: await look.read(of, given) }), route, params);
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/**
 * The rule as it counts before the backup that is to come, which takes one place of keep-last itself; undefined where
 * nothing but that one would stay.
 */
function ruleBefore(rule: string): string | undefined {
  const parts = rule.split(",").flatMap((part) => {
    const last = /^keep-last=(\d+)$/.exec(part)?.[1];
    if (last === undefined) return [part];
    return Number(last) > 1 ? [`keep-last=${Number(last) - 1}`] : [];
  });
  return parts.length === 0 ? undefined : parts.join(",");
}

/** What a retention comes to. */
interface RetentionFinding {
  readonly points: readonly Point[];
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
  if (!retention) return { points: ["What becomes of older backups could not be read."], gone: null };
  if (!retention.removes) return { points: [`Older backups stay: ${retention.says}.`], gone: [] };
  const { rule } = retention;
  const { node, storage } = where;
  const unknown = (why: string): RetentionFinding => ({
    points: [`Older backups are removed; which ones ${why}.`],
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
  // The rule itself stands in the request, or in what its class is raised for.
  return {
    points:
      gone.length === 0
        ? [absent("By PVE's preview no older backup goes")]
        : listings(
            `By PVE's preview ${gone.length} of ${counted(theirs.length, "older backup")} then go`,
            backupNames(gone, guests),
          ),
    gone: gone.map(({ volid }) => volid).sort(),
  };
}
