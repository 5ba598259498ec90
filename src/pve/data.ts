import { splitList } from "../schema/split-list.ts";

/** Reading PVE's answers: their shapes are not to be relied on, so every access says what it expects. */
export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** An object of an answer, e.g. a line of a list. */
export type Row = Readonly<Record<string, Json>>;

/** Whether a value of an answer is an object. */
export const isRow = (value: Json | undefined): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The objects of a list; anything else is no rows. */
export const rows = (data: Json | undefined): readonly Row[] =>
  Array.isArray(data) ? data.filter(isRow) : [];

/** An object, or an empty one. */
export const record = (data: Json | undefined): Row => (isRow(data) ? data : {});

/** A text; numbers become text, everything else is absent. */
export function str(row: Row, key: string): string | undefined {
  const value = row[key];
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** A number, also where PVE sends it as text ("0.30"). */
export function num(row: Row, key: string): number | undefined {
  const value = row[key];
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** PVE's booleans: 1, "1" or true. */
export const flag = (row: Row, key: string): boolean => {
  const value = row[key];
  return value === true || value === 1 || value === "1";
};

/** The entries of a list that PVE keeps in a text; none when it is absent. */
export const list = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : splitList(text);
