import type { Route } from "../routes.gen.ts";
import { ACCESS_SUMMARIES } from "./summaries-access.ts";
import { CLUSTER_SUMMARIES } from "./summaries-cluster.ts";
import { CLUSTER_FIREWALL_SUMMARIES } from "./summaries-cluster-firewall.ts";
import { CLUSTER_HA_SUMMARIES } from "./summaries-cluster-ha.ts";
import { CLUSTER_JOB_SUMMARIES } from "./summaries-cluster-jobs.ts";
import { CLUSTER_NOTIFICATION_SUMMARIES } from "./summaries-cluster-notifications.ts";
import { CLUSTER_SDN_SUMMARIES } from "./summaries-cluster-sdn.ts";
import { NODE_SUMMARIES } from "./summaries-nodes.ts";

/** What each operation of the PVE API does, one line each; the compiler demands every route. */
const SUMMARIES = {
  ...ACCESS_SUMMARIES,
  ...CLUSTER_SUMMARIES,
  ...CLUSTER_FIREWALL_SUMMARIES,
  ...CLUSTER_HA_SUMMARIES,
  ...CLUSTER_JOB_SUMMARIES,
  ...CLUSTER_NOTIFICATION_SUMMARIES,
  ...CLUSTER_SDN_SUMMARIES,
  ...NODE_SUMMARIES,
} satisfies Record<Route, string>;

/**
 * What a route (`GET /access/acl`) does: one line of at most 90 characters, without a full stop.
 * Undefined for a route the endpoint table does not know.
 */
export function summaryOf(route: string): string | undefined {
  return Object.hasOwn(SUMMARIES, route) ? SUMMARIES[route as Route] : undefined;
}
