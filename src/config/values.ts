import { isAbsolute } from "node:path";
import { formed, type Parser } from "./form.ts";
import { unknownNames } from "./names.ts";
import { isTypo } from "./nearest.ts";
import type { Parsed } from "./parsed.ts";
import { show } from "./show.ts";

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  "1": true,
  "0": false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

/** `true/false`, `1/0`, `yes/no`, `on/off` in any case. */
export const parseBoolean = formed<boolean>({ kind: "boolean" }, (text) => {
  const value = Object.hasOwn(BOOLEANS, text.toLowerCase()) ? BOOLEANS[text.toLowerCase()] : undefined;
  if (value !== undefined) return { value };
  const typo = isTypo(text, Object.keys(BOOLEANS));
  return { problem: `must be one of true, false, 1, 0, yes, no, on, off; it is ${show(text, typo)}` };
});

/** Seconds, fractions allowed, above 0 and at most `most`. */
export function parseSeconds(most: number): Parser<number> {
  return formed({ kind: "number", whole: false, least: 0, most }, (text) => {
    const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= most) return { value };
    return { problem: `must be a number of seconds above 0 and at most ${most}, without a unit` };
  });
}

/** A whole number within limits, without a unit. */
export function parseWholeNumber(least: number, most: number): Parser<number> {
  return formed({ kind: "number", whole: true, least, most }, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    return { problem: `must be a whole number from ${least} to ${most}, without a unit` };
  });
}

/** A path from the root: a client may start this program in any folder. */
export function parseAbsolutePath(text: string): Parsed<string> {
  return isAbsolute(text) ? { value: text } : { problem: "must be an absolute path" };
}

/** Exactly one of `names`. */
export function parseChoice<N extends string>(kind: string, names: readonly N[]): Parser<N> {
  return formed<N>({ kind: "choice", names }, (text) => {
    const value = names.find((name) => name === text);
    if (value !== undefined) return { value };
    return { problem: `${unknownNames(kind, [text], names)}; valid: ${names.join(", ")}` };
  });
}

/** Entries between commas, each once; blanks around them and empty ones are dropped, but one must remain. */
export const parseList = formed<readonly string[]>({ kind: "list" }, (text) => {
  const value = [...new Set(text.split(",").map((entry) => entry.trim()))].filter((entry) => entry !== "");
  if (value.length > 0) return { value };
  return { problem: "is a list without an entry: name at least one, or leave the variable unset" };
});

/** A list of which every entry is one of `names`; the value is in the order of `names`. */
export function parseChoices<N extends string>(kind: string, names: readonly N[]): Parser<readonly N[]> {
  return formed<readonly N[]>({ kind: "list", names }, (text) => {
    const list = parseList(text);
    if ("problem" in list) return list;
    const unknown = unknownNames(kind, list.value, names);
    if (unknown !== undefined) return { problem: `${unknown}; valid: ${names.join(", ")}` };
    return { value: names.filter((name) => list.value.includes(name)) };
  });
}

/** A list of which `parse` reads every entry, in the order given and each value once; the first fault is told. */
export function parseEach<T extends string>(
  parse: (text: string) => Parsed<T>,
): Parser<readonly [T, ...T[]]> {
  return formed<readonly [T, ...T[]]>({ kind: "list" }, (text) => {
    const list = parseList(text);
    if ("problem" in list) return list;
    const values = new Set<T>();
    for (const [at, entry] of list.value.entries()) {
      const outcome = parse(entry);
      if ("value" in outcome) values.add(outcome.value);
      else if (list.value.length === 1) return outcome;
      else return { problem: `has an entry ${at + 1} that ${outcome.problem}` };
    }
    const [first, ...others] = values;
    return first === undefined ? { problem: "names nothing" } : { value: [first, ...others] };
  });
}
