import type { Route } from "../routes.gen.ts";

/** What each operation on the datacenter's firewall does, in one line. */
export const CLUSTER_FIREWALL_SUMMARIES = {
  "GET /cluster/firewall": "List the sub-paths of the datacenter firewall",

  "GET /cluster/firewall/options": "Show whether the datacenter firewall is on, and its default policies",
  "PUT /cluster/firewall/options":
    "Turn the datacenter firewall on or off, set default policies, log rate limit",

  "GET /cluster/firewall/rules": "List datacenter firewall rules in order",
  "POST /cluster/firewall/rules": "Add a firewall rule at datacenter level",
  "GET /cluster/firewall/rules/{pos}": "Show one datacenter firewall rule by position",
  "PUT /cluster/firewall/rules/{pos}": "Change, enable, disable or move a datacenter firewall rule",
  "DELETE /cluster/firewall/rules/{pos}": "Delete a datacenter firewall rule by position",

  "GET /cluster/firewall/groups": "List firewall security groups",
  "POST /cluster/firewall/groups": "Create or rename a firewall security group, or set its comment",
  "DELETE /cluster/firewall/groups/{group}": "Delete an empty firewall security group",
  "GET /cluster/firewall/groups/{group}": "List the firewall rules in a security group",
  "POST /cluster/firewall/groups/{group}": "Add a firewall rule to a security group",
  "GET /cluster/firewall/groups/{group}/{pos}": "Show one rule of a security group by position",
  "PUT /cluster/firewall/groups/{group}/{pos}": "Change, enable, disable or move a rule of a security group",
  "DELETE /cluster/firewall/groups/{group}/{pos}": "Delete a rule of a security group by position",

  "GET /cluster/firewall/ipset": "List the datacenter's IP sets",
  "POST /cluster/firewall/ipset": "Create or rename a datacenter IP set, or set its comment",
  "DELETE /cluster/firewall/ipset/{name}": "Delete a datacenter IP set, by force even if not empty",
  "GET /cluster/firewall/ipset/{name}": "List the addresses and networks in a datacenter IP set",
  "POST /cluster/firewall/ipset/{name}": "Add an address or network to a datacenter IP set",
  "GET /cluster/firewall/ipset/{name}/{cidr}": "Show one entry of a datacenter IP set",
  "PUT /cluster/firewall/ipset/{name}/{cidr}":
    "Change the comment of a datacenter IP set entry, or exclude it (nomatch)",
  "DELETE /cluster/firewall/ipset/{name}/{cidr}": "Remove an address or network from a datacenter IP set",

  "GET /cluster/firewall/aliases": "List the datacenter's firewall aliases (names for addresses)",
  "POST /cluster/firewall/aliases": "Name an address or network as a firewall alias at datacenter level",
  "GET /cluster/firewall/aliases/{name}": "Show what a datacenter firewall alias stands for",
  "PUT /cluster/firewall/aliases/{name}": "Change or rename a datacenter firewall alias",
  "DELETE /cluster/firewall/aliases/{name}": "Delete a datacenter firewall alias",

  "GET /cluster/firewall/macros": "List firewall macros (SSH, HTTP, DNS) that rules can use",
  "GET /cluster/firewall/refs":
    "List aliases and IP sets usable as source or destination in datacenter rules",
} as const satisfies Partial<Record<Route, string>>;
