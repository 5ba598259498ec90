import { callAny } from "../pve/client.ts";
import { num, type Row, record, str } from "../pve/data.ts";
import type { Answer } from "../render/answer.ts";
import { type Cells, factsOf, listAnswer, taskAnswer, writeAnswer } from "./answers.ts";
import { category, tool } from "./define.ts";
import { logPage } from "./log-page.ts";
import type { ToolCall } from "./tool.ts";

const node = (call: ToolCall): string => str(call.input, "node") ?? "";

const service = (row: Row): Cells => ({
  service: str(row, "service") ?? str(row, "name"),
  state: str(row, "state"),
  unit: str(row, "unit-state"),
});

const SERVICE_ROUTES = {
  start: "POST /nodes/{node}/services/{service}/start",
  stop: "POST /nodes/{node}/services/{service}/stop",
  restart: "POST /nodes/{node}/services/{service}/restart",
  reload: "POST /nodes/{node}/services/{service}/reload",
} as const;

async function manageService(call: ToolCall): Promise<Answer> {
  const command = (str(call.input, "command") ?? "start") as keyof typeof SERVICE_ROUTES;
  const name = str(call.input, "service") ?? "";
  const reply = await callAny(call.pve, SERVICE_ROUTES[command], { node: node(call), service: name });
  const what = `${command} of service ${name} on ${node(call)}.`;
  return typeof reply.data === "string" ? taskAnswer(reply.data, what) : writeAnswer(reply, call);
}

/** Tools for nodes and their services. */
export const nodeTools = category("nodes", [
  tool({
    name: "pve_list_nodes",
    title: "List nodes",
    tier: "read-only",
    description: "Nodes of the cluster, with status and load.",
    route: "GET /nodes",
    everywhere: true,
    answer: listAnswer({
      one: "node",
      many: "nodes",
      sort: "node",
      columns: [
        { key: "node" },
        { key: "status" },
        { key: "cpu", label: "CPU", format: "percent" },
        { key: "maxcpu", label: "cores" },
        { key: "mem", label: "memory", format: "bytes", of: "maxmem" },
        { key: "disk", label: "root disk", format: "bytes", of: "maxdisk" },
        { key: "uptime", format: "duration" },
      ],
    }),
  }),
  tool({
    name: "pve_get_node_status",
    title: "Node status",
    tier: "read-only",
    description: "Load, memory, disk, versions and uptime of a node.",
    route: "GET /nodes/{node}/status",
    answer: ({ data }, call) => {
      const status = record(data);
      const [memory, swap, root, cpu] = ["memory", "swap", "rootfs", "cpuinfo"].map((key) =>
        record(status[key]),
      );
      const of = (row: Row | undefined, key: string) => (row ? num(row, key) : undefined);
      return {
        headline: `Node ${node(call)} is up.`,
        blocks: [
          {
            kind: "facts",
            facts: [
              { key: "uptime", value: num(status, "uptime"), format: "duration" },
              { key: "cpu", label: "CPU", value: num(status, "cpu"), format: "percent" },
              { key: "iowait", label: "I/O wait", value: num(status, "wait"), format: "percent" },
              { key: "load", value: rowsOfText(status.loadavg) },
              { key: "cpus", label: "CPUs", value: of(cpu, "cpus") },
              { key: "model", value: cpu ? str(cpu, "model") : undefined },
              { key: "memory_used", label: "memory used", value: of(memory, "used"), format: "bytes" },
              { key: "memory_total", label: "memory total", value: of(memory, "total"), format: "bytes" },
              { key: "swap_used", label: "swap used", value: of(swap, "used"), format: "bytes" },
              { key: "swap_total", label: "swap total", value: of(swap, "total"), format: "bytes" },
              { key: "root_used", label: "root disk used", value: of(root, "used"), format: "bytes" },
              { key: "root_total", label: "root disk total", value: of(root, "total"), format: "bytes" },
              { key: "version", value: str(status, "pveversion") },
              { key: "kernel", value: str(status, "kversion") },
            ],
          },
        ],
      };
    },
  }),
  tool({
    name: "pve_get_node_version",
    title: "Node version",
    tier: "read-only",
    description: "PVE release a node runs.",
    route: "GET /nodes/{node}/version",
    answer: ({ data }, call) => ({
      headline: `Node ${node(call)} runs PVE ${str(record(data), "version") ?? "(unknown)"}.`,
      blocks: [{ kind: "facts", facts: factsOf(record(data), ["release", "repoid"]) }],
    }),
  }),
  tool({
    name: "pve_get_node_dns",
    title: "Node DNS",
    tier: "read-only",
    description: "DNS servers and search domain of a node.",
    route: "GET /nodes/{node}/dns",
    answer: ({ data }, call) => ({
      headline: `DNS of node ${node(call)}:`,
      blocks: [{ kind: "facts", facts: factsOf(record(data), ["search", "dns1", "dns2", "dns3"]) }],
    }),
  }),
  tool({
    name: "pve_get_node_time",
    title: "Node time",
    tier: "read-only",
    description: "Clock and time zone of a node.",
    route: "GET /nodes/{node}/time",
    answer: ({ data }, call) => ({
      headline: `Time on node ${node(call)}:`,
      blocks: [
        { kind: "facts", facts: factsOf(record(data), [{ key: "time", format: "time" }, "timezone"]) },
      ],
    }),
  }),
  tool({
    name: "pve_get_node_syslog",
    title: "Node syslog",
    tier: "read-only",
    description: "System log lines of a node.",
    route: "GET /nodes/{node}/syslog",
    params: { start: "", limit: "", service: "", since: "YYYY-MM-DD HH:MM" },
    openWorld: true,
    answer: (reply, call) => logPage(reply, call, `node ${node(call)}`, `syslog of ${node(call)}`),
  }),
  tool({
    name: "pve_list_node_services",
    title: "List services",
    tier: "read-only",
    description: "System services of a node and their state.",
    route: "GET /nodes/{node}/services",
    answer: listAnswer({
      one: "service",
      many: "services",
      where: (call) => `on ${node(call)}`,
      sort: "service",
      columns: [{ key: "service" }, { key: "state" }, { key: "unit" }],
      row: service,
    }),
  }),
  tool({
    name: "pve_manage_node_service",
    title: "Manage service",
    tier: "read-execute",
    description: "Start, stop, restart or reload a service of a node.",
    route: SERVICE_ROUTES.start,
    also: [SERVICE_ROUTES.stop, SERVICE_ROUTES.restart, SERVICE_ROUTES.reload],
    inputs: {
      command: { required: true, schema: { type: "string", enum: Object.keys(SERVICE_ROUTES) } },
    },
    run: manageService,
  }),
]);

/** PVE sends load averages as texts. */
function rowsOfText(value: Row[string] | undefined): string | undefined {
  return Array.isArray(value) ? value.map(String).join(", ") : undefined;
}
