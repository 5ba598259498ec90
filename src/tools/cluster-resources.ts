import { flag, list, num, type Row, rows, str } from "../pve/data.ts";
import type { Answer, Block, Column, Table } from "../render/answer.ts";
import { toText } from "../render/text.ts";
import { type Cells, sortBy } from "./answers.ts";
import { fullness, USAGE_COLUMNS, usageCells, usedShare } from "./storage-usage.ts";
import type { ToolCall } from "./tool.ts";

const PAGE_SIZE = 100;
/** The most asked question must not fill a context: bytes of its answer at most. */
const MAX_BYTES = 9_500;
/** Columns of guests that go, in this order, when the answer would be longer. */
const SPARE_COLUMNS = ["pool", "uptime", "maxdisk", "tags", "ha"] as const;
/** Beside guests and nodes, at most so many storages and networks are listed unless they were asked for. */
const ASIDE = 30;
const TAGS_WIDTH = 24;
const FINDINGS = 12;

/** What is listed, by the value of `type` that asks for it. */
interface Kind {
  readonly type: "vm" | "node" | "storage" | "sdn";
  readonly one: string;
  readonly many: string;
  readonly rows: readonly Cells[];
  readonly columns: readonly Column[];
  /** After the count: "11 running". */
  readonly state: string;
}

const isGuest = (row: Row): boolean => row.type === "qemu" || row.type === "lxc";
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

/** What a reader should not miss. */
function findings(all: readonly Row[]): string[] {
  const label = (row: Row) =>
    `${row.type === "lxc" ? "CT" : "VM"} ${str(row, "vmid")}${str(row, "name") ? ` (${str(row, "name")})` : ""}`;
  const nearlyFull = new Set(
    all
      .filter((row) => row.type === "storage")
      .flatMap((row) => {
        const name = str(row, "storage") ?? "";
        const place = flag(row, "shared") ? name : `${name} on ${str(row, "node")}`;
        return fullness(place, usedShare(num(row, "disk"), num(row, "maxdisk")));
      }),
  );
  const found = [
    ...all
      .filter((row) => row.type === "node" && row.status === "offline")
      .map((row) => `Node ${str(row, "node")} is offline.`),
    ...nearlyFull,
    ...all
      .filter((row) => isGuest(row) && str(row, "lock") !== undefined)
      .map((row) => `${label(row)} is locked (${str(row, "lock")}).`),
    ...all
      .filter((row) => isGuest(row) && row.hastate === "error")
      .map((row) => `${label(row)} is in HA state error.`),
  ];
  const more = found.length - FINDINGS;
  return more > 0 ? [...found.slice(0, FINDINGS), `${more} more guests are locked or failing.`] : found;
}

const countOf = (all: readonly Row[], type: string, status: string): number =>
  all.filter((row) => (type === "vm" ? isGuest(row) : row.type === type) && row.status === status).length;

function kinds(all: readonly Row[], asked: string | undefined): readonly Kind[] {
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

interface Page {
  readonly start: number;
  readonly limit: number;
  /** Columns left out. */
  readonly without: readonly string[];
}

/** A kind's table: paged when it is what the page is about, else its first rows on the first page alone. */
function tableOf(kind: Kind, paged: boolean, { start, limit, without }: Page): Table[] {
  if (!paged && start > 0) return [];
  const size = paged ? limit : ASIDE;
  const from = paged ? start : 0;
  const shown = kind.rows.slice(from, from + size);
  if (shown.length === 0) return [];
  const next = from + shown.length;
  const rest = next < kind.rows.length;
  const more = paged ? `start: ${next}` : `type: ${kind.type}`;
  return [
    {
      kind: "table",
      title: `${kind.many[0]?.toUpperCase()}${kind.many.slice(1)}`,
      columns: kind.type === "vm" ? kind.columns.filter(({ key }) => !without.includes(key)) : kind.columns,
      rows: shown,
      ...(shown.length < kind.rows.length ? { total: kind.rows.length } : {}),
      ...(rest ? { more } : {}),
    },
  ];
}

/** The first of ever shorter answers that is short enough: fewer columns first, then fewer rows. */
function fitting(make: (page: Page) => Answer, start: number, wanted: number): Answer {
  let limit = wanted;
  for (let dropped = 0; ; ) {
    const answer = make({ start, limit, without: SPARE_COLUMNS.slice(0, dropped) });
    const size = Buffer.byteLength(toText(answer, { budget: Number.POSITIVE_INFINITY }));
    if (size <= MAX_BYTES || limit <= 10) return answer;
    if (dropped < SPARE_COLUMNS.length) dropped += 1;
    else limit = Math.min(limit - 10, Math.floor(limit * 0.9));
  }
}

const counted = ({ rows: found, one, many, state }: Kind): string =>
  `${found.length} ${found.length === 1 ? one : many}${state === "" ? "" : ` (${state})`}`;

/**
 * The cluster at a glance out of GET /cluster/resources: counts, what stands out, then a table a kind. `start` and
 * `limit` page the guests, or the kind that `type` asks for.
 */
export async function listResources(call: ToolCall): Promise<Answer> {
  const { input } = call;
  const asked = str(input, "type");
  const node = str(input, "node");
  const { data } = await call.pve.call(
    "GET /cluster/resources",
    (asked === undefined ? {} : { type: asked }) as never,
  );
  const all = rows(data).filter((row) => node === undefined || row.node === node);
  const listed = kinds(all, asked).filter(({ type }) => asked === undefined || type === asked);
  const main = asked ?? "vm";
  const wanted = listed.filter((kind) => kind.type === main || kind.rows.length > 0);
  const where = node === undefined ? "" : ` on ${node}`;
  const notes = [...findings(all), ...emptyNotes(call, all, node)].map(
    (text): Block => ({ kind: "note", text }),
  );
  const make = (page: Page): Answer => ({
    headline: `${wanted.map(counted).join(", ")}${where}.`,
    blocks: [...notes, ...wanted.flatMap((kind) => tableOf(kind, kind.type === main, page))],
  });
  return fitting(make, num(input, "start") ?? 0, num(input, "limit") ?? PAGE_SIZE);
}

function emptyNotes(call: ToolCall, all: readonly Row[], node: string | undefined): string[] {
  if (all.some(isGuest) || !["vm", undefined].includes(str(call.input, "type"))) return [];
  const reason = call.emptyReason();
  if (reason !== undefined) return [reason];
  return [
    node === undefined
      ? "A token sees the guests on which it has VM.Audit."
      : `No guest that this token sees is on ${node}; pve_list_nodes names the nodes.`,
  ];
}
