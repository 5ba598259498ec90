/** What a tool answers, before it becomes text or JSON. The headline is the answer; blocks carry the detail. */
export interface Answer {
  readonly headline: string;
  readonly blocks?: readonly Block[];
  /** What to call or do next, one line each. */
  readonly next?: readonly string[];
  /** The call failed although PVE was asked (a job that ended badly). */
  readonly failed?: boolean;
  /** Jobs that were started and are to be followed: how they end becomes part of the answer. */
  readonly jobs?: readonly Job[];
}

/** A job that runs on a node. */
export interface Job {
  readonly upid: string;
  /** What it does, for sentences: "Start of VM 103 (mail) on pve1". */
  readonly what: string;
  /** VMIDs it is to handle, where its success is judged by each of them. */
  readonly guests?: readonly number[] | undefined;
}

/** A part of an answer, shown in order. */
export type Block = Table | Facts | Untrusted | Note;

/** How a value is written for a reader; JSON output keeps the raw value. */
export type Format =
  | "text"
  | "bytes" // bytes -> 12.4 GiB
  | "rate" // bytes per second -> 1.2 MiB/s
  | "percent" // fraction 0..1 -> 12.5%
  | "points" // percent points 0..100 -> 12.5%
  | "number" // at most two decimals
  | "duration" // seconds -> 3d 4h
  | "time" // Unix seconds -> 2026-11-22 06:59 UTC; 0 is no time
  | "flag"; // 0/1, "1", true -> yes/no

/** A value before it is formatted; null, undefined and an empty list are no value. */
export type Cell = string | number | boolean | null | undefined | readonly (string | number)[];

/** A column of a table: which field of the rows, under which label, in which format. */
export interface Column {
  readonly key: string;
  readonly label?: string;
  readonly format?: Format;
  /** The row's own field that holds the Format of this cell, for rows of mixed units. */
  readonly formatFrom?: string;
  /** Written by users or guests: text shows it as a quotation, cut at 120 characters. */
  readonly foreign?: true;
  /** The row's own field that is true when this cell is foreign, for rows of mixed origin. */
  readonly foreignFrom?: string;
  /** The row's own field that holds the whole: text shows both as `1.2/16 GiB`, JSON both numbers. Bytes only. */
  readonly of?: string;
  /** The cells may be up to 2,000 characters (else 200). */
  readonly long?: true;
}

/** Rows of one shape. A column without any value is left out of the text. */
export interface Table {
  readonly kind: "table";
  readonly title?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** How many there are in all, when these rows are a part. */
  readonly total?: number;
  /** How to see the rest: "start: 50", "filter by node". */
  readonly more?: string;
}

/** One named value; `label` is what text shows for `key`. */
export interface Fact {
  readonly key: string;
  readonly label?: string;
  readonly value: Cell;
  readonly format?: Format;
  /** The value may be up to 2,000 characters (else 200). */
  readonly long?: true;
  /** Written by users or guests: text shows it as a quotation, cut at 120 characters unless long. */
  readonly foreign?: true;
}

/** `label: value` lines; facts without a value are left out. */
export interface Facts {
  readonly kind: "facts";
  readonly title?: string;
  readonly facts: readonly Fact[];
}

/** Text that a guest, a user or a log wrote: stripped of control characters and fenced as data. */
export interface Untrusted {
  readonly kind: "untrusted";
  /** Where it came from, e.g. "notes of VM 104". */
  readonly source: string;
  readonly text: string;
  /** Which end stays when the budget is short: "tail" for logs. Default "head". */
  readonly keep?: "head" | "tail";
  /** How to see the rest when it is cut. */
  readonly more?: string;
}

/** One line of ours: a hint, a reason, a warning. */
export interface Note {
  readonly kind: "note";
  readonly text: string;
}
