import type { Handlers } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { acmeRoutes } from "./routes/acme.ts";
import { agentRoutes } from "./routes/agent.ts";
import { aptRoutes } from "./routes/apt.ts";
import { backupJobRoutes } from "./routes/backup-jobs.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { cephRoutes } from "./routes/ceph.ts";
import { certificateRoutes } from "./routes/certificates.ts";
import { cloneRoutes } from "./routes/clone.ts";
import { clusterRoutes } from "./routes/cluster.ts";
import { clusterConfigRoutes } from "./routes/cluster-config.ts";
import { clusterObjectRoutes } from "./routes/cluster-objects.ts";
import { clusterResourceRoutes } from "./routes/cluster-resources.ts";
import { consoleRoutes } from "./routes/console.ts";
import { cpuModelRoutes } from "./routes/cpu-models.ts";
import { diskLayoutRoutes } from "./routes/disk-layouts.ts";
import { diskRoutes } from "./routes/disks.ts";
import { domainRoutes } from "./routes/domains.ts";
import { firewallRoutes } from "./routes/firewall.ts";
import { guestConfigRoutes } from "./routes/guest-config.ts";
import { guestCreateRoutes } from "./routes/guest-create.ts";
import { guestDestroyRoutes } from "./routes/guest-destroy.ts";
import { guestListRoutes } from "./routes/guest-list.ts";
import { guestStatusRoutes } from "./routes/guest-status.ts";
import { haRoutes } from "./routes/ha.ts";
import { haGroupRoutes } from "./routes/ha-groups.ts";
import { haRuleRoutes } from "./routes/ha-rules.ts";
import { haStatusRoutes } from "./routes/ha-status.ts";
import { loginRoutes } from "./routes/login.ts";
import { migrateRoutes } from "./routes/migrate.ts";
import { networkRoutes } from "./routes/network.ts";
import { nodeDiskRoutes } from "./routes/node-disks.ts";
import { nodeHardwareRoutes } from "./routes/node-hardware.ts";
import { nodeServiceRoutes } from "./routes/node-services.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { poolRoutes } from "./routes/pools.ts";
import { remoteMigrationRoutes } from "./routes/remote-migration.ts";
import { replicationRoutes } from "./routes/replication.ts";
import { rrdPictureRoutes } from "./routes/rrd-pictures.ts";
import { scanRoutes } from "./routes/scans.ts";
import { sdnRoutes } from "./routes/sdn.ts";
import { shellRoutes } from "./routes/shells.ts";
import { snapshotRoutes } from "./routes/snapshot.ts";
import { storageRoutes, storageStatusRoutes } from "./routes/storage.ts";
import { storageContentRoutes } from "./routes/storage-content.ts";
import { storageDownloadRoutes } from "./routes/storage-download.ts";
import { storageFileRoutes } from "./routes/storage-files.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { tfaRoutes } from "./routes/tfa.ts";
import { userRoutes } from "./routes/users.ts";
import { vzdumpRoutes } from "./routes/vzdump.ts";

/** Every simulated route. */
export const allHandlers: Handlers = {
  ...accessRoutes,
  ...acmeRoutes,
  ...agentRoutes,
  ...aptRoutes,
  ...backupJobRoutes,
  ...bulkRoutes,
  ...cephRoutes,
  ...certificateRoutes,
  ...cloneRoutes,
  ...clusterConfigRoutes,
  ...clusterObjectRoutes,
  ...clusterResourceRoutes,
  ...clusterRoutes,
  ...consoleRoutes,
  ...cpuModelRoutes,
  ...diskLayoutRoutes,
  ...diskRoutes,
  ...domainRoutes,
  ...firewallRoutes,
  ...guestConfigRoutes,
  ...guestCreateRoutes,
  ...guestDestroyRoutes,
  ...guestListRoutes,
  ...guestStatusRoutes,
  ...haGroupRoutes,
  ...haRuleRoutes,
  ...haStatusRoutes,
  ...haRoutes,
  ...loginRoutes,
  ...migrateRoutes,
  ...networkRoutes,
  ...nodeDiskRoutes,
  ...nodeHardwareRoutes,
  ...nodeServiceRoutes,
  ...nodeRoutes,
  ...poolRoutes,
  ...remoteMigrationRoutes,
  ...replicationRoutes,
  ...rrdPictureRoutes,
  ...scanRoutes,
  ...sdnRoutes,
  ...shellRoutes,
  ...snapshotRoutes,
  ...storageContentRoutes,
  ...storageDownloadRoutes,
  ...storageFileRoutes,
  ...storageRoutes,
  ...storageStatusRoutes,
  ...taskRoutes,
  ...tfaRoutes,
  ...userRoutes,
  ...vzdumpRoutes,
};
