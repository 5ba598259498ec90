/** One value against the facts about its parameter, in the order and the words of PVE::JSONSchema's check_prop. */
import type { Param, PropertyFormat } from "./endpoint.ts";
import { formatHint } from "./formats/format-hints.ts";
import { formatCheck, namedPropertyFormat } from "./formats/formats.ts";
import { clip, type Issue, type IssueCode, shown } from "./issue.ts";
import { nearest } from "./nearest.ts";
import { perlPattern } from "./perl-pattern.ts";
import { namesOf, splitPropertyString } from "./split-property.ts";

/** PVE's reasons may quote the value; a sentence for a model stays short. */
const LONGEST_REASON = 240;
const LONGEST_MESSAGE = 1200;

const NUMBER = /^[+-]?(?:\d+\.\d+|\d+\.|\.\d+|\d+)(?:[eE][+-]?\d+)?$/;

const TYPE_FORMS: Readonly<Record<string, RegExp>> = {
  boolean: /^[01]$/,
  integer: /^[+-]?\d+$/,
  number: NUMBER,
};

const TYPE_WORDS: Readonly<Record<string, string>> = {
  boolean: "true or false (1 or 0)",
  integer: "a whole number",
  number: "a number",
  string: "text",
  array: "a list",
  object: "an object",
};

/** What Perl calls a value that is no scalar. */
function referenceOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return "ARRAY";
  if (typeof value === "boolean") return "JSON::PP::Boolean";
  return typeof value === "object" || typeof value === "function" ? "HASH" : undefined;
}

/** The text PVE sees: booleans travel as 1 and 0. */
function wireText(value: unknown): string {
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

function typeIssue(type: string, path: string, got: string): Issue {
  const value = got === "" ? "" : ` - got ${got}`;
  return {
    param: path,
    code: "type",
    pve: `type check ('${type}') failed${value}`,
    message: `'${path}' must be ${TYPE_WORDS[type] ?? type}${shown(path, got.replaceAll("'", ""))}.`,
  };
}

/** A single complaint with the value appended to the sentence. */
function issue(code: IssueCode, path: string, value: string, pve: string, rule: string): Issue {
  return { param: path, code, pve, message: `'${path}' ${rule}${shown(path, value)}.` };
}

/**
 * Complaints about a value, none when PVE would take it. `path` is the name PVE reports it under.
 * A list is checked entry by entry; a property string key by key.
 */
export function checkValue(param: Param, value: unknown, path: string): Issue[] {
  if (param.type === "array") {
    if (!Array.isArray(value)) return [typeIssue("array", path, "")];
    const { items } = param;
    return items
      ? value.flatMap((entry: unknown, index) => checkValue(items, entry, `${path}[${index}]`))
      : [];
  }
  const reference = referenceOf(value);
  if (reference !== undefined && !(typeof value === "boolean" && param.type === "boolean"))
    return [typeIssue(param.type, path, reference)];
  const text = wireText(value);
  if (TYPE_FORMS[param.type]?.test(text) === false) return [typeIssue(param.type, path, `'${text}'`)];
  const found = checkFormat(param, text, path) ?? checkLimits(param, text, path);
  return found ? [found] : [];
}

function checkFormat(param: Param, text: string, path: string): Issue | undefined {
  const { format } = param;
  if (format === undefined) return undefined;
  if (typeof format !== "string") return checkPropertyString(format, text, path);
  const named = namedPropertyFormat(format);
  if (named) return checkPropertyString(named.keys, text, path, named.check);
  const wrong = formatCheck(format)?.(text);
  if (wrong === undefined) return undefined;
  const hint = formatHint(format);
  const got = wrong.includes(text) && text !== "" ? "" : shown(path, text);
  return {
    param: path,
    code: "format",
    pve: `invalid format - ${wrong}`,
    message: `'${path}' is not valid: ${clip(wrong.trim().replace(/[.!]$/, ""), LONGEST_REASON)}${got}${hint ? ` (${hint})` : ""}.`,
  };
}

function checkPropertyString(
  keys: PropertyFormat,
  text: string,
  path: string,
  check?: (values: Readonly<Record<string, string>>) => string | undefined,
): Issue | undefined {
  const split = splitPropertyString(text, keys);
  if ("error" in split) {
    const message = `'${path}' ${split.message}${/[?.]$/.test(split.message) ? "" : "."}`;
    return { param: path, code: "format", pve: `invalid format - ${split.error}`, message };
  }
  const inner = checkKeys(keys, split.values, path);
  if (inner.length > 0) {
    const near = inner.find((one) => one.nearest !== undefined)?.nearest;
    return {
      param: path,
      code: "format",
      pve: `invalid format - format error\n${inner.map((one) => `${one.param}: ${one.pve}\n`).join("")}`,
      message: clip(inner.map((one) => one.message).join(" "), LONGEST_MESSAGE),
      ...(near === undefined ? {} : { nearest: near }),
    };
  }
  const wrong = check?.(split.values);
  return wrong === undefined
    ? undefined
    : {
        param: path,
        code: "format",
        pve: `invalid format - ${wrong}`,
        message: `'${path}': ${clip(wrong.trim(), LONGEST_REASON)}`,
      };
}

/** PVE's text for a parameter or key it does not have. */
export const NOT_DEFINED =
  "property is not defined in schema and the schema does not allow additional properties";

function unknownKeyIssue(keys: PropertyFormat, key: string, path: string): Issue {
  const near = nearest(key, Object.keys(keys));
  const owner = path.slice(0, -key.length - 1);
  return {
    param: path,
    code: "unknown",
    pve: NOT_DEFINED,
    message: `${owner === "" ? "There is" : `'${owner}' has`} no key '${clip(key)}'${near ? `, did you mean '${near}'?` : `; valid are ${namesOf(keys)}.`}`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

/** Complaints about the values of a property string that has been taken apart; `path` prefixes their names. */
export function checkKeys(
  keys: PropertyFormat,
  values: Readonly<Record<string, string>>,
  path: string,
): Issue[] {
  const prefix = path === "" ? "" : `${path}.`;
  const found: Issue[] = [];
  for (const [key, fact] of Object.entries(keys)) {
    if (fact.alias !== undefined) continue;
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined) {
      if (fact.required) found.push(missingIssue(prefix + key));
      continue;
    }
    found.push(...checkValue(fact, value, prefix + key));
    if (fact.requires !== undefined && !Object.hasOwn(values, fact.requires))
      found.push(requiresIssue(prefix + fact.requires, prefix + key));
  }
  for (const key of Object.keys(values))
    if (!Object.hasOwn(keys, key)) found.push(unknownKeyIssue(keys, key, prefix + key));
  return found;
}

/** A required parameter or key that is not there. */
export function missingIssue(path: string): Issue {
  return {
    param: path,
    code: "missing",
    pve: "property is missing and it is not optional",
    message: `'${path}' is required.`,
  };
}

/** A parameter that another one needs; PVE files it under the missing one. */
export function requiresIssue(missing: string, needing: string): Issue {
  return {
    param: missing,
    code: "requires",
    pve: `missing property required by '${needing}'`,
    message: `'${needing}' needs '${missing}' to be given as well.`,
  };
}

/** Pattern, length, bounds, enumeration; like PVE it stops at the first that fails. */
function checkLimits(param: Param, text: string, path: string): Issue | undefined {
  const { pattern, maxLength, minLength, maximum, minimum } = param;
  if (pattern !== undefined && perlPattern(pattern)?.test(text) === false)
    return issue(
      "pattern",
      path,
      text,
      "value does not match the regex pattern",
      `must have the form ${pattern.replaceAll(/\(\?\^[a-z]*:/g, "(?:")}`,
    );
  const length = maxLength === undefined && minLength === undefined ? 0 : [...text].length;
  if (maxLength !== undefined && length > maxLength)
    return issue(
      "maxLength",
      path,
      text,
      `value may only be ${maxLength} characters long`,
      `may have ${maxLength} characters at most, not ${length}`,
    );
  if (minLength !== undefined && length < minLength)
    return issue(
      "minLength",
      path,
      text,
      `value must be at least ${minLength} characters long`,
      `must have ${minLength} characters at least, not ${length}`,
    );
  if ((maximum !== undefined || minimum !== undefined) && NUMBER.test(text)) {
    const number = Number(text);
    if (maximum !== undefined && number > maximum)
      return issue(
        "maximum",
        path,
        text,
        `value must have a maximum value of ${maximum}`,
        `must be at most ${maximum}`,
      );
    if (minimum !== undefined && number < minimum)
      return issue(
        "minimum",
        path,
        text,
        `value must have a minimum value of ${minimum}`,
        `must be at least ${minimum}`,
      );
  }
  return param.enum && !param.enum.includes(text) ? enumIssue(param.enum, text, path) : undefined;
}

/** More values than this are not all listed to a model. */
const LISTED = 30;

function enumIssue(values: readonly string[], text: string, path: string): Issue {
  const near = nearest(text, values);
  const list = values.slice(0, LISTED).join(", ") + (values.length > LISTED ? ", …" : "");
  return {
    param: path,
    code: "enum",
    pve: `value '${text}' does not have a value in the enumeration '${values.join(", ")}'`,
    message: `'${path}' must be one of ${list}${shown(path, text)}${near ? `; did you mean '${near}'?` : "."}`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}
