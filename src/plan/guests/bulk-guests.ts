import { flag, type Json } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { type HaResource, haOfGuest, haResources } from "../cluster/ha-resource.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { shownText } from "../difference/shown-setting.ts";
import { absent, listing, listings, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { counted, when } from "../wording.ts";
import { guestConfigs } from "./guest-configs.ts";
import { inventory, namesByNode } from "./guest-names.ts";
import { guestName } from "./guest-state.ts";

type Params = Step["params"];

/** What becomes of one guest: it is acted on, or left out for a reason. */
type Fate = { readonly acts: true } | { readonly skip: string };
/** The guest is acted on. */
export const ACTS: Fate = { acts: true };

/** What is known of the guests that an action is about. */
interface Known {
  readonly params: Params;
  readonly guests: readonly Guest[];
  /** The HA resources; undefined where they could not be read. */
  readonly ha: ReadonlyMap<string, HaResource> | undefined;
  /** Whether the call names guests. */
  readonly named: boolean;
  /** Which of the guests start at boot, where the action asks. */
  readonly boots: ReadonlyMap<number, boolean>;
}

/** An action on many guests. */
interface Action {
  /** What the line that names the guests begins with, and what follows their number: "Migrates", " to pve2". */
  readonly does: (params: Params) => readonly [verb: string, where?: string];
  readonly fate: (guest: Guest, known: Known) => Fate;
  /** It passes over what HA manages, unless the call names the guests (get_start_stop_list in PVE::API2::Nodes). */
  readonly sparesHa: boolean;
  /** Whether it hangs on the guests' own start at boot. */
  readonly asksBoot?: (params: Params) => boolean;
  /** What else is worth knowing, of the guests that it acts on. */
  readonly also?: (
    acted: readonly Guest[],
    known: Known,
    look: Look,
  ) => Promise<readonly Point[]> | readonly Point[];
  /** Parameters whose values it tells. */
  readonly tells?: readonly string[];
}

const managed = ({ ha }: Known, guest: Guest): boolean => haOfGuest(ha, guest)?.managed === true;

/** A topic about an action on guests of the cluster, or of the node in the path; without `vms` on every one. */
export const bulk =
  (action: Action): Topic =>
  async ({ route, params }, look): Promise<Finding> => {
    const [all, ha] = await Promise.all([inventory(look), haResources(look)]);
    const wanted = entriesOf(params.vms).map(Number).filter(Number.isInteger);
    const node = settingText(params.node);
    const isNamed = wanted.length > 0;
    const [verb, to = ""] = action.does(params);
    const at = node === "" ? "" : ` on ${shownText(node)}`;
    const where = `${at}${to}`;
    if (!all)
      return {
        points: [
          isNamed
            ? listing(
                `${verb} ${counted(wanted.length, "guest")}${where}, whose names could not be read`,
                wanted.map(String),
              )
            : `${verb} every guest${where}; their names could not be read.`,
        ],
      };
    const guests = all
      .filter((guest) => (node === "" || guest.node === node) && (!isNamed || wanted.includes(guest.vmid)))
      .sort((one, other) => one.vmid - other.vmid);
    const boots = action.asksBoot?.(params) ? await startingAtBoot(guests, look) : new Map<number, boolean>();
    const known: Known = { params, guests, ha, named: isNamed, boots };
    const fates = guests.map((guest) => ({ guest, fate: fateOf(action, guest, known) }));
    const acted = fates.filter(({ fate }) => "acts" in fate).map(({ guest }) => guest);
    const unknown = wanted.filter((vmid) => !guests.some((guest) => guest.vmid === vmid));
    const headline = `${verb} ${acted.length === 0 ? "no guest" : counted(acted.length, "guest")}${where}${isNamed ? "" : " (none are named, so all are meant)"}`;
    return {
      points: [
        acted.length === 0 ? absent(headline) : listing(headline, namesByNode(acted)),
        ...((await action.also?.(acted, known, look)) ?? []),
        ...locked(acted),
        ...leftOut(fates),
        ...listings(`There is no such guest${at}`, unknown.map(String)),
        ...when(!ha, "Which of them HA manages could not be read."),
      ],
      tells: ["vms", ...(action.tells ?? [])],
      state: { [`guests of ${route} ${node}`]: acted.map((guest): Json => stateOf(guest, ha)) },
    };
  };

async function startingAtBoot(guests: readonly Guest[], look: Look): Promise<ReadonlyMap<number, boolean>> {
  const stopped = guests.filter((guest) => !guest.template && !isRunning(guest));
  const { configs } = await guestConfigs(look, stopped);
  return new Map(configs.map(([{ vmid }, config]) => [vmid, flag(config, "onboot")]));
}

function fateOf(action: Action, guest: Guest, known: Known): Fate {
  if (action.sparesHa && guest.template) return { skip: "as templates" };
  if (action.sparesHa && !known.named && managed(known, guest)) return { skip: "as HA manages them" };
  return action.fate(guest, known);
}

const stateOf = (guest: Guest, ha: Known["ha"]): string =>
  `${guest.vmid} ${guest.name ?? ""} ${guest.node} ${guest.status ?? ""} ${haOfGuest(ha, guest)?.state ?? ""}`;

/** One line for each reason to leave guests out. */
function leftOut(fates: readonly { readonly guest: Guest; readonly fate: Fate }[]): readonly Point[] {
  const byReason = new Map<string, Guest[]>();
  for (const { guest, fate } of fates)
    if ("skip" in fate) byReason.set(fate.skip, [...(byReason.get(fate.skip) ?? []), guest]);
  return [...byReason].flatMap(([reason, guests]) => listings(`Left out ${reason}`, namesByNode(guests)));
}

const locked = (acted: readonly Guest[]): readonly Point[] =>
  listings(
    "Locked, so PVE refuses them",
    acted.flatMap((guest) =>
      guest.lock === undefined ? [] : [`${guestName(guest, guest.name)} (${guest.lock})`],
    ),
  );

/** One line on the guests that HA acts on. */
export const throughHa =
  (does: string) =>
  (acted: readonly Guest[], known: Known): readonly Point[] =>
    listings(`HA ${does}`, namesByNode(acted.filter((guest) => managed(known, guest))));

/** Whether a guest of the inventory runs, or is paused. */
export const isRunning = ({ status }: Guest): boolean => status === "running" || status === "paused";

const whenStopped = (guest: Guest): Fate => (isRunning(guest) ? { skip: "as they run already" } : ACTS);
const whenRunning = ({ status }: Guest): Fate =>
  status === "stopped" ? { skip: "as they do not run" } : ACTS;

/** Seconds that the guests have, and what comes then. */
function patience(params: Params): string {
  const seconds = params.timeout === undefined ? 180 : Number(params.timeout);
  return params["force-stop"] === undefined || isOn(params, "force-stop")
    ? `What still runs after ${seconds} s loses power, and what it has not written (force-stop${params["force-stop"] === undefined ? " is on unless the call says 0" : ""}).`
    : `What still runs after ${seconds} s runs on.`;
}

/** Starting. */
export const bulkStart = bulk({
  does: () => ["Starts"],
  sparesHa: true,
  fate: whenStopped,
  also: throughHa("starts, and keeps started"),
});

/** Starting the guests of a node that start at boot; with force all of them. */
export const startAll = bulk({
  does: () => ["Starts"],
  sparesHa: true,
  asksBoot: (params) => !isOn(params, "force"),
  fate: (guest, { boots }) =>
    boots.get(guest.vmid) === false
      ? { skip: "as they do not start at boot (force starts them too)" }
      : whenStopped(guest),
  also: (acted, known) => {
    const unread = isOn(known.params, "force") ? [] : acted.filter(({ vmid }) => !known.boots.has(vmid));
    return [
      ...listings("Only if they start at boot, which could not be read", namesByNode(unread)),
      ...throughHa("starts, and keeps started")(acted, known),
    ];
  },
});

/** Shutting down. */
export const bulkShutdown = bulk({
  does: () => ["Shuts down"],
  sparesHa: true,
  fate: whenRunning,
  tells: ["timeout", "force-stop"],
  also: (acted, known) => [
    ...when(acted.length > 0, patience(known.params)),
    ...throughHa("stops, and keeps stopped")(acted, known),
  ],
});

const vmsOnly = (guest: Guest): Fate =>
  guest.type === "lxc" ? { skip: "as containers cannot be suspended" } : whenRunning(guest);

/** Pausing VMs, or saving them to disk. */
export const bulkSuspend = bulk({
  does: (params) => [isOn(params, "to-disk") ? "Saves to disk and stops" : "Pauses"],
  tells: ["to-disk"],
  sparesHa: true,
  fate: vmsOnly,
  also: (acted, known) => {
    const kept = isOn(known.params, "to-disk") ? acted.filter((guest) => managed(known, guest)) : [];
    return listings("HA manages these, so PVE does not save them to disk", namesByNode(kept));
  },
});

/** Saving the VMs of a node to disk. */
export const suspendAll = bulk({ does: () => ["Saves to disk and stops"], sparesHa: true, fate: vmsOnly });
