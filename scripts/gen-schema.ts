/**
 * Makes the endpoint table (src/schema/endpoints.gen.json) and the route types (src/schema/routes.gen.ts)
 * from PVE's API descriptions: facts only, no prose.
 *
 *   npm run gen:schema -- NEWEST.json [OLDER.json ...]
 *
 * NEWEST gives the table; the older files, whose names carry their release (apidoc-8.4.json), give `since`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  Endpoint,
  Param,
  ParamType,
  PermissionCheck,
  PropertyFormat,
  StoredTable,
} from "../src/schema/endpoint.ts";

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every operation of a description, by route. */
function operations(tree: Json): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const walk = (nodes: Json | undefined) => {
    if (!Array.isArray(nodes)) return;
    for (const node of nodes) {
      if (!isObject(node)) continue;
      for (const method of METHODS) {
        const info = isObject(node.info) ? node.info[method] : undefined;
        if (isObject(info)) found.set(`${method} ${String(node.path)}`, info);
      }
      walk(node.children);
    }
  };
  walk(tree);
  return found;
}

/** `parameters` holds `properties`, or since pve-common 9.1.21 a combination of such objects. */
function propertiesOf(parameters: Json | undefined): Record<string, JsonObject> {
  if (!isObject(parameters)) return {};
  const all: Record<string, JsonObject> = {};
  for (const key of ["allOf", "oneOf", "anyOf"]) {
    const parts = parameters[key];
    if (!Array.isArray(parts)) continue;
    for (const part of parts) {
      for (const [name, value] of Object.entries(propertiesOf(part))) {
        all[name] = key === "allOf" ? value : { ...value, optional: 1 };
      }
    }
  }
  if (isObject(parameters.properties)) {
    for (const [name, value] of Object.entries(parameters.properties)) if (isObject(value)) all[name] = value;
  }
  return all;
}

const asNumber = (value: Json | undefined): number | undefined =>
  value === undefined || value === null || value === "" || Number.isNaN(Number(value))
    ? undefined
    : Number(value);

/** A default that is a plain value; PVE also puts sentences there. */
function plainDefault(value: Json | undefined, type: ParamType): string | number | boolean | undefined {
  if (type === "boolean" && (value === 0 || value === 1 || value === "0" || value === "1"))
    return Number(value) === 1;
  if (type === "integer" || type === "number") return asNumber(value);
  return typeof value === "string" && /^\S{1,40}$/.test(value) ? value : undefined;
}

/** The facts of one property. */
function param(source: JsonObject, since?: string): Param {
  const declared = typeof source.type === "string" ? source.type : "string";
  const type = (
    ["string", "integer", "number", "boolean", "array", "object"].includes(declared) ? declared : "string"
  ) as ParamType;
  const fact: { -readonly [K in keyof Param]: Param[K] } = { type };
  if (typeof source.format === "string") fact.format = source.format;
  else if (isObject(source.format)) fact.format = propertyFormat(source.format);
  if (Array.isArray(source.enum)) fact.enum = source.enum.map(String);
  if (typeof source.pattern === "string") fact.pattern = source.pattern;
  for (const key of ["minimum", "maximum", "minLength", "maxLength"] as const) {
    const value = asNumber(source[key]);
    if (value !== undefined) fact[key] = value;
  }
  const preset = plainDefault(source.default, type);
  if (preset !== undefined) fact.default = preset;
  if (!(source.optional === 1 || source.optional === "1" || source.optional === true)) fact.required = true;
  if (typeof source.requires === "string") fact.requires = source.requires;
  if (isObject(source.items)) fact.items = param({ ...source.items, optional: 1 });
  if (since !== undefined) fact.since = since;
  if (typeof source["type-property"] === "string") fact.typeProperty = source["type-property"];
  if (Array.isArray(source["instance-types"])) fact.instanceTypes = source["instance-types"].map(String);
  if (Array.isArray(source.oneOf))
    fact.oneOf = source.oneOf.filter(isObject).map((one) => param({ ...one, optional: 1 }));
  if (source.default_key) fact.defaultKey = true;
  if (typeof source.alias === "string") fact.alias = source.alias;
  if (typeof source.keyAlias === "string") fact.keyAlias = source.keyAlias;
  return fact;
}

function propertyFormat(source: JsonObject): PropertyFormat {
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]) => (isObject(value) ? [[key, param(value)]] : [])),
  );
}

const typeOf = (p: Param): string => {
  switch (p.type) {
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return "readonly Scalar[]";
    case "object":
      return "string";
    case "string":
      return p.enum ? p.enum.map((e) => JSON.stringify(e)).join(" | ") : "string";
  }
};

function routeTypes(table: StoredTable): string {
  const lines = [
    "// Generated by scripts/gen-schema.ts from PVE's API description; do not edit.",
    "",
    "/** A value PVE accepts for one parameter. */",
    "export type Scalar = string | number | boolean;",
    "",
    "/** Every operation of the PVE API, with the parameters each takes. */",
    "export interface RouteParams {",
  ];
  for (const [route, endpoint] of Object.entries(table.endpoints)) {
    const fields = Object.entries(endpoint.params).map(([name, index]) => {
      const fact = table.pool[index] as Param;
      const indexed = /^(.*)\[n\]$/.exec(name);
      if (indexed) return `[key: \`${indexed[1]}\${number}\`]: ${typeOf(fact)} | undefined`;
      return `${JSON.stringify(name)}${fact.required ? "" : "?"}: ${typeOf(fact)}${fact.required ? "" : " | undefined"}`;
    });
    lines.push(`  ${JSON.stringify(route)}: { ${fields.join("; ")} };`);
  }
  lines.push("}", "", "/** Method and path template of an operation, e.g. `GET /nodes/{node}/qemu`. */");
  lines.push("export type Route = keyof RouteParams;", "");
  return lines.join("\n");
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: npm run gen:schema -- apidoc-NEWEST.json [apidoc-OLDER.json ...]");
  process.exit(2);
}
const versions = files
  .map((file) => {
    const version = /(\d+\.\d+)/.exec(basename(file))?.[1];
    if (!version) throw new Error(`${file}: the file name carries no release such as 9.2`);
    return { version, ops: operations(JSON.parse(readFileSync(file, "utf8")) as Json) };
  })
  .sort((a, b) => a.version.localeCompare(b.version, undefined, { numeric: true }));
const newest = versions.at(-1);
if (!newest) throw new Error("no description read");
const oldest = versions[0]?.version;
const firstIn = (has: (ops: Map<string, JsonObject>) => boolean): string | undefined => {
  const first = versions.find(({ ops }) => has(ops))?.version;
  return first === oldest ? undefined : first;
};

const pool: Param[] = [];
const poolIndex = new Map<string, number>();
const intern = (fact: Param): number => {
  const key = JSON.stringify(fact);
  const known = poolIndex.get(key);
  if (known !== undefined) return known;
  pool.push(fact);
  poolIndex.set(key, pool.length - 1);
  return pool.length - 1;
};

const endpoints: Record<string, StoredTable["endpoints"][string]> = {};
for (const route of [...newest.ops.keys()].sort()) {
  const info = newest.ops.get(route);
  if (!info) continue;
  const introduced = firstIn((ops) => ops.has(route));
  const params: Record<string, number> = {};
  const properties = propertiesOf(info.parameters);
  for (const name of Object.keys(properties).sort()) {
    const source = properties[name];
    if (!source) continue;
    const since = firstIn((ops) => name in propertiesOf(ops.get(route)?.parameters));
    // A placeholder is required whatever the description says, and a parameter as old as its endpoint needs no note.
    const placeholder = route.includes(`{${name}}`);
    params[name] = intern(
      param(placeholder ? { ...source, optional: 0 } : source, since === introduced ? undefined : since),
    );
  }
  for (const [, name] of route.matchAll(/\{([^}]+)\}/g)) {
    if (name !== undefined && !(name in params)) params[name] = intern({ type: "string", required: true });
  }
  const open =
    isObject(info.parameters) &&
    info.parameters.additionalProperties !== 0 &&
    Object.keys(properties).length > 0;
  const permissions = isObject(info.permissions) ? info.permissions : {};
  const returns =
    isObject(info.returns) && typeof info.returns.type === "string" ? info.returns.type : undefined;
  const entry: Omit<Endpoint, "route" | "method" | "path" | "params"> & { params: Record<string, number> } = {
    name: String(info.name),
    params,
    ...(open ? { open: true } : {}),
    ...(Array.isArray(permissions.check) ? { check: permissions.check as PermissionCheck } : {}),
    ...(typeof permissions.user === "string" ? { user: permissions.user } : {}),
    ...(info.protected ? { protected: true } : {}),
    ...(typeof info.proxyto === "string" ? { proxyto: info.proxyto } : {}),
    ...(info.allowtoken === 0 ? { noToken: true } : {}),
    ...(returns === undefined ? {} : { returns }),
    ...(introduced === undefined ? {} : { since: introduced }),
  };
  endpoints[route] = entry;
}

const table: StoredTable = { pve: newest.version, pool, endpoints };
const target = (name: string) => fileURLToPath(new URL(`../src/schema/${name}`, import.meta.url));
const stored = `{"pve":${JSON.stringify(table.pve)},\n"pool":[\n${pool.map((p) => JSON.stringify(p)).join(",\n")}\n],\n"endpoints":{\n${Object.entries(
  endpoints,
)
  .map(([route, entry]) => `${JSON.stringify(route)}:${JSON.stringify(entry)}`)
  .join(",\n")}\n}}\n`;
writeFileSync(target("endpoints.gen.json"), stored);
writeFileSync(target("routes.gen.ts"), routeTypes(table));
console.log(
  `${Object.keys(endpoints).length} operations, ${pool.length} distinct parameters, PVE ${table.pve}`,
);
