import { readFileSync } from "node:fs";
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

/** PVE release the table describes, e.g. "9.2". */
export function tableVersion(): string {
  return table().pve;
}

/** How many devices of a kind a guest may have; PVE's description does not say (PVE::QemuServer, PVE::LXC::Config). */
const INDEX_COUNT: Readonly<Record<string, number>> = {
  net: 32,
  serial: 4,
  parallel: 3,
  ide: 4,
  scsi: 31,
  virtio: 16,
  sata: 6,
  unused: 256,
  numa: 8,
  hostpci: 16,
  usb: 14,
  virtiofs: 10,
  mp: 256,
  dev: 256,
  ipconfig: 32,
  link: 8,
  acmedomain: 6,
};

/** The facts about a parameter of an endpoint; `net0` is found under `net[n]`. */
export function paramOf(endpoint: Endpoint, name: string): Param | undefined {
  if (Object.hasOwn(endpoint.params, name)) return endpoint.params[name];
  const split = /^([a-z]+)(0|[1-9]\d*)$/.exec(name);
  if (!split?.[1]) return undefined;
  const count = INDEX_COUNT[split[1]] ?? 0;
  return Number(split[2]) < count ? endpoint.params[`${split[1]}[n]`] : undefined;
}
