import type { Endpoint, Param, PropertyFormat } from "./endpoint.ts";
import { paramOf } from "./endpoint-table.ts";
import { namedPropertyFormat } from "./formats/formats.ts";
import { onOff } from "./on-off.ts";
import { formatPropertyString } from "./property-string.ts";
import { defaultKeyOf } from "./split-property.ts";

/**
 * What a model gives, as PVE takes it: "100" becomes 100 where a number is expected, "yes" true where a boolean is,
 * lists become PVE's comma lists, objects property strings. What cannot be turned is left for `validate` to refuse;
 * unknown parameters are left as they are. Returns new parameters.
 */
export function coerce(
  endpoint: Endpoint,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const fact = paramOf(endpoint, name);
    const turned = fact && value !== undefined && value !== null ? coerceValue(fact, value) : value;
    // Not by assignment: `__proto__` is a name a caller may send.
    Object.defineProperty(out, name, { value: turned, enumerable: true, writable: true, configurable: true });
  }
  return out;
}

const COERCIONS: Readonly<Record<string, (fact: Param, value: unknown) => unknown>> = {
  integer: (_, value) => toNumber(value, /^\s*[+-]?\d+\s*$/),
  number: (_, value) => toNumber(value, /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i),
  boolean: (_, value) => toBoolean(value),
  array: toArray,
  string: toText,
};

/** One value, as PVE takes it for a parameter with these facts. */
export function coerceValue(fact: Param, value: unknown): unknown {
  return COERCIONS[fact.type]?.(fact, value) ?? value;
}

function toNumber(value: unknown, form: RegExp): unknown {
  if (typeof value !== "string" || !form.test(value)) return value;
  const number = Number(value);
  // Beyond 2^53 the digits would change.
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
}

function toBoolean(value: unknown): unknown {
  if (typeof value !== "string" && typeof value !== "number") return value;
  return onOff(String(value).trim()) ?? value;
}

function toArray(fact: Param, value: unknown): unknown {
  const { items } = fact;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return items ? list.map((entry) => coerceValue(items, entry)) : list;
}

function keysOf(fact: Param): PropertyFormat | undefined {
  return typeof fact.format === "string" ? namedPropertyFormat(fact.format)?.keys : fact.format;
}

function toText(fact: Param, value: unknown): unknown {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return booleanText(fact, value);
  if (Array.isArray(value)) return listText(fact, value);
  const keys = keysOf(fact);
  return keys && typeof value === "object" && value !== null
    ? (formatPropertyString(value as Record<string, unknown>, keys) ?? value)
    : value;
}

/** A switch written where PVE has a text: `agent: true`, `hotplug: false`. */
function booleanText(fact: Param, value: boolean): unknown {
  const keys = keysOf(fact);
  const defaultKey = keys && defaultKeyOf(keys);
  const switched =
    (keys && defaultKey && keys[defaultKey]?.type === "boolean") || fact.format === "pve-hotplug-features";
  const digit = value ? "1" : "0";
  return switched || fact.enum?.includes(digit) ? digit : value;
}

/** Lists in strings: `pve-vmid-list` and its like take commas. */
function listText(fact: Param, value: readonly unknown[]): unknown {
  const joins = typeof fact.format === "string" && /-list$|^pve-hotplug-features$/.test(fact.format);
  return joins && value.every((entry) => typeof entry === "string" || typeof entry === "number")
    ? value.join(",")
    : value;
}
