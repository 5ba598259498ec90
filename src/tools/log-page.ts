import { num } from "../pve/data.ts";
import { logLines } from "../pve/jobs/task-log.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import { logBlock } from "../render/log.ts";
import type { ToolCall } from "./tool.ts";

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
