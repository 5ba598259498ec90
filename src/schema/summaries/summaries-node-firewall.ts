import type { Route } from "../routes.gen.ts";

/** One line for each operation on the firewall of a node, its VMs and its containers. */
export const NODE_FIREWALL_SUMMARIES = {
  "GET /nodes/{node}/firewall": "List the sub-paths of a node's firewall",
  "GET /nodes/{node}/firewall/log": "Read the firewall log of a node (logged packets)",
  "GET /nodes/{node}/firewall/options":
    "Show a node's firewall options: on or off, log levels, conntrack limits",
  "PUT /nodes/{node}/firewall/options":
    "Change a node's firewall options: on or off, log levels, conntrack limits",
  "GET /nodes/{node}/firewall/rules": "List the firewall rules of a node in their order",
  "POST /nodes/{node}/firewall/rules": "Add a firewall rule to a node",
  "GET /nodes/{node}/firewall/rules/{pos}": "Show one firewall rule of a node",
  "PUT /nodes/{node}/firewall/rules/{pos}": "Change, move or toggle a firewall rule of a node",
  "DELETE /nodes/{node}/firewall/rules/{pos}": "Delete a firewall rule of a node",

  "GET /nodes/{node}/qemu/{vmid}/firewall": "List the sub-paths of a VM's firewall",
  "GET /nodes/{node}/qemu/{vmid}/firewall/log": "Read the firewall log of a VM (logged packets)",
  "GET /nodes/{node}/qemu/{vmid}/firewall/options":
    "Show a VM's firewall options: on or off, policies, MAC and IP filter",
  "PUT /nodes/{node}/qemu/{vmid}/firewall/options":
    "Change a VM's firewall options: on or off, policies, MAC and IP filter",
  "GET /nodes/{node}/qemu/{vmid}/firewall/refs":
    "List the aliases and IP sets that a VM's firewall rules may name",
  "GET /nodes/{node}/qemu/{vmid}/firewall/rules": "List the firewall rules of a VM in their order",
  "POST /nodes/{node}/qemu/{vmid}/firewall/rules": "Add a firewall rule to a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}": "Show one firewall rule of a VM",
  "PUT /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}": "Change, move or toggle a firewall rule of a VM",
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}": "Delete a firewall rule of a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/aliases": "List the firewall aliases (named addresses) of a VM",
  "POST /nodes/{node}/qemu/{vmid}/firewall/aliases": "Create a firewall alias for an IP or network of a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}": "Show one firewall alias of a VM",
  "PUT /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}": "Change or rename a firewall alias of a VM",
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}": "Delete a firewall alias of a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/ipset": "List the firewall IP sets of a VM",
  "POST /nodes/{node}/qemu/{vmid}/firewall/ipset": "Create or rename a firewall IP set of a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": "List the addresses in a firewall IP set of a VM",
  "POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": "Add an IP or network to a firewall IP set of a VM",
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": "Delete a firewall IP set of a VM",
  "GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}":
    "Show one address in a firewall IP set of a VM",
  "PUT /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}":
    "Change comment or exclusion of an address in a firewall IP set of a VM",
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}":
    "Remove an IP or network from a firewall IP set of a VM",

  "GET /nodes/{node}/lxc/{vmid}/firewall": "List the sub-paths of a container's firewall",
  "GET /nodes/{node}/lxc/{vmid}/firewall/log": "Read the firewall log of a container (logged packets)",
  "GET /nodes/{node}/lxc/{vmid}/firewall/options":
    "Show a container's firewall options: on or off, policies, MAC and IP filter",
  "PUT /nodes/{node}/lxc/{vmid}/firewall/options":
    "Change a container's firewall options: on or off, policies, MAC and IP filter",
  "GET /nodes/{node}/lxc/{vmid}/firewall/refs":
    "List the aliases and IP sets that a container's firewall rules may name",
  "GET /nodes/{node}/lxc/{vmid}/firewall/rules": "List the firewall rules of a container in their order",
  "POST /nodes/{node}/lxc/{vmid}/firewall/rules": "Add a firewall rule to a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}": "Show one firewall rule of a container",
  "PUT /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}":
    "Change, move or toggle a firewall rule of a container",
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}": "Delete a firewall rule of a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/aliases":
    "List the firewall aliases (named addresses) of a container",
  "POST /nodes/{node}/lxc/{vmid}/firewall/aliases":
    "Create a firewall alias for an IP or network of a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}": "Show one firewall alias of a container",
  "PUT /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}": "Change or rename a firewall alias of a container",
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}": "Delete a firewall alias of a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/ipset": "List the firewall IP sets of a container",
  "POST /nodes/{node}/lxc/{vmid}/firewall/ipset": "Create or rename a firewall IP set of a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}":
    "List the addresses in a firewall IP set of a container",
  "POST /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}":
    "Add an IP or network to a firewall IP set of a container",
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}": "Delete a firewall IP set of a container",
  "GET /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}":
    "Show one address in a firewall IP set of a container",
  "PUT /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}":
    "Change comment or exclusion of an address in a firewall IP set of a container",
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}":
    "Remove an IP or network from a firewall IP set of a container",
} as const satisfies Partial<Record<Route, string>>;
