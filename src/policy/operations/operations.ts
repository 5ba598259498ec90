import type { ChangingRoute, Operation, Operations } from "./operation.ts";
import { ACCESS } from "./operations-access.ts";
import { BACKUPS } from "./operations-backup.ts";
import { CLUSTER } from "./operations-cluster.ts";
import { DISK_OPERATIONS } from "./operations-disks.ts";
import { FIREWALL } from "./operations-firewall.ts";
import { GUESTS } from "./operations-guests.ts";
import { HA } from "./operations-ha.ts";
import { NODES } from "./operations-nodes.ts";
import { MORE_THAN_READS } from "./operations-reads.ts";
import { SDN } from "./operations-sdn.ts";
import { STORAGE } from "./operations-storage.ts";

/** The table by area; each route stands in one. */
export const AREAS: readonly (readonly [area: string, operations: Operations])[] = [
  ["Guests", GUESTS],
  ["Backups", BACKUPS],
  ["Storage and pools", STORAGE],
  ["Nodes", NODES],
  ["Disks and Ceph", DISK_OPERATIONS],
  ["Cluster", CLUSTER],
  ["High availability and replication", HA],
  ["Access", ACCESS],
  ["Firewall", FIREWALL],
  ["Software-defined network", SDN],
  ["Reads that are more", MORE_THAN_READS],
];

/** Every operation that may change something: the compiler demands each; GETs that are more than reads stand here too. */
const OPERATIONS: Operations & Readonly<Record<ChangingRoute, Operation>> = {
  ...GUESTS,
  ...BACKUPS,
  ...STORAGE,
  ...NODES,
  ...DISK_OPERATIONS,
  ...CLUSTER,
  ...HA,
  ...ACCESS,
  ...FIREWALL,
  ...SDN,
  ...MORE_THAN_READS,
};

const byRoute: ReadonlyMap<string, Operation> = new Map(Object.entries(OPERATIONS));

/** The class of an operation and what raises it; undefined for a read and for what the table does not know. */
export const operationOf = (route: string): Operation | undefined => byRoute.get(route);
