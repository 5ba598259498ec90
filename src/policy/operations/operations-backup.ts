import type { Route } from "../../schema/routes.gen.ts";
import { isNot, isOff, isOn, namesOther } from "../argument-values.ts";
import {
  type Arguments,
  asking,
  EXECUTE,
  loss,
  type Operations,
  type Raise,
  raised,
  WRITE,
  WRITE_LOSS,
  write,
} from "./operation.ts";
import { BACKUP_MODE, NEW_RETENTION, RETENTION, removesOlder } from "./state-raises.ts";

/** Arguments of a backup, run now or as a job, that reach past the guests it saves. */
const BACKUP: readonly Raise[] = [
  write(["prune-backups", "maxfiles"], "removes older backups"),
  write("remove", "deletes older backups", isOn),
  write("script", "runs a program on the node"),
  write(["dumpdir", "tmpdir"], "writes anywhere on the node"),
  write("stop", "ends running backups", isOn),
  loss("mode", "stops or suspends the guests meanwhile", isNot("snapshot")),
];
/** Settings of a job that change neither what is saved nor how long it is kept. */
const MINOR = ["comment", "notes-template", "mailto", "mailnotification", "notification-mode"] as const;

/** Backups and backup jobs. */
export const BACKUPS = {
  "POST /cluster/backup": asking(raised(WRITE, ...BACKUP), RETENTION, BACKUP_MODE),
  "PUT /cluster/backup/{id}": asking(
    raised(
      WRITE,
      ...BACKUP,
      loss("enabled", "0 ends the backups", isOff),
      loss(["schedule", "starttime", "dow"], "changes when the backups are made"),
      loss(["vmid", "all", "pool", "exclude", "exclude-path", "node"], "changes what is backed up"),
      loss("delete", "may change what is backed up and how long it is kept", namesOther(...MINOR)),
    ),
    NEW_RETENTION,
  ),
  "DELETE /cluster/backup/{id}": WRITE_LOSS,
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": WRITE_LOSS,
  "POST /nodes/{node}/vzdump": asking(raised(EXECUTE, ...BACKUP), RETENTION, BACKUP_MODE),
} satisfies Operations;

const PRUNING: ReadonlySet<string> = new Set<Route>([
  "POST /cluster/backup",
  "PUT /cluster/backup/{id}",
  "POST /nodes/{node}/vzdump",
]);

/**
 * Does this backup, or job, remove what the storage's retention no longer keeps? `remove` is on by default; whether
 * the storage has a retention is not said by the arguments.
 */
export const prunesByRetention = (route: string, params: Arguments): boolean =>
  PRUNING.has(route) && removesOlder(params);
