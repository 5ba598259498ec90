import { type Json, record } from "../../pve/data.ts";
import type { Look } from "../topic.ts";
import type { Holdings } from "./privilege-need.ts";

/** So many paths are asked one by one, all at once; more of them are read with one answer. */
const ONE_BY_ONE = 8;

type Privileges = ReadonlySet<string>;

/** What is held on a path; the value of a privilege only tells whether it goes for the paths below (permissions). */
const privilegesIn = (found: Json | undefined, which: (propagates: Json) => boolean): Privileges =>
  new Set(
    Object.entries(record(found)).flatMap(([privilege, propagates]) =>
      which(propagates) ? [privilege] : [],
    ),
  );

const isHeld = (propagates: Json): boolean => propagates !== null;
const goesOn = (propagates: Json): boolean => Number(propagates) > 0;

/** The privileges held on paths; undefined where they could not be read. */
export async function heldOn(paths: readonly string[], look: Look): Promise<Holdings["on"]> {
  const wanted = [...new Set(paths)];
  const held = wanted.length <= ONE_BY_ONE ? await eachOf(wanted, look) : await allOf(wanted, look);
  return (path) => held.get(path);
}

/** PVE's own answer for each path. */
async function eachOf(paths: readonly string[], look: Look): Promise<ReadonlyMap<string, Privileges>> {
  const found = await Promise.all(
    paths.map(async (path): Promise<readonly (readonly [string, Privileges])[]> => {
      const data = await look.tryRead("GET /access/permissions", { path });
      return data === undefined ? [] : [[path, privilegesIn(record(data)[path], isHeld)]];
    }),
  );
  return new Map(found.flat());
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/**
 * The same out of one answer about all paths. It names those of the access list and of pools' members where anything
 * is held (PVE::RPCEnvironment get_effective_permissions). Any other path has what the next one above passes on,
 * unless an entry hides it there; as the answer does not tell that, one path of each kind is asked, and its privileges
 * count for the others too: what is held may then be missing after all, but nothing held is called missing.
 */
async function allOf(paths: readonly string[], look: Look): Promise<ReadonlyMap<string, Privileges>> {
  const data = await look.tryRead("GET /access/permissions", {});
  if (data === undefined) return new Map();
  const named = record(data);
  const kinds = new Map<string, string[]>();
  for (const path of paths)
    if (!Object.hasOwn(named, path)) kinds.set(parentOf(path), [...(kinds.get(parentOf(path)) ?? []), path]);
  const samples = [...kinds.values()].slice(0, ONE_BY_ONE).map(([first = ""]) => first);
  const exact = await eachOf(samples, look);
  const others = [...kinds.values()].flatMap((alike) => {
    const sample = exact.get(alike[0] ?? "");
    const passed = passedOn(alike[0] ?? "/", named);
    return alike.map((path, at): readonly [string, Privileges] => [
      path,
      at === 0 && sample ? sample : new Set([...passed, ...(sample ?? [])]),
    ]);
  });
  const known = paths
    .filter((path) => Object.hasOwn(named, path))
    .map((path): readonly [string, Privileges] => [path, privilegesIn(named[path], isHeld)]);
  return new Map([...known, ...others]);
}

/** What the next path above that the answer names passes on. */
function passedOn(path: string, named: Readonly<Record<string, Json>>): Privileges {
  const parent = parentOf(path);
  if (Object.hasOwn(named, parent)) return privilegesIn(named[parent], goesOn);
  return parent === "/" ? new Set() : passedOn(parent, named);
}
