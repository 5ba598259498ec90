import { int, mayAny, need, text } from "../args.ts";
import { die, type Handlers, SimError } from "../route.ts";
import { running } from "../sdn-config.ts";
import { addressOfMac, giveAddress, ipamRows, takeAddress, vnetOf } from "../sdn-ipam.ts";

/** PVE's `die "$@\n"`: a text that has its line end already gets a second one. */
function again(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (error instanceof SimError) die(`${error.message}\n\n`);
    throw error;
  }
}

/** Addresses of vnets and what the IPAM of PVE knows (PVE::API2::Network::SDN::Ips, Ipams). */
export const sdnIpRoutes: Handlers = {
  "POST /cluster/sdn/vnets/{vnet}/ips": (call) => {
    const mac = text(call, "mac");
    giveAddress(call.world, need(call, "vnet"), need(call, "ip"), mac === undefined ? {} : { mac });
    return null;
  },
  "PUT /cluster/sdn/vnets/{vnet}/ips": (call) => {
    const [vnet, ip, mac, vmid] = [
      need(call, "vnet"),
      need(call, "ip"),
      text(call, "mac"),
      int(call, "vmid"),
    ];
    const old = addressOfMac(call.world, vnet, mac, ip.includes(":") ? 6 : 4) ?? "";
    takeAddress(call.world, vnet, old);
    const owner = { ...(mac === undefined ? {} : { mac }), ...(vmid === undefined ? {} : { vmid }) };
    again(() => {
      try {
        giveAddress(call.world, vnet, ip, owner);
      } catch (error) {
        giveAddress(call.world, vnet, old, owner);
        throw error;
      }
    });
    return null;
  },
  "DELETE /cluster/sdn/vnets/{vnet}/ips": (call) => {
    again(() => takeAddress(call.world, need(call, "vnet"), need(call, "ip")));
    return null;
  },
  "GET /cluster/sdn/ipams/{ipam}/status": (call) => {
    if (need(call, "ipam") !== "pve") die("Currently only PVE IPAM is supported!");
    return ipamRows(call.world).flatMap((row) => {
      const zone = running(call.world, "zone").get(row.zone);
      const vnet = vnetOf(call.world, row);
      if (zone?.ipam !== "pve" || zone.dhcp === undefined || vnet === undefined) return [];
      const seen = mayAny(call, `/sdn/zones/${row.zone}/${vnet}`, "SDN.Audit", "SDN.Allocate");
      return seen ? [{ ...row, vnet }] : [];
    });
  },
};
