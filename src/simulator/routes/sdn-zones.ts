import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { configured, refuse, type SdnConfig } from "../sdn-config.ts";
import { type Options, sdnHandlers } from "../sdn-objects.ts";
import type { World } from "../world.ts";

/** Options of every type of zone; true: the type needs it. */
const COMMON: Options = {
  nodes: false,
  mtu: false,
  dns: false,
  reversedns: false,
  dnszone: false,
  ipam: false,
};
const LEARNING: Options = { "bridge-disable-mac-learning": false };

const ZONE_TYPES: Readonly<Record<string, Options>> = {
  simple: { ...COMMON, dhcp: false },
  vlan: { ...COMMON, ...LEARNING, bridge: true },
  qinq: { ...COMMON, ...LEARNING, tag: true, bridge: true, "vlan-protocol": false },
  vxlan: { ...COMMON, peers: false, fabric: false, "vxlan-port": false },
  evpn: {
    ...COMMON,
    ...LEARNING,
    "vrf-vxlan": true,
    controller: true,
    "secondary-controllers": false,
    exitnodes: false,
    "exitnodes-local-routing": false,
    "exitnodes-primary": false,
    "advertise-subnets": false,
    "disable-arp-nd-suppression": false,
    "rt-import": false,
    "vxlan-port": false,
    mac: false,
  },
  faucet: {
    nodes: false,
    "dp-id": true,
    controller: true,
    dns: false,
    reversedns: false,
    dnszone: false,
    ipam: false,
  },
};

/** PVE::API2::Network::SDN::Zones: what a zone refers to must be there. */
function checkReferences({ world, params: given }: SimCall): void {
  for (const key of ["dns", "reversedns"]) {
    const server = given[key];
    if (server !== undefined)
      refuse(!configured(world, "dns").has(String(server)), key, `${String(server)} don't exist`);
  }
  refuse(given.dnszone !== undefined && given.dns === undefined, "dnszone", "missing dns server");
  const { ipam } = given;
  const known = ipam === undefined || ipam === "pve" || configured(world, "ipam").has(String(ipam));
  refuse(!known, "ipam", `${String(ipam)} not existing`);
}

/** Zones::EvpnPlugin on_update_hook; a zone without a MAC address gets one. */
function checkEvpn({ world }: SimCall, id: string, zone: SdnConfig): SdnConfig {
  const name = String(zone.controller);
  const controller = configured(world, "controller").get(name);
  if (!controller) die(`controller ${name} don't exist`);
  if (controller?.type !== "evpn") die(`${name} is not a evpn controller type`);
  for (const [other, config] of configured(world, "zone"))
    if (other !== id && config["vrf-vxlan"] !== undefined && config["vrf-vxlan"] === zone["vrf-vxlan"])
      die(`vrf-vxlan ${String(zone["vrf-vxlan"])} is already declared in ${other}`);
  if (zone.mac !== undefined) return zone;
  const mac = world.rng
    .hex(6)
    .toUpperCase()
    .replace(/(..)(?=.)/g, "$1:");
  return { ...zone, mac: `BC:24:11:${mac}` };
}

function checkZone(call: SimCall, id: string, next: SdnConfig, old?: SdnConfig): SdnConfig {
  if (old && old.ipam !== next.ipam) {
    const used = [...configured(call.world, "subnet").keys()].some((subnet) => subnet.startsWith(`${id}-`));
    refuse(used, "ipam", "can't change ipam if a subnet is already defined in this zone");
  }
  checkReferences(call);
  if (next.type === "vxlan" && (next.peers === undefined) === (next.fabric === undefined)) {
    const text = "must have exactly one of peers / fabric defined";
    badParams({ peers: text, fabric: text });
  }
  return next.type === "evpn" ? checkEvpn(call, id, next) : next;
}

function checkUnused(world: World, id: string): void {
  for (const [vnet, { zone }] of configured(world, "vnet"))
    if (zone === id) die(`zone ${id} is used by vnet ${vnet}`);
}

/** Zones (PVE::API2::Network::SDN::Zones, PVE::Network::SDN::Zones::*Plugin). */
export const sdnZoneRoutes: Handlers = sdnHandlers({
  key: "zone",
  path: "/cluster/sdn/zones",
  types: ZONE_TYPES,
  acl: (id) => `/sdn/zones/${id}`,
  check: checkZone,
  free: ({ world }, id) => checkUnused(world, id),
});
