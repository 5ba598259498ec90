import type { Handlers } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { backupJobRoutes } from "./routes/backup-jobs.ts";
import { clusterRoutes } from "./routes/cluster.ts";
import { clusterObjectRoutes } from "./routes/cluster-objects.ts";
import { domainRoutes } from "./routes/domains.ts";
import { firewallRoutes } from "./routes/firewall.ts";
import { haRoutes } from "./routes/ha.ts";
import { haRuleRoutes } from "./routes/ha-rules.ts";
import { haStatusRoutes } from "./routes/ha-status.ts";
import { networkRoutes } from "./routes/network.ts";
import { nodeHardwareRoutes } from "./routes/node-hardware.ts";
import { nodeServiceRoutes } from "./routes/node-services.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { poolRoutes } from "./routes/pools.ts";
import { replicationRoutes } from "./routes/replication.ts";
import { storageRoutes, storageStatusRoutes } from "./routes/storage.ts";
import { storageContentRoutes } from "./routes/storage-content.ts";
import { storageDownloadRoutes } from "./routes/storage-download.ts";
import { userRoutes } from "./routes/users.ts";

/** The routes of everything but guests, tasks and measurements. */
export const areaHandlers: Handlers = {
  ...accessRoutes,
  ...userRoutes,
  ...domainRoutes,
  ...poolRoutes,
  ...storageRoutes,
  ...storageStatusRoutes,
  ...storageContentRoutes,
  ...storageDownloadRoutes,
  ...nodeRoutes,
  ...nodeServiceRoutes,
  ...nodeHardwareRoutes,
  ...networkRoutes,
  ...clusterRoutes,
  ...clusterObjectRoutes,
  ...firewallRoutes,
  ...haRoutes,
  ...haRuleRoutes,
  ...haStatusRoutes,
  ...backupJobRoutes,
  ...replicationRoutes,
};
