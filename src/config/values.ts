import { isAbsolute } from "node:path";
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
export function parseBoolean(text: string): Parsed<boolean> {
  const value = Object.hasOwn(BOOLEANS, text.toLowerCase()) ? BOOLEANS[text.toLowerCase()] : undefined;
  if (value !== undefined) return { value };
  const typo = isTypo(text, Object.keys(BOOLEANS));
  return { problem: `must be one of true, false, 1, 0, yes, no, on, off; it is ${show(text, typo)}` };
}

/** Seconds, fractions allowed, above 0 and at most `most`. */
export function parseSeconds(most: number): (text: string) => Parsed<number> {
  return (text) => {
    const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= most) return { value };
    return { problem: `must be a number of seconds above 0 and at most ${most}, without a unit` };
  };
}

/** A whole number within limits, without a unit. */
export function parseWholeNumber(least: number, most: number): (text: string) => Parsed<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    return { problem: `must be a whole number from ${least} to ${most}, without a unit` };
  };
}

/** A path from the root: a client may start this program in any folder. */
export function parseAbsolutePath(text: string): Parsed<string> {
  return isAbsolute(text) ? { value: text } : { problem: "must be an absolute path" };
}

/** Exactly one of `names`. */
export function parseChoice<N extends string>(
  kind: string,
  names: readonly N[],
): (text: string) => Parsed<N> {
  return (text) => {
    const value = names.find((name) => name === text);
    if (value !== undefined) return { value };
    return { problem: `${unknownNames(kind, [text], names)}; valid: ${names.join(", ")}` };
  };
}

/** Entries between commas, each once; blanks around them and empty ones are dropped, but one must remain. */
export function parseList(text: string): Parsed<readonly string[]> {
  const value = [...new Set(text.split(",").map((entry) => entry.trim()))].filter((entry) => entry !== "");
  if (value.length > 0) return { value };
  return { problem: "is a list without an entry: name at least one, or leave the variable unset" };
}

/** A list of which every entry is one of `names`; the value is in the order of `names`. */
export function parseChoices<N extends string>(
  kind: string,
  names: readonly N[],
): (text: string) => Parsed<readonly N[]> {
  return (text) => {
    const list = parseList(text);
    if ("problem" in list) return list;
    const unknown = unknownNames(kind, list.value, names);
    if (unknown !== undefined) return { problem: `${unknown}; valid: ${names.join(", ")}` };
    return { value: names.filter((name) => list.value.includes(name)) };
  };
}

/** A list of which `parse` reads every entry, in the order given and each value once; the first fault is told. */
export function parseEach<T extends string>(
  parse: (text: string) => Parsed<T>,
): (text: string) => Parsed<readonly [T, ...T[]]> {
  return (text) => {
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
  };
}
