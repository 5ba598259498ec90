import { lastDue, takeDue } from "./ha-rounds.ts";
import type { TaskSpec } from "./route.ts";
import type { Task, World } from "./world.ts";

const hex8 = (value: number) => Math.trunc(value).toString(16).toUpperCase().padStart(8, "0");

/** Clock ticks since boot, as /proc counts a process's start. */
const CLOCK_TICKS = 100;

/**
 * Starts a task at `at` (Unix seconds) for a user or token and returns its UPID.
 * Its end is applied by `settle`; a `sync` task has ended on return.
 */
export function startTask(world: World, user: string, spec: TaskSpec, at: number): string {
  const start = Math.trunc(at);
  const pid = 1024 + world.tasks.size * 3 + Math.floor(world.rng.next() * 3);
  const booted = world.nodes.get(spec.node)?.booted ?? start;
  const pstart = Math.max(0, Math.trunc((at - booted) * CLOCK_TICKS));
  const upid = `UPID:${spec.node}:${hex8(pid)}:${hex8(pstart)}:${hex8(start)}:${spec.type}:${spec.id}:${user}:`;
  const { done, stopped, interrupted, lastWords } = spec;
  const task: Task = {
    upid,
    node: spec.node,
    type: spec.type,
    id: spec.id,
    user,
    pid,
    pstart,
    starttime: start,
    endtime: at + (spec.sync ? 0 : spec.seconds),
    exitstatus: spec.exitstatus ?? "OK",
    log: [...(spec.log ?? [])],
    work: {
      ...(done ? { done } : {}),
      ...(stopped ? { stopped } : {}),
      ...(interrupted ? { interrupted } : {}),
      ...(lastWords ? { lastWords } : {}),
    },
  };
  world.tasks.set(upid, task);
  logToCluster(world, task, at, INFO, `starting task ${upid}`);
  begin(task, spec, at);
  if (spec.sync) end(world, task);
  return upid;
}

/** An error's first line as a task's exit status shows it. */
const statusText = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, " ");

/** A failure that leaves the lines written before it in the task's log. */
export class TaskFailure extends Error {
  readonly log: readonly string[];
  constructor(message: string, log: readonly string[]) {
    super(message);
    this.log = log;
  }
}

/** Seconds until a task ends that has failed at its beginning. */
const FAILS_AFTER = 1;

function begin(task: Task, { begun }: TaskSpec, at: number): void {
  try {
    task.log.push(...(begun?.() ?? []));
  } catch (error) {
    if (error instanceof TaskFailure) task.log.push(...error.log);
    task.exitstatus = statusText(error);
    task.endtime = Math.min(task.endtime, at + FAILS_AFTER);
  }
}

/** Syslog priorities of the cluster log. */
const INFO = 6;
const ERROR = 3;
/** pmxcfs keeps a ring of messages. */
const CLUSTER_LOG_LENGTH = 500;

/** PVE notes every task's start and end in the cluster log. */
function logToCluster(world: World, task: Task, at: number, pri: number, msg: string): void {
  const { node, user, pid } = task;
  world.clusterLog.push({ time: Math.trunc(at), node, tag: "pvedaemon", user, msg, pri, pid });
  if (world.clusterLog.length > CLUSTER_LOG_LENGTH) world.clusterLog.shift();
}

function end(world: World, task: Task): void {
  finish(task);
  const pri = isGood(task.exitstatus) ? INFO : ERROR;
  logToCluster(world, task, task.endtime, pri, `end task ${task.upid} ${task.exitstatus}`);
}

function finish(task: Task): void {
  const work = task.work;
  delete task.work;
  if (task.exitstatus !== "OK" && !task.exitstatus.startsWith("WARNINGS")) return;
  try {
    const lines = work?.done?.(task.endtime);
    if (lines) task.log.push(...lines);
  } catch (error) {
    if (error instanceof TaskFailure) task.log.push(...error.log);
    task.exitstatus = statusText(error);
  }
}

/**
 * Applies the end of every task that is over by `now`, and what HA does until then, in order of time; both may start
 * further tasks. No task comes to its end on a node that is down.
 */
export function settle(world: World, now: number): void {
  for (;;) {
    let next: Task | undefined;
    for (const task of world.tasks.values())
      if (task.work && task.endtime <= now && (!next || task.endtime < next.endtime)) next = task;
    const due = takeDue(world, now, next?.endtime ?? now);
    if (due) due();
    else if (!next) return;
    else if (world.nodes.get(next.node)?.online === false) lose(next, next.endtime);
    else end(world, next);
  }
}

/** When the last running task ends, or HA does the last that it has to do; undefined when there is neither. */
export function lastEnd(world: World): number | undefined {
  let last = lastDue(world);
  for (const task of world.tasks.values())
    if (task.work && (last === undefined || task.endtime > last)) last = task.endtime;
  return last;
}

/** Stops a running task the way a signal to its worker does. */
export function stopTask(task: Task, now: number): void {
  const work = task.work;
  if (!work) return;
  task.log = task.log.slice(0, visibleLines(task, now));
  delete task.work;
  task.endtime = now;
  task.exitstatus = work.interrupted ?? "received interrupt";
  task.log.push(...(work.lastWords?.(now) ?? []));
  work.stopped?.();
}

/** What a task ends with whose log has no closing line (PVE::UPID read_status). */
const LOST = "unexpected status";

/** Ends the running tasks of a node that went down at `now`: nothing they would have done happens, locks stay. */
export function loseTasks(world: World, node: string, now: number): void {
  for (const task of world.tasks.values()) if (task.node === node && task.work) lose(task, now);
}

function lose(task: Task, at: number): void {
  task.log = task.log.slice(0, visibleLines(task, at));
  delete task.work;
  task.endtime = at;
  task.exitstatus = LOST;
}

function visibleLines(task: Task, now: number): number {
  const span = task.endtime - task.starttime;
  if (span <= 0) return task.log.length;
  return Math.min(task.log.length, Math.ceil(((now - task.starttime) / span) * task.log.length));
}

/** A row of wget's `--progress=dot:giga`, which is written dot by dot with the percent at its end. */
const DOTS = /^ *\d+K [. ]+ +\d+%/;

/** The lines that there are at `now`; what grows while it is written is there in part. */
function linesSoFar(task: Task, now: number): string[] {
  const lines = task.log.slice(0, visibleLines(task, now));
  const last = lines.at(-1);
  if (last === undefined || !DOTS.test(last)) return lines;
  const written = ((now - task.starttime) / (task.endtime - task.starttime)) * task.log.length;
  const share = Math.min(1, written - (lines.length - 1));
  return [...lines.slice(0, -1), last.slice(0, Math.ceil(last.length * share))];
}

/** The log as it reads at `now`: lines appear over the task's time, the closing line at its end. */
export function logOf(task: Task, now: number): string[] {
  if (task.work) return linesSoFar(task, now);
  if (task.exitstatus === LOST) return [...task.log];
  return [...task.log, closingLine(task.exitstatus)];
}

function closingLine(exitstatus: string): string {
  if (exitstatus === "OK") return "TASK OK";
  return exitstatus.startsWith("WARNINGS: ") ? `TASK ${exitstatus}` : `TASK ERROR: ${exitstatus}`;
}

/** True for `OK` and `WARNINGS: n`. */
export const isGood = (exitstatus: string) => exitstatus === "OK" || /^WARNINGS: \d+$/.test(exitstatus);
