import { index, mayAny, need } from "../args.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { running, type SdnConfig, sdnState } from "../sdn-config.ts";
import { isOnNode, subnetsInUse } from "../sdn-files.ts";
import type { Guest, Json, Node, World } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";
import { checkVnetAccess } from "./sdn-vnets.ts";

/** State of a zone or vnet on a node; `message` says why it is not available. */
interface Status {
  readonly status: "available" | "pending" | "error";
  readonly message?: string;
}

/** Nodes take a new configuration when their network is loaded anew. */
function behind(world: World, node: Node): string | undefined {
  const { version, loaded } = sdnState(world);
  const local = loaded.get(node.name) ?? 0;
  if (local === 0) return "local sdn network configuration is not yet generated, please reload";
  return local < version ? "local sdn network configuration is too old, please reload" : undefined;
}

const vnetsOf = (world: World, zone: string): [string, SdnConfig][] =>
  [...running(world, "vnet")].filter(([, vnet]) => vnet.zone === zone);

/** State of what a zone carries on a node: its vnets miss the bridge that it lacks (PVE::Network::SDN::Zones status). */
function statusOf(world: World, node: Node, zone: SdnConfig): Status {
  const message = behind(world, node);
  if (message !== undefined) return { status: "pending", message };
  const { bridge } = zone;
  if (bridge === undefined || node.network.has(String(bridge))) return { status: "available" };
  return { status: "error", message: `missing ${String(bridge)}` };
}

const zonesOn = (world: World, node: Node): [string, SdnConfig][] =>
  [...running(world, "zone")]
    .filter(([, zone]) => isOnNode(zone, node.name))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** A zone without vnets cannot fail. */
function zoneStatus(world: World, node: Node, id: string, zone: SdnConfig): Status["status"] {
  const { status } = statusOf(world, node, zone);
  return status === "error" && vnetsOf(world, id).length === 0 ? "available" : status;
}

/** A network card of a guest: its number in the configuration and its properties. */
function cards(guest: Guest): { readonly at: string; readonly card: ReadonlyMap<string, string> }[] {
  return Object.entries(guest.config).flatMap(([key, value]) => {
    const at = /^net(\d+)$/.exec(key)?.[1];
    return at === undefined ? [] : [{ at, card: parseProperties(String(value), "model") }];
  });
}

const runningOn = (world: World, node: Node): Guest[] =>
  [...world.guests.values()].filter((guest) => guest.node === node.name && guest.status !== "stopped");

/** What hangs on a bridge: the node's own ports and the cards of its running guests. */
function portsOf(world: World, node: Node, bridge: string, filtering: boolean): Json[] {
  const own = String(node.network.get(bridge)?.bridge_ports ?? "")
    .split(/\s+/)
    .filter(Boolean);
  const vlans = filtering ? { vlans: [] } : {};
  const guests = runningOn(world, node).flatMap((guest) =>
    cards(guest)
      .filter(({ card }) => card.get("bridge") === bridge)
      .map(({ at, card }) => {
        const device = guest.type === "qemu" ? "tap" : "veth";
        const firewall = card.get("firewall") === "1";
        return {
          name: firewall ? `fwpr${guest.vmid}p${at}` : `${device}${guest.vmid}i${at}`,
          vmid: String(guest.vmid),
          index: `net${at}`,
          ...vlans,
          ...(filtering ? { primary_vlan: Number(card.get("tag") ?? 1) } : {}),
        };
      }),
  );
  return [...own.map((name) => ({ name, ...vlans, ...(filtering ? { primary_vlan: 1 } : {}) })), ...guests];
}

function bridges(call: SimCall): Json {
  const { world } = call;
  const node = nodeOfCall(call);
  const zone = need(call, "zone");
  const local = zone === "localnetwork";
  if (!local && !running(world, "zone").has(zone)) badParams({ zone: "zone does not exist" });
  const found: [string, boolean][] = local
    ? [...node.network]
        .filter(([, { type }]) => type === "bridge")
        .map(([name, config]) => [name, config.bridge_vlan_aware === 1])
    : vnetsOf(world, zone).map(([name, vnet]) => [name, vnet.vlanaware === 1]);
  return found
    .filter(([name]) => mayAny(call, `/sdn/zones/${zone}/${name}`, "SDN.Audit", "SDN.Allocate"))
    .map(([name, filtering]) => ({
      name,
      vlan_filtering: filtering ? 1 : 0,
      ports: portsOf(world, node, name, filtering),
    }));
}

/** The routes of an EVPN zone's VRF: those of its own subnets. */
function ipVrf(call: SimCall): Json {
  const { world } = call;
  const [id, node] = [need(call, "zone"), need(call, "node")];
  const zone = running(world, "zone").get(id) ?? badParams({ zone: "zone does not exist" });
  if (zone.type !== "evpn") badParams({ zone: "zone is not an EVPN zone" });
  if (!isOnNode(zone, node)) badParams({ zone: `zone does not exist on node ${node}` });
  return vnetsOf(world, id).flatMap(([vnet]) =>
    subnetsInUse(world, vnet).map((subnet) => {
      const [, network, mask] = subnet.split("-");
      return { ip: `${network}/${mask}`, metric: 0, protocol: "connected", nexthops: [vnet] };
    }),
  );
}

/** The addresses of guests that an EVPN vnet has learnt. */
function macVrf(call: SimCall): Json {
  checkVnetAccess(call, "SDN.Audit");
  const { world } = call;
  const [id, here] = [need(call, "vnet"), need(call, "node")];
  const vnet = running(world, "vnet").get(id) ?? badParams({ vnet: "vnet does not exist" });
  const name = String(vnet.zone);
  const zone = running(world, "zone").get(name) ?? badParams({ zone: `zone ${name} does not exist` });
  if (zone.type !== "evpn") badParams({ zone: `zone ${name} is not an EVPN zone.` });
  if (!isOnNode(zone, here)) badParams({ zone: `zone ${name} of vnet ${id} does not exist on node ${here}` });
  return [...world.nodes.values()].flatMap((node) =>
    runningOn(world, node)
      .filter((guest) => cards(guest).some(({ card }) => card.get("bridge") === id))
      .flatMap((guest) => Object.values(guest.addresses))
      .flatMap(({ mac, ips }) => ips.map((ip) => ({ ip: ip.split("/")[0] ?? ip, mac, nexthop: node.ip }))),
  );
}

/** A duration as FRR tells it: `1h2m3s`, `8m24s`. */
function uptime(seconds: number): string {
  const [hours, minutes] = [Math.trunc(seconds / 3600), Math.trunc((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}h` : ""}${minutes}m${Math.trunc(seconds % 60)}s`;
}

/** A fabric as it runs: the node's own part, if it has one, and the others that are up. */
function fabricOn(call: SimCall): {
  readonly protocol: Json | undefined;
  readonly own: SdnConfig | undefined;
  readonly others: readonly SdnConfig[];
} {
  const { world } = call;
  const id = need(call, "fabric");
  if (sdnState(world).version === 0) die("no fabrics configured");
  const fabric = running(world, "fabric").get(id) ?? die(`fabric '${id}' does not exist in configuration`);
  const members = [...running(world, "fabric-node").values()].filter(({ fabric_id }) => fabric_id === id);
  const own = members.find(({ node_id }) => node_id === need(call, "node"));
  const up = members.filter((node) => node !== own && world.nodes.get(String(node.node_id))?.online);
  return { protocol: fabric.protocol, own, others: own ? up : [] };
}

const addresses = ({ ip, ip6 }: SdnConfig): string[] =>
  [ip, ip6].flatMap((address) => (address === undefined ? [] : [String(address)]));

const interfacesOf = (node: SdnConfig | undefined): string[] =>
  (Array.isArray(node?.interfaces) ? node.interfaces : []).map(
    (iface) => parseProperties(String(iface), "name").get("name") ?? "",
  );

/** What a node knows of SDN (PVE::API2::Network::SDN::Nodes). */
export const sdnNodeRoutes: Handlers = {
  "GET /nodes/{node}/sdn": () => index("name", "fabrics vnets zones"),
  "GET /nodes/{node}/sdn/zones": (call) => {
    const node = nodeOfCall(call);
    return zonesOn(call.world, node).map(([id, zone]) => ({
      zone: id,
      status: zoneStatus(call.world, node, id, zone),
    }));
  },
  "GET /nodes/{node}/sdn/zones/{zone}": () => index("subdir", "content bridges ip-vrf"),
  "GET /nodes/{node}/sdn/zones/{zone}/content": (call) => {
    const node = nodeOfCall(call);
    const id = need(call, "zone");
    const zone = zonesOn(call.world, node).find(([name]) => name === id)?.[1];
    if (!zone) return [];
    const { status, message } = statusOf(call.world, node, zone);
    return vnetsOf(call.world, id).map(([vnet]) => ({ vnet, status, statusmsg: message ?? null }));
  },
  "GET /nodes/{node}/sdn/zones/{zone}/bridges": bridges,
  "GET /nodes/{node}/sdn/zones/{zone}/ip-vrf": ipVrf,
  "GET /nodes/{node}/sdn/vnets/{vnet}": (call) => {
    checkVnetAccess(call, "SDN.Audit");
    return index("subdir", "mac-vrf");
  },
  "GET /nodes/{node}/sdn/vnets/{vnet}/mac-vrf": macVrf,
  "GET /nodes/{node}/sdn/fabrics/{fabric}": () => index("subdir", "neighbors routes"),
  "GET /nodes/{node}/sdn/fabrics/{fabric}/routes": (call) =>
    fabricOn(call).others.flatMap((node) =>
      addresses(node).map((ip) => ({ route: `${ip}/${ip.includes(":") ? 128 : 32}`, via: [ip] })),
    ),
  "GET /nodes/{node}/sdn/fabrics/{fabric}/neighbors": (call) => {
    const { protocol, others } = fabricOn(call);
    const since = uptime(Math.max(0, call.now - sdnState(call.world).applied));
    return others.map(({ node_id }) => ({
      neighbor: node_id ?? "",
      status: protocol === "ospf" ? "Full/-" : "Up",
      uptime: since,
    }));
  },
  "GET /nodes/{node}/sdn/fabrics/{fabric}/interfaces": (call) => {
    const { own } = fabricOn(call);
    const loopback = own ? [{ name: `dummy_${need(call, "fabric")}`, state: "Up", type: "Loopback" }] : [];
    return [...loopback, ...interfacesOf(own).map((name) => ({ name, state: "Up", type: "Point-To-Point" }))];
  },
};
