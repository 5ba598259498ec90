/** One measured figure. */
export interface Line {
  readonly name: string;
  readonly value: number;
  /** `x` is a ratio. */
  readonly unit: "bytes" | "%" | "x" | "ms" | "calls/s" | "connections" | "MiB" | "calls";
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What stands behind the figure: absolute times of this machine, number of tools. */
  readonly note?: string;
}

const DIGITS: Readonly<Record<Line["unit"], number>> = {
  bytes: 0,
  "%": 1,
  x: 2,
  ms: 2,
  "calls/s": 0,
  connections: 0,
  MiB: 1,
  calls: 0,
};

/** True when the figure meets its target, undefined when it has none. */
export function passes({ value, atMost, atLeast }: Line): boolean | undefined {
  if (atMost !== undefined) return value <= atMost;
  return atLeast === undefined ? undefined : value >= atLeast;
}

/** The figures as a table of plain text: name, value, target, verdict, note. */
export function formatTable(lines: readonly Line[]): string {
  const cells = lines.map((line) => [
    line.name,
    `${line.value.toFixed(DIGITS[line.unit])} ${line.unit}`,
    line.atMost !== undefined ? `<= ${line.atMost}` : line.atLeast !== undefined ? `>= ${line.atLeast}` : "",
    { true: "pass", false: "FAIL", undefined: "" }[String(passes(line))] ?? "",
    line.note ?? "",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
