import { record, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { parseUpid, type Upid } from "../pve/jobs/upid.ts";
import type { Answer, Block, Facts, Job } from "../render/answer.ts";
import { listAnswer } from "./answers.ts";
import { listClusterTasks } from "./cluster-tasks.ts";
import { category, tool } from "./define.ts";
import { findGuest } from "./find-guest.ts";
import { WAIT } from "./input-schema.ts";
import { jobsAnswer } from "./job-answers.ts";
import { logPage } from "./log-page.ts";
import { Refusal } from "./refusal.ts";
import { TASK_COLUMNS, taskRow } from "./task-rows.ts";
import type { ToolCall } from "./tool.ts";

const STATUS = "GET /nodes/{node}/tasks/{upid}/status";
const LOG = "GET /nodes/{node}/tasks/{upid}/log";
const LIST = "GET /nodes/{node}/tasks";
/** What following a task reads, and what HA makes of it. */
const FOLLOWING = [
  STATUS,
  LOG,
  LIST,
  "GET /cluster/resources",
  "GET /nodes/{node}/qemu/{vmid}/status/current",
  "GET /nodes/{node}/lxc/{vmid}/status/current",
] as const;

const upid = (call: ToolCall): string => str(call.input, "upid") ?? "";

/** "vzdump of 104" for sentences. */
const taskName = ({ type, id }: Upid): string => (id === "" ? type : `${type} of ${id}`);

/** The job that a UPID names. Throws a Refusal for what is none. */
function jobOf(text: string): Job {
  const parsed = parseUpid(text.trim());
  if (!parsed) {
    throw new Refusal(
      `${JSON.stringify(text.slice(0, 80))} is not a UPID (UPID:node:pid:pstart:start:type:id:user:).`,
    );
  }
  return { upid: text.trim(), what: `${taskName(parsed)} on ${parsed.node}.` };
}

/** Who started it and when, from the UPID itself. */
function origin(text: string): Facts {
  const parsed = parseUpid(text);
  return {
    kind: "facts",
    facts: [
      { key: "start", value: parsed?.starttime, format: "time" },
      { key: "user", value: parsed?.user },
    ],
  };
}

/** How a task stands now; for one that did not end well, the lines of its log that say why. */
async function taskStatus(call: ToolCall): Promise<Answer> {
  const job = jobOf(upid(call));
  const followed = await call.follow([job], 0);
  const known = followed[0]?.followed.kind !== "unknown";
  const blocks = known ? [origin(job.upid)] : [];
  const { failed, ...answer } = jobsAnswer({ headline: job.what, blocks, jobs: [job] }, followed, 0);
  // The call has done what it was asked, whatever has become of the task; unless nothing can be told of it.
  const told = followed[0]?.followed.kind === "ended" || !failed;
  return told ? answer : { ...answer, failed: true };
}

/** More at once are not one question. */
const MOST_WAITED = 50;

/** Waits for the end of tasks, wherever they run. */
async function waitTask(call: ToolCall): Promise<Answer> {
  const given = Array.isArray(call.input.upids) ? call.input.upids.map(String) : [];
  const upids = [...new Set(given.map((text) => text.trim()))];
  if (upids.length === 0) throw new Refusal("upids is empty: give one or several UPIDs.");
  if (upids.length > MOST_WAITED) throw new Refusal(`At most ${MOST_WAITED} UPIDs at once.`);
  const jobs = upids.map(jobOf);
  const followed = await call.follow(jobs, call.wait * 1_000);
  const [only] = jobs;
  const blocks: readonly Block[] = only && jobs.length === 1 ? [origin(only.upid)] : [];
  const headline = jobs.length === 1 ? (only?.what ?? "") : `${jobs.length} jobs were waited for.`;
  return jobsAnswer({ headline, blocks, jobs }, followed, call.wait);
}

/** How long a stopped task may take to end, in milliseconds. */
const STOPPING_MS = 10_000;
/** Whether the task runs; undefined where the token may not see that (it may stop it all the same). */
async function isRunning(call: ToolCall): Promise<boolean | undefined> {
  try {
    const at = { node: str(call.input, "node") ?? "", upid: upid(call) };
    return str(record((await call.pve.call(STATUS, at)).data), "status") !== "stopped";
  } catch (error) {
    if (error instanceof PveError && error.kind === "permission") return undefined;
    throw error;
  }
}

/** Stops a task and says what came of it: it may have ended by itself just before. */
async function stopTask(call: ToolCall): Promise<Answer> {
  const job = jobOf(upid(call));
  const name = job.what.replace(/\.$/, "");
  const ran = await isRunning(call);
  await call.send();
  const [one] = await call.follow([job], ran === false ? 0 : STOPPING_MS);
  const blocks: readonly Block[] = [
    { kind: "facts", facts: [{ key: "upid", label: "UPID", value: job.upid }] },
  ];
  if (call.rehearsing || !one) return { headline: `Stop of the ${name}.`, blocks };
  const { headline, failed: _, ...rest } = jobsAnswer({ headline: job.what, jobs: [job] }, [one], 0);
  const { followed, acting } = one;
  // What has ended bad while it ran was stopped, whatever words it ended with.
  const bad = followed.kind === "ended" && acting === undefined && followed.verdict.ending === "failed";
  if (bad && (ran || (ran === undefined && followed.verdict.stopped)))
    return {
      headline: `Stopped: the ${name}.`,
      blocks,
      next: ["What it had done by then stands; look at the state before going on."],
    };
  const handedOver = acting !== undefined || (followed.kind === "running" && followed.awaitsHa === true);
  if (ran === false || followed.kind === "ended" || handedOver)
    return { ...rest, headline: `It had ended before it could be stopped. ${headline}` };
  return {
    ...rest,
    headline: `The stop was requested, and the ${name} has not ended yet.`,
    failed: true,
  };
}

/** Where to look and for whom; a VMID with its node may be of a guest that is gone. */
async function tasksOf(call: ToolCall): Promise<{ readonly node: string; readonly vmid?: number }> {
  const node = str(call.input, "node");
  const which = str(call.input, "vmid")?.trim();
  if (which === undefined) {
    if (node === undefined)
      throw new Refusal("Give node or vmid; pve_list_cluster_tasks lists those of all nodes.");
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
  columns: TASK_COLUMNS,
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
    route: LIST,
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
    name: "pve_list_cluster_tasks",
    title: "Tasks of the cluster",
    tier: "read-only",
    description: "Tasks of all nodes, newest first, running ones included.",
    route: "GET /nodes",
    closes: ["GET /cluster/tasks"],
    everywhere: true,
    reads: [LIST, "GET /cluster/resources"],
    inputs: {
      vmid: { schema: { type: "string" } },
      user: { schema: { type: "string" } },
      type: { schema: { type: "string" }, description: "e.g. vzdump" },
      state: { schema: { type: "string", enum: ["running", "failed", "warnings", "ok"] } },
      since: { schema: { type: "string" }, description: "e.g. 12h, 2d, 2026-11-25 06:00" },
      failed_first: { schema: { type: "boolean" } },
    },
    paged: true,
    run: listClusterTasks,
  }),
  tool({
    name: "pve_get_task_status",
    title: "Task status",
    tier: "read-only",
    description: "Whether a task runs, succeeded or failed, and why.",
    route: STATUS,
    reads: FOLLOWING,
    openWorld: true,
    run: taskStatus,
  }),
  tool({
    name: "pve_wait_task",
    title: "Wait for tasks",
    tier: "read-only",
    description: "Wait for the end of tasks, on any nodes, and tell how they went.",
    route: "GET /cluster/tasks",
    closes: [],
    reads: FOLLOWING,
    inputs: {
      upids: { required: true, schema: { type: "array", items: { type: "string" } } },
      wait: { schema: WAIT.schema, description: "Seconds, default 25 unless PVE_WAIT says otherwise" },
    },
    openWorld: true,
    run: waitTask,
  }),
  tool({
    name: "pve_get_task_log",
    title: "Task log",
    tier: "read-only",
    description: "Log lines of a task.",
    route: LOG,
    params: { start: "", limit: "" },
    openWorld: true,
    answer: (reply, call) => {
      const task = `the ${jobOf(upid(call)).what.replace(/ on \S+\.$/, "")}`;
      return logPage(reply, call, task, `log of ${task}`);
    },
  }),
  tool({
    name: "pve_stop_task",
    title: "Stop task",
    tier: "read-execute",
    description: "Stop a running task, and tell what came of it.",
    route: "DELETE /nodes/{node}/tasks/{upid}",
    reads: FOLLOWING,
    run: stopTask,
  }),
]);
