import { num, type Row, record, rows, str } from "../pve/data.ts";
import { parseUpid } from "../pve/upid.ts";
import type { Answer } from "../render/answer.ts";
import { logBlock } from "../render/log.ts";
import { type Cells, listAnswer } from "./answers.ts";
import { category, tool } from "./define.ts";
import type { ToolCall } from "./tool.ts";

const upid = (call: ToolCall): string => str(call.input, "upid") ?? "";

/** "vzdump of 104" for sentences. */
const taskName = (id: string): string => {
  const parsed = parseUpid(id);
  if (!parsed) return "task";
  return parsed.id === "" ? parsed.type : `${parsed.type} of ${parsed.id}`;
};

const taskRow = (row: Row): Cells => ({
  upid: str(row, "upid"),
  type: str(row, "type"),
  id: str(row, "id"),
  user: str(row, "user"),
  start: num(row, "starttime"),
  took: duration(row),
  status: str(row, "status") ?? "running",
});

const duration = (row: Row): number | undefined => {
  const [start, end] = [num(row, "starttime"), num(row, "endtime")];
  return start === undefined || end === undefined ? undefined : end - start;
};

/** A task's verdict in a sentence: OK and warnings are success, anything else is PVE's error text. */
function verdict(status: Row): { text: string; failed: boolean } {
  if (str(status, "status") === "running") return { text: "is still running", failed: false };
  const exit = str(status, "exitstatus") ?? "ended without a status";
  if (exit === "OK") return { text: "succeeded", failed: false };
  const warnings = /^WARNINGS: (\d+)$/.exec(exit);
  return warnings
    ? { text: `succeeded with ${warnings[1]} warning(s)`, failed: false }
    : { text: `failed: ${exit}`, failed: true };
}

function statusAnswer(data: Row, call: ToolCall): Answer {
  const { text } = verdict(data);
  return {
    headline: `The ${taskName(upid(call))} on ${str(call.input, "node")} ${text}.`,
    blocks: [
      {
        kind: "facts",
        facts: [
          { key: "exitstatus", value: str(data, "exitstatus") },
          { key: "start", value: num(data, "starttime"), format: "time" },
          { key: "user", value: str(data, "user") },
          { key: "upid", label: "UPID", value: upid(call) },
        ],
      },
    ],
    next: ["pve_get_task_log shows its log."],
  };
}

export const taskTools = category("tasks", [
  tool({
    name: "pve_list_tasks",
    title: "List tasks",
    tier: "read-only",
    description: "Recent tasks of a node, newest first.",
    route: "GET /nodes/{node}/tasks",
    params: {
      start: "",
      limit: "",
      vmid: { schema: { type: "integer" } },
      typefilter: "e.g. vzdump",
      errors: "Failed only",
    },
    answer: listAnswer({
      one: "task",
      many: "tasks",
      where: (call) => `on ${str(call.input, "node")}`,
      columns: [
        { key: "start", format: "time" },
        { key: "type" },
        { key: "id" },
        { key: "user" },
        { key: "took", format: "duration" },
        { key: "status" },
        { key: "upid", label: "UPID" },
      ],
      row: taskRow,
    }),
  }),
  tool({
    name: "pve_get_task_status",
    title: "Task status",
    tier: "read-only",
    description: "Whether a task runs, succeeded or failed, and why.",
    route: "GET /nodes/{node}/tasks/{upid}/status",
    answer: ({ data }, call) => statusAnswer(record(data), call),
  }),
  tool({
    name: "pve_get_task_log",
    title: "Task log",
    tier: "read-only",
    description: "Log lines of a task.",
    route: "GET /nodes/{node}/tasks/{upid}/log",
    params: { start: "", limit: "" },
    openWorld: true,
    answer: ({ data, total }, call) => {
      const lines = rows(data).map((row) => ({ n: num(row, "n") ?? 0, t: str(row, "t") ?? "" }));
      const end = (num(call.input, "start") ?? 0) + lines.length;
      const more = total !== undefined && total > end;
      return {
        headline: `${more ? `${lines.length} of ${total}` : lines.length} log lines of the ${taskName(upid(call))}.`,
        blocks: [logBlock(lines, `log of ${taskName(upid(call))}`)],
        ...(more ? { next: [`start: ${end} for later lines.`] } : {}),
      };
    },
  }),
  tool({
    name: "pve_stop_task",
    title: "Stop task",
    tier: "read-execute",
    description: "Stop a running task.",
    route: "DELETE /nodes/{node}/tasks/{upid}",
    done: (call) => `Stop of the ${taskName(upid(call))} requested.`,
  }),
]);
