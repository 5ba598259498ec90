import { prunesByRetention } from "../policy/operations/operations-backup.ts";
import { keepsAll } from "../policy/touches/touches-backup.ts";
import type { RouteParams } from "../schema/routes.gen.ts";
import { type Json, type Row, record, rows, str } from "./data.ts";
import { PveError } from "./errors.ts";
import type { Reply } from "./reply.ts";

/** A read, whoever makes it. */
export type RetentionRead = <R extends "GET /nodes/{node}/vzdump/defaults" | "GET /nodes">(
  route: R,
  params: RouteParams[R],
) => Promise<Reply>;

/** What a backup does to older ones. */
export interface Retention {
  /** Some will be removed, or it could not be told. */
  readonly removes: boolean;
  /** Why none goes ("remove is off"), or the rule by which they go ("retention of storage nas is keep-last=3"). */
  readonly says: string;
  /** The rule by which they go: "keep-last=3". */
  readonly rule?: string;
  /** It could not be read. */
  readonly unread?: true;
}

/** A property string, also where PVE answers an object. */
function propertyString(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  const entries = Object.entries(record(value));
  return entries.length === 0 ? undefined : entries.map(([key, part]) => `${key}=${String(part)}`).join(",");
}

/** What comes of a rule, `place` being what has it. */
const byRule = (rule: string | undefined, place: string): Retention =>
  rule === undefined || rule === "" || keepsAll(rule)
    ? { removes: false, says: `${place} keeps all` }
    : { removes: true, says: `retention of ${place} is ${rule}`, rule };

/**
 * What a backup, or a job, with these parameters does to older backups. PVE removes them when the call, the storage or
 * vzdump.conf has a retention, unless `remove` is off (GET /nodes/{node}/vzdump/defaults merges both). Throws a PveError
 * when the storage does not exist.
 */
export async function retentionOf(
  read: RetentionRead,
  route: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Retention> {
  const { remove } = params;
  const keeps = (says: string): Retention => ({ removes: false, says });
  if (!prunesByRetention(route, { remove })) return keeps("remove is off");
  const own = propertyString(params["prune-backups"] as Json | undefined);
  if (own !== undefined) return byRule(own, route.startsWith("POST /nodes/") ? "the call" : "the job");
  const storage = str(params as Row, "storage");
  let defaults: Row;
  try {
    const node = str(params as Row, "node") ?? (await anyNode(read));
    const reply = await read("GET /nodes/{node}/vzdump/defaults", {
      node,
      ...(storage === undefined ? {} : { storage }),
    });
    defaults = record(reply.data);
  } catch (error) {
    // A storage that does not exist would only show in the job's log.
    if (!(error instanceof PveError) || error.kind === "not-found") throw error;
    return { removes: true, says: "whether the storage has a retention could not be read", unread: true };
  }
  if (!prunesByRetention(route, { remove: remove ?? defaults.remove })) return keeps("the node's default");
  return byRule(
    propertyString(defaults["prune-backups"]),
    `storage ${str(defaults, "storage") ?? storage ?? ""}`.trim(),
  );
}

/** A job need not name a node; every node knows the storage's retention. */
async function anyNode(read: RetentionRead): Promise<string> {
  const online = rows((await read("GET /nodes", {})).data).find((row) => row.status !== "offline");
  const name = online && str(online, "node");
  if (!name) throw new PveError("node-unreachable", "No node is online.");
  return name;
}
