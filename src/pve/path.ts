import type { Endpoint } from "../schema/endpoint.ts";
import { checkPathValue } from "../schema/path-value.ts";
import { PveError } from "./errors.ts";

/** Prefix of every call: the JSON formatter of pveproxy. */
export const API = "/api2/json";

/**
 * The path of a call with its placeholders filled in. Each value is checked and encoded once, so that no value can
 * leave its segment. Throws a parameter error naming the placeholder.
 */
export function buildPath(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): string {
  const path = endpoint.path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === null) {
      throw new PveError("parameter", `${name} is missing.`, {
        route: endpoint.route,
        errors: { [name]: "is missing" },
      });
    }
    const text = String(value);
    const reason = checkPathValue(endpoint.route, name, text);
    if (reason) {
      const message = `'${name}' is not allowed: ${reason}.`;
      throw new PveError("parameter", message, { route: endpoint.route, errors: { [name]: message } });
    }
    return encodeURIComponent(text);
  });
  return API + path;
}

const scalar = (value: unknown): string => (typeof value === "boolean" ? (value ? "1" : "0") : String(value));

/** Form encoding as pveproxy decodes it: arrays repeat their key, booleans are 1 and 0. */
export function encodeParams(endpoint: Endpoint, params: Readonly<Record<string, unknown>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || endpoint.path.includes(`{${name}}`)) continue;
    if (Array.isArray(value)) for (const entry of value) form.append(name, scalar(entry));
    else form.append(name, scalar(value));
  }
  return form.toString();
}
