import { index, need } from "../args.ts";
import { requirePrivileges } from "../permissions.ts";
import { die, type Handler, type Handlers, type SimCall } from "../route.ts";
import { running } from "../sdn-config.ts";
import type { FirewallFile } from "../world.ts";
import { below, made, scope } from "./firewall.ts";

function fileOf(call: SimCall): FirewallFile {
  const { firewall } = call.world;
  firewall.vnets ??= new Map();
  return made(firewall.vnets, need(call, "vnet"));
}

/** PVE::API2::Firewall::Helpers check_vnet_access: only a vnet that has been applied has a firewall. */
function checkAccess(call: SimCall): void {
  const vnet = need(call, "vnet");
  const config = running(call.world, "vnet").get(vnet) ?? die("invalid vnet specified");
  const look = call.route.startsWith("GET ") ? ["SDN.Audit"] : [];
  const path = `/sdn/zones/${String(config.zone)}/${vnet}`;
  requirePrivileges(call.world, call.caller.id, path, ["SDN.Allocate", ...look], true);
}

const guarded = Object.fromEntries(
  Object.entries(scope(fileOf)).map(([route, handler]): [string, Handler] => [
    route,
    (call) => {
      checkAccess(call);
      return handler(call);
    },
  ]),
);

/** The firewalls of vnets (PVE::API2::Firewall::Vnet). */
export const sdnFirewallRoutes: Handlers = below("/cluster/sdn/vnets/{vnet}/firewall", {
  ...guarded,
  "GET ": () => index("name", "rules options"),
});
