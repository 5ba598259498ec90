import { splitList } from "./args.ts";
import { configured, running, type SdnConfig, sdnState } from "./sdn-config.ts";
import { unifiedDiff } from "./unified-diff.ts";
import type { Node, World } from "./world.ts";

type View = typeof configured;

/** True when a zone is on the node: one without `nodes` is on all. */
export function isOnNode(zone: SdnConfig, node: string): boolean {
  return zone.nodes === undefined || splitList(String(zone.nodes)).includes(node);
}

/** The applied subnets of a vnet, by id. */
export const subnetsInUse = (world: World, vnet: string): readonly string[] =>
  [...running(world, "subnet")].filter(([, config]) => config.vnet === vnet).map(([id]) => id);

/** Options of a vnet's bridge; addresses come from the subnets in use, even in a preview. */
function bridgeOptions(world: World, id: string, vnet: SdnConfig, zone: SdnConfig): string[] {
  const gateways = subnetsInUse(world, id).flatMap((subnet) => {
    const gateway = running(world, "subnet").get(subnet)?.gateway;
    return gateway === undefined ? [] : [`${String(gateway)}/${subnet.split("-")[2]}`];
  });
  const simple = zone.type === "simple";
  const uplink =
    simple || vnet.tag === undefined ? "none" : `${String(zone.bridge ?? `vxlan_${id}`)}.${String(vnet.tag)}`;
  return [
    ...(simple || zone.type === "evpn" ? gateways.map((address) => `address ${address}`) : []),
    `bridge_ports ${uplink}`,
    "bridge_stp off",
    "bridge_fd 0",
    ...(vnet.vlanaware ? ["bridge-vlan-aware yes", "bridge-vids 2-4094"] : []),
    ...(zone.mtu === undefined ? [] : [`mtu ${String(zone.mtu)}`]),
    ...(vnet.alias === undefined ? [] : [`alias ${String(vnet.alias)}`]),
    ...(simple && gateways.some((address) => !address.includes(":")) ? ["ip-forward on"] : []),
    ...(simple && gateways.some((address) => address.includes(":")) ? ["ip6-forward on"] : []),
  ];
}

/** Lines of /etc/network/interfaces.d/sdn on a node (PVE::Network::SDN::Zones generate_etc_network_config). */
function interfaces(world: World, node: Node, of: View, version: number): string[] {
  const vnets = [...of(world, "vnet")].sort(([a], [b]) => (a < b ? -1 : 1));
  const blocks = vnets.flatMap(([id, vnet]) => {
    const zone = of(world, "zone").get(String(vnet.zone));
    if (!zone || !isOnNode(zone, node.name)) return [];
    const options = bridgeOptions(world, id, vnet, zone).map((option) => `\t${option}`);
    return ["", `auto ${id}`, `iface ${id}`, ...options];
  });
  return [`#version:${version}`, ...blocks];
}

/** What FRR on a node routes with: one line a router. */
function routers(world: World, node: Node, of: View): string[] {
  const fabrics = [...of(world, "fabric-node").values()].filter(({ node_id }) => node_id === node.name);
  const controllers = [...of(world, "controller").values()].filter(
    (controller) => controller.node === undefined || controller.node === node.name,
  );
  return [
    ...controllers.flatMap(({ asn }) => (asn === undefined ? [] : [`router bgp ${String(asn)}`])),
    ...fabrics.map(({ protocol, fabric_id }) => `router ${String(protocol)} ${String(fabric_id)}`),
  ];
}

/** What applying SDN would change on a node: the files' differences, empty where there is none. */
export function sdnPreview(world: World, node: Node): { readonly frr: string; readonly interfaces: string } {
  const { version, loaded } = sdnState(world);
  const at = loaded.get(node.name) ?? 0;
  const old = at === 0 ? [] : interfaces(world, node, running, at);
  const next = interfaces(world, node, configured, Math.max(version, 1));
  const preview = "/tmp/proxmox-preview";
  return {
    frr: unifiedDiff(
      routers(world, node, running),
      routers(world, node, configured),
      "/etc/frr/frr.conf",
      preview,
    ),
    interfaces: unifiedDiff(old, next, "/etc/network/interfaces.d/sdn", preview),
  };
}
