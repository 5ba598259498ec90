import { index, settings } from "../args.ts";
import { crud, named, perlDigest } from "../config-objects.ts";
import { die, type Handler, type Handlers, SimError } from "../route.ts";
import { isUnreachable } from "../unreachable.ts";
import { notificationRoutes } from "./notifications.ts";

/** Resource mappings (PVE::API2::Cluster::Mapping). */
function mapping(type: string): Record<string, Handler> {
  const kind = `mapping/${type}`;
  return crud({
    path: `/cluster/mapping/${type}`,
    key: "id",
    kind,
    extra: { type },
    failed: `create ${type} mapping failed`,
    exists: (id) => `${type} ID '${id}' already defined`,
    missing: (id) => new SimError(500, `mapping '${id}' not found`),
    keyless: true,
    digest: perlDigest(kind),
  });
}

const metricServers = named(
  crud({
    path: "/cluster/metrics/server",
    key: "id",
    kind: "metrics",
    secret: ["token"],
    failed: "create metric server failed",
    exists: (id) => `metric server '${id}' already exists`,
    missing: (id) => new SimError(500, `status server entry '${id}' does not exist`),
    digest: perlDigest("metrics"),
  }),
  "/cluster/metrics/server",
);

/** PVE opens the connection before it keeps a server. */
function checkReachable(plain: Handler | undefined): Handler {
  return (call) => {
    const { type, server, port } = settings(call);
    if (isUnreachable(String(server)))
      die(
        `couldn't create ${String(type)} socket [${String(server)}]:${String(port)} - Network is unreachable`,
      );
    return plain?.(call) ?? null;
  };
}

const realmSync = named(
  crud({
    path: "/cluster/jobs/realm-sync",
    key: "id",
    kind: "realm-sync",
    extra: { type: "realm-sync" },
    failed: "create realm-sync job failed",
    exists: (id) => `realm-sync job '${id}' already exists`,
    missing: (id) => new SimError(400, `No such job '${id}'`),
    digest: perlDigest("realm-sync"),
  }),
  "/cluster/jobs/realm-sync",
);

/** Notifications, mappings, metric servers and the indexes of areas that are not modelled further. */
export const clusterObjectRoutes: Handlers = {
  ...notificationRoutes,
  ...mapping("dir"),
  ...mapping("pci"),
  ...mapping("usb"),
  ...realmSync,
  ...metricServers,
  "POST /cluster/metrics/server/{id}": checkReachable(metricServers["POST /cluster/metrics/server/{id}"]),
  "GET /cluster/mapping": () => index("name", "dir pci usb"),
  "GET /cluster/metrics": () => index("name", "server export"),
  "GET /cluster/metrics/export": () => ({ data: [] }),
};
