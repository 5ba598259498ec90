import { type Json, num, type Row, rows } from "../pve/data.ts";
import { isUpid } from "../pve/jobs/upid.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer, Block, Cell, Column, Fact, Table } from "../render/answer.ts";
import type { ToolCall } from "./tool.ts";

/** How many rows a list shows when the caller does not say. */
const PAGE_SIZE = 100;

/** One row as the reader sees it, by column key. */
export type Cells = Readonly<Record<string, Cell>>;

/** How a list reads. */
export interface ListSpec {
  /** Singular and plural of what is listed. */
  readonly one: string;
  readonly many: string;
  readonly columns: readonly Column[];
  /** Picks and derives a row's cells; undefined leaves it out. Absent: the columns' keys as they are. */
  readonly row?: (row: Row, call: ToolCall) => Cells | undefined;
  /** Key to sort by; numbers as numbers. */
  readonly sort?: string;
  /** Where they are, after the count: "on pve1". */
  readonly where?: (call: ToolCall) => string;
  /** What an empty list may mean or what to do then. */
  readonly empty?: string;
  readonly blocks?: (data: Json, call: ToolCall) => readonly Block[];
  readonly next?: (call: ToolCall) => readonly string[];
}

/** The answer of a tool that lists: count first, then a table, with paging where there is more. */
export function listAnswer(spec: ListSpec): (reply: Reply, call: ToolCall) => Answer {
  return ({ data, total: serverTotal }, call) => {
    const all = rows(data).flatMap((row): Cells[] => {
      const made = spec.row ? spec.row(row, call) : cells(row, spec.columns);
      return made ? [made] : [];
    });
    if (spec.sort) sortBy(all, spec.sort);
    // The server pages when the endpoint has these parameters; otherwise we do.
    const ours = call.tool.paged === true;
    const start = num(call.input, "start") ?? 0;
    const limit = num(call.input, "limit") ?? PAGE_SIZE;
    const shown = ours ? all.slice(start, start + limit) : all;
    const total = ours ? all.length : (serverTotal ?? all.length);
    const where = spec.where ? ` ${spec.where(call)}` : "";
    if (total === 0) return { headline: `No ${spec.many}${where}.`, ...emptyBlocks(spec, call) };
    const next = start + shown.length;
    const table: Table = {
      kind: "table",
      columns: spec.columns,
      rows: shown,
      ...(shown.length < total ? { total } : {}),
      ...(next < total ? { more: `start: ${next}` } : {}),
    };
    const count = shown.length < total ? `${shown.length} of ${total}` : String(total);
    const extra = spec.blocks?.(data, call) ?? [];
    const hints = spec.next?.(call) ?? [];
    return {
      headline: `${count} ${total === 1 ? spec.one : spec.many}${where}.`,
      blocks: [table, ...extra],
      ...(hints.length > 0 ? { next: hints } : {}),
    };
  };
}

function emptyBlocks(spec: ListSpec, call: ToolCall): { blocks?: readonly Block[] } {
  const text = call.emptyReason() ?? spec.empty;
  return text === undefined ? {} : { blocks: [{ kind: "note", text }] };
}

/** A row's cells by the columns' keys; nested values are left out. */
export function cells(row: Row, columns: readonly Column[]): Record<string, Cell> {
  const keys = columns.flatMap(({ key, of }) => (of === undefined ? [key] : [key, of]));
  return Object.fromEntries(keys.map((key) => [key, cell(row[key])]));
}

/** A value as a cell: lists of plain values stay lists, objects are left out. */
export function cell(value: Json | undefined): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") return value;
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: Json) =>
    typeof entry === "string" || typeof entry === "number" ? [entry] : [],
  );
}

/** Sorts rows by one key, numbers by value and text by name. */
export function sortBy(all: Cells[], key: string): void {
  all.sort((a, b) => {
    const [x, y] = [a[key], b[key]];
    return typeof x === "number" && typeof y === "number"
      ? x - y
      : String(x ?? "").localeCompare(String(y ?? ""));
  });
}

/** Facts out of an answer's object, in the order given: a text is the key, an object adds label and format. */
export function factsOf(data: Row, wanted: readonly (string | Omit<Fact, "value">)[]): Fact[] {
  return wanted.map((want) => {
    const spec = typeof want === "string" ? { key: want } : want;
    return { ...spec, value: cell(data[spec.key]) };
  });
}

/** The answer of a call that started a task, before it is known how that ends; `what` as a job says it. */
export function taskAnswer(
  upid: string,
  what: string,
  { facts = [], guests }: { readonly facts?: readonly Fact[]; readonly guests?: readonly number[] } = {},
): Answer {
  return {
    headline: `Started: ${what}`,
    ...(facts.length > 0 ? { blocks: [{ kind: "facts", facts }] } : {}),
    jobs: [{ upid, what, guests }],
  };
}

/** The answer of a write: a task that was started, or what was done. */
export function writeAnswer({ data }: Reply, call: ToolCall): Answer {
  const what = call.tool.done?.(call) ?? `${call.tool.title} done.`;
  return isUpid(data) ? taskAnswer(data, what) : { headline: what };
}
