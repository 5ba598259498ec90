import { type Json, num, rows, str } from "../pve/data.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import { type LogLine, logBlock } from "../render/log.ts";
import type { ToolCall } from "./tool.ts";

/** The lines of a log as PVE answers them: `n` their number, `t` their text. */
export const logLines = (data: Json): readonly LogLine[] =>
  rows(data).map((row) => ({ n: num(row, "n") ?? 0, t: str(row, "t") ?? "" }));

/**
 * A page of a log that PVE pages by `start` and `limit`, and where the next begins if there is one.
 * @param of whose lines they are: "node pve1"
 * @param source what log it is, for the fence: "syslog of pve1"
 */
export function logPage({ data, total }: Reply, call: ToolCall, of: string, source: string): Answer {
  const lines = logLines(data);
  const end = (num(call.input, "start") ?? 0) + lines.length;
  const all = total ?? lines.length;
  const count = lines.length < all ? `${lines.length} of ${all}` : String(lines.length);
  return {
    headline: `${count} log ${all === 1 ? "line" : "lines"} of ${of}.`,
    blocks: [logBlock(lines, source)],
    ...(lines.length > 0 && end < all ? { next: [`start: ${end} for later lines.`] } : {}),
  };
}
