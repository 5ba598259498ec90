import { addressOf, contains, overlaps } from "./cidr.ts";
import { parseProperties } from "./property.ts";
import { die } from "./route.ts";
import type { SdnConfig } from "./sdn-config.ts";
import type { Json } from "./world.ts";

/** Fabrics by id and their nodes by `fabric_node`, as fabrics.cfg keeps them. */
export interface Fabrics {
  readonly fabrics: Map<string, SdnConfig>;
  readonly nodes: Map<string, SdnConfig>;
}

const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The property strings of a node's `interfaces` or `peers`. */
const properties = (node: SdnConfig, key: "interfaces" | "peers") =>
  strings(node[key]).map((value) => parseProperties(value, "name"));

const nodesOf = ({ nodes }: Fabrics, fabric: string): [string, SdnConfig][] =>
  [...nodes].filter(([, node]) => node.fabric_id === fabric).sort(([a], [b]) => (a < b ? -1 : 1));

/** An OSPF area as the number that it is, however written. */
const areaOf = (area: Json | undefined): string => String(addressOf(String(area))?.value ?? area);

/** A set that complains about a value it has already. */
function once(complaint: (shown: string) => never): (value: string, shown?: string) => void {
  const seen = new Set<string>();
  return (value, shown = value) => {
    if (seen.has(value)) complaint(shown);
    seen.add(value);
  };
}

function checkPrefixes(all: Fabrics): void {
  const list = [...all.fabrics].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [at, [id, fabric]] of list.entries())
    for (const [other, theirs] of list.slice(at + 1))
      for (const [key, first, second] of [
        ["ip_prefix", "IP", "IPv4"],
        ["ip6_prefix", "IPv6", "IPv6"],
      ] as const) {
        const [mine, their] = [fabric[key], theirs[key]];
        if (mine === undefined || their === undefined || !overlaps(String(mine), String(their))) continue;
        die(
          `${first} prefix ${String(their)} in fabric '${other}' overlaps with ${second} prefix ${String(mine)} in fabric '${id}'`,
        );
      }
}

/** References between the nodes of a WireGuard fabric. */
function checkPeers(id: string, members: readonly [string, SdnConfig][]): void {
  const address = once(() => die(`fabric ${id} contains nodes with duplicated IPs`));
  const interfaces = new Set<string>();
  const external = new Set<string>();
  for (const [, node] of members) {
    if (node.role === "external") external.add(String(node.node_id));
    else
      for (const iface of properties(node, "interfaces")) {
        interfaces.add(`${String(node.node_id)} ${iface.get("name")}`);
        for (const key of ["ip", "ip6"]) if (iface.has(key)) address(`${key} ${iface.get(key)}`);
      }
  }
  for (const [, node] of members)
    for (const peer of properties(node, "peers")) {
      const [name, iface] = [peer.get("node") ?? "", peer.get("node_iface") ?? ""];
      if (peer.get("type") === "external" && !external.has(name))
        die(`peer configuration references non-existing external node '${name}'`);
      if (peer.get("type") === "internal" && !interfaces.has(`${name} ${iface}`))
        die(`peer configuration references non-existing interface '${iface}' on node '${name}'`);
    }
  for (const [, node] of members) {
    const own = new Set(properties(node, "interfaces").map((iface) => iface.get("name")));
    for (const peer of properties(node, "peers"))
      if (!own.has(peer.get("iface")))
        die(`peer configuration references non-existing local interface '${peer.get("iface")}'`);
  }
}

/** A node's address and the fabric's prefix need each other. */
function checkAddress(fabric: SdnConfig, id: string, node: SdnConfig, key: "ip" | "ip6"): void {
  const [prefix, ip] = [fabric[`${key}_prefix`], node[key]];
  if (prefix === undefined && ip !== undefined)
    die(`fabric '${String(fabric.id)}' does not have an IP prefix configured for the node IP ${String(ip)}`);
  if (prefix !== undefined && ip === undefined)
    die(`node '${id}' does not have an IP configured for this fabric prefix ${String(prefix)}`);
  if (prefix !== undefined && ip !== undefined && !contains(String(prefix), String(ip)))
    die(`node IP ${String(ip)} is outside the IP prefix ${String(prefix)} of the fabric`);
}

const ROUTED = new Set<Json | undefined>(["openfabric", "ospf"]);

function checkFabric(id: string, fabric: SdnConfig, members: readonly [string, SdnConfig][]): void {
  const { protocol } = fabric;
  if (protocol === "wireguard") checkPeers(id, members);
  const address = once(() => die(`fabric ${id} contains nodes with duplicated IPs`));
  for (const [name, node] of members) {
    const none = node.ip === undefined && (protocol === "ospf" || node.ip6 === undefined);
    if (ROUTED.has(protocol) && none) die(`node '${name}' does not have an IP configured`);
    if (protocol === "ospf" && node.ip6 !== undefined)
      die("IPv6 is currently not supported for protocol ospf");
    for (const key of ["ip", "ip6"] as const) {
      if (node[key] !== undefined) address(`${key} ${String(node[key])}`);
      checkAddress(fabric, name, node, key);
    }
  }
  const bare = fabric.ip_prefix === undefined && (protocol === "ospf" || fabric.ip6_prefix === undefined);
  if (protocol !== "wireguard" && bare) die(`fabric '${id}' does not have an IP prefix configured`);
  if (protocol === "ospf" && fabric.ip6_prefix !== undefined)
    die("IPv6 is currently not supported for protocol ospf");
}

/** Refuses what fabrics.cfg may not hold (proxmox-ve-config, sdn::fabric FabricConfig validate). */
export function checkFabrics(all: Fabrics): void {
  checkPrefixes(all);
  const area = once(() => die("duplicate OSPF area"));
  const iface = once(() => die("interface is already in use by another fabric"));
  const listens = once((port) =>
    die(`WireGuard interface listen port duplicated in node configuration: ${port}`),
  );
  for (const [id, fabric] of [...all.fabrics].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (fabric.protocol === "ospf") area(areaOf(fabric.area));
    const members = nodesOf(all, id);
    const tunnels = fabric.protocol === "wireguard" ? "tunnel " : "";
    for (const [, node] of members) {
      for (const own of properties(node, "interfaces")) {
        iface(`${tunnels}${String(node.node_id)} ${own.get("name")}`);
        const port = own.get("listen_port");
        if (port !== undefined) listens(`${String(node.node_id)} ${port}`, port);
      }
    }
    checkFabric(id, fabric, members);
  }
}
