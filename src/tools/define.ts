import type { Category } from "../config/categories.ts";
import { classOf, type Effect } from "../policy/effect.ts";
import { includes, tierFor } from "../policy/tier.ts";
import type { Route } from "../schema/routes.gen.ts";
import type { Tool, ToolSpec } from "./tool.ts";

/** Checks a tool's params against the types of its own route, then lets it stand among the others. */
export const tool = <R extends Route>(spec: ToolSpec<R>): ToolSpec => spec as unknown as ToolSpec;

/** The tools of one category, each with the effect of the heaviest operation it may send. */
export function category(name: Category, specs: readonly ToolSpec[]): readonly Tool[] {
  return specs.map((spec) => {
    if (spec.any === "change") return { ...spec, category: name, effect: "write" };
    const classes = [spec.route, ...(spec.also ?? [])].map((route) => classOf(route));
    const effect = classes.reduce<Effect>(
      (worst, one) => (includes(tierFor(worst), tierFor(one.effect)) ? worst : one.effect),
      "read",
    );
    return { ...spec, category: name, effect };
  });
}
