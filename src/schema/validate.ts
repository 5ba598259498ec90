import { checkValue, missingIssue, NOT_DEFINED, requiresIssue } from "./check-value.ts";
import type { Endpoint, Param } from "./endpoint.ts";
import { paramOf } from "./endpoint-table.ts";
import { clip, type Issue } from "./issue.ts";
import { nearest } from "./nearest.ts";

export type { Issue, IssueCode } from "./issue.ts";

/** Parameters PVE adds to every section-config endpoint, whatever the type of the section (PVE::SectionConfig). */
const TYPELESS: ReadonlySet<string> = new Set(["delete", "digest", "rule"]);

const given = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * What PVE would refuse about the parameters of a call, path parameters included; empty when nothing.
 * Values may be JavaScript values or the strings of a decoded form. Undefined and null count as not given.
 */
export function validate(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): Issue[] {
  const found: Issue[] = [];
  const typeName = endpoint.open ? undefined : typeParameter(endpoint);
  for (const [name, raw] of Object.entries(params)) {
    if (!given(raw)) continue;
    const fact = paramOf(endpoint, name);
    if (!fact) {
      if (!endpoint.open) found.push(unknownIssue(endpoint, name));
      continue;
    }
    const applies = typeName === undefined || belongs(endpoint, fact, name, typeName, params);
    if (!applies) {
      found.push(instanceIssue(fact, name, typeName, params[typeName]));
      continue;
    }
    const variant = variantOf(fact, params);
    if (variant === undefined) {
      if (!endpoint.open && fact.typeProperty !== undefined)
        found.push(instanceIssue(fact, name, fact.typeProperty, params[fact.typeProperty]));
      continue;
    }
    found.push(...checkValue(variant, normal(variant, raw), name));
    if (fact.requires !== undefined && !given(params[fact.requires]))
      found.push(requiresIssue(fact.requires, name));
  }
  for (const [name, fact] of Object.entries(endpoint.params)) {
    if (given(params[name]) || name.endsWith("[n]") || !isRequired(endpoint, fact, name, params)) continue;
    found.push(missingIssue(name));
  }
  return found;
}

/** The parameter that decides which others apply (HA rules: `type`), if the endpoint has one. */
function typeParameter(endpoint: Endpoint): string | undefined {
  for (const fact of Object.values(endpoint.params)) if (fact.typeProperty) return fact.typeProperty;
  return undefined;
}

/** Whether a parameter exists at all for the type given; without a type, PVE 9.2 knows only the common ones. */
function belongs(
  endpoint: Endpoint,
  fact: Param,
  name: string,
  typeName: string,
  params: Readonly<Record<string, unknown>>,
): boolean {
  if (name === typeName || TYPELESS.has(name) || endpoint.path.includes(`{${name}}`)) return true;
  const type = params[typeName];
  if (!given(type) || !endpoint.params[typeName]?.enum?.includes(String(type))) return false;
  return fact.instanceTypes?.includes(String(type)) ?? true;
}

/** The facts that apply: of several alternatives the one for the type given. */
function variantOf(fact: Param, params: Readonly<Record<string, unknown>>): Param | undefined {
  if (!fact.oneOf) return fact;
  const type = fact.typeProperty === undefined ? undefined : params[fact.typeProperty];
  if (!given(type)) return undefined;
  return fact.oneOf.find((one) => one.instanceTypes?.includes(String(type)) ?? true);
}

function isRequired(
  endpoint: Endpoint,
  fact: Param,
  name: string,
  params: Readonly<Record<string, unknown>>,
): boolean {
  if (fact.typeProperty === undefined) {
    if (!fact.required) return false;
    const typeName = endpoint.open ? undefined : typeParameter(endpoint);
    return typeName === undefined || belongs(endpoint, fact, name, typeName, params);
  }
  const type = params[fact.typeProperty];
  if (!given(type)) return false;
  if (fact.oneOf) return fact.oneOf.some((one) => one.required && one.instanceTypes?.includes(String(type)));
  return fact.required === true && (fact.instanceTypes?.includes(String(type)) ?? true);
}

/** What PVE makes of lists first: one entry for an array parameter, an array for a list in a string. */
function normal(fact: Param, value: unknown): unknown {
  const single = typeof value !== "object";
  if (fact.type === "array" && single) return value === "" || value === "0" ? value : [value];
  if (Array.isArray(value) && fact.type === "string" && typeof fact.format === "string")
    return fact.format.endsWith("-list") ? value.join(",") : value;
  return value;
}

function unknownIssue(endpoint: Endpoint, name: string): Issue {
  const base = /^([a-z]+)\d+$/.exec(name)?.[1];
  if (base !== undefined && Object.hasOwn(endpoint.params, `${base}[n]`)) {
    let last = 0;
    while (paramOf(endpoint, `${base}${last + 1}`)) last += 1;
    return {
      param: name,
      code: "unknown",
      pve: NOT_DEFINED,
      message: `There is no '${name}': they go from ${base}0 to ${base}${last}.`,
    };
  }
  const names = Object.keys(endpoint.params).map((known) => known.replace("[n]", "0"));
  const near = nearest(name, names);
  const what = `${endpoint.route} has no parameter '${clip(name)}'`;
  return {
    param: name,
    code: "unknown",
    pve: NOT_DEFINED,
    message: near ? `${what}; did you mean '${near}'?` : `${what}.`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

function instanceIssue(fact: Param, name: string, typeName: string, type: unknown): Issue {
  const types = fact.instanceTypes ?? fact.oneOf?.flatMap((one) => one.instanceTypes ?? []);
  const message = given(type)
    ? `'${name}' does not apply when '${typeName}' is '${clip(String(type))}'${types ? ` (only for ${types.join(", ")})` : ""}.`
    : `'${name}' can only be given together with '${typeName}'.`;
  return { param: name, code: "instance", pve: NOT_DEFINED, message };
}
