import { createHash } from "node:crypto";
import { type SimCall, SimError } from "./route.ts";

/** SHA-1 in hex over a value's canonical JSON: what PVE's digests are to its configuration files. */
export function digestOf(value: unknown): string {
  return createHash("sha1").update(canonical(value)).digest("hex");
}

function canonical(value: unknown): string {
  if (value instanceof Map) return canonical([...value.entries()]);
  if (value instanceof Set) return canonical([...value]);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}

/** PVE's words for a stale digest: guests' configuration files have their own. */
export const STALE = {
  guest: "checksum mismatch (file change by other user?)",
  other: "detected modified configuration - file changed by other user? Try again.",
} as const;

/**
 * Refuses the call with a 500 when it carries a `digest` that is not the current one.
 * @param text which of PVE's two texts the endpoint uses.
 */
export function assertDigest(call: SimCall, current: string, text: string = STALE.other): void {
  const given = call.params.digest;
  if (typeof given === "string" && given !== "" && given !== current) throw new SimError(500, text);
}
