import { index, settings } from "../args.ts";
import { crud, named, objects, perlDigest } from "../config-objects.ts";
import { digestOf } from "../digest.ts";
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

const cpuModels = crud({
  path: "/cluster/qemu/custom-cpu-models",
  key: "cputype",
  kind: "cpu-models",
  failed: "create custom CPU model failed",
  exists: (id) => `cpu model '${id}' already exists`,
  missing: (id) => new SimError(500, `cpu model '${id}' does not exist`),
  digest: perlDigest("cpu-models"),
  shownAs: (id) => `custom-${id}`,
});

/** Notifications, mappings, metric servers and the indexes of areas that are not modelled further. */
export const clusterObjectRoutes: Handlers = {
  ...notificationRoutes,
  ...mapping("dir"),
  ...mapping("pci"),
  ...mapping("usb"),
  ...realmSync,
  ...cpuModels,
  ...metricServers,
  "POST /cluster/metrics/server/{id}": checkReachable(metricServers["POST /cluster/metrics/server/{id}"]),
  "GET /cluster/mapping": () => index("name", "dir pci usb"),
  "GET /cluster/metrics": () => index("name", "server export"),
  "GET /cluster/metrics/export": () => ({ data: [] }),
  "GET /cluster/acme": () => index("name", "account tos meta directories plugins challenge-schema"),
  "GET /cluster/acme/account": () => [],
  "GET /cluster/acme/challenge-schema": () =>
    ["acmedns", "cf", "hetzner"].map((id) => ({
      id,
      name: id,
      type: "dns",
      schema: { name: id, description: "", fields: {} },
    })),
  "GET /cluster/acme/plugins": ({ world }) => [
    { plugin: "standalone", type: "standalone", digest: digestOf(objects(world, "acme")) },
  ],
  "GET /cluster/acme/directories": () => [
    { name: "Let's Encrypt V2", url: "https://acme-v02.api.letsencrypt.org/directory" },
    { name: "Let's Encrypt V2 Staging", url: "https://acme-staging-v02.api.letsencrypt.org/directory" },
  ],
};
