import { flag, int, splitList, text } from "../args.ts";
import { requirePrivileges, splitToken } from "../permissions.ts";
import { badParams, Envelope, type Handlers, type SimCall } from "../route.ts";
import { logOf, stopTask } from "../tasks.ts";
import type { Json, Task } from "../world.ts";

const UPID = /^UPID:[^:\s]+:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:[^:\s]+:[^:\s]*:[^:\s]+:$/;

/** A token sees its own tasks, a user also those of their tokens (PVE::API2::Tasks). */
function owns(call: SimCall, task: Task): boolean {
  return call.caller.id === task.user || call.caller.id === splitToken(task.user).user;
}

function taskOf(call: SimCall): Task {
  const upid = text(call, "upid") ?? "";
  if (!UPID.test(upid)) return badParams({ upid: "unable to parse worker upid" });
  const task = call.world.tasks.get(upid);
  return task && task.node === call.params.node ? task : badParams({ upid: "no such task" });
}

function mayRead(call: SimCall, task: Task, privilege: "Sys.Audit" | "Sys.Modify"): void {
  if (!owns(call, task)) requirePrivileges(call.world, call.caller.id, `/nodes/${task.node}`, [privilege]);
}

/** What a UPID says, the token split off the user. */
function decoded(task: Task): Record<string, Json> {
  const { user, token } = splitToken(task.user);
  return {
    upid: task.upid,
    node: task.node,
    pid: task.pid,
    pstart: task.pstart,
    starttime: task.starttime,
    type: task.type,
    id: task.id,
    user,
    ...(token === undefined ? {} : { tokenid: token }),
  };
}

/** PVE::Tools upid_normalize_status_type. */
function statusType(exitstatus: string): string {
  if (exitstatus === "OK") return "ok";
  return /^WARNINGS: \d+$/.test(exitstatus)
    ? "warning"
    : exitstatus === "unexpected status"
      ? "unknown"
      : "error";
}

function isWanted(call: SimCall, task: Task, auditor: boolean): boolean {
  const vmid = int(call, "vmid");
  const since = int(call, "since");
  const until = int(call, "until");
  const type = text(call, "typefilter");
  const user = text(call, "userfilter")?.toLowerCase();
  const statuses = flag(call, "errors")
    ? ["warning", "error", "unknown"]
    : splitList(text(call, "statusfilter") ?? "ok warning error unknown").map((status) =>
        status.toLowerCase(),
      );
  return (
    task.node === call.params.node &&
    (auditor || owns(call, task)) &&
    (user === undefined || splitToken(task.user).user.toLowerCase().includes(user)) &&
    (type === undefined || task.type === type) &&
    (!vmid || task.id === String(vmid)) &&
    (since === undefined || task.starttime >= since) &&
    (until === undefined || task.starttime <= until) &&
    statuses.includes(task.work ? "unknown" : statusType(task.exitstatus))
  );
}

const finished = (task: Task) => ({ endtime: Math.trunc(task.endtime), status: task.exitstatus });

/** Newest first: by end for the archive, by start for what runs. */
function newestFirst(tasks: Iterable<Task>): Task[] {
  return [...tasks]
    .reverse()
    .sort((a, b) => (b.work ? b.starttime : b.endtime) - (a.work ? a.starttime : a.endtime));
}

function listTasks(call: SimCall): Envelope {
  const source = text(call, "source") ?? "archive";
  const auditor = call.may(`/nodes/${call.params.node}`, "Sys.Audit");
  const all = newestFirst(call.world.tasks.values()).filter((task) => isWanted(call, task, auditor));
  const running = source === "archive" ? [] : all.filter((task) => task.work);
  const archived = source === "active" ? [] : all.filter((task) => !task.work);
  const found = [...running, ...archived];
  const start = int(call, "start") ?? 0;
  const page = found.slice(start, start + (int(call, "limit") ?? 50));
  const rows = page.map((task) => ({
    ...decoded(task),
    ...(task.work ? { status: "RUNNING" } : finished(task)),
  }));
  return new Envelope(rows, found.length > 0 ? { total: found.length } : {});
}

/** Recent tasks of all nodes; PVE keeps 25 of each node for it. */
function clusterTasks(call: SimCall): Json {
  const auditor = call.may("/", "Sys.Audit");
  const perNode = new Map<string, number>();
  const rows: Json[] = [];
  for (const task of newestFirst(call.world.tasks.values())) {
    const seen = perNode.get(task.node) ?? 0;
    if (!(auditor || owns(call, task)) || (!task.work && seen >= 25)) continue;
    perNode.set(task.node, seen + 1);
    rows.push({ ...decoded(task), ...(task.work ? {} : { saved: "1", ...finished(task) }) });
  }
  return rows;
}

/** PVE reads the file without asking whether the task was ever there. */
function readLog(call: SimCall): Envelope {
  const upid = text(call, "upid") ?? "";
  if (!UPID.test(upid)) badParams({ upid: "unable to parse worker upid" });
  const task = call.world.tasks.get(upid);
  if (!task)
    return new Envelope([{ n: 1, t: "unable to open file - No such file or directory" }], { total: 1 });
  mayRead(call, task, "Sys.Audit");
  const lines = logOf(task, call.now);
  if (lines.length === 0) return new Envelope([{ n: 1, t: "no content" }], { total: 1 });
  const start = int(call, "start") ?? 0;
  const limit = int(call, "limit") ?? 50;
  const page = limit === 0 ? lines.slice(start) : lines.slice(start, start + limit);
  return new Envelope(
    page.map((t, i) => ({ n: start + i + 1, t })),
    { total: lines.length },
  );
}

/** Tasks of nodes and of the cluster (PVE::API2::Tasks). */
export const taskRoutes: Handlers = {
  "GET /cluster/tasks": clusterTasks,
  "GET /nodes/{node}/tasks": listTasks,
  "GET /nodes/{node}/tasks/{upid}": () => [{ name: "log" }, { name: "status" }],
  "GET /nodes/{node}/tasks/{upid}/status": (call) => {
    const task = taskOf(call);
    mayRead(call, task, "Sys.Audit");
    if (task.work) return { ...decoded(task), status: "running" };
    return { ...decoded(task), status: "stopped", exitstatus: task.exitstatus };
  },
  "GET /nodes/{node}/tasks/{upid}/log": readLog,
  "DELETE /nodes/{node}/tasks/{upid}": (call) => {
    const task = taskOf(call);
    mayRead(call, task, "Sys.Modify");
    stopTask(task, call.now);
    return null;
  },
};
