import type { Endpoint, Param } from "../schema/endpoint.ts";
import { endpointIn, routesIn } from "../schema/endpoint-table.ts";
import { type Release, releaseText } from "../schema/release.ts";
import type { JsonObject } from "./world.ts";

/** Where a node serves its API description, without login. */
export const APIDOC_PATH = "/pve-docs/api-viewer/apidoc.js";

const served = new Map<string, string>();

/** What a node of a release serves under APIDOC_PATH, made from the endpoint table: no descriptions, no return schemas. */
export function apidocOf(release: Release): string {
  const name = releaseText(release);
  const text = served.get(name) ?? apidocText(endpointsIn(release));
  served.set(name, text);
  return text;
}

const endpointsIn = (release: Release) =>
  routesIn(release).flatMap((route) => endpointIn(route, release) ?? []);

/** An API description of these operations in the form pve-docs ships it: an array in a script, viewer code after it. */
export function apidocText(endpoints: Iterable<Endpoint>): string {
  const root: Branch = { path: "", children: new Map(), info: {} };
  for (const endpoint of endpoints) {
    let branch = root;
    for (const part of endpoint.path.split("/").filter(Boolean)) branch = child(branch, part);
    branch.info[endpoint.method] = operation(endpoint);
  }
  return `const apiSchema = ${JSON.stringify(children(root), undefined, 1)}\n;\n\nExt.onReady(function () {});\n`;
}

interface Branch {
  readonly path: string;
  readonly children: Map<string, Branch>;
  readonly info: JsonObject;
}

function child(branch: Branch, part: string): Branch {
  const known = branch.children.get(part) ?? {
    path: `${branch.path}/${part}`,
    children: new Map(),
    info: {},
  };
  branch.children.set(part, known);
  return known;
}

const children = (branch: Branch): JsonObject[] =>
  [...branch.children].map(([text, { path, children: below, info }]) => ({
    ...(below.size > 0 ? { children: children({ path, children: below, info }) } : {}),
    ...(Object.keys(info).length > 0 ? { info } : {}),
    leaf: below.size > 0 ? 0 : 1,
    path,
    text,
  }));

function operation(endpoint: Endpoint): JsonObject {
  const { method, name, check, user } = endpoint;
  const permissions = { ...(check ? { check } : {}), ...(user === undefined ? {} : { user }) };
  const properties = mapped(endpoint.params);
  return {
    allowtoken: endpoint.noToken ? 0 : 1,
    description: "",
    method,
    name,
    parameters: {
      additionalProperties: endpoint.open ? 1 : 0,
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
    },
    ...(Object.keys(permissions).length > 0 ? { permissions } : {}),
    ...(endpoint.protected ? { protected: 1 } : {}),
    ...(endpoint.proxyto === undefined ? {} : { proxyto: endpoint.proxyto }),
    returns: endpoint.returns === undefined ? {} : { type: endpoint.returns },
  };
}

const mapped = (params: Readonly<Record<string, Param>>): JsonObject =>
  Object.fromEntries(Object.entries(params).map(([name, param]) => [name, property(param)]));

/** A parameter's facts under the names PVE's JSON schema has for them. */
function property(param: Param): JsonObject {
  const { required, since: _since, until: _until, format, items, oneOf, defaultKey, ...rest } = param;
  const { typeProperty, instanceTypes, default: preset, ...facts } = rest;
  return {
    ...facts,
    ...(format === undefined ? {} : { format: typeof format === "string" ? format : mapped(format) }),
    ...(preset === undefined ? {} : { default: typeof preset === "boolean" ? Number(preset) : preset }),
    ...(items ? { items: property(items) } : {}),
    ...(oneOf ? { oneOf: oneOf.map(property) } : {}),
    ...(required ? {} : { optional: 1 }),
    ...(typeProperty === undefined ? {} : { "type-property": typeProperty }),
    ...(instanceTypes ? { "instance-types": instanceTypes } : {}),
    ...(defaultKey ? { default_key: 1 } : {}),
  };
}
