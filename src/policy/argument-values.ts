import { onOff } from "../schema/on-off.ts";
import type { ValueTest } from "./operations/operation.ts";

/** The value's text, or undefined when it is no single value; as PVE compares it, but for case and space around. */
function textOf(value: unknown): string | undefined {
  return typeof value === "object" || typeof value === "function" || typeof value === "symbol"
    ? undefined
    : String(value).trim().toLowerCase();
}

/** Anything but a plain no. */
export const isOn: ValueTest = (value) => onOff(textOf(value) ?? "") !== false;

/** Anything but a plain yes. */
export const isOff: ValueTest = (value) => onOff(textOf(value) ?? "") !== true;

/** Anything but a plain zero. */
export const isNotZero: ValueTest = (value) => textOf(value) !== "0";

/** Anything but one of these values. */
export function isNot(...harmless: readonly string[]): ValueTest {
  const known = new Set(harmless);
  return (value) => !known.has(textOf(value) ?? "");
}

/** The entries of a list given as text or array, whatever PVE would split it at; undefined when it is neither. */
function entriesOf(value: unknown): readonly string[] | undefined {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (parts.some((part) => typeof part === "object" || typeof part === "symbol")) return undefined;
  return parts.flatMap((part) => String(part).split(/[\0,;\s]+/)).filter((name) => name !== "");
}

/** A list that names one of these, or that cannot be read. */
export function names(pattern: RegExp): ValueTest {
  return (value) => entriesOf(value)?.some((name) => pattern.test(name)) ?? true;
}

/** A list that names anything but these, or that cannot be read. */
export function namesOther(...harmless: readonly string[]): ValueTest {
  const known = new Set(harmless);
  return (value) => !(entriesOf(value)?.every((name) => known.has(name)) ?? false);
}
