import type { Endpoint, Param } from "../schema/endpoint.ts";
import { knownReleases, paramOf } from "../schema/endpoint-table.ts";
import {
  compareReleases,
  type Lifetime,
  parseRelease,
  type Release,
  releaseText,
} from "../schema/release.ts";
import { splitPropertyString } from "../schema/split-property.ts";
import { record, str } from "./data.ts";
import { PveError } from "./errors.ts";
import type { GuardRead } from "./guard.ts";

/** Throws a PveError of kind "refused" when the node that will execute a call lacks the operation or a parameter given. */
export type VersionGate = (
  endpoint: Endpoint,
  params: Readonly<Record<string, unknown>>,
  read: GuardRead,
) => Promise<void>;

/** Does the connected node's own description have the operation, or this parameter of it? Undefined: not known. */
export type Describes = (route: string, param?: string) => Promise<boolean | undefined>;

/** A node is updated while a server runs, but not at every call. */
const KEPT_MS = 300_000;

/** Something a call uses, and since when PVE has it. */
interface Used {
  /** As a refusal names it: "The operation", "purge", "net0's key host-mtu". */
  readonly what: string;
  readonly since: string;
  /** The parameter it belongs to; absent for the operation itself. */
  readonly param?: string;
}

/** What a call uses that not every release has. */
export function younger(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): readonly Used[] {
  const used: Used[] = endpoint.since === undefined ? [] : [{ what: "The operation", since: endpoint.since }];
  for (const [name, value] of Object.entries(params)) {
    const fact = value === undefined || value === null ? undefined : paramOf(endpoint, name);
    if (fact?.since !== undefined) used.push({ what: name, since: fact.since, param: name });
    else if (fact && typeof value === "string") used.push(...keys(name, fact, value));
  }
  return used;
}

function keys(name: string, { format }: Param, value: string): readonly Used[] {
  if (typeof format !== "object" || !Object.values(format).some(({ since }) => since !== undefined))
    return [];
  const split = splitPropertyString(value, format);
  if (!("values" in split)) return [];
  return Object.keys(split.values).flatMap((key) => {
    const since = Object.hasOwn(format, key) ? format[key]?.since : undefined;
    return since === undefined ? [] : [{ what: `${name}'s key ${key}`, since, param: name }];
  });
}

/**
 * Is a release certainly too old? `since` is the first release whose description was read and has it: between that and
 * the one read before it nobody knows.
 */
function lacks({ since }: Lifetime, release: Release): boolean {
  const first = since === undefined ? undefined : parseRelease(since);
  if (!first) return false;
  const before = knownReleases()
    .flatMap((text) => parseRelease(text) ?? [])
    .filter((known) => compareReleases(known, first) < 0)
    .at(-1);
  return before !== undefined && compareReleases(release, before) <= 0;
}

/**
 * The gate of one cluster. A node's version is asked when a call uses something that not every release has, and kept
 * for five minutes. What cannot be read refuses nothing: PVE then answers for itself.
 * @param now milliseconds, going forward only
 */
export function createVersionGate(now: () => number, describes?: Describes): VersionGate {
  const kept = new Map<string, { readonly at: number; readonly release: Promise<Release | undefined> }>();
  const releaseOf = (node: string | undefined, read: GuardRead): Promise<Release | undefined> => {
    const key = node ?? "";
    const known = kept.get(key);
    if (known && now() - known.at < KEPT_MS) return known.release;
    const release = asked(node, read);
    kept.set(key, { at: now(), release });
    release.then(
      (found) => found ?? kept.delete(key),
      () => kept.delete(key),
    );
    return release;
  };
  return async (endpoint, params, read) => {
    const used = younger(endpoint, params);
    if (used.length === 0) return;
    const node =
      endpoint.path.includes("{node}") && typeof params.node === "string" ? params.node : undefined;
    const release = await releaseOf(node, read);
    if (!release) return;
    for (const one of used) {
      if (!lacks(one, release)) continue;
      // A fix release may have got it after all; the description is the connected node's.
      if (node === undefined && (await describes?.(endpoint.route, one.param)) === true) continue;
      throw new PveError(
        "refused",
        `${one.what} needs PVE ${one.since}; ${node ?? "the connected node"} runs ${releaseText(release)}.`,
        { route: endpoint.route, allows: "An update of the node would allow it." },
      );
    }
  };
}

async function asked(node: string | undefined, read: GuardRead): Promise<Release | undefined> {
  try {
    const { data } =
      node === undefined ? await read("GET /version", {}) : await read("GET /nodes/{node}/version", { node });
    return parseRelease(str(record(data), "release") ?? str(record(data), "version") ?? "");
  } catch (error) {
    if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
    return undefined;
  }
}
