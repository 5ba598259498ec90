import type { SimCall, Value } from "./route.ts";
import type { Json } from "./world.ts";

/** A parameter as text, or undefined when it was not sent. */
export function text(call: SimCall, name: string): string | undefined {
  const value = call.params[name];
  return value === undefined ? undefined : String(value);
}

/** A required parameter as text; the parameter check before the handler guarantees it. */
export function need(call: SimCall, name: string): string {
  return text(call, name) ?? "";
}

/** A number parameter, or undefined when it was not sent. */
export function int(call: SimCall, name: string): number | undefined {
  const value = call.params[name];
  return value === undefined ? undefined : Number(value);
}

/** A boolean parameter; absent counts as `fallback`. */
export function flag(call: SimCall, name: string, fallback = false): boolean {
  const value = call.params[name];
  return value === undefined ? fallback : value === true || value === 1 || value === "1";
}

/** PVE's list parameters: one string, separated by comma, semicolon or blanks, or an array. */
export function list(call: SimCall, name: string): string[] {
  const value = call.params[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : splitList(String(value));
}

/** PVE::ParseUtils::split_list. */
export function splitList(value: string): string[] {
  return value.split(/[,;\s\0]+/).filter((item) => item !== "");
}

/** A parameter as a configuration file keeps it: booleans become 0 and 1. */
export function stored(value: Value): Json {
  if (value === true) return 1;
  if (value === false) return 0;
  if (typeof value === "string" || typeof value === "number") return value;
  return value.map(stored);
}

/** The parameters sent, less those named, as a configuration file keeps them. */
export function settings(call: SimCall, ...without: string[]): Record<string, Json> {
  const skip = new Set(["node", "digest", "delete", ...without]);
  return Object.fromEntries(
    Object.entries(call.params)
      .filter(([key]) => !skip.has(key))
      .map(([key, value]) => [key, stored(value)]),
  );
}

/** True when the caller holds at least one of the privileges on the path. */
export function mayAny(call: SimCall, path: string, ...privileges: string[]): boolean {
  return privileges.some((privilege) => call.may(path, privilege));
}

/** The record without undefined values: PVE leaves out what is not set. */
export function defined<T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const [key, value] of Object.entries(record)) if (value !== undefined) kept[key] = value;
  return kept;
}

/** Rows of an index route: PVE lists the names of an endpoint's children under one key. */
export function index(key: string, names: string): Json {
  return names.split(" ").map((name) => ({ [key]: name }));
}
