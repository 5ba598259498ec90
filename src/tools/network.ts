import { num, type Row, record, str } from "../pve/data.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer, Block, Fact } from "../render/answer.ts";
import { foreignMark } from "../render/foreign.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import { type Cells, cell, cells, listAnswer, writeAnswer } from "./answers.ts";
import { changes, lookAfter } from "./compare.ts";
import { category, tool } from "./define.ts";
import { deletedSettings, mergeInterface, withCidr } from "./network-merge.ts";
import type { InputSchema, ToolCall } from "./tool.ts";

const ONE = "GET /nodes/{node}/network/{iface}";
const ALL = "GET /nodes/{node}/network";

const node = (call: ToolCall): string => str(call.input, "node") ?? "";
const iface = (call: ToolCall): string => str(call.input, "iface") ?? "";
const label = (call: ToolCall): string => `${iface(call)} on ${node(call)}`;

const PENDING = "It is pending: the node's network is as it was until pve_apply_network.";
const APPLY = "pve_apply_network applies all pending changes, pve_revert_network drops them.";

/** What the endpoint calls ports, by type of interface. */
const PORTS = ["bridge_ports", "slaves", "ovs_ports", "ovs_bonds", "vlan-raw-device", "ovs_bridge"];

const interfaceRow = (row: Row): Cells => ({
  ...cells(row, [{ key: "active" }, { key: "autostart" }, { key: "bridge_vlan_aware" }]),
  iface: str(row, "iface"),
  type: str(row, "type"),
  address: [str(row, "cidr"), str(row, "cidr6")].filter(Boolean).join(", "),
  method: str(row, "method") === "static" ? undefined : str(row, "method"),
  gateway: [str(row, "gateway"), str(row, "gateway6")].filter(Boolean).join(", "),
  ports: PORTS.flatMap((key) => str(row, key) || []).join(" "),
  tag: num(row, "vlan-id") ?? num(row, "ovs_tag"),
  mtu: num(row, "mtu"),
  comments: str(row, "comments"),
});

const listInterfaces = listAnswer({
  one: "interface",
  many: "interfaces",
  where: (call) => `on ${node(call)}`,
  sort: "iface",
  columns: [
    { key: "iface", label: "interface" },
    { key: "type" },
    { key: "active", format: "flag" },
    { key: "autostart", format: "flag" },
    { key: "method" },
    { key: "address" },
    { key: "gateway" },
    { key: "ports" },
    { key: "tag", label: "VLAN" },
    { key: "bridge_vlan_aware", label: "VLAN aware", format: "flag" },
    { key: "mtu", label: "MTU" },
    { key: "comments", foreign: true },
  ],
  row: interfaceRow,
});

/** The pending changes as a diff: `changes` of GET /nodes/{node}/network. */
function pendingBlocks({ changes: diff }: Reply, call: ToolCall): readonly Block[] {
  if (!diff) return [];
  return [{ kind: "untrusted", source: `pending network changes of ${node(call)}`, text: diff }];
}

async function list(call: ToolCall): Promise<Answer> {
  const reply = await call.send();
  const answer = listInterfaces(reply, call);
  const pending = pendingBlocks(reply, call);
  return pending.length === 0
    ? answer
    : { ...answer, blocks: [...(answer.blocks ?? []), ...pending], next: [APPLY] };
}

/** Facts shown under another name, or not at all. */
const HIDDEN: ReadonlySet<string> = new Set([
  "address",
  "netmask",
  "address6",
  "netmask6",
  "priority",
  "families",
]);
const FIRST = ["type", "method", "cidr", "gateway", "method6", "cidr6", "gateway6", "autostart", "active"];

const SWITCHES: ReadonlySet<string> = new Set(["active", "autostart", "exists", "bridge_vlan_aware"]);

function interfaceFacts(data: Row): Fact[] {
  const rest = Object.keys(data).filter((key) => !HIDDEN.has(key) && !FIRST.includes(key));
  return [...FIRST, ...rest.sort()].map((key) => ({
    key,
    value: cell(data[key]),
    ...foreignMark(key, cell(data[key])),
    ...(SWITCHES.has(key) ? { format: "flag" } : {}),
  }));
}

/** Arguments by the endpoint's names, `params` included, without those that only say which interface. */
function settingsOf(call: ToolCall): Row {
  const { node: _node, iface: _iface, params, ...given } = call.input;
  const entries = Object.entries({ ...given, ...record(params) });
  return Object.fromEntries(entries.filter(([name, value]) => name !== "delete" && value !== null));
}

/** Spellings of an address that `cidr` stands for; never sent beside it. */
const NO_SPELLINGS = { address: undefined, netmask: undefined, address6: undefined, netmask6: undefined };

async function create(call: ToolCall): Promise<Answer> {
  await call.send({ ...NO_SPELLINGS, ...withCidr(settingsOf(call)) });
  return { headline: `Interface ${label(call)} created. ${PENDING}`, next: [APPLY] };
}

const read = async (call: ToolCall): Promise<Row> => {
  const { data } = await call.pve.call(ONE, { node: node(call), iface: iface(call) });
  return record(data);
};

async function update(call: ToolCall): Promise<Answer> {
  const remove = deletedSettings(str(call.input, "delete"));
  const endpoint = endpointOf("PUT /nodes/{node}/network/{iface}");
  const accepted = Object.keys(endpoint.params).filter((name) => !["node", "iface", "delete"].includes(name));
  const before = await read(call);
  const config = mergeInterface(before, settingsOf(call), remove, accepted);
  await call.send({
    ...NO_SPELLINGS,
    ...config,
    delete: remove.length > 0 ? remove.join(",") : undefined,
  });
  const after = await lookAfter(() => read(call));
  return {
    headline: `Interface ${label(call)} changed. ${PENDING}`,
    blocks: changes(call, settled(before), after && settled(after)),
    next: [APPLY],
  };
}

/** The settings of an interface, without what PVE derives from others. */
const settled = (data: Row): Row =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !HIDDEN.has(key)));

async function remove(call: ToolCall): Promise<Answer> {
  const before = await read(call);
  await call.send();
  return {
    headline: `Interface ${label(call)} deleted. ${PENDING}`,
    blocks: [{ kind: "facts", title: "It was", facts: interfaceFacts(before) }],
    next: [APPLY],
  };
}

const NOTHING: Block = { kind: "note", text: "No change was pending." };

/** Applies or drops what is pending, and shows it. */
async function settle(call: ToolCall): Promise<Answer> {
  const pending = pendingBlocks(await call.pve.call(ALL, { node: node(call) }), call);
  const answer = writeAnswer(await call.send(), call);
  return { ...answer, blocks: [...(answer.blocks ?? []), ...(pending.length > 0 ? pending : [NOTHING])] };
}

const ADDRESS = {
  address: "",
  netmask: "",
  cidr: "",
  gateway: "",
  bridge_ports: "",
  bridge_vlan_aware: "",
  autostart: "",
  comments: "",
} as const;

const KIND: InputSchema = { type: "string" };

/** Tools for nodes' network interfaces. */
export const networkTools = category("network", [
  tool({
    name: "pve_list_networks",
    title: "List network interfaces",
    tier: "read-only",
    description: "Network interfaces of a node, and its pending changes.",
    route: ALL,
    params: { type: "" },
    run: list,
  }),
  tool({
    name: "pve_get_network",
    title: "Network interface",
    tier: "read-only",
    description: "Configuration of an interface, pending changes included.",
    route: ONE,
    answer: ({ data }, call) => ({
      headline: `Interface ${label(call)}:`,
      blocks: [{ kind: "facts", facts: interfaceFacts(record(data)) }],
    }),
  }),
  tool({
    name: "pve_create_network",
    title: "Create network interface",
    tier: "full",
    description: "Create an interface; pending until pve_apply_network.",
    route: "POST /nodes/{node}/network",
    params: { iface: "e.g. vmbr1", type: { required: true }, ...ADDRESS },
    more: true,
    run: create,
  }),
  tool({
    name: "pve_update_network",
    title: "Update network interface",
    tier: "full",
    description: "Change some settings of an interface; pending until pve_apply_network.",
    route: "PUT /nodes/{node}/network/{iface}",
    reads: [ONE],
    params: { type: { required: false, schema: KIND }, ...ADDRESS, delete: "Settings" },
    more: true,
    run: update,
  }),
  tool({
    name: "pve_delete_network",
    title: "Delete network interface",
    tier: "full",
    description: "Delete an interface; pending until pve_apply_network.",
    route: "DELETE /nodes/{node}/network/{iface}",
    reads: [ONE],
    run: remove,
  }),
  tool({
    name: "pve_apply_network",
    title: "Apply network changes",
    tier: "full",
    description: "Apply a node's pending network changes.",
    route: "PUT /nodes/{node}/network",
    reads: [ALL],
    done: (call) => `reload of the network of ${node(call)}.`,
    run: settle,
  }),
  tool({
    name: "pve_revert_network",
    title: "Revert network changes",
    tier: "full",
    description: "Drop a node's pending network changes.",
    route: "DELETE /nodes/{node}/network",
    reads: [ALL],
    done: (call) => `Pending network changes of ${node(call)} dropped.`,
    run: settle,
  }),
]);
