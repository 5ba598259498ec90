import {
  type BoundSetting,
  boundsOfKind,
  cannotSee,
  covers,
  decideObject,
  type GuestFacts,
  guestText,
  leavesAlone,
  needsLook,
  type Refused,
} from "../../policy/bounds-decision.ts";
import type { GuestHow, Touch } from "../../policy/touches/touch.ts";
import type { LookUps, SeenGuest } from "./bounds-look-up.ts";

/** One setting, and what can be looked up to judge a call by it. */
export interface Court {
  readonly setting: BoundSetting;
  readonly look: LookUps;
  /** `user@realm!name` of the token that makes the call; absent: not known. */
  readonly tokenId?: string;
}

/** Undefined: the setting admits it. */
export type Verdict = Promise<Refused | undefined>;

/** The first refusal in this order; a look-up that failed counts only where nothing else refuses. */
export async function firstRefusal(verdicts: readonly Verdict[]): Verdict {
  const settled = await Promise.allSettled(verdicts);
  for (const one of settled) if (one.status === "fulfilled" && one.value) return one.value;
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return undefined;
}

/** How a call comes to a guest it does not name, e.g. "one of the guests on node pve1". */
type As = string | undefined;

const decide = ({ setting }: Court, guest: GuestFacts, how: GuestHow, as: As): Refused | undefined =>
  decideObject(setting, { kind: "guest", guest, how, ...(as === undefined ? {} : { as }) });

/** What shows in no pool may be in one that the token cannot see: for a protected pool that must be ruled out. */
export async function poolsSeen({ setting, look }: Court): Verdict {
  const pools = setting.bounds.flatMap((bound) => (bound.kind === "pool" ? [bound.name] : []));
  const seen = await Promise.all(pools.map((pool) => look.holdsBelow(`/pool/${pool}`, "Pool.Audit")));
  const hidden = pools.find((_, at) => !seen[at]);
  return hidden === undefined
    ? undefined
    : cannotSee(
        setting,
        `The members of pool ${hidden}`,
        `The token would need Pool.Audit on /pool/${hidden}, propagated.`,
      );
}

const poolUnclear = ({ setting }: Court, { pool }: SeenGuest): boolean =>
  setting.name === "PVE_PROTECTED" && pool === undefined && boundsOfKind(setting, "pool");

/** A guest by its VMID, looked up where the bounds tell guests apart by more. */
export async function judgeGuest(
  court: Court,
  { vmid, type, how }: Omit<Extract<Touch, { kind: "guest" }>, "kind">,
  as?: string,
): Verdict {
  const { setting, look } = court;
  if (leavesAlone(setting, { kind: "guest", how })) return undefined;
  const known: GuestFacts = { vmid, tags: [], ...(type === undefined ? {} : { type }) };
  const byId = decide(court, known, how, as);
  // Protected by its VMID, or inside by it: nothing that is looked up changes that.
  const settled = setting.name === "PVE_PROTECTED" ? byId !== undefined : byId === undefined;
  if (settled || !needsLook(setting)) return byId;
  const seen = (await look.inventory()).guests.get(vmid);
  if (seen) return decide(court, seen, how, as) ?? (poolUnclear(court, seen) ? poolsSeen(court) : undefined);
  if (setting.name === "PVE_ALLOWED") return byId;
  return (await look.exists(vmid))
    ? cannotSee(setting, guestText(known), `The token would need VM.Audit on /vms/${vmid}.`)
    : undefined;
}

/** Every guest that `belongs`, also those the token may not see. */
async function judgeMembers(
  court: Court,
  how: GuestHow,
  as: string,
  belongs: (guest: SeenGuest) => boolean,
): Verdict {
  const { setting, look } = court;
  if (leavesAlone(setting, { kind: "guest", how })) return undefined;
  const members = [...(await look.inventory()).guests.values()].filter(belongs);
  for (const member of members) {
    const refused = decide(court, member, how, as);
    if (refused) return refused;
  }
  if (!(await look.holdsBelow("/vms", "VM.Audit")))
    return cannotSee(
      setting,
      "Whether this call reaches further guests",
      "The token would need VM.Audit on /vms, propagated.",
    );
  return members.some((member) => poolUnclear(court, member)) ? poolsSeen(court) : undefined;
}

type Group<K extends Touch["kind"]> = Extract<Touch, { kind: K }>;

/** Every guest but those excluded. */
export const judgeEveryGuest = (court: Court, { how, but }: Group<"every-guest">): Verdict =>
  judgeMembers(court, how, "one of all guests", ({ vmid }) => !but.includes(vmid));

/** The guests on a node; where PVE's name for the node is another, those of all nodes. */
export async function judgeGuestsOfNode(court: Court, touch: Group<"guests-of-node">): Verdict {
  const { how, name, but } = touch;
  const { setting, look } = court;
  const inside = setting.bounds.some((bound) => covers(bound, { kind: "node", name, how: "change" }, true));
  if (setting.name === "PVE_ALLOWED" && inside) return undefined;
  if (leavesAlone(setting, { kind: "guest", how })) return undefined;
  const known = (await look.inventory()).nodes.has(name);
  return judgeMembers(
    court,
    how,
    known ? `one of the guests on node ${name}` : "one of all guests",
    ({ vmid, node }) => (!known || node === name) && !but.includes(vmid),
  );
}

/** The members of a pool and of those nested in it. */
export async function judgeGuestsOfPool(court: Court, { how, name }: Group<"guests-of-pool">): Verdict {
  const { setting, look } = court;
  if (leavesAlone(setting, { kind: "guest", how })) return undefined;
  const asPool = decideObject(setting, { kind: "pool", name, how: "change" });
  if ((setting.name === "PVE_ALLOWED") === (asPool === undefined)) return asPool;
  const refused = await judgeMembers(
    court,
    how,
    `one of the guests in pool ${name}`,
    ({ pool }) => pool === name || pool?.startsWith(`${name}/`) === true,
  );
  if (refused || (await look.holdsBelow(`/pool/${name}`, "Pool.Audit"))) return refused;
  return cannotSee(
    setting,
    `The members of pool ${name}`,
    `The token would need Pool.Audit on /pool/${name}, propagated.`,
  );
}

/** A guest that does not exist yet; where it does, what would be done to it. */
export async function judgeNewGuest(court: Court, touch: Group<"new-guest">): Verdict {
  const { kind: _, tagsOf, ...guest } = touch;
  const { setting, look } = court;
  const made = (tags: readonly string[]) =>
    decideObject(setting, { kind: "guest", guest: { ...guest, tags }, how: "change", isNew: true });
  const refused = made(guest.tags);
  const decided = setting.name === "PVE_PROTECTED" ? refused !== undefined : refused === undefined;
  if (decided || !needsLook(setting)) return refused;
  const { guests } = await look.inventory();
  const [existing, source] = [guests.get(guest.vmid), guests.get(tagsOf ?? guest.vmid)];
  if (existing) return decide(court, existing, "change", undefined);
  return source ? made([...guest.tags, ...source.tags]) : refused;
}
