import type { Route } from "../routes.gen.ts";

/** What each operation on high availability does, in one line. */
export const CLUSTER_HA_SUMMARIES = {
  "GET /cluster/ha": "List the sub-paths of high availability (HA)",

  "GET /cluster/ha/resources": "List guests under HA, with the state requested for each",
  "POST /cluster/ha/resources": "Put a guest (VM or CT) under high availability (HA)",
  "GET /cluster/ha/resources/{sid}": "Show one HA resource's requested state and restart limits",
  "PUT /cluster/ha/resources/{sid}": "Change an HA resource: requested state, restart and relocate limits",
  "DELETE /cluster/ha/resources/{sid}": "Take a guest out of HA; the guest itself stays",
  "POST /cluster/ha/resources/{sid}/migrate": "Have HA migrate a guest to another node, live if it can",
  "POST /cluster/ha/resources/{sid}/relocate": "Have HA stop a guest and start it again on another node",

  "GET /cluster/ha/groups": "List HA groups (deprecated, replaced by HA rules)",
  "POST /cluster/ha/groups": "Create an HA group of preferred nodes (deprecated, use HA rules)",
  "GET /cluster/ha/groups/{group}": "Show one HA group's nodes and priorities (deprecated)",
  "PUT /cluster/ha/groups/{group}": "Change an HA group's nodes, failback or restriction (deprecated)",
  "DELETE /cluster/ha/groups/{group}": "Delete an HA group (deprecated, replaced by HA rules)",

  "GET /cluster/ha/rules": "List HA affinity rules, optionally of one type or guest",
  "POST /cluster/ha/rules": "Create an HA rule: bind guests to nodes, keep guests together or apart",
  "GET /cluster/ha/rules/{rule}": "Show one HA node or resource affinity rule",
  "PUT /cluster/ha/rules/{rule}": "Change or disable an HA affinity rule",
  "DELETE /cluster/ha/rules/{rule}": "Delete an HA affinity rule",

  "GET /cluster/ha/status": "List the sub-paths of HA status",
  "GET /cluster/ha/status/current": "Show HA as it is now: quorum, master, LRM of each node, each guest",
  "GET /cluster/ha/status/manager_status": "Dump the HA manager's (CRM) raw status with every node's LRM",
  "POST /cluster/ha/status/disarm-ha": "Disarm HA on all nodes, so that nothing is fenced meanwhile",
  "POST /cluster/ha/status/arm-ha": "Arm HA again on all nodes after it was disarmed",
} as const satisfies Partial<Record<Route, string>>;
