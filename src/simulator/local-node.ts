import type { Node, World } from "./world.ts";

/** The node that answers calls: the first that runs. */
export function localNode(world: World): Node | undefined {
  return [...world.nodes.values()].find((node) => node.online);
}
