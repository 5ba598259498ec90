import type { Handlers } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { agentRoutes } from "./routes/agent.ts";
import { backupJobRoutes } from "./routes/backup-jobs.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { cephRoutes } from "./routes/ceph.ts";
import { cloneRoutes } from "./routes/clone.ts";
import { clusterRoutes } from "./routes/cluster.ts";
import { clusterObjectRoutes } from "./routes/cluster-objects.ts";
import { clusterResourceRoutes } from "./routes/cluster-resources.ts";
import { consoleRoutes } from "./routes/console.ts";
import { diskRoutes } from "./routes/disks.ts";
import { domainRoutes } from "./routes/domains.ts";
import { firewallRoutes } from "./routes/firewall.ts";
import { guestConfigRoutes } from "./routes/guest-config.ts";
import { guestCreateRoutes } from "./routes/guest-create.ts";
import { guestDestroyRoutes } from "./routes/guest-destroy.ts";
import { guestListRoutes } from "./routes/guest-list.ts";
import { guestStatusRoutes } from "./routes/guest-status.ts";
import { haRoutes } from "./routes/ha.ts";
import { haRuleRoutes } from "./routes/ha-rules.ts";
import { haStatusRoutes } from "./routes/ha-status.ts";
import { migrateRoutes } from "./routes/migrate.ts";
import { networkRoutes } from "./routes/network.ts";
import { nodeHardwareRoutes } from "./routes/node-hardware.ts";
import { nodeServiceRoutes } from "./routes/node-services.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { poolRoutes } from "./routes/pools.ts";
import { replicationRoutes } from "./routes/replication.ts";
import { sdnRoutes } from "./routes/sdn.ts";
import { snapshotRoutes } from "./routes/snapshot.ts";
import { storageRoutes, storageStatusRoutes } from "./routes/storage.ts";
import { storageContentRoutes } from "./routes/storage-content.ts";
import { storageDownloadRoutes } from "./routes/storage-download.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { userRoutes } from "./routes/users.ts";
import { vzdumpRoutes } from "./routes/vzdump.ts";

/** Every simulated route. */
export const allHandlers: Handlers = {
  ...accessRoutes,
  ...agentRoutes,
  ...backupJobRoutes,
  ...bulkRoutes,
  ...cephRoutes,
  ...cloneRoutes,
  ...clusterObjectRoutes,
  ...clusterResourceRoutes,
  ...clusterRoutes,
  ...consoleRoutes,
  ...diskRoutes,
  ...domainRoutes,
  ...firewallRoutes,
  ...guestConfigRoutes,
  ...guestCreateRoutes,
  ...guestDestroyRoutes,
  ...guestListRoutes,
  ...guestStatusRoutes,
  ...haRuleRoutes,
  ...haStatusRoutes,
  ...haRoutes,
  ...migrateRoutes,
  ...networkRoutes,
  ...nodeHardwareRoutes,
  ...nodeServiceRoutes,
  ...nodeRoutes,
  ...poolRoutes,
  ...replicationRoutes,
  ...sdnRoutes,
  ...snapshotRoutes,
  ...storageContentRoutes,
  ...storageDownloadRoutes,
  ...storageRoutes,
  ...storageStatusRoutes,
  ...taskRoutes,
  ...userRoutes,
  ...vzdumpRoutes,
};
