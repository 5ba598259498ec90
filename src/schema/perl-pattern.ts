/** Perl patterns, as PVE publishes them, made into JavaScript ones. */

/** Perl syntax without a counterpart here: such a pattern is left to PVE. */
const UNSUPPORTED = /\(\?(?:[>|&#<{(R]|P[<=>])|\\[AzZGhHvVRXKpPQELUg]|\[\[:|[*+?}]\+|\(\*/;

/** Parts that take exponential time on a near miss, and what matches the same texts without. */
const REWRITES: readonly (readonly [from: string, to: string])[] = [
  ["(?:[._]|__|[-]*)[a-z\\d]+)*", "(?:[._]|__|[-]+)[a-z\\d]+)*"],
];

/** The other-case twin of the letters in a range of characters, as ranges for a character class. */
function twins(from: string, to: string): string {
  let out = "";
  for (const [low, high, shift] of [
    ["a", "z", -32],
    ["A", "Z", 32],
  ] as const) {
    const start = Math.max(from.charCodeAt(0), low.charCodeAt(0));
    const end = Math.min(to.charCodeAt(0), high.charCodeAt(0));
    if (start <= end) out += `${String.fromCharCode(start + shift)}-${String.fromCharCode(end + shift)}`;
  }
  return out;
}

/** One member of a character class: a plain character or an escape. */
const MEMBER = /^(?:\\x[0-9A-Fa-f]{2}|\\[\s\S]|[\s\S])/;

/** A character class that also takes the other case of its letters. `body` is what stands between the brackets. */
function foldClass(body: string): string {
  let out = "";
  let rest = body;
  while (rest !== "") {
    const member = MEMBER.exec(rest)?.[0] ?? rest;
    rest = rest.slice(member.length);
    const first = member.length === 1 ? member : /^\\[^\w]$/.test(member) ? member.slice(1) : undefined;
    const next =
      first !== undefined && rest.length > 1 && rest[0] === "-" ? MEMBER.exec(rest.slice(1))?.[0] : undefined;
    const last =
      next?.length === 1 ? next : next?.length === 2 && /\W/.test(next[1] ?? "") ? next[1] : undefined;
    out += member;
    if (first === undefined) continue;
    if (last !== undefined && next !== undefined) {
      out += `-${next}`;
      rest = rest.slice(1 + next.length);
    }
    out += twins(first, last ?? first);
  }
  return out;
}

/** Letters beyond ASCII, as ranges of a class: Perl's `\\w` takes them, JavaScript's does not. */
const LETTERS =
  "\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u1fff\\u2c00-\\u2dff\\u3040-\\ud7ff\\uf900-\\ufaff";

/** Splits a pattern into the pieces that matter: escapes, classes, group openings and closings, the rest by character. */
const PIECE =
  /\\x[0-9A-Fa-f]{2}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?\^?[a-z]*:|\(\?|\(|\)|\{,(\d+)\}|[\s\S]/g;

function convert(source: string): string | undefined {
  if (UNSUPPORTED.test(source)) return undefined;
  let text = source;
  for (const [from, to] of REWRITES) text = text.replaceAll(from, to);
  let out = "";
  const folds: boolean[] = [];
  for (const [piece, upTo] of text.matchAll(PIECE)) {
    const fold = folds.at(-1) ?? false;
    if (piece.startsWith("(")) {
      const flags = /^\(\?(\^?)([a-z]*):$/.exec(piece);
      if (flags && /[^iu]/.test(flags[2] ?? "")) return undefined;
      // `(?^i:` starts from Perl's defaults, `(?:` and `(` keep what is around them.
      folds.push(flags?.[1] || flags?.[2] ? (flags[2] ?? "").includes("i") : fold);
      out += flags ? "(?:" : piece;
    } else if (piece === ")") {
      folds.pop();
      out += piece;
    } else if (upTo !== undefined) out += `{0,${upTo}}`;
    else if (piece === "\\w") out += `[\\w${LETTERS}]`;
    else if (piece.startsWith("[")) {
      const lead = piece.startsWith("[^") ? "[^" : "[";
      const body = piece.slice(lead.length, -1);
      const wide = /(?:^|[^\\])(?:\\\\)*\\w/.test(body) ? LETTERS : "";
      out += `${lead}${fold ? foldClass(body) : body}${wide}]`;
    } else if (fold && /^[A-Za-z]$/.test(piece)) out += `[${piece.toLowerCase()}${piece.toUpperCase()}]`;
    else out += piece;
  }
  return out;
}

const compiled = new Map<string, RegExp | undefined>();

/**
 * The pattern as a regular expression, anchored as PVE does (`m/^$pattern$/`, so a bare `a|b` is anchored at one
 * end only); undefined when it uses Perl syntax that JavaScript lacks. Compiled once.
 */
export function perlPattern(source: string): RegExp | undefined {
  if (compiled.has(source)) return compiled.get(source);
  let pattern: RegExp | undefined;
  const converted = convert(source);
  if (converted !== undefined) {
    try {
      pattern = new RegExp(`^${converted}$`);
    } catch {
      // A pattern that does not compile is PVE's to judge.
    }
  }
  compiled.set(source, pattern);
  return pattern;
}
