import { readFileSync } from "node:fs";
import { deviceKind } from "./device-count.ts";
import type { Endpoint, Param, StoredEndpoint, StoredTable } from "./endpoint.ts";
import { isIn, type Release, releaseText } from "./release.ts";
import type { Route } from "./routes.gen.ts";

let stored: StoredTable | undefined;
const inflated = new Map<string, Endpoint>();
const past = new Map<string, Endpoint>();
/** Endpoints as a release has them, where that differs from the newest; by release, then by route. */
const trimmed = new Map<string, Map<string, Endpoint>>();

/** Reads the table at first use: listing tools must not pay for it. */
function table(): StoredTable {
  stored ??= JSON.parse(
    readFileSync(new URL("./endpoints.gen.json", import.meta.url), "utf8"),
  ) as StoredTable;
  return stored;
}

/** The facts about a route, or undefined when the table does not know it. */
export function findEndpoint(route: string): Endpoint | undefined {
  return inflate(inflated, table().endpoints, route);
}

function inflate(
  known: Map<string, Endpoint>,
  entries: Readonly<Record<string, StoredEndpoint>>,
  route: string,
): Endpoint | undefined {
  const found = known.get(route);
  if (found) return found;
  const entry = Object.hasOwn(entries, route) ? entries[route] : undefined;
  if (!entry) return undefined;
  const [method, path] = route.split(" ") as [Endpoint["method"], string];
  const endpoint: Endpoint = { ...entry, route, method, path, params: pooled(entry.params) };
  known.set(route, endpoint);
  return endpoint;
}

function pooled(indexes: Readonly<Record<string, number>>): Record<string, Param> {
  const { pool } = table();
  const params: Record<string, Param> = {};
  for (const [name, index] of Object.entries(indexes)) {
    const fact = pool[index];
    if (fact) params[name] = fact;
  }
  return params;
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

/** Routes that older releases had and the table's own release lacks. */
export function pastRoutes(): readonly string[] {
  return Object.keys(table().past.endpoints);
}

/** The releases whose descriptions the table was made from, oldest first; the last is the table's own. */
export function knownReleases(): readonly string[] {
  return table().releases;
}

/**
 * The facts about a route as a release has it: without what is younger, with what was there and is gone since, with
 * the permissions it asks for. Undefined when that release lacks the route. Limits and formats of a parameter are
 * always those of the newest release that has it. A release older than the oldest known counts as that one.
 */
export function endpointIn(route: string, release: Release): Endpoint | undefined {
  const text = releaseText(release);
  const ofRelease = trimmed.get(text) ?? new Map<string, Endpoint>();
  const known = ofRelease.get(route);
  if (known) return known;
  const endpoint = findEndpoint(route) ?? inflate(past, table().past.endpoints, route);
  if (!endpoint || !isIn(endpoint, release)) return undefined;
  const found = asOf(endpoint, release);
  ofRelease.set(route, found);
  trimmed.set(text, ofRelease);
  return found;
}

/** A property string without the keys that the release lacks; the parameter itself where it has them all. */
function withKeys(fact: Param, release: Release): Param {
  if (typeof fact.format !== "object") return fact;
  const keys = Object.entries(fact.format);
  const there = keys.filter(([, key]) => isIn(key, release));
  return there.length === keys.length ? fact : { ...fact, format: Object.fromEntries(there) };
}

/** The endpoint itself where the release has it no other way. */
function asOf(endpoint: Endpoint, release: Release): Endpoint {
  const { params, permissions } = table().past;
  const gone = Object.hasOwn(params, endpoint.route) ? pooled(params[endpoint.route] ?? {}) : {};
  const said = Object.hasOwn(permissions, endpoint.route) ? permissions[endpoint.route] : undefined;
  const permission = said?.find(({ until }) => isIn({ until }, release));
  const inRelease = ([, fact]: [string, Param]) => isIn(fact, release);
  const own = Object.entries(endpoint.params);
  const here = own.filter(inRelease).map(([name, fact]) => [name, withKeys(fact, release)] as const);
  const more = Object.entries(gone).filter(inRelease);
  const whole = here.length === own.length && here.every(([name, fact]) => fact === endpoint.params[name]);
  if (whole && more.length === 0 && !permission) return endpoint;
  const { check, user, ...rest } = endpoint;
  const callers = permission ?? { check, user };
  return {
    ...rest,
    ...(callers.check === undefined ? {} : { check: callers.check }),
    ...(callers.user === undefined ? {} : { user: callers.user }),
    params: Object.fromEntries([...here, ...more]),
  };
}

/** Every route a release has, those gone since last. */
export function routesIn(release: Release): readonly string[] {
  return [...allRoutes(), ...pastRoutes()].filter((route) => endpointIn(route, release) !== undefined);
}

/** The facts about a parameter of an endpoint; `net0` is found under `net[n]`. */
export function paramOf(endpoint: Endpoint, name: string): Param | undefined {
  if (Object.hasOwn(endpoint.params, name)) return endpoint.params[name];
  const kind = deviceKind(name);
  return kind === undefined ? undefined : endpoint.params[`${kind}[n]`];
}
