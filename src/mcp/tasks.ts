import { createHmac, timingSafeEqual } from "node:crypto";
import type { Answer, Job } from "../render/answer.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import { type FollowedJob, jobsAnswer } from "../tools/job-answers.ts";
import type { ClientSide } from "./client-side.ts";
import { invoke } from "./invoke.ts";
import { followJobs } from "./jobs.ts";
import type { TaskHandle, ToolResult } from "./parts.ts";
import type { Session } from "./session.ts";

/** How long a task can be asked about, in milliseconds: a day, longer than jobs run. */
const TTL_MS = 86_400_000;
const POLL_MS = 2_000;
/** A client that waits for a job of hours need not ask as often. */
const SLOW_POLL_MS = 10_000;
const SLOW_AFTER_MS = 120_000;

/** Ids are sent again and again. */
const NOTES = 6;
const NOTE_MAX = 300;

/** A request about a task that cannot be answered: the client gets a JSON-RPC error with this text. */
export class TaskError extends Error {
  override readonly name = "TaskError";
}

/** Jobs as tasks of MCP's extension: whatever is known of one stands in its id, so that no server need remember it. */
export interface Tasks {
  /** The handle of the jobs an answer names. */
  create(answer: Answer, side: ClientSide): Promise<TaskHandle>;
  /** How they stand. Throws a TaskError for an id that is none of ours, another caller's, or too old. */
  get(taskId: string, side: ClientSide): Promise<TaskHandle>;
  /** Stops them, with everything that stands before pve_stop_task but the question. Throws a TaskError when it may not. */
  cancel(taskId: string, side: ClientSide): Promise<void>;
}

/** What an id carries; short names, because clients keep and send it. */
interface Payload {
  readonly cluster: string;
  readonly caller: string;
  /** Unix milliseconds. */
  readonly created: number;
  readonly expires: number;
  readonly headline: string;
  /** What the call's answer had to say besides. */
  readonly notes: readonly string[];
  readonly jobs: readonly Job[];
}

/**
 * The cluster that an id names, before anything of it is believed: it only says who can check it. Throws a TaskError
 * for what is no id of ours.
 */
export function clusterOfTask(taskId: string): string {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(taskId.split(".")[0] ?? "", "base64url").toString("utf8"),
    );
    if (
      typeof payload === "object" &&
      payload !== null &&
      "cluster" in payload &&
      typeof payload.cluster === "string"
    )
      return payload.cluster;
  } catch {
    // No JSON, so none of ours.
  }
  throw new TaskError("There is no such task.");
}

interface TasksParts {
  readonly session: Session;
  readonly result: (answer: Answer) => ToolResult;
  readonly redact: (text: string) => string;
  /** The tool that stops a task, or why the settings hide it. */
  readonly stop: ListedTool | { readonly hidden: string };
}

/** Tasks of one server; their ids are good as long as its key. */
export function createTasks({ session, result, redact, stop }: TasksParts): Tasks {
  /** Jobs that were cancelled here: how a stopped job ends does not always tell that it was stopped. */
  const cancelled = new Set<string>();
  const sign = (body: string) =>
    createHmac("sha256", session.key).update(`task\n${body}`).digest("base64url");

  const seal = (payload: Payload): string => {
    const body = Buffer.from(JSON.stringify(payload)).toString("base64url");
    return `${body}.${sign(body)}`;
  };

  const open = (taskId: string, side: ClientSide): Payload => {
    const [body = "", mac = ""] = taskId.split(".");
    const [given, right] = [Buffer.from(mac), Buffer.from(sign(body))];
    if (given.length !== right.length || !timingSafeEqual(given, right))
      throw new TaskError("There is no such task.");
    const payload = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Payload;
    // Another caller learns no more than that it is not theirs to see.
    if (payload.caller !== side.caller || payload.cluster !== session.cluster)
      throw new TaskError("There is no such task.");
    if (payload.expires < Date.now()) throw new TaskError("The task has expired.");
    return payload;
  };

  const handle = (payload: Payload, followed: readonly FollowedJob[], waitedMs: number): TaskHandle => {
    const running = followed.some(({ followed: { kind } }) => kind === "running" || kind === "silent");
    const stopped = !running && wereStopped(followed, cancelled);
    const { headline, notes, jobs } = payload;
    const blocks = notes.map((text) => ({ kind: "note", text }) as const);
    const answer = jobsAnswer({ headline, blocks, jobs }, followed, waitedMs / 1_000);
    return {
      taskId: seal(payload),
      status: running ? "working" : stopped ? "cancelled" : "completed",
      statusMessage: redact(answer.headline),
      createdAt: new Date(payload.created).toISOString(),
      lastUpdatedAt: new Date().toISOString(),
      ttlMs: TTL_MS,
      pollIntervalMs: waitedMs > SLOW_AFTER_MS ? SLOW_POLL_MS : POLL_MS,
      ...(running || stopped ? {} : { result: result(answer) }),
    };
  };

  const look = async (payload: Payload, side: ClientSide): Promise<TaskHandle> => {
    const followed = await followJobs(session, side, payload.jobs, 0, () => undefined);
    return handle(payload, followed, Date.now() - payload.created);
  };

  /** Stops a job, or what HA does for it; what stands in the way. */
  const stopOne = async (
    { job, followed, acting = job.upid }: FollowedJob,
    tool: ListedTool,
    side: ClientSide,
  ): Promise<string | undefined> => {
    if (followed.kind === "ended") return undefined;
    if (followed.kind === "running" && followed.awaitsHa)
      return "HA has the request and has not begun: nothing runs that could be stopped.";
    const alone = { ...side, takesTasks: false };
    const invoked = await invoke(session, tool, { upid: acting }, alone, "task cancel");
    if (invoked.kind === "answer" && invoked.answer.failed) return invoked.answer.headline;
    remember(cancelled, job.upid);
    return undefined;
  };

  return {
    create: async ({ headline, blocks = [], jobs = [] }, side) => {
      const created = Date.now();
      const { caller } = side;
      const { cluster } = session;
      const notes = blocks.flatMap((block) => (block.kind === "note" ? [block.text.slice(0, NOTE_MAX)] : []));
      const expires = created + TTL_MS;
      return look({ cluster, caller, created, expires, headline, notes: notes.slice(0, NOTES), jobs }, side);
    },
    get: async (taskId, side) => look(open(taskId, side), side),
    cancel: async (taskId, side) => {
      const { jobs } = open(taskId, side);
      if ("hidden" in stop) throw new TaskError(stop.hidden);
      const standing = await followJobs(session, side, jobs, 0, () => undefined);
      const problems = await Promise.all(standing.map((one) => stopOne(one, stop, side)));
      const left = standing.flatMap(({ job }, at) => {
        const problem = problems[at];
        return problem === undefined ? [] : [{ what: job.what.replace(/\.$/, ""), problem }];
      });
      const [only] = left;
      if (!only) return;
      const each = left.map(({ what, problem }) => `${what}: ${problem}`).join(" ");
      throw new TaskError(
        redact(
          jobs.length === 1
            ? only.problem
            : `${left.length} of ${jobs.length} jobs could not be stopped: ${each}`,
        ),
      );
    },
  };
}

/** More jobs than a client cancels and asks about later. */
const REMEMBERED = 500;

function remember(cancelled: Set<string>, upid: string): void {
  cancelled.add(upid);
  const [oldest] = cancelled;
  if (cancelled.size > REMEMBERED && oldest !== undefined) cancelled.delete(oldest);
}

/** Jobs that are over: one was stopped, by a cancel of ours or by its own words, and none failed otherwise. */
function wereStopped(followed: readonly FollowedJob[], cancelled: ReadonlySet<string>): boolean {
  const ends = followed.map(({ job, followed: one }) => {
    if (one.kind !== "ended") return "failed";
    if (one.verdict.ending !== "failed") return "good";
    return one.verdict.stopped || cancelled.has(job.upid) ? "stopped" : "failed";
  });
  return ends.includes("stopped") && !ends.includes("failed");
}
