import { boundsOfKind, cannotSee, decideObject, leavesAlone, unnamed } from "../../policy/bounds-decision.ts";
import { type GuestHow, type Touch, unreadable } from "../../policy/touches/touch.ts";
import { listOf, nodeIn, storageIn } from "../../policy/touches/touch-arguments.ts";
import { moved, sids } from "../../policy/touches/touch-readers.ts";
import { keepsAll, selectedGuests } from "../../policy/touches/touches-backup.ts";
import { onOff } from "../../schema/on-off.ts";
import { type Row, str } from "../data.ts";
import { companionsOf } from "../ha-companions.ts";
import {
  type Court,
  firstRefusal,
  judgeEveryGuest,
  judgeGuest,
  judgeGuestsOfNode,
  judgeGuestsOfPool,
  judgeNewGuest,
  type Verdict,
} from "./bounds-guests.ts";
import { judgeQuorum } from "./bounds-quorum.ts";
import {
  judgeAnyStorage,
  judgeBacking,
  judgeGuestStorages,
  judgeMovedStorages,
  judgeOwners,
  judgeReplacedDisks,
  judgeStorage,
} from "./bounds-storages.ts";

type Of<K extends Touch["kind"]> = Extract<Touch, { kind: K }>;

/** All of these; the first refusal counts. What they need is looked up side by side. */
export const judgeAll = (court: Court, touches: readonly Touch[]): Verdict =>
  firstRefusal(touches.map((touch) => judge(court, touch)));

/** Does the setting admit this touch? Throws the PveError of a look-up that fails. */
async function judge(court: Court, touch: Touch): Verdict {
  switch (touch.kind) {
    case "guest":
      return judgeGuest(court, touch);
    case "new-guest":
      return judgeNewGuest(court, touch);
    case "every-guest":
      return judgeEveryGuest(court, touch);
    case "guests-of-node":
      return judgeGuestsOfNode(court, touch);
    case "guests-of-pool":
      return judgeGuestsOfPool(court, touch);
    case "guest-storages":
      return judgeGuestStorages(court, touch);
    case "any-storage":
      return judgeAnyStorage(court, touch);
    case "replaced-disks":
      return judgeReplacedDisks(court, touch);
    case "moved-storages":
      return judgeMovedStorages(court, touch);
    case "storage":
      return judgeStorage(court, touch);
    case "backing":
      return judgeBacking(court, touch);
    case "owners":
      return judgeOwners(court, touch);
    case "node":
      return judgeNode(court, touch);
    case "backup-job":
      return judgeBackupJob(court, touch);
    case "ha-rule":
      return judgeHaRule(court, touch);
    case "ha-group":
      return judgeHaGroup(court, touch);
    case "ha-companions":
      return judgeCompanions(court, touch);
    case "task":
      return judgeTask(court, touch);
    case "by-default":
      return judgeByDefault(court, touch);
    case "quorum":
      return judgeQuorum(court);
    case "pool":
    case "every-node":
    case "cluster":
    case "everything":
      return decideObject(court.setting, touch);
  }
}

/** A node by PVE's own name for it: where nodes are protected, `localhost` may be one of them. */
async function judgeNode(court: Court, touch: Of<"node">): Verdict {
  const { setting, look } = court;
  const refused = decideObject(setting, touch);
  if (refused || setting.name === "PVE_ALLOWED") return refused;
  if (leavesAlone(setting, touch) || !boundsOfKind(setting, "node")) return undefined;
  return (await look.inventory()).nodes.has(touch.name)
    ? undefined
    : cannotSee(setting, `A node ${touch.name}`, "The node would have to be named as PVE names it.");
}

async function judgeBackupJob(court: Court, { id, how }: Of<"backup-job">): Verdict {
  const job = await court.look.backupJob(id);
  const name = storageIn(str(job, "storage") ?? "");
  const refused = await judgeAll(court, [
    ...selectedGuests(job, how),
    ...(name === undefined || how === "read" ? [] : [{ kind: "storage", name, how: "volumes" } as const]),
  ]);
  return unnamed(court.setting, refused, `of backup job ${id}`);
}

async function judgeHaRule(court: Court, { id, how }: Of<"ha-rule">): Verdict {
  const refused = await judgeAll(court, resourcesOf(await court.look.haRule(id), "resources", how));
  return unnamed(court.setting, refused, `of HA rule ${id}`);
}

async function judgeHaGroup(court: Court, { id, how, members }: Of<"ha-group">): Verdict {
  const { look } = court;
  const [group, resources] = await Promise.all([look.haGroup(id), members ? look.haResources() : []]);
  const nodes = listOf(group.nodes, (entry) => nodeIn(entry.replace(/:\d+$/, "")));
  const inGroup = resources.filter((resource) => str(resource, "group") === id);
  const refused = await judgeAll(court, [
    ...(nodes?.map((name) => ({ kind: "node", name, how: "place" }) as const) ?? [unreadable("nodes")]),
    ...inGroup.flatMap((resource) => resourcesOf(resource, "sid", how)),
  ]);
  return unnamed(court.setting, refused, `of HA group ${id}`);
}

/** What an HA rule, or resource, concerns: its guests and, where it changes, what they have on their nodes alone. */
function resourcesOf(row: Row, key: "resources" | "sid", how: GuestHow): readonly Touch[] {
  const guests = sids(key, how)(row);
  return how === "read"
    ? guests
    : guests.flatMap((guest) => (guest.kind === "guest" ? [guest, moved(guest.vmid)] : [guest]));
}

/** The guests that HA moves along, with what they have on their nodes alone; or all that share its rules. */
async function judgeCompanions(court: Court, { vmid, by }: Of<"ha-companions">): Verdict {
  const as =
    by === "moves"
      ? `which HA moves together with guest ${vmid}`
      : `which shares an HA rule with guest ${vmid}`;
  const others = await companionsOf(court.look, vmid, by);
  return firstRefusal(
    others.flatMap((other) => [
      judgeGuest(court, { vmid: other, how: "change" }, as),
      ...(by === "moves" ? [judge(court, moved(other))] : []),
    ]),
  );
}

/** A task of this token that names no guest is what it has been allowed to start: it may be followed. */
async function judgeTask(court: Court, { user, how, of }: Of<"task">): Verdict {
  const own = court.tokenId !== undefined && user === court.tokenId;
  return own && how === "read" && of.every(({ kind }) => kind !== "guest") ? undefined : judgeAll(court, of);
}

/** What the defaults make of a backup, and what the caller can say for them not to matter. */
const BY_DEFAULT = {
  retention: ["This backup would remove older ones.", "With remove: false it would be allowed."],
  mode: ["This backup may stop the guest.", "With mode: snapshot it would be allowed."],
} as const;

async function judgeByDefault(court: Court, touch: Of<"by-default">): Verdict {
  if (court.setting.name === "PVE_ALLOWED") return undefined;
  const refused = await judgeAll(court, touch.then);
  if (!refused) return undefined;
  const defaults = await court.look.backupDefaults(touch.node, touch.storage);
  if (harmless(touch.of, defaults)) return undefined;
  const [does, allows] = BY_DEFAULT[touch.of];
  return { message: `${refused.message} ${does}`, allows };
}

function harmless(of: "retention" | "mode", defaults: Row): boolean {
  if (of === "mode") return str(defaults, "mode") === "snapshot";
  // Until PVE 7 a number of backups could be kept instead.
  const { maxfiles, remove } = defaults;
  if (maxfiles !== undefined && String(maxfiles) !== "0") return false;
  return onOff(String(remove ?? "")) === false || keepsAll(defaults["prune-backups"]);
}
