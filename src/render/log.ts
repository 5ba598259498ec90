import type { Untrusted } from "./answer.ts";

/** A line of a PVE log: `n` its number from 1, `t` its text. */
export interface LogLine {
  readonly n: number;
  readonly t: string;
}

export interface LogOptions {
  /** At most so many lines; default all. */
  readonly limit?: number;
  /** Which end stays; default "tail", where a log says how it went. */
  readonly keep?: "head" | "tail";
  /** How to see the rest. */
  readonly more?: string;
}

const ERROR =
  /\b(?:error|errors|fail(?:ed|ure|s)?|fatal|panic|abort(?:ed|ing)?|denied|refused|cannot|can't|unable|timeout|timed out|died)\b/i;
const WARNING = /\bwarn(?:ing|ings)?\b/i;

/** Log lines as a fenced block. `source` says what log it is; how much of it is shown is added. */
export function logBlock(lines: readonly LogLine[], source: string, options: LogOptions = {}): Untrusted {
  const keep = options.keep ?? "tail";
  const limit = Math.max(0, options.limit ?? lines.length);
  const from = keep === "tail" ? Math.max(0, lines.length - limit) : 0;
  const shown = lines.slice(from, from + limit);
  const part =
    shown.length < lines.length
      ? `, ${keep === "tail" ? "last" : "first"} ${shown.length} of ${lines.length} lines`
      : "";
  return {
    kind: "untrusted",
    source: `${source}${part}`,
    text: shown.map((line) => line.t.trimEnd()).join("\n"),
    keep,
    ...(options.more === undefined ? {} : { more: options.more }),
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
