import { type Json, list, type Row, record, rows, str } from "../pve/data.ts";
import { endpointOf, findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { settingText } from "./difference/setting-value.ts";
import type { ReadRoute, Step } from "./topic.ts";

type Params = Step["params"];

/** Where an object's present settings are read. */
interface StateRead {
  readonly read: ReadRoute;
  /** The read's parameters, out of those of the call. */
  readonly params: (params: Params) => Params;
  /** The settings out of the answer, without what moves by itself. */
  readonly pick: (data: Json, params: Params) => Row;
}

type Pick = StateRead["pick"];

const placeholders = (path: string): readonly string[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");

const only = (params: Params, names: readonly string[]): Params =>
  Object.fromEntries(names.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));

/** A read with the call's own placeholders, `more` of its parameters, and what is `given` besides. */
function reading(
  read: ReadRoute,
  pick: Pick = record,
  more: readonly string[] = [],
  given: Params = {},
): StateRead {
  const names = [...placeholders(read), ...more];
  return { read, params: (params) => ({ ...only(params, names), ...given }), pick };
}

const fields =
  (...names: readonly string[]): Pick =>
  (data) => {
    const row = record(data);
    return Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));
  };

const without =
  (...names: readonly string[]): Pick =>
  (data) =>
    Object.fromEntries(Object.entries(record(data)).filter(([name]) => !names.includes(name)));

/** A list as one object, its rows by a field of theirs, `left` fields out. */
const keyed =
  (key: string, ...left: readonly string[]): Pick =>
  (data) =>
    Object.fromEntries(rows(data).map((row) => [settingText(row[key]), without(key, ...left)(row, {})]));

/** The one row of a list that a parameter names; nothing when there is none. */
const row =
  (is: (row: Row, params: Params) => boolean, ...left: readonly string[]): Pick =>
  (data, params) =>
    without(...left)(rows(data).find((one) => is(one, params)) ?? {}, params);

const QEMU = "/nodes/{node}/qemu/{vmid}";
const LXC = "/nodes/{node}/lxc/{vmid}";

const config = {
  qemu: reading(`GET ${QEMU}/config`, record, [], { current: true }),
  lxc: reading(`GET ${LXC}/config`, record, [], { current: true }),
} as const;
const status = fields("status", "qmpstatus", "name", "lock");
const power = {
  qemu: reading(`GET ${QEMU}/status/current`, status),
  lxc: reading(`GET ${LXC}/status/current`, status),
} as const;
const service = reading(
  "GET /nodes/{node}/services/{service}/state",
  fields("name", "state", "active-state", "unit-state"),
);
const certificates = reading("GET /nodes/{node}/certificates/info", keyed("filename", "pem"));
const disk = reading(
  "GET /nodes/{node}/disks/list",
  row((one, params) => one.devpath === params.disk, "wearout", "health"),
);
const entries: Pick = (data) => ({ entries: data });

/** The entries of the access list on the call's path for the users, groups and tokens that it names. */
const acl: Pick = (data, params) => {
  const path = `/${settingText(params.path).split("/").filter(Boolean).join("/")}`;
  const ids = ["users", "groups", "tokens"].flatMap((name) => list(settingText(params[name]) || undefined));
  const found = rows(data).filter((one) => one.path === path && ids.includes(settingText(one.ugid)));
  return Object.fromEntries(
    found.map((one) => [`${str(one, "ugid")} ${str(one, "roleid")}`, one.propagate ?? 1]),
  );
};

/** A pool's members by what they are; their load and size left out. */
const pool: Pick = (data) => {
  const { comment, members } = Array.isArray(data) ? record(rows(data)[0]) : record(data);
  const ids = (key: string) => [...new Set(rows(members).flatMap((one) => str(one, key) ?? []))].sort();
  return {
    ...(comment === undefined ? {} : { comment }),
    vms: ids("vmid").join(","),
    storage: rows(members)
      .flatMap((one) => (one.type === "storage" ? (str(one, "storage") ?? []) : []))
      .sort()
      .join(","),
  };
};

/** A role's privileges as calls take them. */
const role: Pick = (data) => ({ privs: Object.keys(record(data)).sort().join(",") });

/** Whether a repository is on: one that stands in a file, or a standard one. */
const repository: Pick = (data, params) => {
  const { digest, files, "standard-repos": standard } = record(data);
  const file = rows(files).find((one) => one.path === params.path);
  const entry = record(
    Array.isArray(file?.repositories) ? file.repositories[Number(params.index)] : undefined,
  );
  const known = rows(standard).find((one) => one.handle === params.handle);
  return {
    ...(digest === undefined ? {} : { digest }),
    ...(entry.Enabled === undefined ? {} : { enabled: entry.Enabled }),
    ...(known === undefined ? {} : { status: known.status ?? null }),
  };
};

/** Routes under a guest's path, of VMs and of containers. */
function ofGuests(paths: string, of: { readonly qemu: StateRead; readonly lxc: StateRead }): StateTable {
  return Object.fromEntries(
    paths
      .trim()
      .split(/\s*\n\s*/)
      .flatMap((line) => {
        const [method, path = ""] = line.split(" ");
        return (["qemu", "lxc"] as const).map((type) => [
          `${method} /nodes/{node}/${type}/{vmid}${path === "." ? "" : path}`,
          of[type],
        ]);
      })
      .filter(([route]) => findEndpoint(String(route))),
  );
}

type StateTable = { readonly [R in Route]?: StateRead | null };

/** Where the rule does not tell; null: GET of the path answers something else, and nothing tells. */
const TABLE: StateTable = {
  ...ofGuests(
    `
    PUT /config
    POST /config
    DELETE .
    PUT /resize
    PUT /unlink
    POST /move_disk
    POST /move_volume
    POST /migrate
    POST /remote_migrate
    POST /template
    POST /clone
    POST /snapshot
    POST /snapshot/{snapname}/rollback
    `,
    config,
  ),
  ...ofGuests(
    `
    POST /status/start
    POST /status/stop
    POST /status/shutdown
    POST /status/reboot
    POST /status/reset
    POST /status/suspend
    POST /status/resume
    POST /agent/shutdown
    POST /agent/suspend-disk
    POST /agent/suspend-hybrid
    POST /agent/suspend-ram
    `,
    power,
  ),
  ...ofGuests("DELETE /snapshot/{snapname}", {
    qemu: reading(`GET ${QEMU}/snapshot/{snapname}/config`),
    lxc: reading(`GET ${LXC}/snapshot/{snapname}/config`),
  }),
  ...ofGuests("DELETE /firewall/ipset/{name}", {
    qemu: reading(`GET ${QEMU}/firewall/ipset/{name}`, entries),
    lxc: reading(`GET ${LXC}/firewall/ipset/{name}`, entries),
  }),
  [`PUT ${QEMU}/cloudinit`]: reading(`GET ${QEMU}/cloudinit`, keyed("key")),
  "PUT /access/roles/{roleid}": reading("GET /access/roles/{roleid}", role),
  "DELETE /access/roles/{roleid}": reading("GET /access/roles/{roleid}", role),
  "PUT /access/acl": reading("GET /access/acl", acl),
  "PUT /pools": reading("GET /pools", pool, ["poolid"]),
  "DELETE /pools": reading("GET /pools", pool, ["poolid"]),
  "PUT /pools/{poolid}": reading("GET /pools/{poolid}", pool),
  "DELETE /pools/{poolid}": reading("GET /pools/{poolid}", pool),
  "DELETE /cluster/firewall/groups/{group}": reading("GET /cluster/firewall/groups/{group}", entries),
  "DELETE /cluster/firewall/ipset/{name}": reading("GET /cluster/firewall/ipset/{name}", entries),
  "POST /cluster/ha/resources/{sid}/migrate": reading("GET /cluster/ha/resources/{sid}"),
  "POST /cluster/ha/resources/{sid}/relocate": reading("GET /cluster/ha/resources/{sid}"),
  "PUT /cluster/ceph/flags": reading("GET /cluster/ceph/flags", (data) =>
    Object.fromEntries(rows(data).map((one) => [settingText(one.name), one.value ?? null])),
  ),
  "PUT /cluster/ceph/flags/{flag}": reading("GET /cluster/ceph/flags/{flag}", (data) => ({ value: data })),
  "PUT /nodes/{node}/ceph/pool/{name}": reading("GET /nodes/{node}/ceph/pool/{name}/status"),
  "DELETE /nodes/{node}/ceph/pool/{name}": reading("GET /nodes/{node}/ceph/pool/{name}/status"),
  "DELETE /nodes/{node}/ceph/osd/{osdid}": null,
  // Answers what lies below, not what is set.
  "PUT /cluster/sdn": null,
  "POST /nodes/{node}/services/{service}/start": service,
  "POST /nodes/{node}/services/{service}/stop": service,
  "POST /nodes/{node}/services/{service}/restart": service,
  "POST /nodes/{node}/services/{service}/reload": service,
  "PUT /nodes/{node}/network": reading("GET /nodes/{node}/network", keyed("iface", "active", "exists")),
  "DELETE /nodes/{node}/network": reading("GET /nodes/{node}/network", keyed("iface", "active", "exists")),
  "PUT /nodes/{node}/network/{iface}": reading(
    "GET /nodes/{node}/network/{iface}",
    without("active", "exists"),
  ),
  "DELETE /nodes/{node}/network/{iface}": reading(
    "GET /nodes/{node}/network/{iface}",
    without("active", "exists"),
  ),
  "PUT /nodes/{node}/time": reading("GET /nodes/{node}/time", fields("timezone")),
  "POST /nodes/{node}/hosts": reading("GET /nodes/{node}/hosts"),
  "PUT /nodes/{node}/subscription": reading("GET /nodes/{node}/subscription", without("checktime")),
  "POST /nodes/{node}/subscription": reading("GET /nodes/{node}/subscription", without("checktime")),
  "DELETE /nodes/{node}/subscription": reading("GET /nodes/{node}/subscription", without("checktime")),
  "PUT /nodes/{node}/apt/repositories": reading("GET /nodes/{node}/apt/repositories", repository),
  "POST /nodes/{node}/apt/repositories": reading("GET /nodes/{node}/apt/repositories", repository),
  "POST /nodes/{node}/certificates/acme/certificate": certificates,
  "PUT /nodes/{node}/certificates/acme/certificate": certificates,
  "DELETE /nodes/{node}/certificates/acme/certificate": certificates,
  "POST /nodes/{node}/certificates/custom": certificates,
  "DELETE /nodes/{node}/certificates/custom": certificates,
  "POST /nodes/{node}/disks/initgpt": disk,
  "PUT /nodes/{node}/disks/wipedisk": disk,
  "DELETE /nodes/{node}/disks/directory/{name}": reading(
    "GET /nodes/{node}/disks/directory",
    row((one, params) => one.path === `/mnt/pve/${params.name}`),
  ),
  "DELETE /nodes/{node}/disks/lvm/{name}": reading("GET /nodes/{node}/disks/lvm", (data, params) =>
    row((one) => one.name === params.name, "free")(record(data).children ?? null, params),
  ),
  "DELETE /nodes/{node}/disks/lvmthin/{name}": reading(
    "GET /nodes/{node}/disks/lvmthin",
    row(
      (one, params) => one.lv === params.name && one.vg === params["volume-group"],
      "used",
      "metadata_used",
    ),
  ),
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": reading(
    "GET /nodes/{node}/storage/{storage}/content/{volume}",
    without("used"),
  ),
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": reading(
    "GET /nodes/{node}/storage/{storage}/content/{volume}",
    without("used"),
  ),
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": reading(
    "GET /nodes/{node}/storage/{storage}/prunebackups",
    (data) => Object.fromEntries(rows(data).map((one) => [settingText(one.volid), one.mark ?? null])),
    ["prune-backups", "type", "vmid"],
  ),
  "DELETE /nodes/{node}/tasks/{upid}": reading(
    "GET /nodes/{node}/tasks/{upid}/status",
    fields("status", "type", "id", "user"),
  ),
  "POST /nodes/{node}/replication/{id}/schedule_now": reading("GET /cluster/replication/{id}"),
};

/**
 * Where the present settings are read of what an operation changes, deletes or acts on: PUT and DELETE X by GET X, and
 * the rest by a table. Undefined for what makes something new, and where PVE has no such read.
 */
export function stateOf(route: Route): StateRead | undefined {
  const told = TABLE[route];
  if (told !== undefined) return told ?? undefined;
  const [method, path = ""] = route.split(" ");
  const read = `GET ${path}`;
  if ((method !== "PUT" && method !== "DELETE") || !findEndpoint(read)) return undefined;
  const { params } = endpointOf(read as ReadRoute);
  const names = placeholders(path);
  const isWhole = Object.entries(params).every(([name, { required }]) => !required || names.includes(name));
  return isWhole ? reading(read as ReadRoute) : undefined;
}
