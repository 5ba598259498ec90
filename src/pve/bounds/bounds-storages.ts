import { meet, placesOf } from "../../policy/backing.ts";
import {
  type BoundSetting,
  boundsOfKind,
  cannotSee,
  covers,
  decideObject,
  leavesAlone,
  type Settled,
  unnamed,
} from "../../policy/bounds-decision.ts";
import type { StorageHow, Touch } from "../../policy/touches/touch.ts";
import { type Row, rows, str } from "../data.ts";
import { storagesOf, storagesReplaced } from "../guest-volumes.ts";
import { type Court, firstRefusal, judgeGuest, poolsSeen, type Verdict } from "./bounds-guests.ts";
import type { LookUps, SeenGuest } from "./bounds-look-up.ts";

type Of<K extends Touch["kind"]> = Extract<Touch, { kind: K }>;

/** Has the setting a say in what happens to storages like this? */
const concerned = ({ setting }: Court, how: StorageHow): boolean =>
  !leavesAlone(setting, { kind: "storage", how }) && boundsOfKind(setting, "storage");

const decideAll = ({ setting }: Court, names: readonly string[], how: StorageHow): Verdict =>
  firstRefusal(names.map(async (name) => decideObject(setting, { kind: "storage", name, how })));

/** What happens to the storages of a guest's volumes; a guest that does not exist has none. */
async function ofGuest(
  court: Court,
  vmid: number,
  how: StorageHow,
  find: (guest: SeenGuest) => Promise<readonly string[]>,
): Verdict {
  const { setting, look } = court;
  if (!concerned(court, how)) return undefined;
  const guest = (await look.inventory()).guests.get(vmid);
  if (guest) return decideAll(court, await find(guest), how);
  return (await look.exists(vmid))
    ? cannotSee(setting, `The volumes of guest ${vmid}`, `The token would need VM.Audit on /vms/${vmid}.`)
    : undefined;
}

/** The storages that a guest's volumes lie on. */
export const judgeGuestStorages = (court: Court, { vmid, how, ...which }: Of<"guest-storages">): Verdict =>
  ofGuest(court, vmid, how, (guest) => storagesOf(court.look, guest, which));

/** The storages of volumes that are put out of their places; cloud-init's images are deleted with that. */
export const judgeReplacedDisks = (court: Court, { vmid, disks }: Of<"replaced-disks">): Verdict =>
  ofGuest(court, vmid, "volumes", (guest) => storagesReplaced(court.look, guest, disks));

/** The storages from which volumes go when all guests, or all on a node, move. */
export async function judgeMovedStorages(court: Court, { node, managed }: Of<"moved-storages">): Verdict {
  if (!concerned(court, "volumes")) return undefined;
  const { setting, look } = court;
  const { guests, nodes } = await look.inventory();
  // PVE may know a node by another name.
  const elsewhere = (at: string) => node !== undefined && nodes.has(node) && at !== node;
  const moving = [...guests.values()].filter(
    (guest) => !elsewhere(guest.node) && (!managed || guest.managed),
  );
  const refused = await firstRefusal(
    moving.map(async (guest) =>
      decideAll(court, await storagesOf(look, guest, { localOnly: true, everySnapshot: true }), "volumes"),
    ),
  );
  if (refused || (await look.holdsBelow("/vms", "VM.Audit"))) return refused;
  return cannotSee(
    setting,
    "Whether further guests are moved",
    "The token would need VM.Audit on /vms, propagated.",
  );
}

/** Storages that only PVE knows. */
export async function judgeAnyStorage({ setting }: Court, { how, why }: Of<"any-storage">): Verdict {
  return leavesAlone(setting, { kind: "storage", how }) || !boundsOfKind(setting, "storage")
    ? undefined
    : decideObject(setting, { kind: "everything", why });
}

/** A storage, by its name or as a member of a protected pool. */
export async function judgeStorage(court: Court, touch: Of<"storage">): Verdict {
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
export async function judgeOwners(court: Court, { storage, by }: Of<"owners">): Verdict {
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

/** Storages whose entries say the same place as this one does, or would. */
export async function judgeBacking(court: Court, touch: Of<"backing">): Verdict {
  const { setting, look } = court;
  if (!boundsOfKind(setting, "storage") && !boundsOfKind(setting, "pool")) return undefined;
  const entries = rows(await look.get("GET /storage"));
  const unseen = await unseenEntry(setting, look, entries);
  if (unseen) return unseen;
  const own = entries.find((entry) => str(entry, "storage") === touch.storage);
  const places = placesOf(touch.change ? { ...texts(own ?? {}), ...touch.given } : touch.given);
  const reached = entries.filter((entry) => {
    if (entry === own) return false;
    const there = placesOf(texts(entry));
    return places === undefined || there === undefined || meet(places, there);
  });
  const refused = await firstRefusal(
    reached.map((entry) =>
      judgeStorage(court, { kind: "storage", name: str(entry, "storage") ?? "", how: "content" }),
    ),
  );
  const told = unnamed(setting, refused, "of the storages");
  return told && { ...told, message: `${told.message} ${sameData(touch, places === undefined)}` };
}

const sameData = ({ storage }: Of<"backing">, unclear: boolean): string =>
  unclear
    ? `Whether storage ${storage} would reach the same data cannot be told.`
    : `Storage ${storage} would reach the same data.`;

const texts = (entry: Row): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(entry).flatMap((key) => {
      const value = str(entry, key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );

/** What shows no entry may have one that the token cannot see. */
async function unseenEntry(setting: BoundSetting, look: LookUps, entries: readonly Row[]): Verdict {
  const seen = new Set(entries.map((entry) => str(entry, "storage")?.toLowerCase()));
  const named = setting.bounds.flatMap((bound) => (bound.kind === "storage" ? [bound.name] : []));
  const missing =
    setting.name === "PVE_ALLOWED" ? [""] : named.filter((name) => !seen.has(name.toLowerCase()));
  const held = await Promise.all(
    missing.map((name) => look.holdsBelow(name === "" ? "/storage" : `/storage/${name}`, "Datastore.Audit")),
  );
  const hidden = missing.find((_, at) => !held[at]);
  if (hidden === undefined) return undefined;
  return hidden === ""
    ? cannotSee(
        setting,
        "Where the other storages lie",
        "The token would need Datastore.Audit on /storage, propagated.",
      )
    : cannotSee(
        setting,
        `Where storage ${hidden} lies`,
        `The token would need Datastore.Audit on /storage/${hidden}.`,
      );
}
