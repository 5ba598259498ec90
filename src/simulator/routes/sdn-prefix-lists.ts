import { flag, int, list, mayAny, need, settings } from "../args.ts";
import { networkOf } from "../cidr.ts";
import { assertDigest } from "../digest.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { asConfigured, configured, type SdnConfig, sdnLocked, viewed } from "../sdn-config.ts";
import { sdnDigest } from "../sdn-objects.ts";
import type { Json, World } from "../world.ts";

const KEY = "prefix-list";
const PATH = "/cluster/sdn/prefix-lists";
const NUMBERS = ["le", "ge", "seq"] as const;
/** The distance between the numbers that entries get by themselves. */
const STEP = 5;

type Entry = Readonly<Record<string, string | number>>;

/** An entry as its property string has it. */
function parsed(property: Json): Entry {
  const pairs = [...parseProperties(String(property))];
  const numeric = new Set<string>(NUMBERS);
  return Object.fromEntries(pairs.map(([key, value]) => [key, numeric.has(key) ? Number(value) : value]));
}

const printed = (entry: Entry): string =>
  ["action", "prefix", ...NUMBERS]
    .filter((key) => entry[key] !== undefined)
    .map((key) => `${key}=${entry[key]}`)
    .join(",");

const entriesOf = (config: SdnConfig): Entry[] =>
  (Array.isArray(config.entries) ? config.entries : []).map(parsed);

/** proxmox-ve-config, PrefixListEntry validate: the prefix's length <= ge <= le. */
function checkLengths({ prefix, le, ge }: Entry): void {
  const network = networkOf(String(prefix));
  if (!network) return;
  const limits = (name: string, value: number) => {
    if (value > network.bits) die(`Prefix ${name} must not be greater than ${network.bits}`);
    if (network.prefix > value) die(`Prefix ${name} must not be less than ${network.prefix}`);
  };
  if (le !== undefined) limits("<=", Number(le));
  if (le !== undefined && ge !== undefined && ge > le)
    die(`Prefix >= (${ge}) must not be greater than Prefix <= (${le})`);
  if (ge !== undefined) limits(">=", Number(ge));
}

const nextSeq = (entries: readonly Entry[]): number =>
  entries.length === 0 ? STEP : Math.max(...entries.map(({ seq }) => Number(seq))) + STEP;

function inserted(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  if (entry.seq !== undefined && entries.some(({ seq }) => seq === entry.seq))
    die(`entry with sequence number ${entry.seq} already exists!`);
  checkLengths(entry);
  return [...entries, { ...entry, seq: entry.seq ?? nextSeq(entries) }];
}

function store(world: World, id: string, entries: readonly Entry[]): void {
  const kept = entries.length > 0 ? { entries: entries.map(printed) } : {};
  configured(world, KEY).set(id, { type: KEY, id, ...kept });
}

/** One list for a change, or the refusal that names it. */
function toChange(call: SimCall, complaint = "could not find prefix list with id"): Entry[] {
  const id = need(call, "id");
  return entriesOf(configured(call.world, KEY).get(id) ?? die(`${complaint} ${id}`));
}

function changing(call: SimCall, failed: string, change: (id: string) => void): null {
  sdnLocked(call, failed, () => {
    assertDigest(call, sdnDigest(call.world, KEY));
    change(need(call, "id"));
  });
  return null;
}

const given = (call: SimCall): Entry =>
  Object.fromEntries(
    Object.entries(settings(call, "id", "url_seq", "lock-token")).flatMap(([key, value]) =>
      typeof value === "string" || typeof value === "number" ? [[key, value]] : [],
    ),
  );

/** PVE::Network::SDN::PrefixLists check_references. */
function checkUnused(world: World, id: string): void {
  for (const [fabric, { route_filter }] of configured(world, "fabric"))
    if (route_filter === id) die(`prefix list ${id} is still referenced by fabric ${fabric}`);
  for (const entry of configured(world, "route-map").values())
    for (const match of Array.isArray(entry.match) ? entry.match : []) {
      const properties = parseProperties(String(match));
      if (properties.get("key")?.endsWith("-prefix-list") && properties.get("value") === id)
        die(
          `prefix list ${id} is still referenced by route map entry ${String(entry["route-map-id"])} #${String(entry.order)}`,
        );
    }
}

function updateEntry(call: SimCall): null {
  return changing(call, "updating prefix list entry failed", (id) => {
    const entries = toChange(call);
    const old = Number(need(call, "url_seq"));
    const changes = given(call);
    const others = entries.filter(({ seq }) => seq !== old);
    if (changes.seq !== undefined && others.some(({ seq }) => seq === changes.seq))
      die(`entry with sequence number ${changes.seq} already exists!`);
    const entry = entries.find(({ seq }) => seq === old);
    if (!entry) die(`entry with sequence number ${old} does not exist!`);
    const dropped = list(call, "delete");
    const merged = Object.entries({ ...entry, ...changes }).filter(([key]) => !dropped.includes(key));
    store(call.world, id, inserted(others, Object.fromEntries(merged)));
  });
}

/** Prefix lists and their entries (PVE::API2::Network::SDN::PrefixLists). */
export const sdnPrefixListRoutes: Handlers = {
  [`GET ${PATH}`]: (call) =>
    [...viewed(call, KEY)]
      .filter(([id]) => mayAny(call, `/sdn/prefix-lists/${id}`, "SDN.Audit", "SDN.Allocate"))
      .map(([id, config]) => {
        const digest = flag(call, "running") ? {} : { digest: sdnDigest(call.world, KEY) };
        if (flag(call, "verbose")) return { ...config, ...digest };
        return { id, ...(asConfigured(call) || config.state === undefined ? {} : { state: config.state }) };
      }),
  [`GET ${PATH}/{id}`]: (call) => {
    const id = need(call, "id");
    return configured(call.world, KEY).get(id) ?? badParams({ id: `${id} doesn't exist` });
  },
  [`POST ${PATH}`]: (call) =>
    changing(call, "creating prefix list failed", (id) => {
      if (configured(call.world, KEY).has(id)) die(`prefix list already exists in configuration: ${id}`);
      store(call.world, id, list(call, "entries").map(parsed).reduce<readonly Entry[]>(inserted, []));
    }),
  [`PUT ${PATH}/{id}`]: (call) =>
    changing(call, "updating prefix list failed", (id) => {
      const old = toChange(call, "Could not find prefix list with id:");
      const entries = call.params.entries === undefined ? old : list(call, "entries").map(parsed);
      const next = list(call, "delete").includes("entries") ? [] : entries;
      store(call.world, id, next.reduce<readonly Entry[]>(inserted, []));
    }),
  [`DELETE ${PATH}/{id}`]: (call) =>
    changing(call, "deleting prefix list failed", (id) => {
      checkUnused(call.world, id);
      if (!configured(call.world, KEY).delete(id)) die(`could not find prefix list with id: ${id}`);
    }),
  [`GET ${PATH}/{id}/entries`]: (call) => toChange(call, "could not find prefix list with id:"),
  [`POST ${PATH}/{id}/entries`]: (call) =>
    changing(call, "creating prefix list entry failed", (id) =>
      store(call.world, id, inserted(toChange(call), given(call))),
    ),
  [`GET ${PATH}/{id}/entries/{url_seq}`]: (call) => {
    const [id, seq] = [need(call, "id"), int(call, "url_seq")];
    const entries = entriesOf(configured(call.world, KEY).get(id) ?? {});
    const found = entries.find((entry) => entry.seq === seq);
    return found ?? badParams({ id: `entry ${String(seq)} in prefix list ${id} doesn't exist` });
  },
  [`PUT ${PATH}/{id}/entries/{url_seq}`]: updateEntry,
  [`DELETE ${PATH}/{id}/entries/{url_seq}`]: (call) =>
    changing(call, "deleting prefix list entry failed", (id) => {
      const seq = int(call, "url_seq");
      const entries = entriesOf(configured(call.world, KEY).get(id) ?? {});
      if (!entries.some((entry) => entry.seq === seq))
        die(`could not find prefix list entry with seq ${String(seq)}`);
      store(
        call.world,
        id,
        entries.filter((entry) => entry.seq !== seq),
      );
    }),
};
