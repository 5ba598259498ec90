import type { Endpoint, Param, ParamType, PermissionCheck, PropertyFormat } from "../endpoint.ts";

/** A value of an API description. */
export type ApidocJson = null | string | number | boolean | ApidocJson[] | { [key: string]: ApidocJson };
/** An object of an API description. */
export type ApidocObject = { [key: string]: ApidocJson };

const TYPES: ReadonlySet<string> = new Set(["string", "integer", "number", "boolean", "array", "object"]);

/** Whether a value of a description is an object. */
export const isObject = (value: ApidocJson | undefined): value is ApidocObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The parameters of an operation by name: `properties`, or since pve-common 9.1.21 a combination (`allOf`, `oneOf`,
 * `anyOf`) of objects that hold them. What only some alternatives have is optional.
 */
export function propertiesOf(parameters: ApidocJson | undefined): Map<string, ApidocObject> {
  const all = new Map<string, ApidocObject>();
  if (!isObject(parameters)) return all;
  for (const key of ["allOf", "oneOf", "anyOf"]) {
    const parts = parameters[key];
    if (!Array.isArray(parts)) continue;
    for (const part of parts)
      for (const [name, value] of propertiesOf(part))
        all.set(name, key === "allOf" ? value : { ...value, optional: 1 });
  }
  if (isObject(parameters.properties))
    for (const [name, value] of Object.entries(parameters.properties))
      if (isObject(value)) all.set(name, value);
  return all;
}

/** What an untrusted description puts where a number or a word belongs is not converted: objects would throw. */
function asNumber(value: ApidocJson | undefined): number | undefined {
  if ((typeof value !== "number" && typeof value !== "string") || value === "") return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

const words = (values: readonly ApidocJson[]): string[] =>
  values.flatMap((value) => (typeof value === "string" || typeof value === "number" ? [String(value)] : []));

function isCheck(value: ApidocJson | undefined): value is PermissionCheck & ApidocJson[] {
  return (
    Array.isArray(value) &&
    value.every((part) => typeof part === "string" || typeof part === "number" || isCheck(part))
  );
}

/** A default that is a plain value; PVE also puts sentences there. */
function plainDefault(value: ApidocJson | undefined, type: ParamType): string | number | boolean | undefined {
  if (type === "boolean" && (value === 0 || value === 1 || value === "0" || value === "1"))
    return Number(value) === 1;
  if (type === "integer" || type === "number") return asNumber(value);
  return typeof value === "string" && /^\S{1,40}$/.test(value) ? value : undefined;
}

const isSet = (value: ApidocJson | undefined): boolean => value === 1 || value === "1" || value === true;

/** The facts of one property, or of one key of a property string. */
function param(source: ApidocObject): Param {
  const declared = typeof source.type === "string" ? source.type : "string";
  const type = (TYPES.has(declared) ? declared : "string") as ParamType;
  const fact: { -readonly [K in keyof Param]: Param[K] } = { type };
  if (typeof source.format === "string") fact.format = source.format;
  else if (isObject(source.format)) fact.format = propertyFormat(source.format);
  if (Array.isArray(source.enum)) fact.enum = words(source.enum);
  if (typeof source.pattern === "string") fact.pattern = source.pattern;
  for (const key of ["minimum", "maximum", "minLength", "maxLength"] as const) {
    const value = asNumber(source[key]);
    if (value !== undefined) fact[key] = value;
  }
  const preset = plainDefault(source.default, type);
  if (preset !== undefined) fact.default = preset;
  if (!isSet(source.optional)) fact.required = true;
  if (typeof source.requires === "string") fact.requires = source.requires;
  if (isObject(source.items)) fact.items = param({ ...source.items, optional: 1 });
  if (typeof source["type-property"] === "string") fact.typeProperty = source["type-property"];
  if (Array.isArray(source["instance-types"])) fact.instanceTypes = words(source["instance-types"]);
  if (Array.isArray(source.oneOf))
    fact.oneOf = source.oneOf.filter(isObject).map((one) => param({ ...one, optional: 1 }));
  if (source.default_key) fact.defaultKey = true;
  if (typeof source.alias === "string") fact.alias = source.alias;
  if (typeof source.keyAlias === "string") fact.keyAlias = source.keyAlias;
  return fact;
}

const propertyFormat = (source: ApidocObject): PropertyFormat =>
  Object.fromEntries(
    Object.entries(source).flatMap(([key, value]) => (isObject(value) ? [[key, param(value)]] : [])),
  );

/** The facts of one operation as its description states them; prose stays behind, names are sorted. */
export function endpointFacts(method: Endpoint["method"], path: string, info: ApidocObject): Endpoint {
  const properties = propertiesOf(info.parameters);
  const params: [string, Param][] = [...properties]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    // A placeholder is required whatever the description says.
    .map(([name, source]) => [name, param(path.includes(`{${name}}`) ? { ...source, optional: 0 } : source)]);
  for (const [, name = ""] of path.matchAll(/\{([^}]+)\}/g))
    if (!properties.has(name)) params.push([name, { type: "string", required: true }]);
  const open = isObject(info.parameters) && info.parameters.additionalProperties !== 0 && properties.size > 0;
  const permissions = isObject(info.permissions) ? info.permissions : {};
  const returns = isObject(info.returns) ? info.returns.type : undefined;
  return {
    route: `${method} ${path}`,
    method,
    path,
    name: typeof info.name === "string" ? info.name : "",
    params: Object.fromEntries(params),
    ...(open ? { open: true } : {}),
    ...(isCheck(permissions.check) ? { check: permissions.check } : {}),
    ...(typeof permissions.user === "string" ? { user: permissions.user } : {}),
    ...(info.protected ? { protected: true } : {}),
    ...(typeof info.proxyto === "string" ? { proxyto: info.proxyto } : {}),
    ...(info.allowtoken === 0 ? { noToken: true } : {}),
    ...(typeof returns === "string" ? { returns } : {}),
  };
}
