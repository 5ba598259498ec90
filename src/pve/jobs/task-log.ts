import type { LogLine } from "../../render/log.ts";
import type { CallOptions, Pve } from "../client.ts";
import { type Json, num, rows, str } from "../data.ts";

const LOG = "GET /nodes/{node}/tasks/{upid}/log";
/** Lines asked for at once. */
const PAGE = 5_000;
/** Nobody reads further; the end of a longer log is read as well. */
const MOST = 50_000;

/** Where a task's status and log are asked for. */
export interface TaskAddress {
  readonly node: string;
  readonly upid: string;
}

/** The lines of a log as PVE answers them: `n` their number, `t` their text. */
export const logLines = (data: Json): readonly LogLine[] =>
  rows(data).map((row) => ({ n: num(row, "n") ?? 0, t: str(row, "t") ?? "" }));

/** PVE answers these in place of an empty or missing log. */
const NO_LINE = /^(?:no content|unable to open file - )/;

/** New lines read at a look, and those of the end where more have come. */
const LOOK = 500;
const END = 200;

/**
 * The log with what has come since `known` was read; of very much the first and the last, for the end tells how far it
 * is. The last known line is read again: a command may have been in the middle of it.
 */
export async function grownLog(
  pve: Pve,
  at: TaskAddress,
  known: readonly LogLine[],
  options?: CallOptions,
): Promise<readonly LogLine[]> {
  const whole = known.slice(0, -1);
  return [...whole, ...(await linesAfter(pve, at, whole.at(-1)?.n ?? 0, options))];
}

/** The lines after the first `seen`; of very many the first and the last. */
async function linesAfter(
  pve: Pve,
  at: TaskAddress,
  seen: number,
  options?: CallOptions,
): Promise<readonly LogLine[]> {
  const { data, total = 0 } = await pve.call(LOG, { ...at, start: seen, limit: LOOK }, options);
  const lines = logLines(data);
  if (lines.length === 1 && NO_LINE.test(lines[0]?.t ?? "")) return [];
  const next = Math.max(seen + lines.length, total - END);
  if (next >= total) return lines;
  const rest = await pve.call(LOG, { ...at, start: next, limit: total - next }, options);
  return [...lines, ...logLines(rest.data)];
}

/** A task's log; of one beyond 50,000 lines the beginning and the end. Throws a PveError. */
export async function readLog(pve: Pve, at: TaskAddress, options?: CallOptions): Promise<readonly LogLine[]> {
  const all: LogLine[] = [];
  for (;;) {
    const { data, total = 0 } = await pve.call(LOG, { ...at, start: all.length, limit: PAGE }, options);
    const page = logLines(data);
    all.push(...page);
    if (all.length >= total || page.length === 0) break;
    if (all.length >= MOST) {
      all.push(...(await linesAfter(pve, at, Math.max(all.length, total - PAGE), options)));
      break;
    }
  }
  return all.length === 1 && NO_LINE.test(all[0]?.t ?? "") ? [] : all;
}
