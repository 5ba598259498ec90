import { planReads } from "../../src/plan/plan.ts";
import type { WireRequest } from "../../src/pve/transport.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { startsTask } from "../../src/schema/workers.ts";
import { inputsOf } from "../../src/tools/input-schema.ts";
import type { Tool } from "../../src/tools/tool.ts";

/** What the pipeline reads to follow a job. */
const FOLLOWING: readonly Route[] = [
  "GET /nodes/{node}/tasks/{upid}/status",
  "GET /nodes/{node}/tasks/{upid}/log",
  "GET /nodes/{node}/tasks",
  "GET /cluster/tasks",
];
/** What it reads to tell whether a backup removes older ones. */
const RETENTION: readonly Route[] = ["GET /nodes", "GET /nodes/{node}/vzdump/defaults"];

/** The operations a tool's own object names, and the look-up of guests. */
export function ownRoutes(tool: Tool): ReadonlySet<Route> {
  const guests = inputsOf(tool).some(({ name }) => name === "vmid") || tool.guest !== undefined;
  return new Set<Route>([
    tool.route,
    ...(tool.also ?? []),
    ...(tool.reads ?? []),
    ...(tool.compare ? [tool.compare.route] : []),
    ...(guests ? (["GET /cluster/resources"] as const) : []),
  ]);
}

/** Every operation a call of the tool may send: its own, and for a change the reads of its plan and of its job. */
export function declaredRoutes(tool: Tool): ReadonlySet<Route> {
  const writes = [tool.route, ...(tool.also ?? [])];
  if (tool.effect === "read") return ownRoutes(tool);
  return new Set<Route>([
    ...ownRoutes(tool),
    ...planReads(writes),
    ...RETENTION,
    ...(writes.some(startsTask) ? FOLLOWING : []),
  ]);
}

/** True when a request is one of these routes: the same method, and segment by segment the template. */
export function isOneOf(request: WireRequest, routes: ReadonlySet<string>): boolean {
  const path = (request.path.split("?")[0] ?? "").replace(/^\/api2\/json/, "");
  return [...routes].some((route) => {
    const [method, template = ""] = route.split(" ");
    const pattern = template
      .split("/")
      .map((part) => (part.startsWith("{") ? "[^/?#]+" : part.replace(/[.]/g, "\\.")));
    return request.method === method && new RegExp(`^${pattern.join("/")}$`).test(path);
  });
}
