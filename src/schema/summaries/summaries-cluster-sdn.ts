import type { Route } from "../routes.gen.ts";

/** What each operation on software-defined networking does, in one line; a change waits until SDN is applied. */
export const CLUSTER_SDN_SUMMARIES = {
  "GET /cluster/sdn": "List the sub-paths of SDN (software-defined networking)",
  "PUT /cluster/sdn": "Apply pending SDN changes to all nodes and reload their networks",
  "POST /cluster/sdn/rollback": "Discard pending SDN changes that were not applied",
  "GET /cluster/sdn/dry-run": "Show how applying pending SDN changes would alter one node's network files",
  "POST /cluster/sdn/lock": "Lock the SDN configuration against others; returns the lock token",
  "DELETE /cluster/sdn/lock": "Unlock the SDN configuration, by token or by force",

  "GET /cluster/sdn/zones": "List SDN zones (simple, VLAN, QinQ, VXLAN, BGP EVPN), pending or running",
  "POST /cluster/sdn/zones": "Create an SDN zone (simple, VLAN, QinQ, VXLAN, BGP EVPN), to be applied",
  "GET /cluster/sdn/zones/{zone}": "Show one SDN zone's settings, pending or running",
  "PUT /cluster/sdn/zones/{zone}": "Change an SDN zone: bridge, peers, MTU, IPAM, DNS, nodes",
  "DELETE /cluster/sdn/zones/{zone}": "Delete an SDN zone",

  "GET /cluster/sdn/vnets": "List SDN VNets (virtual networks) of all zones, pending or running",
  "POST /cluster/sdn/vnets": "Create an SDN VNet (virtual network) in a zone, with VLAN or VXLAN tag",
  "GET /cluster/sdn/vnets/{vnet}": "Show one SDN VNet's settings, pending or running",
  "PUT /cluster/sdn/vnets/{vnet}": "Change an SDN VNet: zone, tag, alias, VLAN awareness, port isolation",
  "DELETE /cluster/sdn/vnets/{vnet}": "Delete an SDN VNet",

  "GET /cluster/sdn/vnets/{vnet}/firewall": "List the sub-paths of a VNet's firewall",
  "GET /cluster/sdn/vnets/{vnet}/firewall/options":
    "Show whether a VNet's firewall is on, and its forward policy",
  "PUT /cluster/sdn/vnets/{vnet}/firewall/options":
    "Turn a VNet's firewall on or off, set its forward policy and log level",
  "GET /cluster/sdn/vnets/{vnet}/firewall/rules": "List a VNet's firewall rules in order",
  "POST /cluster/sdn/vnets/{vnet}/firewall/rules": "Add a firewall rule for traffic forwarded through a VNet",
  "GET /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": "Show one firewall rule of a VNet by position",
  "PUT /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}":
    "Change, enable, disable or move a firewall rule of a VNet",
  "DELETE /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": "Delete a firewall rule of a VNet by position",

  "GET /cluster/sdn/vnets/{vnet}/subnets": "List a VNet's subnets, pending or running",
  "POST /cluster/sdn/vnets/{vnet}/subnets":
    "Create a subnet in a VNet: gateway, DHCP range, SNAT, DNS prefix",
  "GET /cluster/sdn/vnets/{vnet}/subnets/{subnet}": "Show one subnet of a VNet, pending or running",
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}":
    "Change a VNet's subnet: gateway, DHCP range, SNAT, DNS prefix",
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": "Delete a subnet of a VNet",

  "POST /cluster/sdn/vnets/{vnet}/ips": "Reserve an IP address for a MAC address in a VNet's IPAM",
  "PUT /cluster/sdn/vnets/{vnet}/ips": "Give a MAC address another IP address in a VNet's IPAM",
  "DELETE /cluster/sdn/vnets/{vnet}/ips": "Release a MAC address's IP address in a VNet's IPAM",

  "GET /cluster/sdn/controllers": "List SDN controllers (EVPN, BGP, IS-IS), pending or running",
  "POST /cluster/sdn/controllers": "Create an SDN routing controller (EVPN, BGP, IS-IS), to be applied",
  "GET /cluster/sdn/controllers/{controller}": "Show one SDN controller's settings, pending or running",
  "PUT /cluster/sdn/controllers/{controller}": "Change an SDN controller: ASN, peers, node, fabric",
  "DELETE /cluster/sdn/controllers/{controller}": "Delete an SDN controller",

  "GET /cluster/sdn/ipams": "List IPAMs (IP address management: PVE, NetBox, phpIPAM)",
  "POST /cluster/sdn/ipams": "Add an IPAM (PVE, NetBox, phpIPAM) for SDN zones to use",
  "GET /cluster/sdn/ipams/{ipam}": "Show one IPAM's settings",
  "PUT /cluster/sdn/ipams/{ipam}": "Change an IPAM's URL, token or section",
  "DELETE /cluster/sdn/ipams/{ipam}": "Delete an IPAM's definition",
  "GET /cluster/sdn/ipams/{ipam}/status":
    "List IP addresses PVE's own IPAM has assigned to guests in DHCP zones",

  "GET /cluster/sdn/dns": "List DNS servers (PowerDNS) that SDN registers guests in",
  "POST /cluster/sdn/dns": "Add a DNS server (PowerDNS) for SDN to register guests in",
  "GET /cluster/sdn/dns/{dns}": "Show one SDN DNS server's settings",
  "PUT /cluster/sdn/dns/{dns}": "Change an SDN DNS server's URL, key or TTL",
  "DELETE /cluster/sdn/dns/{dns}": "Delete an SDN DNS server's definition",

  "GET /cluster/sdn/fabrics": "List the sub-paths of SDN fabrics",
  "GET /cluster/sdn/fabrics/all": "List SDN fabrics together with their nodes, pending or running",
  "GET /cluster/sdn/fabrics/fabric":
    "List SDN fabrics (OpenFabric, OSPF, BGP, WireGuard) without their nodes",
  "POST /cluster/sdn/fabrics/fabric": "Create an SDN fabric (OpenFabric, OSPF, BGP, WireGuard)",
  "GET /cluster/sdn/fabrics/fabric/{id}": "Show one SDN fabric's settings",
  "PUT /cluster/sdn/fabrics/fabric/{id}": "Change an SDN fabric: IP prefixes, area, timers, redistribution",
  "DELETE /cluster/sdn/fabrics/fabric/{id}": "Delete an SDN fabric",
  "GET /cluster/sdn/fabrics/node": "List the member nodes of all SDN fabrics, pending or running",
  "GET /cluster/sdn/fabrics/node/{fabric_id}": "List the member nodes of one SDN fabric, pending or running",
  "POST /cluster/sdn/fabrics/node/{fabric_id}": "Add a node with its IP and interfaces to an SDN fabric",
  "GET /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": "Show one node's IP and interfaces in an SDN fabric",
  "PUT /cluster/sdn/fabrics/node/{fabric_id}/{node_id}":
    "Change a node's IP, interfaces or peers in an SDN fabric",
  "DELETE /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": "Remove a node from an SDN fabric",

  "GET /cluster/sdn/prefix-lists": "List SDN prefix lists (route filters), pending or running",
  "POST /cluster/sdn/prefix-lists": "Create an SDN prefix list for filtering routes",
  "GET /cluster/sdn/prefix-lists/{id}": "Show one SDN prefix list",
  "PUT /cluster/sdn/prefix-lists/{id}": "Replace the entries of an SDN prefix list",
  "DELETE /cluster/sdn/prefix-lists/{id}": "Delete an SDN prefix list with its entries",
  "GET /cluster/sdn/prefix-lists/{id}/entries": "List the entries of an SDN prefix list",
  "POST /cluster/sdn/prefix-lists/{id}/entries": "Add a permit or deny entry to an SDN prefix list",
  "GET /cluster/sdn/prefix-lists/{id}/entries/{url_seq}":
    "Show one entry of an SDN prefix list by sequence number",
  "PUT /cluster/sdn/prefix-lists/{id}/entries/{url_seq}":
    "Change one entry of an SDN prefix list: prefix, permit or deny, length, order",
  "DELETE /cluster/sdn/prefix-lists/{id}/entries/{url_seq}":
    "Delete one entry of an SDN prefix list by sequence number",

  "GET /cluster/sdn/route-maps": "List the names of SDN route maps",
  "GET /cluster/sdn/route-maps/entries": "List the entries of all SDN route maps, pending or running",
  "POST /cluster/sdn/route-maps/entries":
    "Add an entry to an SDN route map: what BGP routes match and what is set",
  "GET /cluster/sdn/route-maps/entries/{route-map-id}":
    "List the entries of one SDN route map, pending or running",
  "GET /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}":
    "Show one entry of an SDN route map by its order",
  "PUT /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}":
    "Change one entry of an SDN route map: permit or deny, match, set",
  "DELETE /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}":
    "Delete one entry of an SDN route map by its order",
} as const satisfies Partial<Record<Route, string>>;
