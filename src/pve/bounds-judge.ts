import {
  boundsOfKind,
  cannotSee,
  covers,
  decideObject,
  leavesAlone,
  type Settled,
} from "../policy/bounds-decision.ts";
import { type Touch, unreadable } from "../policy/touch.ts";
import { listOf, nodeIn, sidIn, storageIn } from "../policy/touch-arguments.ts";
import { sids } from "../policy/touch-readers.ts";
import { keepsAll, selectedGuests } from "../policy/touches-backup.ts";
import { onOff } from "../schema/on-off.ts";
import {
  type Court,
  firstRefusal,
  judgeEveryGuest,
  judgeGuest,
  judgeGuestsOfNode,
  judgeGuestsOfPool,
  judgeNewGuest,
  poolsSeen,
  type Verdict,
} from "./bounds-guests.ts";
import { type Row, str } from "./data.ts";

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
    case "storage":
      return judgeStorage(court, touch);
    case "owners":
      return judgeOwners(court, touch);
    case "node":
      return judgeNode(court, touch);
    case "backup-job":
      return judgeBackupJob(court, touch);
    case "ha-rule":
      return judgeAll(court, sids("resources", touch.how)(await court.look.haRule(touch.id)));
    case "ha-group":
      return judgeHaGroup(court, touch);
    case "ha-companions":
      return judgeCompanions(court, touch);
    case "task":
      return judgeTask(court, touch);
    case "by-default":
      return judgeByDefault(court, touch);
    case "pool":
    case "every-node":
    case "cluster":
    case "everything":
      return decideObject(court.setting, touch);
  }
}

async function judgeGuestStorages(court: Court, touch: Of<"guest-storages">): Verdict {
  const { setting, look } = court;
  const { vmid, how, localOnly, snapshot } = touch;
  if (leavesAlone(setting, { kind: "storage", how }) || !boundsOfKind(setting, "storage")) return undefined;
  const { guests, storages } = await look.inventory();
  const guest = guests.get(vmid);
  if (!guest)
    return (await look.exists(vmid))
      ? cannotSee(setting, `The volumes of guest ${vmid}`, `The token would need VM.Audit on /vms/${vmid}.`)
      : undefined;
  const shared = new Set(storages.flatMap((storage) => (storage.shared ? [storage.name] : [])));
  const names = [...(await look.storagesOf(guest, snapshot))].filter(
    (name) => !localOnly || !shared.has(name),
  );
  return firstRefusal(names.map(async (name) => decideObject(setting, { kind: "storage", name, how })));
}

async function judgeAnyStorage({ setting }: Court, { how, why }: Of<"any-storage">): Verdict {
  return leavesAlone(setting, { kind: "storage", how }) || !boundsOfKind(setting, "storage")
    ? undefined
    : decideObject(setting, { kind: "everything", why });
}

/** A storage, by its name or as a member of a protected pool. */
async function judgeStorage(court: Court, touch: Of<"storage">): Verdict {
  const { setting, look } = court;
  const object: Settled = { kind: "storage", name: touch.name, how: touch.how };
  const byName = decideObject(setting, object);
  const ofPool = touch.how === "definition" || touch.how === "content";
  if (byName || setting.name === "PVE_ALLOWED" || !ofPool || !boundsOfKind(setting, "pool")) return byName;
  const { pools } = await look.inventory();
  const bound = pools.filter((name) =>
    setting.bounds.some((one) => covers(one, { kind: "pool", name, how: "change" }, false)),
  );
  const members = await Promise.all(bound.map((pool) => look.poolStorages(pool)));
  const holding = bound.filter((_, at) => members[at]?.includes(touch.name));
  return decideObject(setting, { ...object, pools: holding }) ?? poolsSeen(court);
}

/** Those who would lose what they have on the storage. */
async function judgeOwners(court: Court, { storage, by }: Of<"owners">): Verdict {
  const { setting, look } = court;
  // Whose storage is inside, its definition is, whoever lies on it; a prune reaches the backups themselves.
  const aside =
    setting.name === "PVE_ALLOWED"
      ? by === "definition"
      : setting.bounds.every(({ kind }) => kind === "storage");
  if (aside) return undefined;
  const owners = await look.ownersOn(storage, by === "backups");
  if (owners === undefined)
    return cannotSee(
      setting,
      `What lies on storage ${storage}`,
      `The token would need Datastore.Audit on /storage/${storage}, and the storage be enabled.`,
    );
  const what = by === "backups" ? "backups" : "volumes or backups";
  return firstRefusal(
    [...owners].map((vmid) =>
      judgeGuest(court, { vmid, how: "change" }, `which has ${what} on storage ${storage}`),
    ),
  );
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
  return judgeAll(court, [
    ...selectedGuests(job, how),
    ...(name === undefined || how === "read" ? [] : [{ kind: "storage", name, how: "volumes" } as const]),
  ]);
}

async function judgeHaGroup(court: Court, { id, how, members }: Of<"ha-group">): Verdict {
  const { look } = court;
  const [group, resources] = await Promise.all([look.haGroup(id), members ? look.haResources() : []]);
  const nodes = listOf(group.nodes, (entry) => nodeIn(entry.replace(/:\d+$/, "")));
  const inGroup = resources.filter((resource) => str(resource, "group") === id);
  return judgeAll(court, [
    ...(nodes?.map((name) => ({ kind: "node", name, how: "place" }) as const) ?? [unreadable("nodes")]),
    ...inGroup.flatMap(sids("sid", how)),
  ]);
}

/** The guests that positive affinity keeps with this one, and those that it keeps with them; or all in its rules. */
async function judgeCompanions(court: Court, { vmid, by }: Of<"ha-companions">): Verdict {
  const guest = (await court.look.inventory()).guests.get(vmid);
  if (guest && !guest.managed) return undefined;
  const rules = (await court.look.haRules())
    .filter((rule) => by === "rules" || str(rule, "affinity") === "positive")
    .map((rule) => listOf(rule.resources, sidIn)?.map((sid) => sid.vmid) ?? []);
  const others = new Set([vmid]);
  // A set that grows while it is gone through is gone through to its end.
  for (const one of by === "moves" ? others : [vmid])
    for (const members of rules) if (members.includes(one)) for (const member of members) others.add(member);
  others.delete(vmid);
  const as =
    by === "moves"
      ? `which HA moves together with guest ${vmid}`
      : `which shares an HA rule with guest ${vmid}`;
  return firstRefusal([...others].map((other) => judgeGuest(court, { vmid: other, how: "change" }, as)));
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
