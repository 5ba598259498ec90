import type { Endpoint, Param } from "../src/schema/endpoint.ts";

type Endpoints = ReadonlyMap<string, Endpoint>;

/** What changed between two descriptions: a line for each operation, sorted by route. */
export function difference(before: Endpoints, after: Endpoints): string[] {
  const routes = [...new Set([...before.keys(), ...after.keys()])].sort();
  return routes.flatMap((route) => {
    const [old, now] = [before.get(route), after.get(route)];
    if (!old) return [`+ ${route}${listed(Object.keys(now?.params ?? {}))}`];
    if (!now) return [`- ${route}`];
    const changes = [...paramChanges(old, now), ...ownChanges(old, now)];
    return changes.length === 0 ? [] : [`~ ${route}: ${changes.join("; ")}`];
  });
}

const listed = (names: readonly string[]) => (names.length === 0 ? "" : `: ${names.join(", ")}`);

function paramChanges(old: Endpoint, now: Endpoint): string[] {
  const names = [...new Set([...Object.keys(old.params), ...Object.keys(now.params)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [old.params[name], now.params[name]];
    if (!was) return is ? [`+${name} (${is.type})`] : [];
    if (!is) return [`-${name}`];
    const changes = factChanges(was, is);
    return changes.length === 0 ? [] : [`${name} ${changes.join(", ")}`];
  });
}

/** Short facts with both values, long ones by their name. */
function factChanges(was: Param, is: Param): string[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof Param)[];
  return keys.flatMap((key) => {
    if (key === "since" || key === "until") return [];
    if (key === "enum") return enumChange(was.enum ?? [], is.enum ?? []);
    const [a, b] = [shown(was[key]), shown(is[key])];
    if (a === b) return [];
    return [a.length + b.length > 60 ? `${key} changed` : `${key} ${a} -> ${b}`];
  });
}

function enumChange(was: readonly string[], is: readonly string[]): string[] {
  const changes = [
    ...is.filter((value) => !was.includes(value)).map((value) => `+${shown(value)}`),
    ...was.filter((value) => !is.includes(value)).map((value) => `-${shown(value)}`),
  ];
  return changes.length === 0 ? [] : [`enum ${changes.join(" ")}`];
}

/** A value as text, without the lifetimes that keys of property strings carry in the table and not in a description. */
const shown = (value: unknown): string =>
  value === undefined
    ? "none"
    : JSON.stringify(value, (key, part: unknown) =>
        (key === "since" || key === "until") && typeof part === "string" ? undefined : part,
      );

function ownChanges(old: Endpoint, now: Endpoint): string[] {
  const permissions = shown([old.check, old.user]) === shown([now.check, now.user]) ? [] : ["permissions"];
  const flags = (["name", "open", "protected", "proxyto", "noToken", "returns"] as const).flatMap((key) =>
    old[key] === now[key] ? [] : [`${key} ${shown(old[key])} -> ${shown(now[key])}`],
  );
  return [...permissions, ...flags];
}
