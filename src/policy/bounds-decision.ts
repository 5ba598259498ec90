import { type Bound, boundText } from "../config/bounds.ts";
import type { GuestHow, GuestType, NodeHow, PoolHow, StorageHow } from "./touches/touch.ts";

/** One of the two settings that bound what calls reach. */
export interface BoundSetting {
  readonly name: "PVE_PROTECTED" | "PVE_ALLOWED";
  readonly bounds: readonly Bound[];
}

/** A guest as far as bounds tell guests apart. */
export interface GuestFacts {
  readonly vmid: number;
  readonly type?: GuestType;
  readonly node?: string;
  readonly pool?: string;
  readonly tags: readonly string[];
}

/** An object that a call touches, looked up. */
export type Settled =
  | {
      readonly kind: "guest";
      readonly guest: GuestFacts;
      readonly how: GuestHow;
      /** The call makes it. */
      readonly isNew?: true;
      /** Why the call reaches it, when it does not name it: "one of the guests on node pve1". */
      readonly as?: string;
    }
  | {
      readonly kind: "storage";
      readonly name: string;
      readonly how: StorageHow;
      /** Pools it is a member of. */
      readonly pools?: readonly string[];
    }
  | { readonly kind: "pool"; readonly name: string; readonly how: PoolHow }
  | { readonly kind: "node"; readonly name: string; readonly how: NodeHow }
  | { readonly kind: "every-node" }
  | { readonly kind: "cluster" }
  | { readonly kind: "everything"; readonly why: string };

/** Why a call is refused, and what would allow it; both are sentences. */
export interface Refused {
  readonly message: string;
  readonly allows: string;
}

/**
 * What a setting leaves alone. PVE_PROTECTED: reads, snapshots, backups, and the use of places. PVE_ALLOWED: that a
 * guest which is inside is put, or has volumes, on a storage or a node.
 */
const LEFT_ALONE: Readonly<
  Record<
    BoundSetting["name"],
    {
      readonly guest: readonly GuestHow[];
      readonly storage: readonly StorageHow[];
      readonly pool: readonly PoolHow[];
      readonly node: readonly NodeHow[];
    }
  >
> = {
  PVE_PROTECTED: {
    guest: ["read", "save"],
    storage: ["read", "use", "save"],
    pool: ["read"],
    node: ["read"],
  },
  PVE_ALLOWED: { guest: [], storage: ["use", "save", "allocate", "volumes"], pool: [], node: ["place"] },
};

/** True when the setting has no say in what happens to the object, whichever it is. */
export function leavesAlone(
  { name }: BoundSetting,
  touch: Pick<Extract<Settled, { kind: "guest" | "storage" | "pool" | "node" }>, "kind" | "how">,
): boolean {
  const hows: readonly string[] = LEFT_ALONE[name][touch.kind];
  return hows.includes(touch.how);
}

/** Names compare exactly where that keeps something out; what is to be protected is so in any case. */
const same = (exact: boolean, one: string, other: string) =>
  exact ? one === other : one.toLowerCase() === other.toLowerCase();

/** A pool, or one nested in it: `lab` covers `lab/one`. */
const inPool = (exact: boolean, pool: string, bound: string) =>
  same(exact, pool, bound) || same(exact, pool.slice(0, bound.length + 1), `${bound}/`);

function coversGuest(bound: Bound, guest: GuestFacts, exact: boolean): boolean {
  switch (bound.kind) {
    case "vmid":
      return guest.vmid >= bound.from && guest.vmid <= bound.to;
    case "tag":
      return guest.tags.some((tag) => same(exact, tag, bound.name));
    case "pool":
      return guest.pool !== undefined && inPool(exact, guest.pool, bound.name);
    case "node":
      return guest.node !== undefined && same(exact, guest.node, bound.name);
    case "storage":
      return false;
  }
}

/** Does the bound cover the object? `exact`: names must be the same in case, too. */
export function covers(bound: Bound, object: Settled, exact: boolean): boolean {
  switch (object.kind) {
    case "guest":
      return coversGuest(bound, object.guest, exact);
    case "storage":
      if (bound.kind === "storage") return same(exact, object.name, bound.name);
      // A pool's storages are its own; who uses them is not the pool's affair.
      return (
        bound.kind === "pool" &&
        (object.how === "definition" || object.how === "content") &&
        (object.pools ?? []).some((pool) => inPool(exact, pool, bound.name))
      );
    case "pool":
      return bound.kind === "pool" && inPool(exact, object.name, bound.name);
    case "node":
      return bound.kind === "node" && same(exact, object.name, bound.name);
    case "every-node":
      return bound.kind === "node";
    case "cluster":
    case "everything":
      return false;
  }
}

const WORDS: Readonly<Record<GuestType, string>> = { qemu: "VM", lxc: "CT" };

/** A guest in a sentence: `VM 103`; `Guest 103` when its kind is not known. */
export const guestText = ({ vmid, type }: Pick<GuestFacts, "vmid" | "type">): string =>
  `${type === undefined ? "Guest" : WORDS[type]} ${vmid}`;

/** @param found whether an object that the call does not name may be named: what was found on the way */
function objectText(object: Settled, found: boolean): string {
  switch (object.kind) {
    case "guest": {
      if (!found && object.as !== undefined) return `A guest, ${object.as},`;
      const text = object.isNew ? `The new ${guestText(object.guest)}` : guestText(object.guest);
      return object.as === undefined ? text : `${text}, ${object.as},`;
    }
    case "storage":
      return `${object.how === "definition" ? "The definition of storage" : "Storage"} ${object.name}`;
    case "pool":
      return `Pool ${object.name}`;
    case "node":
      return `Node ${object.name}`;
    case "every-node":
      return "Every node";
    case "cluster":
      return "What belongs to the whole cluster";
    case "everything":
      return `This call may reach anything (${object.why}), which`;
  }
}

const MOST_SHOWN = 8;

/** The bounds of a setting, the first of them, as the operator wrote them. */
function boundsText({ bounds }: BoundSetting): string {
  const shown = bounds.slice(0, MOST_SHOWN).map(boundText);
  return [...shown, ...(bounds.length > MOST_SHOWN ? ["…"] : [])].join(", ");
}

const ALLOWS: Readonly<Record<BoundSetting["name"], string>> = {
  PVE_PROTECTED: "The operator would have to take it out of PVE_PROTECTED.",
  PVE_ALLOWED: "The operator would have to add it to PVE_ALLOWED.",
};

/** May an object be touched like this? Undefined when it may, as far as this setting goes. */
export function decideObject(setting: BoundSetting, object: Settled): Refused | undefined {
  const limited = object.kind === "every-node" || object.kind === "cluster" || object.kind === "everything";
  if (!limited && leavesAlone(setting, object)) return undefined;
  const protecting = setting.name === "PVE_PROTECTED";
  const bound = setting.bounds.find((one) => covers(one, object, !protecting));
  // What is outside PVE_ALLOWED is not told of.
  const subject = objectText(object, protecting);
  if (object.kind === "everything")
    return {
      message: `${subject} ${setting.name} (${boundsText(setting)}) does not admit.`,
      allows: `It would be allowed if ${setting.name} were not set.`,
    };
  if (protecting) {
    if (bound === undefined) return undefined;
    const verb = object.kind === "guest" && object.isNew ? "would be" : "is";
    return {
      message: `${subject} ${verb} protected by PVE_PROTECTED (${boundText(bound)}).`,
      allows: ALLOWS.PVE_PROTECTED,
    };
  }
  return bound !== undefined && object.kind !== "every-node"
    ? undefined
    : { message: `${subject} is outside PVE_ALLOWED (${boundsText(setting)}).`, allows: ALLOWS.PVE_ALLOWED };
}

/** The refusal for an object that the call does not name: PVE_ALLOWED does not tell which it is. `of`: "of HA rule x" */
export const unnamed = (
  setting: BoundSetting,
  refused: Refused | undefined,
  of: string,
): Refused | undefined =>
  refused && setting.name === "PVE_ALLOWED"
    ? { message: `A part ${of} is outside PVE_ALLOWED (${boundsText(setting)}).`, allows: ALLOWS.PVE_ALLOWED }
    : refused;

/** The refusal of a call whose objects cannot be seen. @param needs what the token would need, as a sentence */
export const cannotSee = ({ name }: BoundSetting, what: string, needs: string): Refused => ({
  message: `${what} cannot be seen with this token, so ${name} cannot be checked.`,
  allows: needs,
});

/** Do these bounds need more of a guest than its VMID? */
export const needsLook = ({ bounds }: BoundSetting): boolean =>
  bounds.some(({ kind }) => kind === "tag" || kind === "pool" || kind === "node");

/** The bounds of a kind. */
export const boundsOfKind = ({ bounds }: BoundSetting, kind: Bound["kind"]): boolean =>
  bounds.some((bound) => bound.kind === kind);
