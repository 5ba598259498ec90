import { isOff, isOn, names } from "../argument-values.ts";
import type { Arguments } from "../operations/operation.ts";
import { type GuestHow, type Reader, type Touch, type TouchTable, unreadable } from "./touch.ts";
import { given, idIn, listOf, nodeIn, poolIn, storageIn, textOf, vmidIn } from "./touch-arguments.ts";
import {
  any,
  everyGuest,
  everything,
  guestIfNamed,
  guestsOfNode,
  guestsOr,
  onlyIf,
  owners,
  storage,
  unless,
} from "./touch-readers.ts";
import { piecesOf } from "./touch-volumes.ts";

/**
 * The guests that a backup, or a job with these settings, saves (PVE::VZDump get_included_guests).
 * @param node where the backup runs now: guests elsewhere are left out; absent for a job
 */
export function selectedGuests(params: Arguments, how: GuestHow, node?: string): readonly Touch[] {
  const inPool = given(params, "pool");
  const pool = inPool === undefined ? undefined : poolIn(textOf(inPool) ?? "");
  const named: readonly Touch[] = [
    ...(pool === undefined ? [] : [{ kind: "guests-of-pool", name: pool, how } as const]),
    ...(inPool !== undefined && pool === undefined ? [unreadable("pool")] : []),
    ...guestsOr("vmid", how)(params),
  ];
  const all = given(params, "all");
  if (named.length > 0 && (all === undefined || !isOn(all, params))) return named;
  // All but the excluded; a call that names none is taken to mean them too.
  const but = listOf(given(params, "exclude") ?? [], vmidIn) ?? [];
  const others: Touch =
    node === undefined ? { kind: "every-guest", but, how } : { kind: "guests-of-node", name: node, but, how };
  return [...named, others];
}

/** Does a retention, `keep-all=1`, keep every backup for certain? */
export function keepsAll(retention: unknown): boolean {
  const pieces = piecesOf(retention) ?? [];
  return pieces.length > 0 && pieces.every(([key, text]) => key === "keep-all" && !isOff(text, {}));
}

/** Does the backup remove older ones? Undefined: the storage's or the node's retention tells. */
function prunes(params: Arguments): boolean | undefined {
  const remove = given(params, "remove");
  if (remove !== undefined && !isOn(remove, params)) return false;
  const retention = given(params, "prune-backups");
  if (retention === undefined) return undefined;
  return !keepsAll(retention);
}

/** Does the backup stop or suspend the guests meanwhile? Undefined: the node's defaults tell. */
function stops(params: Arguments): boolean | undefined {
  const mode = given(params, "mode");
  return mode === undefined ? undefined : textOf(mode) !== "snapshot";
}

/** Storages a backup writes to; it removes older ones there when it prunes. */
function target(params: Arguments, pruning: boolean): readonly Touch[] {
  if (given(params, "storage") !== undefined) return storage(pruning ? "volumes" : "save")(params);
  return pruning
    ? [{ kind: "any-storage", how: "volumes", why: "the backup prunes the node's default storage" }]
    : [];
}

/** Arguments of a backup that reach past the guests it saves. */
const beyond: readonly Reader[] = [
  onlyIf("script", any, everything("script runs a program on the node")),
  onlyIf("dumpdir", any, everything("dumpdir names a path on the node")),
  onlyIf("tmpdir", any, everything("tmpdir names a path on the node")),
  onlyIf("fleecing", any, (params) => {
    const pieces = piecesOf(given(params, "fleecing"));
    if (pieces === undefined) return [unreadable("fleecing")];
    return pieces
      .filter(([key]) => key === "storage")
      .map(([, text]): Touch => {
        const name = storageIn(text);
        return name === undefined ? unreadable("fleecing") : { kind: "storage", name, how: "allocate" };
      });
  }),
];

/** A backup now. Whether it prunes or stops may depend on defaults, which are looked up where it matters. */
const run: Reader = (params) => {
  const node = nodeIn(textOf(given(params, "node")) ?? "");
  if (node === undefined) return [unreadable("node")];
  const [pruning, stopping] = [prunes(params), stops(params)];
  const changing = pruning || stopping;
  const storageName = storageIn(textOf(given(params, "storage")) ?? "");
  const byDefault = (of: "retention" | "mode", then: readonly Touch[]): Touch => ({
    kind: "by-default",
    node,
    of,
    then,
    ...(storageName === undefined ? {} : { storage: storageName }),
  });
  const changed = selectedGuests(params, "change", node);
  return [
    ...(changing ? changed : selectedGuests(params, "save", node)),
    ...target(params, pruning === true),
    ...(pruning === undefined ? [byDefault("retention", [...changed, ...target(params, true)])] : []),
    ...(stopping === undefined ? [byDefault("mode", changed)] : []),
  ];
};

const SELECTION = ["vmid", "all", "pool", "exclude"] as const;

/** A backup job: what it will prune or how it will back up is settled when it runs, so it must be plain. */
const plan: Reader = (params) => {
  const harmless = prunes(params) === false && stops(params) === false;
  return [
    ...selectedGuests(params, harmless ? "save" : "change"),
    ...target(params, prunes(params) !== false),
  ];
};

/** The job in the path. */
export const backupJob =
  (how: GuestHow): Reader =>
  (params) => {
    const id = idIn(textOf(given(params, "id")) ?? "");
    return [id === undefined ? unreadable("id") : { kind: "backup-job", id, how }];
  };

/** A job's new selection. */
const reselect: Reader = (params) =>
  SELECTION.some((name) => given(params, name) !== undefined) ? selectedGuests(params, "change") : [];

/** Backups and backup jobs. */
export const BACKUP_TOUCHES = {
  "POST /cluster/backup": [plan, ...beyond, onlyIf("stop", isOn, everyGuest)],
  "PUT /cluster/backup/{id}": [
    backupJob("change"),
    reselect,
    ...beyond,
    onlyIf("storage", any, (params) => target(params, true)),
    onlyIf("stop", isOn, everyGuest),
    // Without its selection, or its exclusions, a job may take in any guest.
    onlyIf("delete", names(/^(?:vmid|all|pool|exclude|node)$/), everyGuest),
  ],
  "DELETE /cluster/backup/{id}": [backupJob("change")],
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": [
    guestIfNamed("vmid"),
    onlyIf("vmid", any, storage("volumes")),
    unless("vmid", storage("content"), owners("backups")),
  ],
  "POST /nodes/{node}/vzdump": [run, ...beyond, onlyIf("stop", isOn, guestsOfNode("change"))],
} satisfies TouchTable;
