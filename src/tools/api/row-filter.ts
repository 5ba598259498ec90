import type { Json, Row } from "../../pve/data.ts";
import { Refusal } from "../refusal.ts";

/** One condition on a row. */
type Condition = (row: Row) => boolean;

const CONDITION = /^([^\s=!<>~]+)(!=|>=|<=|=|~|>|<)(?:"([^"]*)"|([^\s"]*))$/;

/** The value at `a` or `a.b` of a row; undefined where there is none. */
export function fieldOf(row: Row, path: string): Json | undefined {
  if (Object.hasOwn(row, path)) return row[path];
  let at: Json | undefined = row;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, part))
      return undefined;
    at = (at as Row)[part];
  }
  return at;
}

const textOf = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** PVE writes flags as 0 and 1 or as true and false. */
const alike = (a: string, b: string): boolean => a === b || (FLAGS[a] !== undefined && FLAGS[a] === FLAGS[b]);
const FLAGS: Readonly<Record<string, string>> = { true: "1", false: "0", "1": "1", "0": "0" };

const TESTS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  "=": alike,
  "!=": (value, wanted) => !alike(value, wanted),
  "~": (value, wanted) => value.toLowerCase().includes(wanted.toLowerCase()),
  ">": (value, wanted) => value !== "" && Number(value) > Number(wanted),
  "<": (value, wanted) => value !== "" && Number(value) < Number(wanted),
  ">=": (value, wanted) => value !== "" && Number(value) >= Number(wanted),
  "<=": (value, wanted) => value !== "" && Number(value) <= Number(wanted),
};

/**
 * The test that a filter stands for: conditions with blanks between them, of which all must hold: `status=running`,
 * `type!=lxc`, `name~web` (contains, whatever the case), `mem>1000000`, values with blanks in double quotes.
 * Throws a Refusal for what is none.
 */
export function rowFilter(text: string): Condition {
  if ((text.match(/"/g) ?? []).length % 2 === 1) throw new Refusal("filter: a double quote is not closed.");
  const parts = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  const conditions = parts.map((part): Condition => {
    const [, field, operator, quoted, plain] = CONDITION.exec(part) ?? [];
    const test = operator === undefined ? undefined : TESTS[operator];
    if (field === undefined || test === undefined)
      throw new Refusal(
        `filter: ${JSON.stringify(part.slice(0, 60))} is no condition. Write field=value, != ~ (contains) > < >= <=, blanks between conditions.`,
      );
    const wanted = quoted ?? plain ?? "";
    if (/^[<>]/.test(operator ?? "") && (wanted === "" || Number.isNaN(Number(wanted))))
      throw new Refusal(
        `filter: ${field} is compared with ${JSON.stringify(wanted.slice(0, 60))}, which is no number.`,
      );
    return (row) => test(textOf(fieldOf(row, field)), wanted);
  });
  return (row) => conditions.every((holds) => holds(row));
}
