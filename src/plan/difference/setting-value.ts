import { asNumber } from "../../render/units.ts";
import type { Param, PropertyFormat } from "../../schema/endpoint.ts";
import { endpointOf, paramOf } from "../../schema/endpoint-table.ts";
import { namedPropertyFormat } from "../../schema/formats/formats.ts";
import { onOff } from "../../schema/on-off.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { splitList } from "../../schema/split-list.ts";
import { defaultKeyOf, splitPropertyString } from "../../schema/split-property.ts";

/** A setting's value as PVE's files keep it: switches as 0 and 1, lists with commas; "" for nothing. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Array.isArray(value)) return value.map(settingText).join(",");
  if (typeof value === "object")
    return Object.entries(value)
      .map(
        ([key, part]) =>
          `${key}=${Array.isArray(part) ? part.map(settingText).join(";") : settingText(part)}`,
      )
      .join(",");
  return String(value);
}

/** A parameter's text; undefined when it is not given. */
export const textOf = (params: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  settingText(params[name]) || undefined;

/** Whether a switch among the parameters is on. */
export const isOn = (params: Readonly<Record<string, unknown>>, name: string): boolean =>
  settingText(params[name]) === "1";

/** The entries of a list parameter, given as text or as a list; none when it is absent. */
export const entriesOf = (value: unknown): readonly string[] => splitList(settingText(value));

/** The facts about a parameter of a route; undefined for what the table does not know. */
export const factOf = (route: Route, key: string): Param | undefined => paramOf(endpointOf(route), key);

const keysOf = (fact: Param | undefined): PropertyFormat | undefined =>
  typeof fact?.format === "string" ? namedPropertyFormat(fact.format)?.keys : fact?.format;

/**
 * The keys of a property string such as `virtio=BC:24:11:00:00:01,bridge=vmbr0`, aliases resolved; undefined when the
 * parameter takes no property string, or this is none.
 */
export function propertiesOf(
  fact: Param | undefined,
  text: string,
): Readonly<Record<string, string>> | undefined {
  const keys = keysOf(fact);
  if (keys === undefined || text === "") return undefined;
  const split = splitPropertyString(text, keys);
  return "values" in split ? split.values : undefined;
}

/** Whether a property string has no key but the one that may go without its name: it is as good as a plain value. */
export function isPlain(fact: Param | undefined, values: Readonly<Record<string, string>>): boolean {
  const keys = keysOf(fact);
  const only = keys && defaultKeyOf(keys);
  return Object.keys(values).every((key) => key === only);
}

/** Facts about one key of a property string. */
const propertyFact = (fact: Param | undefined, key: string): Param | undefined => keysOf(fact)?.[key];

const LIST = /-list$|^pve-hotplug-features$/;
/** Lists whose order means nothing; in others (a boot order, name servers) it does. */
const SETS =
  /^pve-(?:tag|storage-content|node|vmid|groupid|roleid|userid|storage-id|priv)-list$|^pve-hotplug-features$/;

/**
 * Whether two values of a parameter are the same to PVE: as numbers, switches, MAC addresses, lists however they are
 * separated, property strings key by key.
 */
export function sameValue(fact: Param | undefined, one: unknown, other: unknown): boolean {
  const [a, b] = [settingText(one), settingText(other)];
  if (a === b) return true;
  if (a === "" || b === "") return false;
  const [left, right] = [propertiesOf(fact, a), propertiesOf(fact, b)];
  if (left && right) return differentKeys(fact, left, right).length === 0;
  switch (fact?.type) {
    case "integer":
    case "number":
      return asNumber(a) !== undefined && asNumber(a) === asNumber(b);
    case "boolean":
      return onOff(a) !== undefined && onOff(a) === onOff(b);
    case "string":
      // A MAC address counts in either case.
      if (fact.format === "mac-addr") return a.toUpperCase() === b.toUpperCase();
      if (typeof fact.format === "string" && LIST.test(fact.format)) return sameEntries(fact.format, a, b);
      break;
    case "array":
      return sameEntries("-list", a, b);
  }
  // Answers have lists and objects where calls take texts.
  return (typeof one === "object" || typeof other === "object") && sameEntries("-list", a, b);
}

function sameEntries(format: string, one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => {
    const found = splitList(text);
    return (SETS.test(format) ? [...new Set(found)].sort() : found).join(" ");
  });
  return a === b;
}

/** The keys by which two property strings differ. */
export function differentKeys(
  fact: Param | undefined,
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => !sameValue(propertyFact(fact, key), one[key], other[key]),
  );
}
