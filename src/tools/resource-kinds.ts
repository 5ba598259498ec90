import { flag, list, num, type Row, str } from "../pve/data.ts";
import type { Column } from "../render/answer.ts";
import { type Cells, sortBy } from "./answers.ts";
import { USAGE_COLUMNS, usageCells } from "./storage-usage.ts";

const TAGS_WIDTH = 24;

/** What is listed, by the value of `type` that asks for it. */
export interface Kind {
  readonly type: "vm" | "node" | "storage" | "sdn";
  readonly one: string;
  readonly many: string;
  readonly rows: readonly Cells[];
  readonly columns: readonly Column[];
  /** After the count: "11 running". */
  readonly state: string;
}

/** True for a VM or container among resources of all kinds. */
export const isGuest = (row: Row): boolean => row.type === "qemu" || row.type === "lxc";
const isNetwork = (row: Row): boolean => row.type === "sdn" || row.type === "network";

/** "running", "template", "stopped (backup)" with the lock that is on it. */
function guestStatus(row: Row): string | undefined {
  const status = flag(row, "template") ? "template" : str(row, "status");
  const lock = str(row, "lock");
  return lock === undefined ? status : `${status} (${lock})`;
}

function guestRow(row: Row): Cells {
  const tags = list(str(row, "tags")).join(" ");
  const known = num(row, "maxmem") !== undefined;
  const running = row.status === "running";
  return {
    vmid: num(row, "vmid"),
    name: str(row, "name"),
    type: row.type === "lxc" ? "CT" : "VM",
    status: guestStatus(row),
    node: str(row, "node"),
    cpu: running ? num(row, "cpu") : undefined,
    mem: known ? (running ? num(row, "mem") : 0) : undefined,
    maxmem: num(row, "maxmem"),
    maxdisk: num(row, "maxdisk"),
    uptime: running ? num(row, "uptime") : undefined,
    pool: str(row, "pool"),
    ha: str(row, "hastate"),
    tags: tags.length > TAGS_WIDTH ? `${tags.slice(0, TAGS_WIDTH - 1)}…` : tags,
  };
}

const GUEST_COLUMNS: readonly Column[] = [
  { key: "vmid", label: "VMID" },
  { key: "name" },
  { key: "type" },
  { key: "status" },
  { key: "node" },
  { key: "cpu", label: "CPU", format: "percent" },
  { key: "mem", label: "memory", format: "bytes", of: "maxmem" },
  { key: "maxdisk", label: "disk", format: "bytes" },
  { key: "uptime", format: "duration" },
  { key: "pool" },
  { key: "ha", label: "HA" },
  { key: "tags" },
];

const nodeRow = (row: Row): Cells => {
  const [node, status] = [str(row, "node"), str(row, "status")];
  if (status === "offline") return { node, status };
  return {
    node,
    status,
    cpu: num(row, "cpu"),
    cores: num(row, "maxcpu"),
    mem: num(row, "mem"),
    maxmem: num(row, "maxmem"),
    disk: num(row, "disk"),
    maxdisk: num(row, "maxdisk"),
    uptime: num(row, "uptime"),
  };
};

const NODE_COLUMNS: readonly Column[] = [
  { key: "node" },
  { key: "status" },
  { key: "cpu", label: "CPU", format: "percent" },
  { key: "cores" },
  { key: "mem", label: "memory", format: "bytes", of: "maxmem" },
  { key: "disk", label: "root disk", format: "bytes", of: "maxdisk" },
  { key: "uptime", format: "duration" },
];

/** PVE lists a shared storage once a node; here it is one row. */
function storageRows(all: readonly Row[], nodeCount: number): readonly Cells[] {
  const found = new Map<string, { row: Row; nodes: string[] }>();
  for (const row of all) {
    const name = str(row, "storage") ?? "";
    const key = flag(row, "shared") ? name : `${name}@${str(row, "node")}`;
    const known = found.get(key);
    const here = str(row, "node") ?? "";
    if (!known) found.set(key, { row, nodes: [here] });
    else {
      known.nodes.push(here);
      // A node that cannot reach it knows no figures.
      if (num(known.row, "maxdisk") === undefined) known.row = row;
    }
  }
  return [...found.values()].map(({ row, nodes }) => ({
    storage: str(row, "storage"),
    nodes: nodes.length > 1 && nodes.length === nodeCount ? "all" : nodes.sort(),
    type: str(row, "plugintype"),
    shared: flag(row, "shared") || undefined,
    ...usageCells(row, "disk", "maxdisk"),
    status: row.status === "available" ? undefined : str(row, "status"),
    content: list(str(row, "content")),
  }));
}

const storageColumns = (asked: boolean): readonly Column[] => [
  { key: "storage" },
  { key: "nodes" },
  { key: "type" },
  { key: "shared", format: "flag" },
  ...USAGE_COLUMNS,
  { key: "status" },
  ...(asked ? [{ key: "content" }] : []),
];

const networkRow = (row: Row): Cells => ({
  name: str(row, "sdn") ?? str(row, "network"),
  kind: str(row, "network-type") ?? "zone",
  node: str(row, "node"),
  status: str(row, "status"),
});

const countOf = (all: readonly Row[], type: string, status: string): number =>
  all.filter((row) => (type === "vm" ? isGuest(row) : row.type === type) && row.status === status).length;

/**
 * The rows of GET /cluster/resources sorted into guests, nodes, storages and networks.
 * @param asked the `type` that was asked for; networks that say nothing are listed only then
 */
export function kinds(all: readonly Row[], asked: string | undefined): readonly Kind[] {
  const guests = all.filter(isGuest).map(guestRow);
  const nodes = all.filter((row) => row.type === "node").map(nodeRow);
  const storages = [
    ...storageRows(
      all.filter((row) => row.type === "storage"),
      nodes.length,
    ),
  ];
  // Every node has the zone `localnetwork`: it says nothing.
  const networks = all
    .filter((row) => isNetwork(row) && (asked === "sdn" || row.network !== "localnetwork"))
    .filter((row) => asked === "sdn" || row.sdn !== "localnetwork")
    .map(networkRow);
  sortBy(guests, "vmid");
  sortBy(nodes, "node");
  sortBy(storages, "storage");
  const running = countOf(all, "vm", "running");
  const offline = countOf(all, "node", "offline");
  return [
    {
      type: "vm",
      one: "guest",
      many: "guests",
      rows: guests,
      columns: GUEST_COLUMNS,
      state: guests.length > 0 ? `${running} running` : "",
    },
    {
      type: "node",
      one: "node",
      many: "nodes",
      rows: nodes,
      columns: NODE_COLUMNS,
      state: offline > 0 ? `${offline} offline` : "",
    },
    {
      type: "storage",
      one: "storage",
      many: "storages",
      rows: storages,
      columns: storageColumns(asked === "storage"),
      state: "",
    },
    {
      type: "sdn",
      one: "network",
      many: "networks",
      rows: networks,
      columns: [{ key: "name" }, { key: "kind" }, { key: "node" }, { key: "status" }],
      state: "",
    },
  ];
}
