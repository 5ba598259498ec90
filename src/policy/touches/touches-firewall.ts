import type { TouchTable } from "./touch.ts";
import { cluster, everyGuest, everyNode, guest, guestsOfNode, node } from "./touch-readers.ts";

const VM = [guest("change", "qemu")];
const CT = [guest("change", "lxc")];
const NODE = [node("change")];
/** Connection tracking and the firewall's kind are the guests' too. */
const NODE_OPTIONS = [...NODE, guestsOfNode("change")];
/** The rules of the cluster are the nodes'; all else that stands there guests use, or is the switch of all. */
const CLUSTER_RULES = [cluster, everyNode];
const SHARED = [cluster, everyNode, everyGuest];

/** Firewalls of the cluster, of nodes, guests and virtual networks. */
export const FIREWALL_TOUCHES = {
  "POST /cluster/firewall/aliases": SHARED,
  "PUT /cluster/firewall/aliases/{name}": SHARED,
  "DELETE /cluster/firewall/aliases/{name}": SHARED,
  "POST /cluster/firewall/groups": SHARED,
  "POST /cluster/firewall/groups/{group}": SHARED,
  "DELETE /cluster/firewall/groups/{group}": SHARED,
  "PUT /cluster/firewall/groups/{group}/{pos}": SHARED,
  "DELETE /cluster/firewall/groups/{group}/{pos}": SHARED,
  "POST /cluster/firewall/ipset": SHARED,
  "POST /cluster/firewall/ipset/{name}": SHARED,
  "DELETE /cluster/firewall/ipset/{name}": SHARED,
  "PUT /cluster/firewall/ipset/{name}/{cidr}": SHARED,
  "DELETE /cluster/firewall/ipset/{name}/{cidr}": SHARED,
  "PUT /cluster/firewall/options": SHARED,
  "POST /cluster/firewall/rules": CLUSTER_RULES,
  "PUT /cluster/firewall/rules/{pos}": CLUSTER_RULES,
  "DELETE /cluster/firewall/rules/{pos}": CLUSTER_RULES,
  "PUT /cluster/sdn/vnets/{vnet}/firewall/options": SHARED,
  "POST /cluster/sdn/vnets/{vnet}/firewall/rules": SHARED,
  "PUT /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": SHARED,
  "DELETE /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": SHARED,
  "PUT /nodes/{node}/firewall/options": NODE_OPTIONS,
  "POST /nodes/{node}/firewall/rules": NODE,
  "PUT /nodes/{node}/firewall/rules/{pos}": NODE,
  "DELETE /nodes/{node}/firewall/rules/{pos}": NODE,
  "POST /nodes/{node}/lxc/{vmid}/firewall/aliases": CT,
  "PUT /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}": CT,
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}": CT,
  "POST /nodes/{node}/lxc/{vmid}/firewall/ipset": CT,
  "POST /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}": CT,
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}": CT,
  "PUT /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}": CT,
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}": CT,
  "PUT /nodes/{node}/lxc/{vmid}/firewall/options": CT,
  "POST /nodes/{node}/lxc/{vmid}/firewall/rules": CT,
  "PUT /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}": CT,
  "DELETE /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}": CT,
  "POST /nodes/{node}/qemu/{vmid}/firewall/aliases": VM,
  "PUT /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}": VM,
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}": VM,
  "POST /nodes/{node}/qemu/{vmid}/firewall/ipset": VM,
  "POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": VM,
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": VM,
  "PUT /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}": VM,
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}": VM,
  "PUT /nodes/{node}/qemu/{vmid}/firewall/options": VM,
  "POST /nodes/{node}/qemu/{vmid}/firewall/rules": VM,
  "PUT /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}": VM,
  "DELETE /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}": VM,
} satisfies TouchTable;
