import { settingText } from "../difference/setting-value.ts";
import { statement } from "../nodes/node-system.ts";
import type { Topic, TopicTable } from "../topic.ts";
import { creationOf, named } from "./configuration-object.ts";
import { sdnApply, sdnChange, sdnCreation, sdnRemoval, sdnRollback } from "./sdn-changes.ts";

const zone = {
  noun: "zone",
  keys: ["zone"],
  tells: ["type", "bridge", "nodes", "ipam"],
  carriesGuests: true,
} as const;
const vnet = { noun: "vnet", keys: ["vnet"], tells: ["zone", "tag", "alias"], carriesGuests: true } as const;
const subnet = {
  noun: "subnet",
  keys: ["vnet", "subnet"],
  tells: ["gateway", "snat", "dhcp-range"],
  carriesGuests: true,
} as const;
const controller = {
  noun: "controller",
  keys: ["controller"],
  tells: ["type", "asn", "peers", "node"],
} as const;
const dns = { noun: "DNS server", keys: ["dns"], tells: ["type", "url"] } as const;
const ipam = { noun: "IPAM", keys: ["ipam"], tells: ["type", "url"] } as const;
const fabric = {
  noun: "fabric",
  keys: ["id"],
  tells: ["protocol", "ip_prefix", "ip6_prefix", "area"],
} as const;
const fabricNode = {
  noun: "fabric node",
  keys: ["fabric_id", "node_id"],
  tells: ["ip", "ip6", "interfaces"],
} as const;
const prefixList = { noun: "prefix list", keys: ["id"] } as const;
const prefixEntry = {
  noun: "prefix list entry",
  keys: ["id", "url_seq"],
  tells: ["action", "prefix"],
} as const;
const routeMapEntry = {
  noun: "route map entry",
  keys: ["route-map-id", "order"],
  tells: ["action", "match"],
} as const;

/** Addresses that IPAM keeps for guests of a vnet. */
const address = (what: string): Topic =>
  statement(
    ({ ip, vnet: name, mac, vmid }) =>
      `${what}: address ${settingText(ip)} of vnet ${settingText(name)}${mac === undefined ? "" : `, MAC ${settingText(mac)}`}${vmid === undefined ? "" : `, guest ${settingText(vmid)}`}.`,
  );

/** Software-defined network. */
export const SDN_TOPICS: TopicTable = {
  "PUT /cluster/sdn": [sdnApply],
  "POST /cluster/sdn/rollback": [sdnRollback],
  "POST /cluster/sdn/lock": [
    statement(() => "The SDN configuration is locked: only who has the token of the answer can change it."),
  ],
  "DELETE /cluster/sdn/lock": [
    statement(({ force }) =>
      settingText(force) === "1"
        ? "The lock of the SDN configuration is broken, whoever holds it; what waits of theirs stays."
        : "The lock of the SDN configuration is given back.",
    ),
  ],
  "POST /cluster/sdn/zones": [sdnCreation("GET /cluster/sdn/zones", zone)],
  "PUT /cluster/sdn/zones/{zone}": [sdnChange(zone)],
  "DELETE /cluster/sdn/zones/{zone}": [sdnRemoval(zone)],
  "POST /cluster/sdn/vnets": [sdnCreation("GET /cluster/sdn/vnets", vnet)],
  "PUT /cluster/sdn/vnets/{vnet}": [sdnChange(vnet)],
  "DELETE /cluster/sdn/vnets/{vnet}": [sdnRemoval(vnet)],
  "POST /cluster/sdn/vnets/{vnet}/subnets": [sdnCreation("GET /cluster/sdn/vnets/{vnet}/subnets", subnet)],
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": [sdnChange(subnet)],
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": [sdnRemoval(subnet)],
  "POST /cluster/sdn/vnets/{vnet}/ips": [address("Kept by IPAM from then on")],
  "PUT /cluster/sdn/vnets/{vnet}/ips": [address("Given by IPAM to another")],
  "DELETE /cluster/sdn/vnets/{vnet}/ips": [address("Freed in IPAM, and may be given to another guest")],
  "POST /cluster/sdn/controllers": [sdnCreation("GET /cluster/sdn/controllers", controller)],
  "PUT /cluster/sdn/controllers/{controller}": [sdnChange(controller)],
  "DELETE /cluster/sdn/controllers/{controller}": [sdnRemoval(controller)],
  "POST /cluster/sdn/dns": [sdnCreation("GET /cluster/sdn/dns", dns)],
  "PUT /cluster/sdn/dns/{dns}": [sdnChange(dns)],
  "DELETE /cluster/sdn/dns/{dns}": [sdnRemoval(dns)],
  "POST /cluster/sdn/ipams": [sdnCreation("GET /cluster/sdn/ipams", ipam)],
  "PUT /cluster/sdn/ipams/{ipam}": [sdnChange(ipam)],
  "DELETE /cluster/sdn/ipams/{ipam}": [sdnRemoval(ipam)],
  "POST /cluster/sdn/fabrics/fabric": [sdnCreation("GET /cluster/sdn/fabrics/fabric", fabric)],
  "PUT /cluster/sdn/fabrics/fabric/{id}": [sdnChange(fabric)],
  "DELETE /cluster/sdn/fabrics/fabric/{id}": [sdnRemoval(fabric)],
  "POST /cluster/sdn/fabrics/node/{fabric_id}": [
    sdnCreation("GET /cluster/sdn/fabrics/node/{fabric_id}", fabricNode),
  ],
  "PUT /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": [sdnChange(fabricNode)],
  "DELETE /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": [sdnRemoval(fabricNode)],
  "POST /cluster/sdn/prefix-lists": [sdnCreation("GET /cluster/sdn/prefix-lists", prefixList)],
  "PUT /cluster/sdn/prefix-lists/{id}": [sdnChange(prefixList)],
  "DELETE /cluster/sdn/prefix-lists/{id}": [sdnRemoval(prefixList)],
  "POST /cluster/sdn/prefix-lists/{id}/entries": [
    creationOf({
      label: ({ id, prefix }) => `entry ${settingText(prefix)} of prefix list ${settingText(id)}`,
      list: "GET /cluster/sdn/prefix-lists/{id}/entries",
      where: ({ id }) => ({ id }),
      key: "prefix",
    }),
  ],
  "PUT /cluster/sdn/prefix-lists/{id}/entries/{url_seq}": [sdnChange(prefixEntry)],
  "DELETE /cluster/sdn/prefix-lists/{id}/entries/{url_seq}": [sdnRemoval(prefixEntry)],
  "POST /cluster/sdn/route-maps/entries": [
    creationOf({
      label: named("route map entry", "route-map-id", "order"),
      list: "GET /cluster/sdn/route-maps/entries/{route-map-id}",
      where: (params) => ({ "route-map-id": params["route-map-id"] }),
      key: "order",
    }),
  ],
  "PUT /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}": [sdnChange(routeMapEntry)],
  "DELETE /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}": [sdnRemoval(routeMapEntry)],
};
