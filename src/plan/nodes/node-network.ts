import type { Row } from "../../pve/data.ts";
import { str } from "../../pve/data.ts";
import type { Block } from "../../render/answer.ts";
import { changeFinding, settingsText, stableSettings } from "../cluster/configuration-object.ts";
import { entriesOf, settingText, textOf } from "../difference/setting-value.ts";
import { unseenPoint } from "../guests/guest-configs.ts";
import { guestNames } from "../guests/guest-names.ts";
import { absence, listing, listings, type Point } from "../point.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { counted, listed, when } from "../wording.ts";
import {
  addressesIn,
  addressOf,
  type BridgeGuests,
  carrierOf,
  changedInterfaces,
  dependents,
  guestsOnBridges,
  interfacesOf,
  losesAddress,
  stableDiff,
} from "./network-state.ts";

const label = ({ node, iface }: Readonly<Record<string, unknown>>): string =>
  `interface ${settingText(iface)} of ${settingText(node)}`;

/** Lines of a diff that a plan shows. */
const DIFF_LINES = 40;

function diffBlocks(node: string, diff: string | undefined): readonly Block[] {
  const text = stableDiff(diff ?? "");
  if (text === "") return [];
  const lines = text.split("\n");
  const cut = lines.length > DIFF_LINES ? `\n… ${lines.length - DIFF_LINES} more lines` : "";
  return [
    {
      kind: "untrusted",
      source: `pending network changes of ${node}`,
      text: lines.slice(0, DIFF_LINES).join("\n") + cut,
    },
  ];
}

/** What is known of a node's network. */
interface Seen {
  readonly node: string;
  readonly interfaces: ReadonlyMap<string, Row> | undefined;
  readonly address: string | undefined;
  /** "" for nothing that waits, undefined where it could not be read. */
  readonly diff: string | undefined;
}

async function see(look: Look, node: string): Promise<Seen> {
  const [interfaces, address, diff] = await Promise.all([
    interfacesOf(look, node),
    addressOf(look, node),
    look.pendingNetwork?.(node),
  ]);
  return { node, interfaces, address, diff };
}

const pendingState = ({ node, diff }: Seen): Row => ({
  [`pending network of ${node}`]: diff === undefined ? null : stableDiff(diff),
});

/** What waits already, which applying applies too. */
function pendingPoints({ diff }: Seen): readonly string[] {
  if (diff === undefined) return ["Whether other changes wait could not be read."];
  if (diff === "") return [];
  const names = changedInterfaces(diff);
  return [
    `Changes wait already, not of this call, and are applied with it: ${names.length > 0 ? listed(names) : "see the diff"}.`,
  ];
}

/** Whether an interface, or one built on it, carries the node's own address and its gateway. */
function carriesPoint(seen: Seen, names: readonly string[]): string | undefined {
  const { interfaces, address, node } = seen;
  if (!interfaces) return undefined;
  const carrier = carrierOf(interfaces, address);
  if (!carrier || !names.includes(carrier[0])) return undefined;
  const [name, row] = carrier;
  const gateway = str(row, "gateway");
  const own = addressesIn(row).find((one) => one === address) ?? addressesIn(row)[0];
  const what = [
    ...(own === undefined ? [] : [`${node}'s own address ${own}`]),
    ...(gateway === undefined ? [] : [`its default gateway ${gateway}`]),
  ].join(" and ");
  return what === "" ? undefined : `${name} carries ${what}.`;
}

/** Guests on what a change reaches; of a port, the bridges on it are named. */
function guestPoints(
  seen: Seen,
  { guests, unseen }: BridgeGuests,
  names: readonly string[],
): readonly Point[] {
  const isBridge = (name: string): boolean =>
    /bridge$/i.test(str(seen.interfaces?.get(name) ?? {}, "type") ?? "bridge");
  const found = names.filter(isBridge);
  if (found.length === 0) return [];
  const bridges = listed(found);
  if (guests === undefined) return [`Which guests are on ${bridges} could not be read.`];
  const running = guests.filter(({ status }) => status === "running").length;
  return [
    guests.length === 0
      ? absence("guest", `is on ${bridges}.`)
      : listing(
          `${counted(guests.length, "guest")} on ${bridges}, ${running} of them running`,
          guestNames(guests),
        ),
    ...unseenPoint(unseen, `whether they are on ${bridges}`),
  ];
}

const WAITS = "It waits, and takes effect when it is applied or the node restarts.";

/**
 * The address that a PUT leaves: PVE takes an interface whose call names none for one without an address
 * (PVE::API2::Network update_network).
 */
function addressPoint(
  seen: Seen,
  iface: string,
  params: Readonly<Record<string, unknown>>,
): readonly string[] {
  const row = seen.interfaces?.get(iface);
  if (!row) return [];
  return (["", "6"] as const).flatMap((suffix) => {
    const before = str(row, `cidr${suffix}`) ?? str(row, `address${suffix}`);
    if (before === undefined) return [];
    const after = textOf(params, `cidr${suffix}`) ?? textOf(params, `address${suffix}`);
    const dropped = entriesOf(params.delete).some(
      (key) => key === `cidr${suffix}` || key === `address${suffix}`,
    );
    if (after === undefined || dropped)
      return [`It loses its address ${before}: the call names none, and PVE then keeps none.`];
    return before.split("/")[0] === after.split("/")[0]
      ? []
      : [`Its address changes from ${before} to ${after}.`];
  });
}

/** A changed interface: whose address it carries, who is on it, what else waits. */
export const interfaceChange: Topic = async (step, look): Promise<Finding> => {
  const node = settingText(step.params.node);
  const iface = settingText(step.params.iface);
  const [change, seen] = await Promise.all([changeFinding(step, look, label), see(look, node)]);
  const names = seen.interfaces ? dependents(seen.interfaces, [iface]) : [iface];
  const on = await guestsOnBridges(look, names, node);
  const carries = carriesPoint(seen, names);
  return {
    points: [
      ...(carries === undefined ? [] : [`${carries} A mistake cuts the node off.`]),
      ...addressPoint(seen, iface, step.params),
      ...change.points,
      ...guestPoints(seen, on, names),
      ...pendingPoints(seen),
      WAITS,
    ],
    tells: Object.keys(step.params),
    blocks: diffBlocks(node, seen.diff),
    state: { ...change.state, ...pendingState(seen) },
  };
};

/** An interface that goes. */
export const interfaceRemoval: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const iface = settingText(params.iface);
  const seen = await see(look, node);
  const row = seen.interfaces?.get(iface);
  const names = seen.interfaces ? dependents(seen.interfaces, [iface]) : [iface];
  const on = await guestsOnBridges(look, names, node);
  const carries = carriesPoint(seen, names);
  return {
    points: [
      ...(carries === undefined ? [] : [`${carries} Once applied, the node is out of reach.`]),
      `Interface ${iface} of ${node} goes: ${
        row
          ? settingsText(row, [
              "type",
              "cidr",
              "gateway",
              "cidr6",
              "bridge_ports",
              "slaves",
              "vlan-id",
              "comments",
            ])
          : seen.interfaces
            ? "there is none of that name"
            : "what it is now could not be read"
      }.`,
      ...listings("Built on it", names.slice(1)),
      ...guestPoints(seen, on, names),
      ...pendingPoints(seen),
      WAITS,
    ],
    blocks: diffBlocks(node, seen.diff),
    state: { [`interface ${iface} of ${node}`]: stableSettings(row), ...pendingState(seen) },
  };
};

/** A new interface: its ports may be another's. */
export const interfaceCreation: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const iface = settingText(params.iface);
  const seen = await see(look, node);
  const there = seen.interfaces?.has(iface);
  const gateway = textOf(params, "gateway");
  const other = [...(seen.interfaces ?? [])].find(([, row]) => gateway !== undefined && str(row, "gateway"));
  return {
    points: [
      there === undefined
        ? `Interface ${iface} of ${node} is created; whether it is there already could not be read.`
        : there
          ? `Interface ${iface} is there already on ${node}: PVE refuses to create it.`
          : `Interface ${iface} of ${node} is created; it is not there yet.`,
      ...when(
        other !== undefined,
        `${other?.[0] ?? ""} has a default gateway already: PVE refuses a second one.`,
      ),
      ...pendingPoints(seen),
      WAITS,
    ],
    tells: ["iface"],
    blocks: diffBlocks(node, seen.diff),
    state: { [`interface ${iface} of ${node}`]: there ?? null, ...pendingState(seen) },
  };
};

/** Applying: everything that waits, whoever changed it. */
export const networkApply: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const seen = await see(look, node);
  const changed = changedInterfaces(seen.diff ?? "");
  const names = seen.interfaces ? dependents(seen.interfaces, changed) : changed;
  const on = names.length > 0 ? await guestsOnBridges(look, names, node) : undefined;
  const lost = seen.interfaces && losesAddress(seen.diff ?? "", seen.interfaces, seen.address);
  const carries = lost ? undefined : carriesPoint(seen, names);
  return {
    points: [
      ...when(
        lost ?? false,
        `No interface has ${node}'s own address ${seen.address ?? ""} any more: ${node} is out of reach.`,
      ),
      ...(carries === undefined
        ? []
        : [`${carries} If what waits is wrong, ${node} is out of reach until somebody is at its console.`]),
      seen.diff === undefined
        ? `What waits on ${node} could not be read; all of it is applied.`
        : seen.diff === ""
          ? `Nothing waits on ${node}; its network is loaded anew as it is.`
          : `All that waits on ${node} is applied, whoever changed it: ${changed.length > 0 ? listed(changed) : "see the diff"}.`,
      ...(on ? guestPoints(seen, on, names) : []),
      ...when(seen.interfaces === undefined, "The interfaces could not be read."),
    ],
    blocks: diffBlocks(node, seen.diff),
    state: pendingState(seen),
  };
};

/** Dropping what waits, whoever changed it. */
export const networkRevert: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const seen = await see(look, node);
  const changed = changedInterfaces(seen.diff ?? "");
  return {
    points: [
      seen.diff === undefined
        ? `What waits on ${node} could not be read; all of it is dropped.`
        : seen.diff === ""
          ? `Nothing waits on ${node}: nothing is dropped.`
          : `All that waits on ${node} is dropped, whoever changed it: ${changed.length > 0 ? listed(changed) : "see the diff"}. The network in use stays as it is.`,
    ],
    blocks: diffBlocks(node, seen.diff),
    state: pendingState(seen),
    ...(seen.diff ? { final: "changes that wait are not kept anywhere else." } : {}),
  };
};
