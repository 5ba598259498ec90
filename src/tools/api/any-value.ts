import { isRow, type Json, type Row } from "../../pve/data.ts";
import type { Answer, Block, Cell, Column } from "../../render/answer.ts";
import { isForeign } from "../../render/foreign.ts";
import { Refusal } from "../refusal.ts";
import { fieldOf, rowFilter } from "./row-filter.ts";

/** What of an answer is wanted. */
export interface Wanted {
  /** Names of fields, `a.b` for one inside another; absent: all. */
  readonly fields?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly start?: number | undefined;
  readonly limit?: number | undefined;
}

/** Rows that are shown when the caller does not say. */
const PAGE_SIZE = 50;
/** A nested value is shown as JSON up to this length. */
const NESTED_MAX = 300;
/** A text with line ends, or longer than this, is shown as a block of its own. */
const LINE_MAX = 200;

function cellOf(value: Json | undefined): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") return value;
  const text = JSON.stringify(value);
  return text.length > NESTED_MAX ? `${text.slice(0, NESTED_MAX)}…` : text;
}

/** Fields of PVE that hold Unix seconds. */
const TIMES: ReadonlySet<string> = new Set([
  "ctime",
  "endtime",
  "expire",
  "last_sync",
  "last_try",
  "lastupdate",
  "mtime",
  "next-run",
  "next_sync",
  "notafter",
  "notbefore",
  "snaptime",
  "starttime",
  "time",
  "timestamp",
]);

const isTime = (key: string, value: Json | undefined): boolean => TIMES.has(key) && typeof value === "number";

/** Nested values and free text are quoted: whoever may set them writes as they like. */
const isFree = (key: string, value: Json | undefined): boolean =>
  typeof value === "object" ? value !== null : isForeign(key, value);

/**
 * Any answer of PVE's: a list as a table with count, filter and paging, an object as facts, a text fenced.
 * @param what names the answer in the headline: "List the VMs of a node"
 * @param empty what an empty list may mean
 */
export function anyAnswer(what: string, data: Json, wanted: Wanted, empty?: string): Answer {
  if (Array.isArray(data)) return listOf(what, data, wanted, empty);
  if (wanted.filter !== undefined) throw new Refusal("filter goes with lists; this answer is none.");
  if (isRow(data)) return objectOf(what, data, wanted.fields);
  if (data === null || data === "") return { headline: `${what}: PVE answers nothing.` };
  const text = String(data);
  if (text.includes("\n") || text.length > LINE_MAX)
    return { headline: `${what}:`, blocks: [{ kind: "untrusted", source: "PVE's answer", text }] };
  return { headline: `${what}:`, blocks: [factsOf({ value: data }, ["value"])] };
}

function listOf(what: string, data: readonly Json[], wanted: Wanted, empty: string | undefined): Answer {
  const rows = data.map((entry): Row => (isRow(entry) ? entry : { value: entry }));
  const matching = wanted.filter === undefined ? rows : rows.filter(rowFilter(wanted.filter));
  const start = wanted.start ?? 0;
  const shown = matching.slice(start, start + (wanted.limit ?? PAGE_SIZE));
  const of = matching.length < rows.length ? ` of ${rows.length}` : "";
  const entries = (count: number): string => (count === 1 ? "entry" : "entries");
  if (matching.length === 0)
    return {
      headline:
        rows.length === 0
          ? `${what}: no entries.`
          : `${what}: none of ${rows.length} ${entries(rows.length)} matches the filter.`,
      ...(rows.length === 0 && empty !== undefined ? { blocks: [{ kind: "note", text: empty }] } : {}),
    };
  const every = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const keys = wanted.fields ?? every;
  const columns = keys.map(
    (key): Column => ({
      key,
      foreignFrom: `${key} is free`,
      ...(rows.every((row) => isTime(key, row[key] ?? 0)) ? { format: "time" } : {}),
    }),
  );
  const next = start + shown.length;
  return {
    headline: `${what}: ${matching.length}${of} ${entries(rows.length)}.`,
    blocks: [
      {
        kind: "table",
        columns,
        rows: shown.map((row) =>
          Object.fromEntries(
            keys.flatMap((key): [string, Cell][] => {
              const value = fieldOf(row, key);
              return [
                [key, cellOf(value)],
                [`${key} is free`, isFree(key, value)],
              ];
            }),
          ),
        ),
        ...(shown.length < matching.length ? { total: matching.length } : {}),
        ...(next < matching.length ? { more: `start: ${next}` } : {}),
      },
      ...unknownFields(wanted.fields, rows, every),
    ],
  };
}

function objectOf(what: string, data: Row, fields: readonly string[] | undefined): Answer {
  const keys = Object.keys(data);
  if (keys.length === 0) return { headline: `${what}: PVE answers nothing.` };
  const texts = keys.filter((key) => {
    const value = data[key];
    return typeof value === "string" && value.includes("\n") && (fields?.includes(key) ?? true);
  });
  return {
    headline: `${what}:`,
    blocks: [
      factsOf(
        data,
        (fields ?? keys).filter((key) => !texts.includes(key)),
      ),
      ...texts.map((key): Block => ({ kind: "untrusted", source: key, text: String(data[key]) })),
      ...unknownFields(fields, [data], keys),
    ],
  };
}

const factsOf = (data: Row, keys: readonly string[]): Block => ({
  kind: "facts",
  facts: keys.map((key) => {
    const value = fieldOf(data, key);
    return {
      key,
      value: cellOf(value),
      long: true,
      ...(isFree(key, value) ? { foreign: true } : {}),
      ...(isTime(key, value) ? { format: "time" } : {}),
    };
  }),
});

/** Names that no entry has, with those there are. */
function unknownFields(
  fields: readonly string[] | undefined,
  rows: readonly Row[],
  every: readonly string[],
): readonly Block[] {
  const unknown = (fields ?? []).filter((field) => rows.every((row) => fieldOf(row, field) === undefined));
  if (unknown.length === 0) return [];
  return [
    { kind: "note", text: `No entry has ${unknown.join(", ")}. Fields: ${every.slice(0, 60).join(", ")}.` },
  ];
}
