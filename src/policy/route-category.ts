import type { Area } from "../config/categories.ts";

/** What an operation belongs to: an area that an operator can switch on, or none of them. */
export type RouteCategory = Area | "other";

/** The first row whose pattern the path begins with decides; `*` stands for one part of the path. */
const ROWS: readonly (readonly [start: string, category: RouteCategory])[] = [
  // A firewall stands below what it guards.
  ["/nodes/*/qemu/*/firewall", "firewall"],
  ["/nodes/*/lxc/*/firewall", "firewall"],
  ["/nodes/*/firewall", "firewall"],
  ["/cluster/firewall", "firewall"],
  ["/cluster/sdn/vnets/*/firewall", "firewall"],
  ["/nodes/*/qemu", "qemu"],
  ["/cluster/qemu", "qemu"],
  ["/nodes/*/lxc", "lxc"],
  ["/nodes/*/tasks", "tasks"],
  ["/cluster/tasks", "tasks"],
  ["/nodes/*/network", "network"],
  ["/storage", "storage"],
  ["/nodes/*/storage", "storage"],
  ["/nodes/*/aplinfo", "storage"],
  ["/nodes/*/scan", "storage"],
  ["/nodes/*/query-oci-repo-tags", "storage"],
  ["/nodes/*/query-url-metadata", "storage"],
  ["/nodes/*/vzdump", "backup"],
  ["/cluster/backup", "backup"],
  ["/cluster/backup-info", "backup"],
  ["/cluster/ha", "ha"],
  ["/pools", "pools"],
  ["/access", "access"],
  ["/cluster/jobs/realm-sync", "access"],
  // They act on the guests of a node, whose areas the operator may have left out.
  ["/nodes/*/startall", "cluster"],
  ["/nodes/*/stopall", "cluster"],
  ["/nodes/*/suspendall", "cluster"],
  ["/nodes/*/migrateall", "cluster"],
  ["/nodes/*/replication", "cluster"],
  ["/nodes/*/apt", "other"],
  ["/nodes/*/capabilities", "other"],
  ["/nodes/*/ceph", "other"],
  ["/nodes/*/certificates", "other"],
  ["/nodes/*/disks", "other"],
  ["/nodes/*/execute", "other"],
  ["/nodes/*/hardware", "other"],
  ["/nodes/*/sdn", "other"],
  ["/nodes/*/config", "nodes"],
  ["/nodes/*/dns", "nodes"],
  ["/nodes/*/hosts", "nodes"],
  ["/nodes/*/journal", "nodes"],
  ["/nodes/*/netstat", "nodes"],
  ["/nodes/*/report", "nodes"],
  ["/nodes/*/rrd", "nodes"],
  ["/nodes/*/rrddata", "nodes"],
  ["/nodes/*/services", "nodes"],
  ["/nodes/*/spiceshell", "nodes"],
  ["/nodes/*/status", "nodes"],
  ["/nodes/*/subscription", "nodes"],
  ["/nodes/*/syslog", "nodes"],
  ["/nodes/*/termproxy", "nodes"],
  ["/nodes/*/time", "nodes"],
  ["/nodes/*/version", "nodes"],
  ["/nodes/*/vncshell", "nodes"],
  ["/nodes/*/vncwebsocket", "nodes"],
  ["/nodes/*/wakeonlan", "nodes"],
  ["/cluster/bulk-action", "cluster"],
  ["/cluster/config", "cluster"],
  ["/cluster/jobs", "cluster"],
  ["/cluster/log", "cluster"],
  ["/cluster/nextid", "cluster"],
  ["/cluster/options", "cluster"],
  ["/cluster/replication", "cluster"],
  ["/cluster/resources", "cluster"],
  ["/cluster/status", "cluster"],
  ["/cluster/acme", "other"],
  ["/cluster/ceph", "other"],
  ["/cluster/mapping", "other"],
  ["/cluster/metrics", "other"],
  ["/cluster/notifications", "other"],
  ["/cluster/sdn", "other"],
  ["/version", "cluster"],
];

/** Paths that only list what is below them. */
const EXACT: Readonly<Record<string, RouteCategory>> = {
  "/nodes": "nodes",
  "/nodes/{node}": "nodes",
  "/cluster": "cluster",
};

const TABLE = ROWS.map(([start, category]) => ({ parts: start.split("/"), category }));

/** The row of a path, for tests: undefined when none is written for it. */
export function ownRow(path: string): RouteCategory | undefined {
  const exact = Object.hasOwn(EXACT, path) ? EXACT[path] : undefined;
  if (exact) return exact;
  const parts = path.split("/");
  const row = TABLE.find(({ parts: start }) =>
    start.every((part, at) => part === parts[at] || (part === "*" && parts[at] !== undefined)),
  );
  return row?.category;
}

/**
 * The category of an operation, by its route's template (`GET /nodes/{node}/qemu`). What no row knows is `other`: the
 * operator reaches it only with the whole API.
 */
export const categoryOfRoute = (route: string): RouteCategory =>
  ownRow(route.slice(route.indexOf(" ") + 1)) ?? "other";
