import type { Cell, Format } from "./answer.ts";

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
const TIME_UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;
const LATEST = 8.64e12;

/** A number with at most `digits` decimals and no trailing zeros. */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return short === "-0" ? "0" : short;
}

/** How often 1024 goes into a size; 1023.95 would round to 1024.0 of the smaller unit. */
function byteExponent(value: number): number {
  let n = Math.abs(value);
  let unit = 0;
  while (n >= 1023.95 && unit < BYTE_UNITS.length - 1) {
    n /= 1024;
    unit += 1;
  }
  return unit;
}

/** Bytes in binary units: 13314398617 -> `12.4 GiB`. */
export function bytes(value: number): string {
  const unit = byteExponent(value);
  return `${decimal(value / 1024 ** unit, unit === 0 ? 0 : 1)} ${BYTE_UNITS[unit] ?? "B"}`;
}

/** Used bytes of a whole, in the unit of the whole: `1.2/16 GiB`. What is more than nothing never reads `0`. */
export function usage(used: number, whole: number): string {
  const size = 1024 ** byteExponent(whole);
  const n = used / size;
  return `${n > 0 && n < 0.05 ? "<0.1" : decimal(n, size === 1 ? 0 : 1)}/${bytes(whole)}`;
}

/** Bytes per second: `1.2 MiB/s`. */
export function rate(value: number): string {
  return `${bytes(value)}/s`;
}

/** A fraction as percent: 0.125 -> `12.5%`. What is more than nothing never reads `0%`. */
export function percent(fraction: number): string {
  return points(fraction * 100);
}

/** Percent points: 12.5 -> `12.5%`. */
export function points(value: number): string {
  return value > 0 && value < 0.05 ? "<0.1%" : `${decimal(value, 1)}%`;
}

/** Seconds in their two largest units: `3d 4h`, `12m 5s`, `0s`. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  let rest = Math.floor(Math.abs(seconds));
  const first = TIME_UNITS.findIndex(([, size]) => rest >= size);
  if (first < 0) return "0s";
  const parts: string[] = [];
  for (const [name, size] of TIME_UNITS.slice(first, first + 2)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n}${name}`);
  }
  return sign + parts.join(" ");
}

/** Unix seconds in UTC: `2026-11-22 06:59 UTC`. 0 is empty: PVE writes it for "none". */
export function time(seconds: number): string {
  if (seconds === 0 || Math.abs(seconds) > LATEST) return "";
  const iso = new Date(seconds * 1000).toISOString();
  const [date = "", clock = ""] = iso.split("T");
  return `${date} ${clock.slice(0, 5)} UTC`;
}

const TRUE = new Set(["1", "true", "yes", "on"]);
const FALSE = new Set(["0", "false", "no", "off"]);

/** PVE's booleans (0/1, "0"/"1", true/false, on/off); undefined for anything else. */
export function asFlag(value: unknown): boolean | undefined {
  const text = String(value).toLowerCase();
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

/** A finite number, also from PVE's numbers in strings; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || !/^\s*[-+]?[\d.]/.test(value)) return undefined;
  const n = Number(value);
  return Number.isFinite(n) ? n : undefined;
}

const NUMERIC: Partial<Record<Format, (value: number) => string>> = {
  bytes,
  rate,
  percent,
  points,
  duration,
  time,
  number: (value) => decimal(value, 2),
};

/** Whether JSON carries a value of this format as a number. */
export function isNumeric(format: Format): boolean {
  return NUMERIC[format] !== undefined;
}

function formatOne(value: string | number | boolean, format: Format): string {
  if (format === "flag") {
    const on = asFlag(value);
    return on === undefined ? String(value) : on ? "yes" : "no";
  }
  const write = NUMERIC[format];
  const n = write === undefined ? undefined : asNumber(value);
  if (write !== undefined && n !== undefined) return write(n);
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/**
 * A cell as a reader sees it. Null, undefined, NaN and "" are empty; lists are joined by ", "; a value that does
 * not fit the format is written as it is. The text is not cleaned.
 */
export function formatCell(cell: Cell, format: Format = "text"): string {
  if (cell === null || cell === undefined || cell === "") return "";
  if (typeof cell === "number" && Number.isNaN(cell)) return "";
  if (typeof cell === "object") return cell.map((item) => formatOne(item, format)).join(", ");
  return formatOne(cell, format);
}
