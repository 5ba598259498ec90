import type { TouchTable } from "./touch.ts";
import { cluster, everyGuest, everyNode, guestIfNamed } from "./touch-readers.ts";

/** Waits until it is applied. */
const PENDING = [cluster];
/** Networks of all nodes are reloaded. */
const APPLIED = [cluster, everyNode, everyGuest];
/** Addresses that guests get by their MAC addresses. */
const ADDRESSES = [cluster, everyGuest, guestIfNamed("vmid")];

/** Software-defined network. */
export const SDN_TOUCHES = {
  "PUT /cluster/sdn": APPLIED,
  "POST /cluster/sdn/controllers": PENDING,
  "PUT /cluster/sdn/controllers/{controller}": PENDING,
  "DELETE /cluster/sdn/controllers/{controller}": PENDING,
  "POST /cluster/sdn/dns": PENDING,
  "PUT /cluster/sdn/dns/{dns}": PENDING,
  "DELETE /cluster/sdn/dns/{dns}": PENDING,
  "POST /cluster/sdn/fabrics/fabric": PENDING,
  "PUT /cluster/sdn/fabrics/fabric/{id}": PENDING,
  "DELETE /cluster/sdn/fabrics/fabric/{id}": PENDING,
  "POST /cluster/sdn/fabrics/node/{fabric_id}": PENDING,
  "PUT /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": PENDING,
  "DELETE /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": PENDING,
  "POST /cluster/sdn/ipams": PENDING,
  "PUT /cluster/sdn/ipams/{ipam}": PENDING,
  "DELETE /cluster/sdn/ipams/{ipam}": PENDING,
  "POST /cluster/sdn/lock": PENDING,
  "DELETE /cluster/sdn/lock": PENDING,
  "POST /cluster/sdn/prefix-lists": PENDING,
  "PUT /cluster/sdn/prefix-lists/{id}": PENDING,
  "DELETE /cluster/sdn/prefix-lists/{id}": PENDING,
  "POST /cluster/sdn/prefix-lists/{id}/entries": PENDING,
  "PUT /cluster/sdn/prefix-lists/{id}/entries/{url_seq}": PENDING,
  "DELETE /cluster/sdn/prefix-lists/{id}/entries/{url_seq}": PENDING,
  "POST /cluster/sdn/rollback": PENDING,
  "POST /cluster/sdn/route-maps/entries": PENDING,
  "PUT /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}": PENDING,
  "DELETE /cluster/sdn/route-maps/entries/{route-map-id}/entry/{order}": PENDING,
  "POST /cluster/sdn/vnets": PENDING,
  "PUT /cluster/sdn/vnets/{vnet}": PENDING,
  "DELETE /cluster/sdn/vnets/{vnet}": PENDING,
  "POST /cluster/sdn/vnets/{vnet}/ips": ADDRESSES,
  "PUT /cluster/sdn/vnets/{vnet}/ips": ADDRESSES,
  "DELETE /cluster/sdn/vnets/{vnet}/ips": ADDRESSES,
  "POST /cluster/sdn/vnets/{vnet}/subnets": PENDING,
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": PENDING,
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": PENDING,
  "POST /cluster/sdn/zones": PENDING,
  "PUT /cluster/sdn/zones/{zone}": PENDING,
  "DELETE /cluster/sdn/zones/{zone}": PENDING,
} satisfies TouchTable;
