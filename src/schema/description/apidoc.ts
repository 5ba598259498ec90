import type { Endpoint } from "../endpoint.ts";
import { type ApidocJson, type ApidocObject, endpointFacts, isObject, propertiesOf } from "./apidoc-facts.ts";
import { ApidocError, apidocArray } from "./apidoc-text.ts";

export { ApidocError } from "./apidoc-text.ts";

/** PVE's sentences about one operation: text from outside, to be fenced where it is shown and never stored. */
export interface Prose {
  readonly description: string;
  /** By parameter; those without a sentence are absent. */
  readonly params: ReadonlyMap<string, string>;
  /** What it says of the permissions needed, if anything. */
  readonly permissions?: string;
}

/** An API description: the facts of its operations and, apart from them, its prose; both by route. */
export interface Apidoc {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly prose: ReadonlyMap<string, Prose>;
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;
const PATH = /^(?:\/(?:[A-Za-z0-9][\w.-]{0,100}|\{[\w-]{1,100}\})){1,40}$/;
const PARAM_NAME = /^[A-Za-z0-9][\w.:-]{0,100}(?:\[n\])?$/;

/**
 * Reads an API description of any PVE release from 5 on: the text of a node's /pve-docs/api-viewer/apidoc.js, or the
 * JSON array alone. Nothing in it is evaluated. It states no release: since and until are absent.
 * Throws ApidocError, and nothing else, on text that is none or is damaged.
 */
export function parseApidoc(text: string): Apidoc {
  const endpoints = new Map<string, Endpoint>();
  const prose = new Map<string, Prose>();
  walk(apidocArray(text), (method, path, info) => {
    const endpoint = endpointFacts(method, path, info);
    for (const name of Object.keys(endpoint.params))
      if (!PARAM_NAME.test(name)) throw damaged("a parameter has a name that PVE would not take");
    endpoints.set(endpoint.route, endpoint);
    prose.set(endpoint.route, proseOf(info));
  });
  if (endpoints.size === 0) throw damaged("it names no operation");
  return { endpoints, prose };
}

const damaged = (why: string) => new ApidocError(`The API description is damaged: ${why}.`);

type Visit = (method: Endpoint["method"], path: string, info: ApidocObject) => void;

function walk(nodes: ApidocJson, visit: Visit): void {
  if (!Array.isArray(nodes)) throw damaged("children are no list");
  for (const node of nodes) {
    if (!isObject(node)) throw damaged("an entry is no object");
    const { path, info, children } = node;
    if (info !== undefined) {
      if (!isObject(info) || typeof path !== "string" || !PATH.test(path))
        throw damaged("an entry has no path of the API");
      for (const method of METHODS) {
        const operation = info[method];
        if (operation === undefined) continue;
        if (!isObject(operation)) throw damaged("an operation is no object");
        visit(method, path, operation);
      }
    }
    if (children !== undefined && children !== null) walk(children, visit);
  }
}

function proseOf(info: ApidocObject): Prose {
  const params = new Map<string, string>();
  for (const [name, { description }] of propertiesOf(info.parameters))
    if (typeof description === "string") params.set(name, description);
  const permissions = isObject(info.permissions) ? info.permissions.description : undefined;
  return {
    description: typeof info.description === "string" ? info.description : "",
    params,
    ...(typeof permissions === "string" ? { permissions } : {}),
  };
}
