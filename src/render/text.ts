import type { Answer, Block, Cell, Column, Fact, Facts, Format, Table, Untrusted } from "./answer.ts";
import { DEFAULT_BUDGET, extent, keepWithin, kept, type Part, pieces, shownLine } from "./budget.ts";
import { cleanLine, cleanText, cut, fence } from "./clean.ts";
import { FOREIGN_LINE, hasQuote, QUOTE_MAX, quoted } from "./foreign.ts";
import { asNumber, formatCell, usage } from "./units.ts";

/** The longest cell of a table or fact, in characters. */
export const CELL_MAX = 200;
/** The same of a column or fact marked long. */
export const LONG_MAX = 2_000;
/** The longest headline, note or next step. */
const LINE_MAX = 1_000;

/** How an answer is written. */
export interface RenderOptions {
  /** Characters the whole answer may have; default 12,000. Below about 1,500 headline and next steps may suffer. */
  readonly budget?: number;
}

/** A block on its way to text: what stays whole, and what may be shortened. */
interface Section {
  readonly part: Part;
  readonly fixed: number;
  /** Holds quotations, before the first of which FOREIGN_LINE stands. */
  readonly quotes: boolean;
  readonly write: (count: number) => string;
}

const RANK = { table: 0, untrusted: 0, facts: 1, note: 2 } as const;

/** A row's own field: a key such as `constructor` finds nothing inherited. */
export function cellOf(row: Table["rows"][number], key: string): Cell {
  return Object.hasOwn(row, key) ? row[key] : undefined;
}

/** The Format of a cell: the column's, or the one that the row names. */
export function cellFormat(
  column: { readonly format?: Format; readonly formatFrom?: string },
  row: Table["rows"][number],
): Format {
  const named = column.formatFrom === undefined ? undefined : cellOf(row, column.formatFrom);
  return typeof named === "string" ? (named as Format) : (column.format ?? "text");
}

/** A cell before cleaning: its format applied, together with the whole that it is a part of. */
function cellText(column: Column, row: Table["rows"][number]): string {
  const cell = cellOf(row, column.key);
  if (column.of !== undefined) {
    const [used, whole] = [asNumber(cell), asNumber(cellOf(row, column.of))];
    if (used !== undefined && whole !== undefined && whole > 0) return usage(used, whole);
  }
  return formatCell(cell, cellFormat(column, row));
}

/** Whether users or guests wrote a cell. */
export function isForeignCell(column: Column, row: Table["rows"][number]): boolean {
  return (
    column.foreign === true || (column.foreignFrom !== undefined && cellOf(row, column.foreignFrom) === true)
  );
}

function tableCell(text: string, foreign = false, long = false): string {
  const shown = foreign
    ? quoted(text, long ? LONG_MAX : QUOTE_MAX)
    : cleanLine(text, long ? LONG_MAX : CELL_MAX);
  return shown.replaceAll("|", "\\|");
}

function joinCells(cells: readonly string[]): string {
  return cells.join(" | ").replace(/(?: \| ?)+$/, "");
}

function tableSection(table: Table): Section {
  const grid = table.rows.map((row) =>
    table.columns.map((column) => tableCell(cellText(column, row), isForeignCell(column, row), column.long)),
  );
  const used = table.columns.flatMap((_, i) => (grid.some((cells) => cells[i] !== "") ? [i] : []));
  const lines = grid.map((cells) => joinCells(used.map((i) => cells[i] ?? "")));
  const header = used
    .map((i) => tableCell(table.columns[i]?.label ?? table.columns[i]?.key ?? ""))
    .join(" | ");
  const head = [...titleLine(table.title), ...(lines.length > 0 ? [header] : [])];
  const note = (shown: number) => shownLine(lines.length, shown, table.total, table.more);
  const write = (count: number) => {
    const tail = note(count);
    const body = count === 0 && tail === "" ? [] : [...head, ...lines.slice(0, count)];
    return [...body, ...(tail === "" ? [] : [tail])].join("\n");
  };
  return section("table", lines, write, "head", note(lines.length).length + 80 + (table.more?.length ?? 0));
}

function factText(fact: Fact): string {
  const text = formatCell(fact.value, fact.format);
  const long = fact.long === true;
  return fact.foreign === true
    ? quoted(text, long ? LONG_MAX : QUOTE_MAX)
    : cleanLine(text, long ? LONG_MAX : CELL_MAX);
}

function factsSection(block: Facts): Section {
  const lines = block.facts.flatMap((fact) => {
    const value = factText(fact);
    return value === "" ? [] : [`${cleanLine(fact.label ?? fact.key)}: ${value}`];
  });
  const write = (count: number) => {
    if (lines.length === 0) return "";
    const tail = count < lines.length ? [`${count} of ${lines.length} facts shown (cut to fit)`] : [];
    return [...titleLine(block.title), ...lines.slice(0, count), ...tail].join("\n");
  };
  return section("facts", lines, write, "head", 60);
}

function untrustedSection(block: Untrusted): Section {
  const text = cleanText(block.text).trimEnd();
  const parts = pieces(text);
  const keep = block.keep ?? "head";
  const write = (count: number) => {
    if (text === "") return "";
    const shown = kept(parts, keep, count).join("").trimEnd();
    const what = count === parts.length ? "" : extent(text, shown, keep);
    const lines = fence(shown, block.source, what);
    const body = shown === "" ? [] : [lines.open, shown, lines.close];
    const more = what === "" || block.more === undefined ? [] : [`More of it: ${cleanLine(block.more)}`];
    return [lines.intro, ...body, ...more].join("\n");
  };
  return section("untrusted", parts, write, keep, 80 + (block.more?.length ?? 0) + 14, 0);
}

/** `separator` is what joins two pieces: a line break for lines, nothing for pieces of text. */
function section(
  kind: keyof typeof RANK,
  items: readonly string[],
  write: (count: number) => string,
  keep: "head" | "tail",
  cutCost: number,
  separator = 1,
): Section {
  const sizes = items.map((item) => item.length + separator);
  const whole = write(items.length);
  const fixed = whole.length - sizes.reduce((sum, n) => sum + n, 0);
  // A fence says itself what is in it.
  const quotes = kind !== "untrusted" && hasQuote(whole);
  return { part: { sizes, keep, cutCost, rank: RANK[kind] }, fixed, quotes, write };
}

function noteSection(text: string): Section {
  const line = cleanLine(text, LINE_MAX);
  const write = (count: number) => (count === 0 ? "" : line);
  return section("note", [line], write, "head", 0);
}

function titleLine(title: string | undefined): string[] {
  return title === undefined || title === "" ? [] : [`${cleanLine(title)}:`];
}

function toSection(block: Block): Section {
  switch (block.kind) {
    case "table":
      return tableSection(block);
    case "facts":
      return factsSection(block);
    case "untrusted":
      return untrustedSection(block);
    case "note":
      return noteSection(block.text);
  }
}

/**
 * An answer as text for a model: the headline, the blocks (a blank line between them, none around notes), and
 * "Next:" lines. Over budget, whole rows and lines go from the longest table or untrusted text first, then facts,
 * then notes; what was cut is said. FOREIGN_LINE stands before the first quotation that is shown. The result never exceeds the budget.
 */
export function toText(answer: Answer, options: RenderOptions = {}): string {
  const budget = options.budget ?? DEFAULT_BUDGET;
  const blocks = answer.blocks ?? [];
  const sections = blocks.map(toSection);
  const told = cleanLine(answer.headline, LINE_MAX);
  const headline = hasQuote(told) ? `${told}\n${FOREIGN_LINE}` : told;
  const next = (answer.next ?? []).map((line) => `Next: ${cleanLine(line, LINE_MAX)}`);
  const frame = [headline, ...next].join("\n").length;
  const line = sections.some((s) => s.quotes) ? FOREIGN_LINE.length + 1 : 0;
  // Two line breaks a block at most.
  const fixed = sections.reduce((sum, s) => sum + s.fixed + 2, frame + line);
  const counts = keepWithin(
    fixed,
    sections.map((s) => s.part),
    budget,
  );
  let out = headline;
  let afterBlock = false;
  let said = hasQuote(told);
  sections.forEach((s, i) => {
    const text = s.write(counts[i] ?? 0);
    if (text === "") return;
    const isNote = blocks[i]?.kind === "note";
    const first = !said && s.quotes && hasQuote(text);
    said ||= first;
    out += `${afterBlock && !isNote ? "\n\n" : "\n"}${first ? `${FOREIGN_LINE}\n` : ""}${text}`;
    afterBlock = !isNote;
  });
  const whole = [out, ...next].join("\n");
  return whole.length <= budget ? whole : frameOnly(headline, next, budget);
}

/** The last resort for a budget that the titles and fences alone exceed. */
function frameOnly(headline: string, next: readonly string[], budget: number): string {
  const steps = next.join("\n");
  const room = budget - (steps === "" ? 0 : steps.length + 1);
  const said = "(cut to fit)";
  if (room < headline.length) return cut(headline, budget);
  const middle = room - headline.length > said.length ? [said] : [];
  return [headline, ...middle, ...next].join("\n");
}
