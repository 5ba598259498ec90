import { type Classification, classify } from "../policy/effect.ts";
import { prunesByRetention } from "../policy/operations-backup.ts";
import { type RetentionRead, retentionOf } from "./retention.ts";

/** Parameters of an existing job's change that concern its retention. */
const OF_RETENTION = ["storage", "prune-backups", "remove"] as const;

/**
 * Effect and risk of a call, where they depend on PVE's state too: a backup that leaves `remove` at its default removes
 * older ones where the storage has a retention. Throws a PveError when what decides cannot exist.
 */
export async function classifyCall(
  read: RetentionRead,
  route: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Classification> {
  const known = classify(route, params);
  if (!dependsOnState(route, params)) return known;
  const { removes, says } = await retentionOf(read, route, params);
  return removes ? { effect: "write", risk: "loss", reason: `it deletes older backups (${says})` } : known;
}

/** Does PVE's state decide on the class of this call? Not where it is a write with risk of loss whatever the state. */
export function dependsOnState(route: string, params: Readonly<Record<string, unknown>>): boolean {
  if (!prunesByRetention(route, params)) return false;
  const { effect, risk } = classify(route, params);
  if (effect === "write" && risk === "loss") return false;
  return !route.startsWith("PUT ") || OF_RETENTION.some((name) => params[name] !== undefined);
}
