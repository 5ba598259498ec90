import { flag, index, text } from "../args.ts";
import { networkReload } from "../network-reload.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { commit, hasPending, rollback, sdnLocked, sdnState } from "../sdn-config.ts";
import { sdnPreview } from "../sdn-files.ts";
import { startTask } from "../tasks.ts";
import { nodeOfCall } from "./nodes.ts";
import { sdnControllerRoutes } from "./sdn-controllers.ts";
import { sdnFabricRoutes } from "./sdn-fabrics.ts";
import { sdnFirewallRoutes } from "./sdn-firewall.ts";
import { sdnIpRoutes } from "./sdn-ips.ts";
import { sdnNodeRoutes } from "./sdn-nodes.ts";
import { sdnPrefixListRoutes } from "./sdn-prefix-lists.ts";
import { sdnRouteMapRoutes } from "./sdn-route-maps.ts";
import { sdnVnetRoutes } from "./sdn-vnets.ts";
import { sdnZoneRoutes } from "./sdn-zones.ts";

/** Lets go of the lock that the call holds, unless it wants to keep it. */
function release(call: SimCall): void {
  if (text(call, "lock-token") && flag(call, "release-lock", true)) delete sdnState(call.world).lock;
}

/** A time-ordered UUID, as PVE makes lock tokens (UUID version 7). */
function lockToken({ world, now }: SimCall): string {
  const time = Math.trunc(now * 1_000)
    .toString(16)
    .padStart(12, "0");
  const { hex } = world.rng;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-a${hex(3)}-${hex(12)}`;
}

/** Applies: what is configured runs from now on, and every node loads its network anew. */
function apply(call: SimCall): string {
  const { world, now } = call;
  sdnLocked(call, "could not commit SDN config", () => {
    commit(world);
    release(call);
  });
  const nodes = [...world.nodes.values()];
  return call.task({
    node: nodes[0]?.name ?? "",
    type: "reloadnetworkall",
    id: "",
    seconds: 3,
    log: nodes.map(({ name }) => `${name}: reloading network config`),
    begun: () => {
      for (const node of nodes)
        if (node.online) startTask(world, "root@pam", networkReload(world, node), now);
      return [];
    },
  });
}

/** Software-defined networking: what concerns all its objects (PVE::API2::Network::SDN). */
export const sdnRoutes: Handlers = {
  ...sdnZoneRoutes,
  ...sdnVnetRoutes,
  ...sdnIpRoutes,
  ...sdnFirewallRoutes,
  ...sdnControllerRoutes,
  ...sdnFabricRoutes,
  ...sdnPrefixListRoutes,
  ...sdnRouteMapRoutes,
  ...sdnNodeRoutes,
  "GET /cluster/sdn": () => index("id", "vnets zones controllers ipams dns fabrics"),
  "PUT /cluster/sdn": apply,
  "POST /cluster/sdn/lock": (call) =>
    sdnLocked(call, "could not acquire lock for SDN config", () => {
      if (!flag(call, "allow-pending") && hasPending(call.world)) die("configuration has pending changes");
      const token = lockToken(call);
      sdnState(call.world).lock = token;
      return token;
    }),
  "DELETE /cluster/sdn/lock": (call) => {
    const remove = () => {
      delete sdnState(call.world).lock;
    };
    if (flag(call, "force")) remove();
    else sdnLocked(call, "could not release lock", remove);
    return null;
  },
  "POST /cluster/sdn/rollback": (call) => {
    sdnLocked(call, "could not rollback SDN configuration", () => {
      rollback(call.world);
      release(call);
    });
    return null;
  },
  "GET /cluster/sdn/dry-run": (call) => {
    const { frr, interfaces } = sdnPreview(call.world, nodeOfCall(call));
    return { "frr-diff": frr || null, "interfaces-diff": interfaces || null };
  },
};
