import { createHash } from "node:crypto";
import { defined, index, list, need, settings } from "../args.ts";
import { digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { die, type Handler, type Handlers, type SimCall, SimError } from "../route.ts";
import type { Json, World } from "../world.ts";

type Objects = Map<string, Record<string, Json>>;

/** The objects of a kind; made at first use. */
export function objects(world: World, kind: string): Objects {
  world.objects ??= new Map();
  const found = world.objects.get(kind) ?? new Map();
  world.objects.set(kind, found);
  return found;
}

/** One kind of configuration object: where it lives, what its key is called and how PVE words its refusals. */
interface Kind {
  readonly path: string;
  readonly key: string;
  readonly kind: string;
  /** Never shown. */
  readonly secret?: readonly string[];
  /** Shown with each. */
  readonly extra?: Readonly<Record<string, Json>>;
  readonly failed: string;
  readonly exists: (id: string) => string;
  readonly missing: (id: string) => SimError;
  /** PVE leaves the key out of the answer about one. */
  readonly keyless?: true;
  readonly digest: (world: World) => string;
  /** The key's value as answers carry it; absent: as given. */
  readonly shownAs?: (id: string) => string;
  /** Rows PVE lists besides the configured ones. */
  readonly builtin?: readonly Json[];
}

function shown(kind: Kind, world: World, id: string, config: Record<string, Json>, one: boolean): Json {
  const hidden = new Set(kind.secret);
  const kept = Object.entries(config).filter(([key]) => !hidden.has(key));
  return {
    ...(one && kind.keyless ? {} : { [kind.key]: kind.shownAs?.(id) ?? id }),
    ...Object.fromEntries(kept),
    ...kind.extra,
    digest: kind.digest(world),
  };
}

/** List, read, create, change and delete for one kind. */
function crud(kind: Kind): Record<string, Handler> {
  const { path, key } = kind;
  const find = (call: SimCall) => {
    const id = need(call, key);
    const config = objects(call.world, kind.kind).get(id);
    if (!config) throw kind.missing(id);
    return { id, config };
  };
  return {
    [`GET ${path}`]: (call) => [
      ...[...objects(call.world, kind.kind)].map(([id, config]) =>
        shown(kind, call.world, id, config, false),
      ),
      ...(kind.builtin ?? []),
    ],
    [`GET ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      return shown(kind, call.world, id, config, true);
    },
    [`POST ${path}`]: (call) => {
      const id = need(call, key);
      const all = objects(call.world, kind.kind);
      locked(kind.failed, () => {
        if (all.has(id)) die(kind.exists(id));
        all.set(id, settings(call, key));
      });
      return null;
    },
    [`PUT ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      const given = call.params.digest;
      if (typeof given === "string" && given !== kind.digest(call.world))
        throw new SimError(
          kind.kind.startsWith("notifications/") ? 400 : 500,
          "detected modified configuration - file changed by other user? Try again.",
        );
      const dropped = list(call, "delete");
      const merged = Object.entries({ ...config, ...settings(call, key) });
      objects(call.world, kind.kind).set(
        id,
        Object.fromEntries(merged.filter(([k]) => !dropped.includes(k))),
      );
      return null;
    },
    [`DELETE ${path}/{${key}}`]: (call) => {
      const { id } = find(call);
      objects(call.world, kind.kind).delete(id);
      return null;
    },
  };
}

const perlDigest = (kind: string) => (world: World) => digestOf(objects(world, kind));

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

const NOTIFICATION_KINDS = ["gotify", "sendmail", "smtp", "webhook"];

/** Notifications keep one digest over everything, of 64 hex digits. */
function notificationDigest(world: World): string {
  const all = [...(world.objects ?? [])].filter(([kind]) => kind.startsWith("notifications/"));
  return createHash("sha256")
    .update(digestOf(new Map(all)))
    .digest("hex");
}

const BUILTIN_TARGET = {
  name: "mail-to-root",
  comment: "Send mails to root@pam's email address",
  origin: "builtin",
};
const BUILTIN_MATCHER = {
  name: "default-matcher",
  comment: "Route all notifications to mail-to-root",
  mode: "all",
  origin: "builtin",
  target: ["mail-to-root"],
};

function notification(
  kind: string,
  path: string,
  word: string,
  builtin: readonly Json[] = [],
): Record<string, Handler> {
  return crud({
    path,
    key: "name",
    kind: `notifications/${kind}`,
    secret: ["token", "password", "secret"],
    extra: { origin: "user-created" },
    failed: `could not create ${word}`,
    exists: (id) => `${word} '${id}' already exists`,
    missing: (id) => new SimError(404, `${word} '${id}' not found`),
    digest: notificationDigest,
    builtin,
  });
}

function targets(world: World): Json[] {
  const own = NOTIFICATION_KINDS.flatMap((type) =>
    [...objects(world, `notifications/${type}`)].map(([name, { comment, disable }]) =>
      defined<Json>({ name, type, origin: "user-created", comment, disable }),
    ),
  );
  return [...own, { ...BUILTIN_TARGET, type: "sendmail" }];
}

/** An endpoint that a matcher names cannot be deleted. */
function deleteEndpoint(plain: Handler | undefined): Handler {
  return (call) => {
    const name = need(call, "name");
    const users = [...objects(call.world, "notifications/matcher")]
      .filter(([, { target }]) => Array.isArray(target) && target.includes(name))
      .map(([matcher]) => matcher);
    if (users.length > 0)
      throw new SimError(400, `cannot delete '${name}', referenced by: ${users.join(", ")}`);
    return plain?.(call) ?? null;
  };
}

function endpoints(type: string, builtin: readonly Json[] = []): Handlers {
  const path = `/cluster/notifications/endpoints/${type}`;
  const all = notification(type, path, "endpoint", builtin);
  const remove = `DELETE ${path}/{name}`;
  return { ...all, [remove]: deleteEndpoint(all[remove]) };
}

const matchers = notification("matcher", "/cluster/notifications/matchers", "matcher", [BUILTIN_MATCHER]);

/** Networks reserved for documentation (RFC 5737): nothing answers there. */
const UNREACHABLE = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/;

/** Objects whose name is in the path of their creation too. */
function named(plain: Record<string, Handler>, path: string): Handlers {
  const { [`POST ${path}`]: create, ...rest } = plain;
  return { ...rest, ...(create ? { [`POST ${path}/{id}`]: create } : {}) };
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
    if (UNREACHABLE.test(String(server)))
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
  ...mapping("dir"),
  ...mapping("pci"),
  ...mapping("usb"),
  ...endpoints("gotify"),
  ...endpoints("smtp"),
  ...endpoints("webhook"),
  ...endpoints("sendmail", [{ ...BUILTIN_TARGET, "mailto-user": ["root@pam"] }]),
  ...matchers,
  ...realmSync,
  ...cpuModels,
  ...metricServers,
  "POST /cluster/metrics/server/{id}": checkReachable(metricServers["POST /cluster/metrics/server/{id}"]),
  "GET /cluster/notifications/targets": ({ world }) => targets(world),
  "POST /cluster/notifications/targets/{name}/test": () => null,
  "GET /cluster/notifications": () =>
    index("name", "endpoints matchers targets matcher-fields matcher-field-values"),
  "GET /cluster/notifications/endpoints": () => index("name", NOTIFICATION_KINDS.join(" ")),
  "GET /cluster/notifications/matcher-fields": () => index("name", "type hostname job-id"),
  "GET /cluster/notifications/matcher-field-values": ({ world }) => [
    ...["package-updates", "fencing", "replication", "vzdump", "system-mail"].map((value) => ({
      field: "type",
      value,
    })),
    ...[...world.nodes.keys()].map((value) => ({ field: "hostname", value })),
  ],
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
