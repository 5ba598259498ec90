import { formatCell } from "../render/units.ts";

/** The entries as one text, `a, b, c`; of more than `max` the first, `a, b and 3 more`. */
export function listed(entries: readonly string[], max = Number.POSITIVE_INFINITY): string {
  const rest = entries.length - max;
  const shown = entries.slice(0, max).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** The names as one text; `none` where there are none. */
export const namesOr = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : listed(names);

/** `1 disk`, `3 disks`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** The first letter in upper case, for the beginning of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Bytes for sentences; "size unknown" without a figure. */
export const sizeText = (bytes: number | undefined): string =>
  bytes === undefined ? "size unknown" : formatCell(bytes, "bytes");

/**
 * A moment for sentences: `2026-03-12 09:00 UTC (20d ago)`. @param at Unix seconds @param now the node's own time in
 * Unix seconds; without it the age is left out
 */
export function moment(at: number | undefined, now: number | undefined): string {
  if (at === undefined || at === 0) return "an unknown time";
  const time = formatCell(at, "time");
  return now === undefined || now < at ? time : `${time} (${formatCell(now - at, "duration")} ago)`;
}

/** One line that says why PVE would not do it; none where nothing is known against it. */
export const refusal = (reasons: readonly (string | undefined)[]): readonly string[] =>
  refusalLine("PVE would refuse", reasons);

/** The same for one of the guests of a plan. @param who the guest, "VM 103" */
export const refusedFor = (who: string, reasons: readonly (string | undefined)[]): readonly string[] =>
  refusalLine(`PVE would refuse this for ${who}`, reasons);

function refusalLine(start: string, reasons: readonly (string | undefined)[]): readonly string[] {
  const known = reasons.filter((reason) => reason !== undefined);
  return known.length === 0 ? [] : [`${start}, the plan ends there: ${known.join("; ")}.`];
}

/** The text where a condition holds, for lists of points. */
export const when = <T>(holds: boolean, text: T): readonly T[] => (holds ? [text] : []);
