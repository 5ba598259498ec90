import type { Untrusted } from "./answer.ts";

/** A line of a PVE log: `n` its number from 1, `t` its text. */
export interface LogLine {
  readonly n: number;
  readonly t: string;
}

const ERROR =
  /\b(?:error|errors|fail(?:ed|ure|s)?|fatal|panic|abort(?:ed|ing)?|denied|refused|cannot|can't|unable|timeout|timed out|died)\b/i;
const WARNING = /\bwarn(?:ing|ings)?\b/i;

/** Log lines as a fenced block; `source` says what log it is. Of too many the end stays, which says how it went. */
export function logBlock(lines: readonly LogLine[], source: string): Untrusted {
  return {
    kind: "untrusted",
    source,
    text: lines.map((line) => line.t.trimEnd()).join("\n"),
    keep: "tail",
  };
}

/**
 * The `n` lines of a log that tell most, in their order: errors before warnings before the rest, among equals the
 * later ones. Blank lines are never chosen.
 */
export function importantLines(lines: readonly LogLine[], n: number): LogLine[] {
  const weigh = (text: string) => (ERROR.test(text) ? 2 : WARNING.test(text) ? 1 : 0);
  return lines
    .flatMap((line, at) => (line.t.trim() === "" ? [] : [{ line, at, weight: weigh(line.t) }]))
    .sort((a, b) => b.weight - a.weight || b.at - a.at)
    .slice(0, Math.max(0, n))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
}
