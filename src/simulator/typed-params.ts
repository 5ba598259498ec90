import type { Endpoint, Param } from "../schema/endpoint.ts";
import { paramOf } from "../schema/endpoint-table.ts";
import type { RawParams } from "./request.ts";
import type { Value } from "./route.ts";

const isList = (param: Param) => typeof param.format === "string" && param.format.endsWith("-list");

/**
 * RESTHandler.pm normalize_legacy_param_formats: repeated keys of a list parameter are one string, a single
 * value of an array parameter is an array of one.
 */
export function normalize(endpoint: Endpoint, params: RawParams): RawParams {
  const normal: RawParams = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === null) continue;
    const param = paramOf(endpoint, name);
    if (param?.type === "array") normal[name] = Array.isArray(value) ? value : [value];
    else if (param && isList(param) && Array.isArray(value)) normal[name] = value.join(",");
    else normal[name] = value;
  }
  return normal;
}

function typed(param: Param | undefined, value: unknown): Value {
  if (Array.isArray(value)) return value.map((item) => typed(param?.items, item));
  if (param?.type === "integer" || param?.type === "number") return Number(value);
  if (param?.type === "boolean") return value === true || value === 1 || value === "1";
  return typeof value === "boolean" ? (value ? 1 : 0) : String(value);
}

/** Checked parameters with the types of the endpoint table. */
export function typedParams(endpoint: Endpoint, params: RawParams): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typed(paramOf(endpoint, name), value)]),
  );
}
