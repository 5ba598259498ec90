import { cut } from "../render/clean.ts";

/** A sentence that ends in a list. A plan has all of it, a form as much as there is room for. */
export interface Listing {
  /** The sentence up to its colon, with how many there are where that matters. */
  readonly says: string;
  readonly entries: readonly string[];
  /** What stands between two entries; ", " unless entries have commas of their own. */
  readonly between?: "; ";
  /** The end of the sentence; "." unless more is said. */
  readonly end?: string;
  /** The requests of a plan say the same in full: only a form needs it. */
  readonly inRequest?: true;
}

/** One thing that a plan says. */
export type Point = string | Listing;

/** A point that lists the entries; `none` stands for them where there are none. */
export const listing = (says: string, entries: readonly string[], none = "none", end = "."): Point =>
  entries.length === 0 ? `${says}: ${none}${end}` : { says, entries, end };

/** The same, and no point where there are no entries. */
export const listings = (says: string, entries: readonly string[], end = "."): readonly Point[] =>
  entries.length === 0 ? [] : [{ says, entries, end }];

/**
 * A point on one line. In at most `max` characters, of a list the first entries and how many more there are; at least
 * the number is always said.
 */
export function pointText(point: Point, max = Number.POSITIVE_INFINITY): string {
  if (typeof point === "string") return cut(point, max);
  const { says, entries, between = ", ", end = "." } = point;
  const whole = `${says}: ${entries.join(between)}${end}`;
  if (whole.length <= max || entries.length < 2) return cut(whole, max);
  const rest = (shown: number): string => ` and ${entries.length - shown} more${end}`;
  let text = `${says}:`;
  let shown = 0;
  for (const entry of entries) {
    const longer = `${text}${shown === 0 ? " " : between}${entry}`;
    if (longer.length + rest(shown).length > max) break;
    text = longer;
    shown += 1;
  }
  return shown === 0
    ? cut(`${says}: ${entries.length} in all, the first ${whole.slice(says.length + 2)}`, max)
    : `${text}${rest(shown)}`;
}
