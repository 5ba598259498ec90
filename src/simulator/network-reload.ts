import type { TaskSpec } from "./route.ts";
import { sdnState } from "./sdn-config.ts";
import type { Node, World } from "./world.ts";

/**
 * The task that loads a node's network anew: what waits in interfaces.new comes into use, and the applied SDN
 * configuration (PVE::API2::Network reload_network_config).
 */
export function networkReload(world: World, node: Node): TaskSpec {
  return {
    node: node.name,
    type: "srvreload",
    id: "networking",
    seconds: 3,
    done: () => {
      const { version, loaded } = sdnState(world);
      loaded.set(node.name, version);
      if (!node.pendingNetwork) return [];
      node.network = new Map(
        [...node.pendingNetwork].map(([iface, config]) => [iface, { ...config, active: 1 }]),
      );
      delete node.pendingNetwork;
      return [];
    },
  };
}
