import { PveError } from "../pve/errors.ts";
import type { Guest } from "../pve/guests.ts";
import type { Answer, Block } from "../render/answer.ts";
import { nearest } from "../schema/nearest.ts";
import { findTool } from "../tools/catalogue.ts";
import { guestLabel } from "../tools/guest-kinds.ts";
import { guestKind, type ListedTool } from "../tools/input-schema.ts";
import type { ClientSide } from "./client-side.ts";
import { UNCHANGED } from "./guidance.ts";
import type { ClusterParts } from "./parts.ts";
import type { Session } from "./session.ts";
import { EVERYWHERE } from "./surface.ts";

/** A cluster as one kind of caller works on it. */
export interface Place {
  readonly name: string;
  readonly cluster: ClusterParts;
  readonly session: Session;
  /** Why a tool is not offered there; undefined when it is. */
  readonly hides: (tool: ListedTool) => string | undefined;
}

type Args = Readonly<Record<string, unknown>> | undefined;

/** Where a call goes; `args` are without `cluster`. */
export type Choice =
  | { readonly kind: "one"; readonly place: Place; readonly args: Args }
  | { readonly kind: "everywhere"; readonly places: readonly Place[]; readonly args: Args }
  | { readonly kind: "refused"; readonly answer: Answer };

/**
 * The cluster that a call is for: the one it names, else the default. A change that names none goes to the default only
 * where no other cluster could be meant: it alone offers the tool, or it alone has the guest.
 */
export async function choosePlace(
  places: readonly Place[],
  defaultCluster: string | undefined,
  tool: ListedTool,
  args: Args,
  side: ClientSide,
): Promise<Choice> {
  const [first, second] = places;
  if (first && !second) return { kind: "one", place: first, args };
  // It stands above them: which one it is called on makes no difference, if only one that offers it.
  const offering = places.find(({ hides }) => hides(tool) === undefined) ?? first;
  if (offering && tool.needs === "clusters") return { kind: "one", place: offering, args };
  const { cluster: named, ...rest } = args ?? {};
  const one = (place: Place): Choice => ({ kind: "one", place, args: rest });
  if (named === EVERYWHERE) {
    if (tool.everywhere) return { kind: "everywhere", places, args: rest };
    return refused(`${tool.name} works on one cluster.`, [namesText(places)]);
  }
  if (named !== undefined && named !== null) {
    const place = typeof named === "string" ? places.find(({ name }) => name === named.trim()) : undefined;
    return place ? one(place) : refused(unknownText(places, named), [namesText(places)]);
  }
  const usual = places.find(({ name }) => name === defaultCluster);
  const able = places.filter(({ hides }) => hides(tool) === undefined);
  const only = able.length === 1 && able[0] === usual;
  if (usual && only) return one(usual);
  const reads = tool.annotations.readOnlyHint;
  // A read of what the default has asks no other cluster.
  if (usual && reads && (await foundGuest(tool, [usual], rest, side))?.seen.length !== 0) return one(usual);
  const found = await foundGuest(tool, able, rest, side);
  if (usual && reads) {
    const elsewhere =
      found !== undefined && found.seen.length > 0 && !found.seen.some(({ place }) => place === usual);
    return elsewhere ? askWhich(tool, able, found) : one(usual);
  }
  const [sole, another] = found?.seen ?? [];
  if (usual && sole?.place === usual && !another && found?.unread.length === 0) return one(usual);
  return askWhich(tool, able, found);
}

/** Where a guest of that VMID or name is. */
interface Found {
  readonly which: string;
  readonly seen: readonly { readonly place: Place; readonly guest: Guest }[];
  /** Clusters that could not be asked. */
  readonly unread: readonly Place[];
}

/** The guest that a call names, on whatever clusters have one; undefined where it names none. */
async function foundGuest(
  tool: ListedTool,
  places: readonly Place[],
  args: Readonly<Record<string, unknown>>,
  side: ClientSide,
): Promise<Found | undefined> {
  const kind = guestKind(findTool(tool.name));
  const given = args.vmid;
  const which = typeof given === "number" || typeof given === "string" ? String(given).trim() : "";
  if (kind === undefined || which === "") return undefined;
  const looks = await Promise.all(
    places.map(async (place) => {
      try {
        if ((await place.cluster.trouble?.()) !== undefined) return { place, guests: undefined };
        const fresh = !tool.annotations.readOnlyHint;
        return { place, guests: await place.session.guests.within(side).all(fresh) };
      } catch (error) {
        if (!(error instanceof PveError)) throw error;
        return { place, guests: undefined };
      }
    }),
  );
  const isIt = (guest: Guest) => (/^\d+$/.test(which) ? guest.vmid === Number(which) : guest.name === which);
  return {
    which: which.slice(0, 63),
    seen: looks.flatMap(({ place, guests = [] }) => guests.filter(isIt).map((guest) => ({ place, guest }))),
    unread: looks.filter(({ guests }) => guests === undefined).map(({ place }) => place),
  };
}

/** The refusal of a call that could be meant for several clusters. */
function askWhich(tool: ListedTool, able: readonly Place[], found: Found | undefined): Choice {
  const why = tool.annotations.readOnlyHint
    ? `${tool.name} needs cluster: it could be meant for more than one.`
    : `${tool.name} changes something and more than one cluster would take it: say which by cluster.`;
  if (!found) return refused(why, [namesText(able)]);
  const { which, seen, unread } = found;
  const lines = [
    ...seen.map(
      ({ place, guest }) =>
        `Cluster ${place.name}: ${guestLabel(guest)} on node ${guest.node}${guest.status ? `, ${guest.status}` : ""}.`,
    ),
    ...unread.map(({ name }) => `Cluster ${name}: could not be asked.`),
  ];
  if (seen.length === 0) return refused(why, [`No guest ${which} was found.`, ...lines, namesText(able)]);
  const names = [...new Set(seen.map(({ place }) => place.name))];
  const [only] = names;
  return refused(
    names.length === 1 ? `${which} is on cluster ${only}.` : `${which} is on ${names.length} clusters.`,
    [...lines, `Repeat the call with cluster: ${names.map((name) => JSON.stringify(name)).join(" or ")}.`],
  );
}

function unknownText(places: readonly Place[], named: unknown): string {
  if (typeof named !== "string") return "cluster must be a string.";
  const close = nearest(
    named.slice(0, 63),
    places.map(({ name }) => name),
  );
  return `There is no cluster ${JSON.stringify(named.slice(0, 63))}.${close ? ` Did you mean ${close}?` : ""}`;
}

const namesText = (places: readonly Place[]): string =>
  `Clusters: ${places.map(({ name }) => name).join(", ")}.`;

function refused(headline: string, lines: readonly string[]): Choice {
  const blocks = [...lines, UNCHANGED].map((text): Block => ({ kind: "note", text }));
  return { kind: "refused", answer: { headline, blocks, failed: true } };
}
