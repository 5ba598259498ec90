import { flag } from "./args.ts";
import { objects } from "./config-objects.ts";
import { badParams, die, type SimCall, SimError } from "./route.ts";
import type { Json, JsonObject, Sdn, World } from "./world.ts";

/** One configuration object as its file keeps it. */
export type SdnConfig = Readonly<Record<string, Json>>;
type Objects = ReadonlyMap<string, SdnConfig>;

/** Every kind of object that software-defined networking configures. */
export type SdnKey =
  | "zone"
  | "vnet"
  | "subnet"
  | "controller"
  | "dns"
  | "ipam"
  | "fabric"
  | "fabric-node"
  | "prefix-list"
  | "route-map";

/** The kinds of which the nodes use a copy, made when SDN is applied; the others are in use at once. */
const APPLIED: readonly SdnKey[] = [
  "zone",
  "vnet",
  "subnet",
  "controller",
  "fabric",
  "fabric-node",
  "prefix-list",
  "route-map",
];

/** The kinds that PVE::Network::SDN has_pending_changes looks at. */
const WATCHED: readonly SdnKey[] = ["zone", "vnet", "subnet", "controller"];

/** The objects of a kind as configured, by id. */
export const configured = (world: World, key: SdnKey): Map<string, SdnConfig> => objects(world, `sdn/${key}`);

/** The objects of a kind as last applied, by id. */
export const running = (world: World, key: SdnKey): Map<string, SdnConfig> =>
  objects(world, `sdn-applied/${key}`);

/** The world's SDN state; made at first use. */
export function sdnState(world: World): Sdn {
  world.sdn ??= { version: 0, applied: 0, loaded: new Map() };
  return world.sdn;
}

/** Makes what is configured the running configuration (commit_config). */
export function commit(world: World): void {
  const state = sdnState(world);
  state.version += 1;
  state.applied = world.clock.now();
  for (const key of APPLIED) world.objects?.set(`sdn-applied/${key}`, new Map(configured(world, key)));
}

/** Makes the running configuration what is configured. */
export function rollback(world: World): void {
  for (const key of APPLIED) world.objects?.set(`sdn/${key}`, new Map(running(world, key)));
}

const LISTS = new Set(["nodes", "exitnodes", "dhcp-range", "interfaces"]);

/** A value for comparison: the order of some lists does not count (encode_value). */
function encoded(key: string, value: Json): string {
  const list = LISTS.has(key);
  if (list && Array.isArray(value)) return value.map(String).sort().join(",");
  return list ? String(value).split(",").sort().join(",") : JSON.stringify(value);
}

function pendingRow(before: SdnConfig | undefined, after: SdnConfig | undefined): JsonObject {
  if (!after) return { ...before, state: "deleted", pending: {} };
  const row: JsonObject = { ...before };
  const pending: JsonObject = {};
  let changed = false;
  for (const [key, value] of Object.entries(after)) {
    const old = before?.[key];
    if (old !== undefined && encoded(key, old) === encoded(key, value)) continue;
    changed = true;
    if (key === "type" || key === "vnet") row[key] = value;
    else pending[key] = value;
  }
  for (const key of Object.keys(before ?? {}))
    if (after[key] === undefined) {
      changed = true;
      pending[key] = "deleted";
    }
  if (before && !changed) return row;
  return { ...row, state: before ? "changed" : "new", pending };
}

/**
 * What is in use, with what waits under `pending` and in which `state` (PVE::Network::SDN pending_config). Of a
 * new object only `type` and `vnet` stand outside `pending`.
 */
export function pendingRows(before: Objects, after: Objects): Map<string, JsonObject> {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return new Map(ids.map((id) => [id, pendingRow(before.get(id), after.get(id))]));
}

/** The objects of a kind as the call asks for them: configured, `running` or `pending`. */
export function viewed(call: SimCall, key: SdnKey): Map<string, SdnConfig> {
  const { world } = call;
  if (flag(call, "pending")) return pendingRows(running(world, key), configured(world, key));
  const all = flag(call, "running") ? running(world, key) : configured(world, key);
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True when the call asks for what is configured now: only that has a digest. */
export const asConfigured = (call: SimCall): boolean => !flag(call, "pending") && !flag(call, "running");

/** True when something waits to be applied, as POST /cluster/sdn/lock sees it. */
export function hasPending(world: World): boolean {
  return WATCHED.some((key) =>
    [...pendingRows(running(world, key), configured(world, key)).values()].some(({ state }) => state),
  );
}

/** A PVE::Exception within a text: status, message and the parameters it names. */
function asText({ status, message, errors }: SimError): string {
  if (status === 500) return message;
  const lines = Object.entries(errors ?? {}).map(([name, text]) => `${name}: ${text}`);
  return [`${status} ${message}`, ...lines].join("\n");
}

/**
 * Runs a change under SDN's lock (PVE::Network::SDN lock_sdn_config): refused when someone holds the configuration
 * by another token. Whatever refuses the change, a parameter error too, is a 500 with `failed` in front.
 */
export function sdnLocked<T>(call: SimCall, failed: string, change: () => T): T {
  const lock = call.world.sdn?.lock;
  try {
    if (lock !== undefined && call.params["lock-token"] !== lock) die("invalid lock token provided!");
    return change();
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    throw new SimError(500, `${failed}: ${asText(error)}`);
  }
}

/** Refuses with PVE's complaint about one parameter when `wrong` holds. */
export function refuse(wrong: unknown, parameter: string, text: string): void {
  if (wrong) badParams({ [parameter]: text });
}
