import { num, type Row, record, str } from "../pve/data.ts";
import { parseUpid } from "../pve/upid.ts";
import type { Answer, Facts } from "../render/answer.ts";
import { quoted } from "../render/foreign.ts";
import { importantLines, logBlock } from "../render/log.ts";
import { type Cells, listAnswer } from "./answers.ts";
import { category, tool } from "./define.ts";
import { findGuest } from "./find-guest.ts";
import { logLines, logPage } from "./log-page.ts";
import { Refusal } from "./refusal.ts";
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
  foreign: isForeignExit(str(row, "status") ?? "running"),
});

const duration = (row: Row): number | undefined => {
  const [start, end] = [num(row, "starttime"), num(row, "endtime")];
  return start === undefined || end === undefined ? undefined : end - start;
};

/** PVE's own words; any other status is what a command wrote at its end, which can be any text. */
const OWN_STATUS = /^(?:OK|running|WARNINGS: \d+|job errors|interrupted by signal|unexpected status)$/;
const isForeignExit = (status: string): boolean => !OWN_STATUS.test(status);

/** Enough of a command's last words for a headline; the log has the rest. */
const EXIT_MAX = 200;

type Ending = "running" | "good" | "warnings" | "bad";

/** A task's verdict in a sentence: OK and warnings are success, anything else is PVE's error text. */
function verdict(status: Row): { text: string; ending: Ending } {
  if (str(status, "status") === "running") return { text: "is still running", ending: "running" };
  const exit = str(status, "exitstatus");
  if (exit === undefined) return { text: "failed: ended without a status", ending: "bad" };
  if (exit === "OK") return { text: "succeeded", ending: "good" };
  const warnings = /^WARNINGS: (\d+)$/.exec(exit)?.[1];
  if (warnings === undefined)
    return { text: `failed: ${isForeignExit(exit) ? quoted(exit, EXIT_MAX) : exit}`, ending: "bad" };
  return {
    text: `succeeded with ${warnings} ${warnings === "1" ? "warning" : "warnings"}`,
    ending: "warnings",
  };
}

const READ_LOG = "GET /nodes/{node}/tasks/{upid}/log";
/** More lines than any task that failed needs to be understood by. */
const LOG_READ = 5_000;
/** Lines of a log that explain a bad end. */
const LOG_SHOWN = 8;

/** How a task stands; for one that did not end well, the lines of its log that say why. */
async function taskStatus(call: ToolCall): Promise<Answer> {
  const status = record((await call.send()).data);
  const { text, ending } = verdict(status);
  const facts: Facts = {
    kind: "facts",
    facts: [
      { key: "start", value: num(status, "starttime"), format: "time" },
      { key: "user", value: str(status, "user") },
      { key: "upid", label: "UPID", value: upid(call) },
    ],
  };
  const headline = `The ${taskName(upid(call))} on ${str(call.input, "node")} ${text}.`;
  if (ending === "good") return { headline, blocks: [facts] };
  if (ending === "running")
    return { headline, blocks: [facts], next: ["pve_get_task_log shows how far it is."] };
  const where = { node: str(call.input, "node") ?? "", upid: upid(call) };
  const { data } = await call.pve.call(READ_LOG, { ...where, limit: LOG_READ });
  const telling = importantLines(logLines(data), LOG_SHOWN);
  return {
    headline,
    blocks: [facts, logBlock(telling, `log of the ${taskName(upid(call))}, the lines that tell most`)],
    next: ["pve_get_task_log shows all of its log."],
  };
}

/** Where to look and for whom; a VMID with its node may be of a guest that is gone. */
async function tasksOf(call: ToolCall): Promise<{ readonly node: string; readonly vmid?: number }> {
  const node = str(call.input, "node");
  const which = str(call.input, "vmid")?.trim();
  if (which === undefined) {
    if (node === undefined) throw new Refusal("Give node or vmid; pve_list_nodes names the nodes.");
    return { node };
  }
  if (node !== undefined && /^\d+$/.test(which)) return { node, vmid: Number(which) };
  const guest = await findGuest(call.guests, { which, kind: "any", fresh: false });
  return { node: node ?? guest.node, vmid: guest.vmid };
}

const taskList = listAnswer({
  one: "task",
  many: "tasks",
  where: ({ input }) =>
    `${input.vmid === undefined ? "" : `of guest ${str(input, "vmid")} `}on ${str(input, "node")}`,
  columns: [
    { key: "start", format: "time" },
    { key: "type" },
    { key: "id" },
    { key: "user" },
    { key: "took", format: "duration" },
    { key: "status", foreignFrom: "foreign" },
    { key: "upid", label: "UPID" },
  ],
  row: taskRow,
});

async function listTasks(call: ToolCall): Promise<Answer> {
  const where = await tasksOf(call);
  return taskList(await call.send(where), { ...call, input: { ...call.input, ...where } });
}

/** Tools for tasks. */
export const taskTools = category("tasks", [
  tool({
    name: "pve_list_tasks",
    title: "List tasks",
    tier: "read-only",
    description: "Recent tasks of a node or guest, newest first.",
    route: "GET /nodes/{node}/tasks",
    reads: ["GET /cluster/resources"],
    params: {
      node: { required: false },
      start: "",
      limit: "",
      vmid: { schema: { type: "string" } },
      typefilter: "e.g. vzdump",
      errors: "Failed only",
    },
    run: listTasks,
  }),
  tool({
    name: "pve_get_task_status",
    title: "Task status",
    tier: "read-only",
    description: "Whether a task runs, succeeded or failed, and why.",
    route: "GET /nodes/{node}/tasks/{upid}/status",
    reads: [READ_LOG],
    openWorld: true,
    run: taskStatus,
  }),
  tool({
    name: "pve_get_task_log",
    title: "Task log",
    tier: "read-only",
    description: "Log lines of a task.",
    route: READ_LOG,
    params: { start: "", limit: "" },
    openWorld: true,
    answer: (reply, call) => {
      const task = `the ${taskName(upid(call))}`;
      return logPage(reply, call, task, `log of ${task}`);
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
