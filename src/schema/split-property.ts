import type { PropertyFormat } from "./endpoint.ts";
import { onOff } from "./on-off.ts";

/** A property string taken apart, or why it cannot be. */
export type SplitProperty =
  | { readonly values: Readonly<Record<string, string>> }
  | {
      /** PVE's message, line end included. */
      readonly error: string;
      /** For a model, without the parameter's name. */
      readonly message: string;
    };

/** A boolean as property strings spell it, as "1" or "0"; anything else unchanged. */
function plainBoolean(value: string): string {
  const on = onOff(value);
  return on === undefined ? value : on ? "1" : "0";
}

/** Duplicates, in the words PVE has for each way to write a key twice. */
const duplicate = (key: string): SplitProperty => ({
  error: `duplicate key in comma-separated list property: ${key}\n`,
  message: `has '${key}' twice`,
});

/** The keys a caller may use, aliases left out. */
export function namesOf(keys: PropertyFormat): string {
  return Object.keys(keys)
    .filter((key) => keys[key]?.alias === undefined)
    .join(", ");
}

/** The key that may be written without its name. */
export function defaultKeyOf(keys: PropertyFormat): string | undefined {
  return Object.keys(keys).find((key) => keys[key]?.defaultKey);
}

/**
 * Takes a property string such as `virtio=BC:24:11:00:00:01,bridge=vmbr0` apart, as PVE::JSONSchema's
 * parse_property_string does: aliases become the key they stand for (and set `keyAlias` to their own name), booleans
 * become "1" or "0". Neither keys nor values are checked.
 */
export function splitPropertyString(text: string, keys: PropertyFormat): SplitProperty {
  const values: Record<string, string> = Object.create(null);
  const defaultKey = defaultKeyOf(keys);
  const put = (key: string, value: string) => {
    const boolean = Object.hasOwn(keys, key) && keys[key]?.type === "boolean";
    values[key] = boolean ? plainBoolean(value) : value;
  };
  let bare = false;
  for (const part of text.split(",")) {
    if (/^\s*$/.test(part)) continue;
    const [, key, value] = /^([^=]+)=([^\n]+)\n?$/.exec(part) ?? [];
    if (key !== undefined && value !== undefined) {
      if (values[key] !== undefined) return duplicate(key);
      const fact = Object.hasOwn(keys, key) ? keys[key] : undefined;
      // A key it does not know PVE keeps, and complains about with all else that is wrong.
      if (fact?.alias === undefined) {
        put(key, value);
        continue;
      }
      if (fact.keyAlias !== undefined) {
        if (values[fact.keyAlias] !== undefined)
          return {
            error: `key alias '${fact.keyAlias}' is already defined\n`,
            message: `has '${fact.keyAlias}' twice`,
          };
        values[fact.keyAlias] = key;
      }
      if (values[fact.alias] !== undefined)
        return {
          error: `key '${fact.alias}' is already defined (via alias)\n`,
          message: `has '${fact.alias}' twice`,
        };
      put(fact.alias, value);
    } else if (part.includes("=")) {
      return {
        error: "missing key in comma-separated list property\n",
        message: "has an entry without a key or without a value",
      };
    } else if (defaultKey === undefined) {
      return {
        error: "value without key, but schema does not define a default key\n",
        message: `needs key=value; its keys are ${namesOf(keys)}`,
      };
    } else {
      // As in Perl, "0" counts as not set.
      if (bare || (values[defaultKey] !== undefined && values[defaultKey] !== "0"))
        return duplicate(defaultKey);
      put(defaultKey, part);
      bare = true;
    }
  }
  return { values: { ...values } };
}
