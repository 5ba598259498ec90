import { distance } from "fastest-levenshtein";

/** Longer values are no typing mistakes of a name, and comparing them costs time. */
const LONGEST = 64;
/** Shorter parts are inside of too many names. */
const SHORTEST_PART = 3;

/** Two letters in the wrong order count as two changes. */
const TRANSPOSED = 2;

/** Case and separators are what people get wrong most: `ReadOnly`, `read_only`. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

/** Changes that still count as a typing mistake in a name of this length. */
function reach(length: number): number {
  return Math.max(length < 4 ? 1 : TRANSPOSED, Math.floor(length / 3));
}

/** A whole word of a name is nearer than a word of two other letters. */
const WORD = 1.5;
const isWordOf = (wanted: string, name: string): boolean =>
  wanted.length >= SHORTEST_PART &&
  name
    .toLowerCase()
    .split(/[\s_-]/)
    .includes(wanted) &&
  wanted !== bare(name);

/** The steps from a value to a name, undefined when they have nothing to do with each other. */
function steps(wanted: string, candidate: string): number | undefined {
  const changes = distance(wanted, candidate);
  const most = reach(wanted.length);
  if (changes <= most) return changes;
  const [short, long] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  return short.length >= SHORTEST_PART && long.includes(short) ? most + changes : undefined;
}

/**
 * The valid names that `value` was probably meant to be, nearest first, at most `limit`; none when nothing
 * is near.
 */
export function nearest(value: string, names: readonly string[], limit = 3): string[] {
  const wanted = bare(value);
  if (value.length > LONGEST || wanted.length < 2) return [];
  return names
    .flatMap((name) => {
      const far = isWordOf(wanted, name) ? WORD : steps(wanted, bare(name));
      return far === undefined ? [] : [{ name, far }];
    })
    .sort((a, b) => a.far - b.far)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** True when `value` holds hardly anything that is not in a valid name, so that showing it gives nothing away. */
export function isTypo(value: string, names: readonly string[]): boolean {
  if (value.length > LONGEST) return false;
  const wanted = bare(value);
  return names
    .map(bare)
    .some((name) => name.includes(wanted) || distance(wanted, name) <= reach(wanted.length));
}

/** The name that `value` is one slip away from: a letter wrong, missing or too many, or two neighbours exchanged. */
export function oneSlipFrom(value: string, names: readonly string[]): string | undefined {
  if (value.length > LONGEST) return undefined;
  return names.find((name) => distance(value, name) === 1 || isExchanged(value, name));
}

function isExchanged(value: string, name: string): boolean {
  if (value.length !== name.length || distance(value, name) !== TRANSPOSED) return false;
  const at = [...name].findIndex((letter, i) => letter !== value[i]);
  return value[at] === name[at + 1] && value[at + 1] === name[at];
}
