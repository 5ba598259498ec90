/** The default size of an answer in characters, about 3,000 tokens. */
export const DEFAULT_BUDGET = 12_000;

/** Something that can be shortened: pieces in order, of which one end stays. */
export interface Part {
  readonly sizes: readonly number[];
  readonly keep: "head" | "tail";
  /** What saying "this was cut" costs, once. */
  readonly cutCost: number;
  /** Parts of a lower rank are emptied before a higher one is touched. */
  readonly rank: number;
}

/**
 * How many pieces of each part stay so that `fixed` and the parts fit the budget. Pieces go one at a time from
 * the part that is longest at that moment. With every part empty the rest may still be too long.
 */
export function keepWithin(fixed: number, parts: readonly Part[], budget: number): number[] {
  const state = parts.map((part) => ({
    part,
    count: part.sizes.length,
    size: part.sizes.reduce((sum, n) => sum + n, 0),
  }));
  let total = state.reduce((sum, s) => sum + s.size, fixed);
  const ranks = [...new Set(parts.map((part) => part.rank))].sort((a, b) => a - b);
  for (const rank of ranks) {
    const open = state.filter((s) => s.part.rank === rank);
    while (total > budget) {
      let longest: (typeof state)[number] | undefined;
      for (const s of open) if (s.count > 0 && s.size > (longest?.size ?? -1)) longest = s;
      if (longest === undefined) break;
      const { part, count } = longest;
      const index = part.keep === "head" ? count - 1 : part.sizes.length - count;
      const size = part.sizes[index] ?? 0;
      if (count === part.sizes.length) total += part.cutCost;
      longest.count -= 1;
      longest.size -= size;
      total -= size;
    }
  }
  return state.map((s) => s.count);
}

/** `items` without what does not stay. */
export function kept<T>(items: readonly T[], keep: "head" | "tail", count: number): readonly T[] {
  return keep === "head" ? items.slice(0, count) : items.slice(items.length - count);
}

const PIECE = 400;

/**
 * A text in pieces of at most 400 characters, none across a line break (which ends its piece) and none within a
 * surrogate pair. Joined they are the text.
 */
export function pieces(text: string): string[] {
  const out: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    let from = 0;
    while (from < line.length) {
      let to = Math.min(from + PIECE, line.length);
      const last = line.charCodeAt(to - 1);
      if (to < line.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
      out.push(line.slice(from, to));
      from = to;
    }
  }
  return out;
}

/** "last 40 of 200 lines", or in characters when only part of a line stays. "" when all of it does. */
export function extent(all: string, shown: string, keep: "head" | "tail"): string {
  if (shown.length === all.length) return "";
  const end = keep === "head" ? "first" : "last";
  const lines = (text: string) => text.replace(/\n$/, "").split("\n").length;
  const [part, whole] = [lines(shown), lines(all)];
  if (shown === "") return `cut to fit: none of ${whole} lines`;
  if (part < whole) return `cut to fit: ${end} ${part} of ${whole} lines`;
  return `cut to fit: ${end} ${shown.length} of ${all.length} characters`;
}

/** What a table says when it is not complete: "20 of 143 shown; more: start: 20". "" when it is. */
export function shownLine(
  given: number,
  shown: number,
  total: number | undefined,
  more: string | undefined,
): string {
  const all = Math.max(total ?? given, given);
  if (shown >= all) return "";
  const short = given - shown;
  const how = short === 0 ? more : moreAfterCut(more, short);
  return `${shown} of ${all} shown${short > 0 ? " (cut to fit)" : ""}${how === undefined ? "" : `; more: ${how}`}`;
}

/** A page offset counts the rows that were given; after a cut the next page begins earlier. */
export function moreAfterCut(more: string | undefined, short: number): string {
  if (more === undefined) return "ask for less (filter, limit)";
  return more.replace(/\bstart: (\d+)/, (_, start: string) => `start: ${Math.max(0, Number(start) - short)}`);
}
