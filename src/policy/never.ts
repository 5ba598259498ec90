import type { Route } from "../schema/routes.gen.ts";

/** Operations that are never sent, each with the reason. */
const NEVER: { readonly [R in Route]?: string } = {
  "POST /nodes/{node}/execute":
    "it runs other calls that could not be judged one by one: make them one by one",
};

/** Why an operation is never sent; undefined for all others. */
export const neverSent = (route: string): string | undefined =>
  Object.hasOwn(NEVER, route) ? NEVER[route as Route] : undefined;
