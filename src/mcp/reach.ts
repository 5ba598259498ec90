import type { Surface } from "../config/config.ts";
import type { CallerBounds } from "../config/http/http-config.ts";
import { neverSent } from "../policy/never.ts";
import { categoryOfRoute } from "../policy/route-category.ts";
import { withTwins } from "../policy/twins.ts";
import { CATALOGUE } from "../tools/catalogue.ts";

/** Why the operator's settings keep an operation from the API tools, as a sentence; undefined when they do not. */
export type Reach = (route: string) => string | undefined;

/** What the API tools reach for a caller: both the cluster's settings and the caller's bounds keep operations from them. */
export function reachFor(surface: Pick<Surface, "selection" | "excludeTools">, bounds?: CallerBounds): Reach {
  const own = reachOf(surface);
  const areas = bounds?.selection?.reach;
  if (areas === undefined) return own;
  return (route) => {
    const category = categoryOfRoute(route);
    const within = areas.some((area) => area === category);
    return (
      own(route) ?? (within ? undefined : `${route} is outside of what your access to this server reaches.`)
    );
  };
}

/** What the API tools reach: the areas chosen, without what a tool that is left out stands for. */
export function reachOf({ selection, excludeTools }: Pick<Surface, "selection" | "excludeTools">): Reach {
  const closedBy = new Map<string, string>();
  for (const tool of CATALOGUE) {
    if (!excludeTools.includes(tool.name)) continue;
    for (const route of tool.closes ?? [tool.route, ...(tool.also ?? [])])
      for (const closed of withTwins(route)) closedBy.set(closed, tool.name);
  }
  return (route) => {
    const never = neverSent(route);
    if (never !== undefined) return `${route} is never sent: ${never}.`;
    const tool = closedBy.get(route);
    if (tool !== undefined) return `${route} is closed: PVE_EXCLUDE_TOOLS leaves out ${tool}.`;
    const category = categoryOfRoute(route);
    if (selection.reach === undefined || selection.reach.some((area) => area === category)) return undefined;
    return category === "other"
      ? `${route} is in no category that can be chosen alone; PVE_CATEGORIES=api, default or all reaches it.`
      : `${route} is in category ${category}, which PVE_CATEGORIES leaves out.`;
  };
}
