import { allRoutes } from "./endpoint-table.ts";
import { RouteTree } from "./route-tree.ts";

/** A route as a caller wrote it: the template it means, and the values that stood in its path. */
export interface FoundRoute {
  /** `PUT /nodes/{node}/qemu/{vmid}/config` */
  readonly route: string;
  readonly values: Readonly<Record<string, string>>;
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

/** What a path must not contain, and what is said of it. One spelling for each route: what is decided on it holds. */
const UNFIT: readonly (readonly [what: RegExp, says: string])[] = [
  [/\?/, "a route has no query: put its parameters into params"],
  [/#/, "a route has no fragment"],
  [/%/, "a route is written without percent-encoding: put the value into params as it is"],
  [/\\/, "a route has no backslash"],
  [/\/\//, "a route has no empty part"],
  [/\/$/, "a route does not end with a slash"],
  [/^\/api2(?:\/|$)/, "a route begins behind /api2/json"],
  [/(?:^|\/)\.{1,2}(?:\/|$)/, "a route has no . or .. part"],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  [/[\u0000-\u0020\u007f-\u00a0]/, "a route has no blanks or control characters"],
];

let builtIn: RouteTree | undefined;

/**
 * The route a caller means: method and path, the path as a template (`/nodes/{node}/qemu`) or with values in it
 * (`/nodes/pve1/qemu`). Without a method, `method` is meant.
 * @param also routes that the connected node has besides the built-in ones
 * @returns the problem as a sentence without its stop, when there is no such route or it is written another way
 */
export function findRoute(
  text: string,
  method?: "GET",
  also: readonly string[] = [],
): FoundRoute | { readonly problem: string } {
  const [, verb = method, path = ""] = /^(?:([A-Za-z]+)\s+)?(\/.*)$/s.exec(text.trim()) ?? [];
  const upper = METHODS.find((one) => one === verb?.toUpperCase());
  if (upper === undefined || path === "")
    return {
      problem: `a route is a method and a path, e.g. ${method ?? "PUT"} /nodes/{node}/qemu/{vmid}/config`,
    };
  for (const [unfit, says] of UNFIT) if (unfit.test(path)) return { problem: says };
  builtIn ??= new RouteTree(allRoutes());
  const tree = also.length === 0 ? builtIn : new RouteTree([...allRoutes(), ...also]);
  const parts = path.split("/").slice(1);
  const found = tree.match(upper, parts);
  if (found === undefined) {
    const methods = tree.methods(parts);
    const others = methods.length > 0 ? `; it has ${methods.join(", ")}` : "";
    return { problem: `PVE has no ${upper} ${path.slice(0, 120)}${others}` };
  }
  const values = Object.entries(found.placeholders).filter(([, value]) => !/^\{[^{}]*\}$/.test(value));
  return { route: found.route, values: Object.fromEntries(values) };
}

/**
 * Whether a path that is built from a route's template leads to that route and no other: a value could be spelt like a
 * literal that stands beside its placeholder.
 * @param parts the parts of the built path, unescaped
 */
export function leadsTo(route: string, parts: readonly string[], also: readonly string[] = []): boolean {
  builtIn ??= new RouteTree(allRoutes());
  const tree = also.length === 0 ? builtIn : new RouteTree([...allRoutes(), ...also]);
  return tree.match(route.split(" ")[0] ?? "", parts)?.route === route;
}
