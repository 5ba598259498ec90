import { flag, list, mayAny, need, settings } from "../args.ts";
import { assertDigest } from "../digest.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { configured, running, sdnLocked, viewed } from "../sdn-config.ts";
import { sdnDigest } from "../sdn-objects.ts";
import type { Json, World } from "../world.ts";

const KEY = "route-map";
const ENTRIES = "/cluster/sdn/route-maps/entries";
const ONE = `${ENTRIES}/{route-map-id}/entry/{order}`;

const entryId = (call: SimCall): string => `${need(call, "route-map-id")}_${need(call, "order")}`;

/** PVE::Network::SDN::RouteMaps check_references. */
function checkUnused(world: World, id: string): void {
  for (const [controller, config] of configured(world, "controller"))
    if (config["route-map-in"] === id || config["route-map-out"] === id)
      die(`route map ${id} still referenced by controller ${controller}`);
}

function changing(call: SimCall, failed: string, change: (id: string) => void): null {
  sdnLocked(call, failed, () => {
    assertDigest(call, sdnDigest(call.world, KEY));
    change(entryId(call));
  });
  return null;
}

/** Entries of all route maps or of one, which the id begins with. */
function rows(call: SimCall, map?: string): Json[] {
  const digest = flag(call, "running") ? {} : { digest: sdnDigest(call.world, KEY) };
  return [...viewed(call, KEY)]
    .filter(([id]) => map === undefined || id.replace(/_\d+$/, "") === map)
    .filter(([id]) => map !== undefined || mayAny(call, `/sdn/route-maps/${id}`, "SDN.Audit", "SDN.Allocate"))
    .map(([, config]) => ({ ...config, ...digest }));
}

/** Route maps, which are there by their entries (PVE::API2::Network::SDN::RouteMaps). */
export const sdnRouteMapRoutes: Handlers = {
  "GET /cluster/sdn/route-maps": (call) => {
    const all = (flag(call, "running") ? running : configured)(call.world, KEY);
    return [...new Set([...all.values()].map((entry) => String(entry["route-map-id"])))]
      .filter((id) => mayAny(call, `/sdn/route-maps/${id}`, "SDN.Audit", "SDN.Allocate"))
      .map((id) => ({ id }));
  },
  [`GET ${ENTRIES}`]: (call) => rows(call),
  [`GET ${ENTRIES}/{route-map-id}`]: (call) => rows(call, need(call, "route-map-id")),
  [`GET ${ONE}`]: (call) =>
    configured(call.world, KEY).get(entryId(call)) ??
    badParams({ "route-map-id": `${entryId(call)} doesn't exist` }),
  [`POST ${ENTRIES}`]: (call) =>
    changing(call, "creating route map entry failed", (id) => {
      const all = configured(call.world, KEY);
      if (all.has(id)) die(`route map entry already exists in configuration: ${id}`);
      all.set(id, { set: [], match: [], ...settings(call, "lock-token") });
    }),
  [`PUT ${ONE}`]: (call) =>
    changing(call, "updating route map entry failed", (id) => {
      const all = configured(call.world, KEY);
      const changes = settings(call, "route-map-id", "order", "lock-token");
      const dropped = list(call, "delete");
      if (Object.keys(changes).length + dropped.length === 0) return;
      const old = all.get(id) ?? die(`Could not find route map with id: ${id}`);
      const kept = Object.entries({ ...old, ...changes }).filter(([key]) => !dropped.includes(key));
      all.set(id, { set: [], match: [], ...Object.fromEntries(kept) });
    }),
  [`DELETE ${ONE}`]: (call) =>
    changing(call, "deleting route map entry failed", (id) => {
      const all = configured(call.world, KEY);
      const map = need(call, "route-map-id");
      if (!all.has(id)) die(`could not find route map entry with id: ${id}`);
      const left = [...all].some(([other, entry]) => other !== id && entry["route-map-id"] === map);
      if (!left) checkUnused(call.world, map);
      all.delete(id);
    }),
};
