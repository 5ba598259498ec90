import { cut } from "../render/clean.ts";

/** That something is not there, as a sentence. */
interface Absent {
  readonly says: string;
  /** The same where PVE_ALLOWED hides a part of what was looked through. */
  readonly inPart: string;
}

/** A sentence that ends in a list. A plan has all of it, a form as much as there is room for. */
export interface Listing {
  /** The sentence up to its colon, with how many there are where that matters. */
  readonly says: string;
  readonly entries: readonly string[];
  /** What stands between two entries; ", " unless entries have commas of their own. */
  readonly between?: "; ";
  /** The end of the sentence; "." unless more is said. */
  readonly end?: string;
  /** What is said where there are no entries. */
  readonly absent?: Absent;
  /** The requests of a plan say the same in full: only a form needs it. */
  readonly inRequest?: true;
}

/** One thing that a plan says. */
export type Point = string | Listing;

/** A point that lists the entries; `none` stands for them where there are none. */
export const listing = (says: string, entries: readonly string[], none = "none", end = "."): Listing => ({
  says,
  entries,
  end,
  absent: { says: `${says}: ${none}${end}`, inPart: `${says}: nothing inside PVE_ALLOWED${end}` },
});

/** A point that says what is not there, in a sentence without its full stop: "VM 100 is in no backup job". */
export const absent = (says: string): Listing => ({
  says: "",
  entries: [],
  absent: { says: `${says}.`, inPart: `${says} inside PVE_ALLOWED.` },
});

/** A point that says that there is no such thing. `noun`: "guest"; `rest`: "is on vmbr0." */
export const absence = (noun: string, rest: string): Listing => ({
  says: "",
  entries: [],
  absent: { says: `No ${noun} ${rest}`, inPart: `No ${noun} inside PVE_ALLOWED ${rest}` },
});

/** The same, and no point where there are no entries. */
export const listings = (says: string, entries: readonly string[], end = "."): readonly Point[] =>
  entries.length === 0 ? [] : [{ says, entries, end }];

/** The point where PVE_ALLOWED hides a part of what was looked through: nothing is said to be nowhere. */
export const inPart = (point: Point): Point =>
  typeof point !== "string" && point.entries.length === 0 && point.absent ? point.absent.inPart : point;

/** What a point lists, in an order of its own; undefined where it lists nothing or what the request says. */
export const listedIn = (point: Point): string[] | undefined =>
  typeof point === "string" || point.inRequest ? undefined : [...point.entries].sort();

/**
 * A point on one line. In at most `max` characters, of a list the first entries and how many more there are; at least
 * the number is always said.
 */
export function pointText(point: Point, max = Number.POSITIVE_INFINITY): string {
  if (typeof point === "string") return cut(point, max);
  const { says, entries, between = ", ", end = ".", absent } = point;
  if (entries.length === 0 && absent) return cut(absent.says, max);
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
