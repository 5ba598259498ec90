import { allRoutes, routesIn } from "../schema/endpoint-table.ts";
import { type Release, releaseText } from "../schema/release.ts";
import { type Match, RouteTree } from "../schema/route-tree.ts";

const trees = new Map<string, RouteTree>();

function treeOf(release: Release | undefined): RouteTree {
  const key = release ? releaseText(release) : "";
  const tree = trees.get(key) ?? new RouteTree(release ? routesIn(release) : allRoutes());
  trees.set(key, tree);
  return tree;
}

/**
 * The route of a method and an unescaped path; undefined when PVE has none. Empty parts count for nothing, as in PVE.
 * @param release absent: the endpoint table's own
 */
export function matchRoute(method: string, path: string, release?: Release): Match | undefined {
  return treeOf(release).match(method, path.split("/").filter(Boolean));
}
