import type { Route } from "../routes.gen.ts";

/** One line for each operation on a node's network, names and software-defined network. */
export const NODE_NETWORK_SUMMARIES = {
  "GET /nodes/{node}/network":
    "List a node's network interfaces: NICs, bridges, bonds, VLANs, with staged changes",
  "POST /nodes/{node}/network": "Stage a new network interface on a node: bridge, bond, VLAN",
  "PUT /nodes/{node}/network": "Apply a node's staged network changes (reload networking)",
  "DELETE /nodes/{node}/network": "Discard a node's staged network changes (revert)",
  "GET /nodes/{node}/network/{iface}": "Show the config of one network interface of a node",
  "PUT /nodes/{node}/network/{iface}": "Stage a change to a network interface of a node",
  "DELETE /nodes/{node}/network/{iface}": "Stage the removal of a network interface of a node",
  "GET /nodes/{node}/netstat": "Show traffic counters of the guests' NICs on a node (bytes in and out)",
  "GET /nodes/{node}/dns": "Show a node's DNS servers and search domain",
  "PUT /nodes/{node}/dns": "Change a node's DNS servers and search domain",
  "GET /nodes/{node}/hosts": "Show the hosts file of a node (/etc/hosts)",
  "POST /nodes/{node}/hosts": "Overwrite the hosts file of a node (/etc/hosts)",

  "GET /nodes/{node}/sdn": "List the sub-paths of the SDN on a node",
  "GET /nodes/{node}/sdn/fabrics/{fabric}": "List the sub-paths of an SDN fabric on a node",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/interfaces":
    "List the interfaces of an SDN fabric on a node with state",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/neighbors":
    "List a node's neighbors in an SDN fabric with status and uptime",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/routes": "List the routes a node learned in an SDN fabric",
  "GET /nodes/{node}/sdn/vnets/{vnet}": "List the sub-paths of an SDN VNet on a node",
  "GET /nodes/{node}/sdn/vnets/{vnet}/mac-vrf": "List MAC and IP entries of an EVPN VNet on a node (MAC-VRF)",
  "GET /nodes/{node}/sdn/zones": "List the SDN zones of a node with status",
  "GET /nodes/{node}/sdn/zones/{zone}": "List the sub-paths of an SDN zone on a node",
  "GET /nodes/{node}/sdn/zones/{zone}/bridges": "List the bridges of an SDN zone on a node with their ports",
  "GET /nodes/{node}/sdn/zones/{zone}/content": "List the VNets of an SDN zone on a node with status",
  "GET /nodes/{node}/sdn/zones/{zone}/ip-vrf": "List the routes of an EVPN zone on a node (IP-VRF)",
} as const satisfies Partial<Record<Route, string>>;
