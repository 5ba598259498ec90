import { flag, num, type Row, str } from "../../pve/data.ts";
import { comesFrom, netOf, type Origin, type Tri } from "./address.ts";
import { type Connection, inNamedSet, type Names, ruleMatches, ruleText } from "./rule.ts";

/** The firewall of the datacenter; undefined: could not be read. */
export interface ClusterFirewall extends Names {
  readonly options: Row | undefined;
  readonly rules: readonly Row[] | undefined;
  /** Security groups that rules use, by name; undefined for one that could not be read, absent for one that is not there. */
  readonly groups: ReadonlyMap<string, readonly Row[] | undefined>;
}

/** The firewall of a node, and where the node is. */
export interface NodeFirewall {
  readonly node: string;
  readonly options: Row | undefined;
  readonly rules: readonly Row[] | undefined;
  /** The node's addresses, the cluster's first. */
  readonly addresses: readonly string[];
  /** The network that the node's own address is in, `192.0.2.11/24`. */
  readonly network: string | undefined;
  /** The interface that carries the node's own address. */
  readonly iface: string | undefined;
  /** It has the default gateway too: what comes from outside comes by it. */
  readonly hasGateway: boolean;
}

/** What becomes of a new connection, and why, as the end of a sentence. */
export interface Decision {
  readonly verdict: "accept" | "block" | "unknown";
  readonly why: string;
  /** All that had a say, wherever it stands: two decisions with the same are the same, whatever they are. */
  readonly basis: string;
}

/** A test on the way of a connection: whether it applies, and what then becomes of it. */
interface Check {
  readonly applies: Tri;
  readonly accepts: boolean;
  readonly why: string;
  /** The rule without its place; absent: `why` says it. */
  readonly rule?: string;
}

/** Ports that PVE lets the management network reach (PVE::Firewall enable_host_firewall). */
const MANAGEMENT_PORTS: ReadonlySet<number> = new Set([22, 3128, 8006]);

const localNetwork = ({ aliases }: ClusterFirewall, { network }: NodeFirewall): string | undefined =>
  aliases?.get("local_network") ?? network;

/** Where connections of this server come from, for a node. */
const originOf = (cluster: ClusterFirewall, node: NodeFirewall, own: string | undefined): Origin =>
  own === undefined
    ? {
        kind: "outside",
        family: node.addresses[0]?.includes(":") ? 6 : 4,
        local: localNetwork(cluster, node),
      }
    : { kind: "address", address: own };

function connectionOf(
  cluster: ClusterFirewall,
  node: NodeFirewall,
  own: string | undefined,
  port: number,
): Connection {
  const origin = originOf(cluster, node, own);
  const near = node.network === undefined ? undefined : netOf(node.network);
  const direct = origin.kind === "address" && near !== undefined && comesFrom(origin, near) === true;
  return { port, origin, to: node.addresses, iface: node.hasGateway || direct ? node.iface : undefined };
}

interface PlacedRule {
  /** Undefined: could not be read. */
  readonly rule: Row | undefined;
  readonly where: string;
}

/** The rules of a list with those of the groups that it names, in the order in which they are tried. */
function flattened(
  rules: readonly Row[] | undefined,
  where: string,
  groups: ClusterFirewall["groups"],
): readonly PlacedRule[] {
  if (rules === undefined) return [{ rule: undefined, where: `the rules of ${where}` }];
  return rules.flatMap((rule, pos): readonly PlacedRule[] => {
    const here = `rule ${pos} of ${where}`;
    if (str(rule, "type")?.toLowerCase() !== "group") return [{ rule, where: here }];
    const name = str(rule, "action") ?? "";
    if (!flag(rule, "enable") || !groups.has(name)) return [];
    const inner = groups.get(name);
    const iface = str(rule, "iface");
    if (inner === undefined) return [{ rule: undefined, where: `group ${name}` }];
    return inner.map((one, at) => ({
      rule: iface === undefined || iface === "" ? one : { ...one, iface },
      where: `rule ${at} of group ${name}`,
    }));
  });
}

function ruleChecks(
  rules: readonly Row[] | undefined,
  where: string,
  cluster: ClusterFirewall,
  connection: Connection,
): readonly Check[] {
  return flattened(rules, where, cluster.groups).flatMap(({ rule, where: place }): readonly Check[] => {
    // What could not be read may accept or refuse.
    if (rule === undefined)
      return [true, false].map((accepts) => ({
        applies: undefined,
        accepts,
        why: `${place} could not be read`,
      }));
    const applies = ruleMatches(rule, connection, cluster);
    if (applies === false) return [];
    const accepts = str(rule, "action")?.toUpperCase() === "ACCEPT";
    const text = ruleText({ ...rule, comment: null });
    return [{ applies, accepts, rule: text, why: `${place} ${accepts ? "accepts" : "drops"} it (${text})` }];
  });
}

/** The network that PVE always lets reach the nodes: the alias local_network, else the node's own. */
function inLocalNetwork(cluster: ClusterFirewall, node: NodeFirewall, origin: Origin): Tri {
  if (origin.kind === "outside") return false;
  if (cluster.aliases === undefined) return undefined;
  const net = netOf(localNetwork(cluster, node) ?? "");
  return net && comesFrom(origin, net);
}

/** The set `management` and the local network reach 8006 and ssh without a rule (PVE::Firewall compile). */
function managementChecks(
  cluster: ClusterFirewall,
  node: NodeFirewall,
  { origin, port }: Connection,
): readonly Check[] {
  if (!MANAGEMENT_PORTS.has(port)) return [];
  return [
    {
      applies: inLocalNetwork(cluster, node, origin),
      accepts: true,
      why: "PVE always lets the cluster's own network in",
    },
    {
      applies: inNamedSet(origin, "management", cluster),
      accepts: true,
      why: "PVE always lets the IP set management in",
    },
  ];
}

/** Every test that a new connection meets, in order; the policy is the last, and applies to what is left. */
function checksOf(
  cluster: ClusterFirewall,
  node: NodeFirewall,
  options: Row,
  connection: Connection,
): readonly Check[] {
  const management = managementChecks(cluster, node, connection);
  const rules = [
    // A node's rules come first, so that they can overrule the cluster's (PVE::Firewall enable_host_firewall).
    ...ruleChecks(node.rules, "the node", cluster, connection),
    ...ruleChecks(cluster.rules, "the cluster", cluster, connection),
  ];
  const policy = (str(options, "policy_in") ?? "DROP").toUpperCase();
  const last: Check = {
    applies: true,
    accepts: policy === "ACCEPT",
    why: policy === "ACCEPT" ? "policy_in is ACCEPT" : `no rule accepts it and policy_in is ${policy}`,
  };
  // The newer firewall lets the management network in before it looks at rules (proxmox-firewall.nft, default-in).
  if (flag(node.options ?? {}, "nftables")) return [...management, ...rules, last];
  const blacklist: Check = {
    applies: inNamedSet(connection.origin, "blacklist", cluster),
    accepts: false,
    why: "the IP set blacklist is dropped first",
  };
  return [blacklist, ...rules, ...management, last];
}

/**
 * What the firewall of a node does with a new TCP connection to a port, from an address, or from outside the cluster's
 * own network. Connections that are open go on whatever it decides.
 */
export function decide(
  cluster: ClusterFirewall,
  node: NodeFirewall,
  own: string | undefined,
  port: number,
): Decision {
  const { options } = cluster;
  const plain = (verdict: Decision["verdict"], why: string): Decision => ({ verdict, why, basis: why });
  if (options === undefined) return plain("unknown", "the firewall's options could not be read");
  if ((num(options, "enable") ?? 0) === 0) return plain("accept", "the cluster's firewall is off");
  if (node.options === undefined) return plain("unknown", "the node's firewall options could not be read");
  if (node.options.enable !== undefined && !flag(node.options, "enable"))
    return plain("accept", "the node's firewall is off");
  return outcome(checksOf(cluster, node, options, connectionOf(cluster, node, own, port)));
}

/** The first test that surely applies decides, unless one before it may apply and decides otherwise. */
function outcome(checks: readonly Check[]): Decision {
  const possible = checks.filter(({ applies }) => applies !== false);
  const sure = possible.findIndex(({ applies }) => applies === true);
  const tried = possible.slice(0, sure + 1);
  const basis = tried.map(({ rule, why, accepts }) => `${rule ?? why} ${accepts}`).join("\n");
  const decisive = tried.at(-1);
  if (!decisive) return { verdict: "unknown", why: "no test is certain", basis };
  const doubt = tried.find(({ accepts }) => accepts !== decisive.accepts);
  if (doubt) return { verdict: "unknown", why: `it depends on whether ${doubt.why}`, basis };
  return { verdict: decisive.accepts ? "accept" : "block", why: decisive.why, basis };
}
