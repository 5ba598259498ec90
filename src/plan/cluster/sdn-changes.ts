import { type Json, type Row, record, rows, str } from "../../pve/data.ts";
import type { Block } from "../../render/answer.ts";
import { settingText } from "../difference/setting-value.ts";
import { unseenPoint } from "../guests/guest-configs.ts";
import { guestNames } from "../guests/guest-names.ts";
import { type BridgeGuests, changedInterfaces, guestsOnBridges, stableDiff } from "../nodes/network-state.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, ReadRoute, Step, Topic } from "../topic.ts";
import { listed, namesOr, when } from "../wording.ts";
import {
  changeFinding,
  creationFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "./configuration-object.ts";

const WAITS = "It waits, and takes effect when SDN is applied on all nodes.";

/** What waits to be applied to the virtual networks. */
interface Waiting {
  /** "zone z1": what it is, and its name. */
  readonly name: string;
  /** `new`, `changed`, `deleted`. */
  readonly state: string;
  readonly vnet?: string;
}

/** Lists of SDN that can tell what waits, by what they hold. */
const LISTS = [
  ["zone", "zone", "GET /cluster/sdn/zones"],
  ["vnet", "vnet", "GET /cluster/sdn/vnets"],
  ["controller", "controller", "GET /cluster/sdn/controllers"],
  ["fabric", "id", "GET /cluster/sdn/fabrics/fabric"],
  ["fabric node", "node_id", "GET /cluster/sdn/fabrics/node"],
  ["prefix list", "id", "GET /cluster/sdn/prefix-lists"],
  ["route map entry", "order", "GET /cluster/sdn/route-maps/entries"],
] as const;

/** Vnets whose subnets are asked for. */
const ASKED = 12;

const waitingIn = (data: Json | undefined, noun: string, key: string): readonly Waiting[] =>
  rows(data).flatMap((row) => {
    const state = str(row, "state");
    // What is new has its name only among what is pending.
    const name = str(row, key) ?? str(record(row.pending), key);
    if (state === undefined || name === undefined) return [];
    return [{ name: `${noun} ${name}`, state, ...(noun === "vnet" ? { vnet: name } : {}) }];
  });

/** All that waits to be applied; undefined where not even zones and vnets could be read. */
async function waiting(look: Look): Promise<readonly Waiting[] | undefined> {
  const answers = await Promise.all(
    LISTS.map(async ([noun, key, list]) => {
      const data = await look.tryRead(list, { pending: true });
      return { noun, data, found: waitingIn(data, noun, key) };
    }),
  );
  if (answers.every(({ data }) => data === undefined)) return undefined;
  const vnets = rows(answers.find(({ noun }) => noun === "vnet")?.data).flatMap(
    (row) => str(row, "vnet") ?? [],
  );
  const subnets = await Promise.all(
    vnets.slice(0, ASKED).map(async (vnet) => {
      const data = await look.tryRead("GET /cluster/sdn/vnets/{vnet}/subnets", { vnet, pending: true });
      return waitingIn(data, "subnet", "subnet").map((one) => ({ ...one, vnet }));
    }),
  );
  return [...answers.flatMap(({ found }) => found), ...subnets.flat()];
}

const waitingNames = (found: readonly Waiting[]): readonly string[] =>
  found.map(({ name, state }) => `${name} (${state})`);

const waitingState = (found: readonly Waiting[] | undefined): Row => ({
  "pending SDN": found?.map(({ name, state }) => `${name} ${state}`).sort() ?? null,
});

/** Changes of nodes' own networks that an application of SDN applies too: it reloads each node's network. */
async function nodeChanges(look: Look): Promise<readonly (readonly [node: string, diff: string])[]> {
  const nodes = rows(await look.tryRead("GET /cluster/status", {})).flatMap((row) =>
    str(row, "type") === "node" && Number(row.online) === 1 ? (str(row, "name") ?? []) : [],
  );
  const diffs = await Promise.all(
    nodes.slice(0, ASKED).map(async (node) => [node, (await look.pendingNetwork?.(node)) ?? ""] as const),
  );
  return diffs.filter(([, diff]) => diff !== "");
}

/** PVE's own preview of what it writes, for one node; releases before 9.1 have none. */
async function previewBlocks(look: Look): Promise<readonly Block[]> {
  const node = rows(await look.tryRead("GET /cluster/status", {})).find((row) => Number(row.local) === 1);
  const name = node && str(node, "name");
  if (name === undefined) return [];
  const preview = record(await look.tryRead("GET /cluster/sdn/dry-run", { node: name }));
  const diff = stableDiff(str(preview, "interfaces-diff") ?? "");
  if (diff === "") return [];
  return [
    { kind: "untrusted", source: `SDN changes of ${name}, by PVE's dry run`, text: diff.slice(0, 1_200) },
  ];
}

/** Applying SDN: all that waits, on every node, and what waits in the nodes' own networks. */
export const sdnApply: Topic = async (_step, look): Promise<Finding> => {
  const [found, nodes, blocks] = await Promise.all([waiting(look), nodeChanges(look), previewBlocks(look)]);
  const vnets = [...new Set((found ?? []).flatMap(({ vnet }) => vnet ?? []))];
  const on = vnets.length > 0 ? await guestsOnBridges(look, vnets) : undefined;
  return {
    points: [
      found === undefined
        ? "What waits could not be read; all of it is applied on every node."
        : found.length === 0
          ? "Nothing of SDN waits; the network of every node is loaded anew."
          : listing("Applied on every node, whoever changed it", waitingNames(found)),
      ...nodes.map(
        ([node, diff]) =>
          `Changes that wait in the network of ${node} are applied with it: ${namesOr([...changedInterfaces(diff)], "see pve_list_networks")}.`,
      ),
      ...(on ? [onVnets("these vnets", on)] : []),
      ...(on ? unseenPoint(on.unseen, "whether they are on one of these vnets") : []),
    ],
    blocks,
    state: {
      ...waitingState(found),
      "pending networks of nodes": Object.fromEntries(nodes.map(([node, diff]) => [node, stableDiff(diff)])),
    },
  };
};

/** Dropping all that waits. */
export const sdnRollback: Topic = async (_step, look): Promise<Finding> => {
  const found = await waiting(look);
  return {
    points: [
      found === undefined
        ? "What waits could not be read; all of it is dropped."
        : found.length === 0
          ? "Nothing of SDN waits: nothing is dropped."
          : listing("Dropped, whoever changed it", waitingNames(found), "nothing", ". What is in use stays."),
    ],
    state: waitingState(found),
    ...(found !== undefined && found.length > 0
      ? { final: "changes that wait are not kept anywhere else." }
      : {}),
  };
};

/** The vnets of a zone, or the one that a step names. */
async function vnetsOf(look: Look, { route, params }: Step): Promise<readonly string[]> {
  if (params.vnet !== undefined) return [settingText(params.vnet)];
  if (!route.includes("/zones/")) return [];
  const zone = settingText(params.zone);
  return rows(await look.tryRead("GET /cluster/sdn/vnets", {})).flatMap((row) =>
    str(row, "zone") === zone ? (str(row, "vnet") ?? []) : [],
  );
}

const onVnets = (vnets: string, { guests }: BridgeGuests): Point =>
  guests === undefined
    ? `Guests on ${vnets}: could not be read.`
    : listing(`Guests on ${vnets}`, guestNames(guests));

async function guestPoints(look: Look, step: Step): Promise<readonly Point[]> {
  const vnets = await vnetsOf(look, step);
  const on = vnets.length > 0 ? await guestsOnBridges(look, vnets) : undefined;
  return [
    ...when(step.route.includes("/zones/"), listing("Vnets of the zone", vnets)),
    ...(on ? [onVnets(listed(vnets), on)] : []),
    ...(on ? unseenPoint(on.unseen, "whether they are on one of them") : []),
  ];
}

/** A kind of object of SDN. */
interface SdnKind {
  readonly noun: string;
  readonly keys: readonly string[];
  readonly tells?: readonly string[];
  /** Guests hang on it. */
  readonly carriesGuests?: true;
}

/** A changed object of SDN, with the guests on its vnets. */
export const sdnChange =
  ({ noun, keys, carriesGuests }: SdnKind): Topic =>
  async (step, look): Promise<Finding> => {
    const [change, guests] = await Promise.all([
      changeFinding(step, look, named(noun, ...keys)),
      carriesGuests ? guestPoints(look, step) : [],
    ]);
    return { ...change, points: [...change.points, ...guests, WAITS] };
  };

/** An object of SDN that goes. */
export const sdnRemoval =
  ({ noun, keys, tells = [], carriesGuests }: SdnKind): Topic =>
  async (step, look): Promise<Finding> => {
    const name = named(noun, ...keys)(step.params);
    const [now, guests] = await Promise.all([
      currentSettings(step, look),
      carriesGuests ? guestPoints(look, step) : [],
    ]);
    return {
      points: [
        ...guests,
        `SDN ${name} goes: ${now ? settingsText(now, tells) : await unknownBecause(step, look)}.`,
        WAITS,
      ],
      state: { [`SDN ${name}`]: stableSettings(now) },
    };
  };

/** A new object of SDN. */
export const sdnCreation =
  (list: ReadRoute, { noun, keys }: SdnKind): Topic =>
  async (step, look): Promise<Finding> => {
    const key = keys.at(-1) ?? "";
    const names = [...list.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
    const made = await creationFinding(step, look, {
      label: named(noun, ...keys),
      list,
      key,
      where: (params) => Object.fromEntries(names.map((name) => [name, params[name]])),
    });
    return { ...made, points: [...made.points, WAITS], tells: keys };
  };
