import type { PropertyFormat } from "./endpoint.ts";
import { defaultKeyOf } from "./split-property.ts";

/** The text of one value, or undefined when a property string cannot hold it. */
function valueText(value: unknown): string | undefined {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  // Inside a property string, lists are separated by semicolons (`order=scsi0;net0`, `trunks=2;3`).
  if (Array.isArray(value)) {
    const entries = value.map(valueText);
    return entries.includes(undefined) ? undefined : entries.join(";");
  }
  return typeof value === "string" && value !== "" && !/[,\n]/.test(value) ? value : undefined;
}

/**
 * Writes a property string; keys whose value is undefined or null are left out. With `format`, its default key comes
 * first and without its name, as PVE writes it. Undefined when a value cannot be written: empty, with a comma, an
 * object.
 */
export function formatPropertyString(
  values: Readonly<Record<string, unknown>>,
  format?: PropertyFormat,
): string | undefined {
  const defaultKey = format && defaultKeyOf(format);
  const parts: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const text = valueText(value);
    if (text === undefined || /^$|[=,\n]/.test(key) || /^\s*$/.test(text)) return undefined;
    // A value with an equals sign would be read as key=value.
    if (key === defaultKey && !text.includes("=")) parts.unshift(text);
    else parts.push(`${key}=${text}`);
  }
  return parts.length > 0 ? parts.join(",") : undefined;
}
