import { list, mayAny, need, settings, splitList, text } from "../args.ts";
import { interfacesDiff } from "../interfaces-file.ts";
import { networkReload } from "../network-reload.ts";
import { badParams, Envelope, type Handlers, type SimCall } from "../route.ts";
import type { Json, Node } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";

type Interface = Record<string, Json>;
type Table = Map<string, Interface>;

/** What waits to be applied, or what is in use. */
function interfaces(node: Node): Table {
  return node.pendingNetwork ?? node.network;
}

/** A copy of the table to change; it becomes interfaces.new. */
function changed(node: Node): Table {
  node.pendingNetwork ??= new Map([...node.network].map(([iface, config]) => [iface, { ...config }]));
  return node.pendingNetwork;
}

/** Keys of the answer that hold more than one device name. */
const PORTS = ["bridge_ports", "ovs_ports", "slaves", "ovs_bonds"];

function checkConflicts(table: Table, iface: string, config: Interface): void {
  for (const [key, name] of [
    ["gateway", "Default gateway"],
    ["gateway6", "Default ipv6 gateway"],
  ] as const)
    for (const [other, theirs] of table)
      if (config[key] !== undefined && other !== iface && theirs[key] !== undefined)
        badParams({ [key]: `${name} already exists on interface '${other}'.` });
  const ports = (of: Interface) => PORTS.flatMap((key) => splitList(String(of[key] ?? "")));
  const mine = new Set(ports(config));
  const named = PORTS.find((key) => config[key] !== undefined) ?? "bridge_ports";
  for (const [other, theirs] of table)
    for (const port of ports(theirs))
      if (other !== iface && mine.has(port))
        badParams({ [named]: `${port} is already used on interface '${other}'.` });
}

/** `255.255.255.0` as 24; a prefix stays. */
function prefixOf(netmask: string): string {
  if (!netmask.includes(".")) return netmask;
  const bits = netmask.split(".").map((part) => Number(part).toString(2).replaceAll("0", "").length);
  return String(bits.reduce((sum, count) => sum + count, 0));
}

/** `cidr` and `address` with `netmask` are two ways to say the same; PVE refuses both at once. */
function splitCidr(config: Interface): void {
  for (const suffix of ["", "6"]) {
    const cidr = config[`cidr${suffix}`];
    if (typeof cidr !== "string" || cidr === "") continue;
    for (const key of [`address${suffix}`, `netmask${suffix}`])
      if (config[key] !== undefined) badParams({ [key]: `${key} conflicts with cidr${suffix}` });
    const at = cidr.lastIndexOf("/");
    config[`address${suffix}`] = cidr.slice(0, at);
    config[`netmask${suffix}`] = cidr.slice(at + 1);
    delete config[`cidr${suffix}`];
  }
}

/** Texts in the file are texts in the answer, whatever type they were sent as. */
const NUMBERS = new Set(["autostart", "active", "exists", "priority", "bridge_vlan_aware"]);

/** What PVE adds when it reads the file back. */
function completed(config: Interface): Interface {
  const full: Interface = {};
  for (const [key, value] of Object.entries(config))
    full[key] = NUMBERS.has(key) || typeof value !== "number" ? value : String(value);
  if (typeof full.netmask === "string") full.netmask = prefixOf(full.netmask);
  if (full.address !== undefined && full.netmask !== undefined)
    full.cidr = `${String(full.address)}/${String(full.netmask)}`;
  if (full.address6 !== undefined && full.netmask6 !== undefined)
    full.cidr6 = `${String(full.address6)}/${String(full.netmask6)}`;
  if (typeof full.comments === "string" && full.comments !== "")
    full.comments = `${full.comments.trimEnd()}\n`;
  if (full.type === "bridge") {
    full.bridge_ports ??= "";
    full.bridge_stp ??= "off";
    full.bridge_fd ??= "0";
  }
  if (full.autostart === 0) delete full.autostart;
  return full;
}

/** The addressing method follows from the addresses this very call sends: PVE does not merge it. */
function withMethods(config: Interface): Interface {
  const families = [...(config.address ? ["inet"] : []), ...(config.address6 ? ["inet6"] : [])];
  return {
    ...config,
    families: families.length > 0 ? families : ["inet"],
    method: config.address ? "static" : "manual",
    method6: config.address6 ? "static" : "manual",
  };
}

function interfaceOf(call: SimCall): Interface {
  const config = interfaces(nodeOfCall(call)).get(need(call, "iface"));
  return config ?? badParams({ iface: "interface does not exist" });
}

const BRIDGES: Readonly<Record<string, readonly string[]>> = {
  any_bridge: ["bridge", "OVSBridge", "vnet"],
  any_local_bridge: ["bridge", "OVSBridge"],
  include_sdn: ["bridge", "OVSBridge", "vnet", "eth", "bond", "vlan", "alias"],
};

function visible(call: SimCall, iface: string, { type }: Interface): boolean {
  if (call.may(`/nodes/${need(call, "node")}`, "Sys.Audit")) return true;
  const zone = `/sdn/zones/localnetwork/${iface}`;
  return (type === "bridge" || type === "OVSBridge") && mayAny(call, zone, "SDN.Audit", "SDN.Use");
}

/** Network interfaces of a node (PVE::API2::Network). */
export const networkRoutes: Handlers = {
  "GET /nodes/{node}/network": (call) => {
    const node = nodeOfCall(call);
    const wanted = text(call, "type");
    const rows = [...interfaces(node)]
      .filter(([, { type }]) => !wanted || (BRIDGES[wanted] ?? [wanted]).includes(String(type)))
      .filter(([iface, config]) => visible(call, iface, config))
      .map(([iface, config]) => ({ ...config, iface }));
    if (!node.pendingNetwork || !call.may(`/nodes/${node.name}`, "Sys.Audit")) return rows;
    const stamp = `${new Date(call.now * 1000).toISOString().replace("T", " ").replace("Z", "000000")} +0000`;
    return new Envelope(rows, { changes: interfacesDiff(node.network, node.pendingNetwork, stamp) });
  },
  "GET /nodes/{node}/network/{iface}": interfaceOf,
  "POST /nodes/{node}/network": (call) => {
    const node = nodeOfCall(call);
    const iface = need(call, "iface");
    const table = interfaces(node);
    if (table.has(iface)) badParams({ iface: "interface already exists" });
    const config = settings(call, "iface");
    splitCidr(config);
    checkConflicts(table, iface, config);
    const priority = Math.max(2, ...[...table.values()].map((other) => Number(other.priority ?? 0))) + 1;
    changed(node).set(iface, completed({ ...withMethods(config), priority }));
    return null;
  },
  "PUT /nodes/{node}/network/{iface}": (call) => {
    const iface = need(call, "iface");
    const node = nodeOfCall(call);
    const old = { ...interfaceOf(call) };
    for (const key of list(call, "delete")) {
      delete old[key];
      const suffix = key === "cidr" ? "" : key === "cidr6" ? "6" : undefined;
      if (suffix !== undefined) for (const name of ["address", "netmask"]) delete old[name + suffix];
      if (key === "address" || key === "netmask") delete old.cidr;
      if (key === "address6" || key === "netmask6") delete old.cidr6;
    }
    const config = settings(call, "iface");
    splitCidr(config);
    checkConflicts(interfaces(node), iface, config);
    changed(node).set(iface, completed({ ...old, ...withMethods(config) }));
    return null;
  },
  "DELETE /nodes/{node}/network/{iface}": (call) => {
    interfaceOf(call);
    changed(nodeOfCall(call)).delete(need(call, "iface"));
    return null;
  },
  "DELETE /nodes/{node}/network": (call) => {
    delete nodeOfCall(call).pendingNetwork;
    return null;
  },
  "PUT /nodes/{node}/network": (call) => {
    const node = nodeOfCall(call);
    return call.task(networkReload(call.world, node));
  },
};
