import { flag, num, type Row, str } from "../pve/data.ts";
import type { Answer, Block, Column } from "../render/answer.ts";
import type { Cells } from "./answers.ts";

const note = (text: string): Block => ({ kind: "note", text });

const NODE_COLUMNS: readonly Column[] = [
  { key: "node" },
  { key: "state" },
  { key: "ip", label: "address" },
  { key: "id" },
];

const nodeRow = (row: Row): Cells => ({
  node: str(row, "name"),
  state: flag(row, "online") ? "online" : "offline",
  ip: str(row, "ip"),
  id: num(row, "nodeid"),
});

/** Membership and quorum out of GET /cluster/status, which lists the cluster itself first, then its nodes. */
export function clusterStatusAnswer(data: readonly Row[]): Answer {
  const cluster = data.find((row) => row.type === "cluster");
  const nodes = data.filter((row) => row.type === "node");
  const online = nodes.filter((row) => flag(row, "online")).length;
  const table: Block = { kind: "table", columns: NODE_COLUMNS, rows: nodes.map(nodeRow) };
  if (!cluster) {
    const name = nodes[0] ? str(nodes[0], "name") : undefined;
    return { headline: `Node ${name ?? "(unknown)"} stands alone, in no cluster.`, blocks: [table] };
  }
  const quorate = flag(cluster, "quorate");
  const missing = nodes.filter((row) => !flag(row, "online")).map((row) => str(row, "name"));
  return {
    headline: `Cluster ${str(cluster, "name")} ${quorate ? "has quorum" : "has NO quorum"}: ${online} of ${nodes.length} nodes online.`,
    blocks: [
      ...(quorate ? [] : [note("Without quorum the configuration is read-only and no guest can start.")]),
      ...(missing.length > 0 ? [note(`Offline: ${missing.join(", ")}.`)] : []),
      table,
    ],
  };
}

const SERVICE_COLUMNS: readonly Column[] = [
  { key: "sid", label: "resource" },
  { key: "state" },
  { key: "node" },
  { key: "wanted", label: "requested" },
  { key: "crm", label: "CRM state" },
  { key: "restarts", label: "max restart" },
  { key: "relocates", label: "max relocate" },
];

const serviceRow = (row: Row): Cells => ({
  sid: str(row, "sid"),
  state: str(row, "state"),
  node: str(row, "node"),
  wanted: str(row, "request_state"),
  crm: row.crm_state === row.state ? undefined : str(row, "crm_state"),
  restarts: num(row, "max_restart"),
  relocates: num(row, "max_relocate"),
});

/** HA as the manager sees it, out of GET /cluster/ha/status/current: quorum, master, one row a node, one a resource. */
export function haStatusAnswer(data: readonly Row[]): Answer {
  const of = (type: string) => data.filter((row) => row.type === type);
  const [quorum, master, fencing] = ["quorum", "master", "fencing"].map((type) => of(type)[0]);
  const services = of("service");
  const failing = services.filter((row) => /error|fence|recovery/.test(str(row, "state") ?? ""));
  const armed = fencing ? str(fencing, "armed-state") : undefined;
  const counted = `${services.length} ${services.length === 1 ? "resource" : "resources"}`;
  const blocks: Block[] = [
    ...failing.map((row) => note(`${str(row, "sid")} is in state ${str(row, "state")}.`)),
    {
      kind: "facts",
      facts: [
        { key: "quorum", value: quorum ? str(quorum, "status") : undefined },
        { key: "master", value: master ? str(master, "node") : undefined },
        { key: "master_state", label: "master state", value: master ? str(master, "status") : undefined },
        { key: "fencing", value: fencing ? str(fencing, "status") : undefined },
        { key: "armed", value: armed },
      ],
    },
  ];
  const lrm = of("lrm");
  if (lrm.length > 0) {
    blocks.push({
      kind: "table",
      title: "Nodes",
      columns: [{ key: "node" }, { key: "status" }],
      rows: lrm.map((row) => ({ node: str(row, "node"), status: str(row, "status") })),
    });
  }
  if (services.length > 0) {
    blocks.push({
      kind: "table",
      title: "Resources",
      columns: SERVICE_COLUMNS,
      rows: services.map(serviceRow),
    });
  }
  const quorate = quorum !== undefined && (flag(quorum, "quorate") || quorum.status === "OK");
  return {
    headline: `HA: ${quorate ? "quorum" : "NO quorum"}, ${counted}${failing.length > 0 ? `, ${failing.length} failing` : ""}.`,
    blocks,
    ...(services.length === 0 ? { next: ["pve_create_ha_resource puts a guest under HA."] } : {}),
  };
}

const SEVERITY: Readonly<Record<number, string>> = {
  0: "emergency",
  1: "alert",
  2: "critical",
  3: "error",
  4: "warning",
};

/** One line of GET /cluster/log: time in UTC, node, who, what. */
function logLine(row: Row): string {
  const seconds = num(row, "time");
  const when =
    seconds === undefined ? "" : `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} `;
  const severity = SEVERITY[num(row, "pri") ?? 6];
  const who = [str(row, "node"), str(row, "user"), str(row, "tag")].filter((part) => part).join(" ");
  return `${when}${who}: ${severity ? `${severity}: ` : ""}${str(row, "msg") ?? ""}`;
}

/** The cluster log, newest first as PVE sends it. */
export function clusterLogAnswer(entries: readonly Row[]): Answer {
  if (entries.length === 0) return { headline: "The cluster log is empty." };
  return {
    headline: `${entries.length} ${entries.length === 1 ? "entry" : "entries"} of the cluster log, newest first (UTC).`,
    blocks: [
      { kind: "untrusted", source: "cluster log", text: entries.map(logLine).join("\n"), keep: "head" },
    ],
    next: ["A higher max shows older entries."],
  };
}
