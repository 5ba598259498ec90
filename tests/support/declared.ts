import type { WireRequest } from "../../src/pve/line/transport.ts";
import { allRoutes } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { inputsOf } from "../../src/tools/input-schema.ts";
import type { Tool } from "../../src/tools/tool.ts";

/** What a plan may look at, and what follows a job: nothing but reads. */
const READS = allRoutes().filter((route): route is Route => route.startsWith("GET "));

/** How the client asks for a node's release, where a call uses something that not every release has. */
const VERSIONS = ["GET /version", "GET /nodes/{node}/version"] as const;
/** What the API tools read besides: the node's own description of its API. */
const APIDOC = "/pve-docs/api-viewer/apidoc.js";

/** The operations a tool's own object names, or may be given; the look-up of guests and of releases. */
export function ownRoutes(tool: Tool): ReadonlySet<Route> {
  if (tool.any) return new Set([...allRoutes()] as Route[]);
  const guests = inputsOf(tool).some(({ name }) => name === "vmid") || tool.guest !== undefined;
  return new Set<Route>([
    tool.route,
    ...VERSIONS,
    ...(tool.also ?? []),
    ...(tool.reads ?? []),
    ...(tool.compare ? [tool.compare.route] : []),
    ...(guests ? (["GET /cluster/resources"] as const) : []),
  ]);
}

/** Every operation a call of the tool may send: its own, and for a change whatever its plan and its job are read by. */
export function declaredRoutes(tool: Tool): ReadonlySet<Route> {
  return tool.effect === "read" ? ownRoutes(tool) : new Set<Route>([...ownRoutes(tool), ...READS]);
}

/** True when a request is one of these routes: the same method, and segment by segment the template. */
export function isOneOf(request: WireRequest, routes: ReadonlySet<string>): boolean {
  if (request.path === APIDOC) return request.method === "GET";
  const path = (request.path.split("?")[0] ?? "").replace(/^\/api2\/json/, "");
  return [...routes].some((route) => {
    const [method, template = ""] = route.split(" ");
    const pattern = template
      .split("/")
      .map((part) => (part.startsWith("{") ? "[^/?#]+" : part.replace(/[.]/g, "\\.")));
    return request.method === method && new RegExp(`^${pattern.join("/")}$`).test(path);
  });
}
