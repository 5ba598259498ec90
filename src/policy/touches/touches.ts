import type { Route } from "../../schema/routes.gen.ts";
import { isClassified } from "../effect.ts";
import type { Arguments, ChangingRoute } from "../operations/operation.ts";
import type { Reader, Touch, TouchTable } from "./touch.ts";
import { ACCESS_TOUCHES } from "./touches-access.ts";
import { BACKUP_TOUCHES } from "./touches-backup.ts";
import { CLUSTER_TOUCHES } from "./touches-cluster.ts";
import { FIREWALL_TOUCHES } from "./touches-firewall.ts";
import { GUEST_TOUCHES } from "./touches-guests.ts";
import { HA_TOUCHES } from "./touches-ha.ts";
import { NODE_TOUCHES } from "./touches-nodes.ts";
import { readTouches } from "./touches-reads.ts";
import { SDN_TOUCHES } from "./touches-sdn.ts";
import { STORAGE_TOUCHES } from "./touches-storage.ts";

/** Every operation that may change something: the compiler demands each; the sockets of consoles stand here too. */
const CHANGING: TouchTable & Readonly<Record<ChangingRoute, readonly Reader[]>> = {
  ...GUEST_TOUCHES,
  ...BACKUP_TOUCHES,
  ...STORAGE_TOUCHES,
  ...NODE_TOUCHES,
  ...CLUSTER_TOUCHES,
  ...HA_TOUCHES,
  ...ACCESS_TOUCHES,
  ...FIREWALL_TOUCHES,
  ...SDN_TOUCHES,
};

const byRoute: ReadonlyMap<string, readonly Reader[]> = new Map(Object.entries(CHANGING));

const UNKNOWN: Touch = { kind: "everything", why: "what this operation reaches is not known" };

/** The readers of a route: every operation of the endpoint table has them; undefined for what it does not know. */
export function readersOf(route: string): readonly Reader[] | undefined {
  const listed = byRoute.get(route);
  if (listed) return listed;
  return route.startsWith("GET ") && isClassified(route) ? readTouches(route as Route) : undefined;
}

/**
 * All that a call touches, from its route and its arguments, the path's among them, in whatever form they are given.
 * What cannot be read touches everything; only a read that tells of no object touches nothing. Pure, never throws.
 */
export function touches(route: string, params: Arguments): readonly Touch[] {
  const found = readersOf(route)?.flatMap((read) => read(params));
  return found && (found.length > 0 || !byRoute.has(route)) ? found : [UNKNOWN];
}
