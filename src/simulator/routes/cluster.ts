import { index, int, list, need, settings } from "../args.ts";
import { nextEvent } from "../calendar.ts";
import { localNode } from "../local-node.ts";
import { parseProperties } from "../property.ts";
import type { Handlers, SimCall } from "../route.ts";
import type { Json, World } from "../world.ts";

/** Options of datacenter.cfg that the API shows taken apart. */
const PROPERTY_OPTIONS = new Set([
  "crs",
  "ha",
  "migration",
  "next-id",
  "notify",
  "replication",
  "tag-style",
  "u2f",
  "user-tag-access",
  "webauthn",
  "location",
]);
const DEFAULT_KEYS: Readonly<Record<string, string>> = { migration: "type" };

function options({ options: config }: World): Json {
  const shown = Object.entries(config).map(([key, value]) => [
    key,
    PROPERTY_OPTIONS.has(key) && typeof value === "string"
      ? Object.fromEntries(parseProperties(value, DEFAULT_KEYS[key]))
      : key === "registered-tags" && typeof value === "string"
        ? value.split(/[;, ]+/).filter((tag) => tag !== "")
        : value,
  ]);
  return {
    description: "",
    mac_prefix: "BC:24:11",
    "allowed-tags": allowedTags(config),
    ...Object.fromEntries(shown),
  };
}

function allowedTags(config: Readonly<Record<string, Json>>): Json {
  const registered = String(config["registered-tags"] ?? "");
  return registered.split(/[;, ]+/).filter((tag) => tag !== "");
}

function status({ world }: SimCall): Json {
  const nodes = [...world.nodes.values()];
  const online = nodes.filter((node) => node.online).length;
  const rows = nodes.map((node) => ({
    type: "node",
    id: `node/${node.name}`,
    name: node.name,
    nodeid: world.cluster ? node.id : 0,
    ip: node.ip,
    online: node.online ? 1 : 0,
    local: node === localNode(world) ? 1 : 0,
    level: "",
  }));
  if (!world.cluster) return rows;
  const { name, version } = world.cluster;
  const quorate = online * 2 > nodes.length ? 1 : 0;
  return [{ type: "cluster", id: "cluster", name, version, nodes: nodes.length, quorate }, ...rows];
}

function log(call: SimCall): Json {
  const all = call.may("/", "Sys.Syslog");
  return call.world.clusterLog
    .map((entry, at) => ({ ...entry, uid: String(at + 1), id: `${at + 1}:${entry.node}` }))
    .filter(({ user }) => all || user === call.caller.user)
    .reverse()
    .slice(0, int(call, "max") ?? 50);
}

function nextRuns(call: SimCall): Json {
  const schedule = need(call, "schedule");
  const runs: Json[] = [];
  let time = int(call, "starttime") ?? Math.trunc(call.now);
  for (let n = 0; n < (int(call, "iterations") ?? 10); n++) {
    const next = nextEvent(schedule, time);
    if (next === undefined) break;
    time = next;
    const [, day, month, date, year, clock] =
      /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time * 1000).toUTCString()) ?? [];
    runs.push({ timestamp: time, utc: `${day} ${date ?? ""} ${month} ${clock} ${year}`.trim() });
  }
  return runs;
}

/** The cluster as a whole (PVE::API2::Cluster, ::Cluster::Jobs). */
export const clusterRoutes: Handlers = {
  "GET /version": (call) => ({
    ...call.version,
    ...(call.world.options.console === undefined ? {} : { console: call.world.options.console }),
  }),
  "GET /cluster": () =>
    index(
      "name",
      "acme backup backup-info bulk-action ceph config firewall ha jobs log mapping metrics notifications nextid options qemu replication resources status tasks sdn",
    ),
  "GET /cluster/status": status,
  "GET /cluster/options": (call) => options(call.world),
  "PUT /cluster/options": (call) => {
    for (const key of list(call, "delete")) delete call.world.options[key];
    Object.assign(call.world.options, settings(call));
    return null;
  },
  "GET /cluster/log": log,
  "GET /cluster/jobs": () => index("subdir", "schedule-analyze realm-sync"),
  "GET /cluster/jobs/schedule-analyze": nextRuns,
  "GET /cluster/bulk-action": () => index("name", "guest"),
};
