import type { Json, Row } from "../pve/data.ts";

/** An object of an answer as PVE writes it in its files: `keep-last=3,keep-daily=7`. Plain values stay as they are. */
export function propertyText(value: Json | undefined): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .filter(([, entry]) => entry !== null)
    .map(([key, entry]) => `${key}=${plain(entry)}`)
    .join(",");
}

const plain = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** A row whose nested objects are written as property strings, its keys in order. */
export function flat(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row)
      .map(([key, value]): [string, Json] => [key, propertyText(value) ?? null])
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}
