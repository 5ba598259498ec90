import { readFileSync } from "node:fs";
import { deviceKind } from "./device-count.ts";
import type { Endpoint, Param, StoredTable } from "./endpoint.ts";
import type { Route } from "./routes.gen.ts";

let stored: StoredTable | undefined;
const inflated = new Map<string, Endpoint>();

/** Reads the table at first use: listing tools must not pay for it. */
function table(): StoredTable {
  stored ??= JSON.parse(
    readFileSync(new URL("./endpoints.gen.json", import.meta.url), "utf8"),
  ) as StoredTable;
  return stored;
}

/** The facts about a route, or undefined when the table does not know it. */
export function findEndpoint(route: string): Endpoint | undefined {
  const known = inflated.get(route);
  if (known) return known;
  const { pool, endpoints } = table();
  if (!Object.hasOwn(endpoints, route)) return undefined;
  const entry = endpoints[route];
  if (!entry) return undefined;
  const [method, path] = route.split(" ") as [Endpoint["method"], string];
  const params: Record<string, Param> = {};
  for (const [name, index] of Object.entries(entry.params)) {
    const fact = pool[index];
    if (fact) params[name] = fact;
  }
  const endpoint: Endpoint = { ...entry, route, method, path, params };
  inflated.set(route, endpoint);
  return endpoint;
}

/** The facts about a route that the compiler has checked. Throws when the table and the types disagree. */
export function endpointOf(route: Route): Endpoint {
  const endpoint = findEndpoint(route);
  if (!endpoint)
    throw new Error(`The endpoint table has no ${route}; regenerate it with npm run gen:schema.`);
  return endpoint;
}

/** Every route the table knows, in its order. */
export function allRoutes(): readonly string[] {
  return Object.keys(table().endpoints);
}

/** The facts about a parameter of an endpoint; `net0` is found under `net[n]`. */
export function paramOf(endpoint: Endpoint, name: string): Param | undefined {
  if (Object.hasOwn(endpoint.params, name)) return endpoint.params[name];
  const kind = deviceKind(name);
  return kind === undefined ? undefined : endpoint.params[`${kind}[n]`];
}
