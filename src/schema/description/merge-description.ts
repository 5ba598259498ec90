import type { Endpoint } from "../endpoint.ts";
import { allRoutes, findEndpoint, paramOf } from "../endpoint-table.ts";
import type { Apidoc } from "./apidoc.ts";

/** An operation as our tables and the connected node's own description have it together. */
export interface Merged {
  /** Ours with what the node adds; facts that both state stay ours. */
  readonly endpoint: Endpoint;
  /** Our tables have the operation. */
  readonly known: boolean;
  /** Parameters that only the node describes. */
  readonly added: readonly string[];
  /** Parameters of ours that the node does not describe: it is older, or newer. */
  readonly absent: readonly string[];
}

/** One operation from both sources; undefined when neither has it. `apidoc` is absent where no node's could be read. */
export function mergedEndpoint(route: string, apidoc?: Apidoc): Merged | undefined {
  const ours = findEndpoint(route);
  const theirs = apidoc?.endpoints.get(route);
  if (!ours) return theirs && { endpoint: theirs, known: false, added: [], absent: [] };
  if (!theirs) return { endpoint: ours, known: true, added: [], absent: [] };
  const added = Object.keys(theirs.params).filter((name) => paramOf(ours, name) === undefined);
  const absent = Object.keys(ours.params).filter((name) => paramOf(theirs, name) === undefined);
  if (added.length === 0) return { endpoint: ours, known: true, added, absent };
  const more = Object.fromEntries(
    added.flatMap((name) => {
      const fact = theirs.params[name];
      return fact ? [[name, fact]] : [];
    }),
  );
  return { endpoint: { ...ours, params: { ...ours.params, ...more } }, known: true, added, absent };
}

/**
 * The operation as only the node describes it, when a call uses something that our tables lack: the operation itself,
 * or one of these parameters. Undefined when our tables know all of the call.
 */
export function beyondTables(route: string, names: readonly string[], apidoc?: Apidoc): Endpoint | undefined {
  const merged = mergedEndpoint(route, apidoc);
  if (!merged) return undefined;
  const ours = findEndpoint(route);
  if (!ours) return merged.endpoint;
  const beyond = names.some(
    (name) => paramOf(ours, name) === undefined && paramOf(merged.endpoint, name) !== undefined,
  );
  return beyond ? merged.endpoint : undefined;
}

const shapeOf = (route: string): string => route.replace(/\{[^}]+\}/g, "{}");
let ourShapes: ReadonlySet<string> | undefined;

/** Routes that only the node describes; one of ours under other names of its placeholders is ours. */
export function addedRoutes(apidoc?: Apidoc): readonly string[] {
  if (!apidoc) return [];
  const ours = ourShapes ?? new Set(allRoutes().map(shapeOf));
  ourShapes = ours;
  return [...apidoc.endpoints.keys()].filter((route) => !ours.has(shapeOf(route)));
}
