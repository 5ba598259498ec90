import type { LogLine } from "../../render/log.ts";
import type { CallOptions, Pve } from "../client.ts";
import { num, record, rows, str } from "../data.ts";
import { PveError, type PveErrorKind } from "../errors.ts";
import type { Pace } from "../pace.ts";
import { grownLog, readLog, type TaskAddress } from "./task-log.ts";
import { type Progress, progressOf } from "./task-progress.ts";
import { type Asked, type Verdict, verdictOf } from "./task-verdict.ts";
import { parseUpid, type Upid } from "./upid.ts";

const STATUS = "GET /nodes/{node}/tasks/{upid}/status";

/** How a task stands when the waiting is over. */
export type Followed =
  | {
      readonly kind: "ended";
      readonly verdict: Verdict;
      readonly lines: readonly LogLine[];
      /** Unix seconds, by PVE's clock. */
      readonly started?: number | undefined;
    }
  /** It runs, as far as PVE said last. */
  | {
      readonly kind: "running";
      readonly started?: number | undefined;
      readonly progress: Progress;
      /** It has handed its request to HA, and nothing shows yet that HA acts on it. */
      readonly awaitsHa?: true;
    }
  /** PVE knows no such task: its log has been removed, or it never was. */
  | { readonly kind: "unknown" }
  /** Nobody tells how it stands: its node does not answer, or PVE does not show it. */
  | { readonly kind: "silent"; readonly problem: PveError }
  /** Whoever asked stopped waiting; the task goes on. */
  | { readonly kind: "left" };

/** How long, for whom and how closely a task is followed. */
export interface FollowOptions {
  /** Milliseconds to wait for its end; 0 looks once. */
  readonly waitMs: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Told how far it is, about once a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What the task was asked to do, for its verdict. */
  readonly asked?: Asked | undefined;
}

/** How soon to look again, by how long the waiting lasts: a job of hours is not asked about every second. */
const INTERVALS: readonly (readonly [untilMs: number, everyMs: number])[] = [
  [1_500, 300],
  [60_000, 1_000],
  [300_000, 2_000],
  [1_800_000, 5_000],
];
const LONGEST_INTERVAL_MS = 10_000;
/** A look must not outlast the waiting by much. */
const LOOK_MS = 10_000;
const LEAST_LOOK_MS = 2_000;

const intervalAt = (elapsedMs: number): number =>
  INTERVALS.find(([until]) => elapsedMs < until)?.[1] ?? LONGEST_INTERVAL_MS;

/** What a look finds. */
type Seen =
  | Extract<Followed, { kind: "ended" | "unknown" | "silent" }>
  | { readonly kind: "running"; readonly started?: number | undefined };

/**
 * Follows a task until its end or for `waitMs`. The status is read before the log, so that the log of a task that has
 * ended is whole. A look without an answer is repeated while there is time. Never throws a PveError.
 */
export async function followTask(
  pve: Pve,
  upid: string,
  task: Upid,
  options: FollowOptions,
): Promise<Followed> {
  const { pace, signal, waitMs, onProgress } = options;
  const at: TaskAddress = { node: task.node, upid };
  const begun = pace.now();
  let lines: readonly LogLine[] = [];
  const left = () => waitMs - (pace.now() - begun);
  for (;;) {
    const look = {
      signal,
      once: true as const,
      timeoutMs: Math.min(LOOK_MS, Math.max(LEAST_LOOK_MS, left())),
    };
    const seen = await lookAt(pve, at, task, options, look);
    if (signal.aborted) return { kind: "left" };
    if (seen.kind === "ended" || seen.kind === "unknown") return seen;
    // What PVE refuses to show it will refuse again.
    const last = left() <= 0 || (seen.kind === "silent" && !SILENCE.has(seen.problem.kind));
    let progress: Progress = {};
    if (seen.kind === "running" && (onProgress || last)) {
      lines = await grown(pve, at, lines, look);
      progress = progressOf(
        task.type,
        lines.map(({ t }) => t),
      );
      onProgress?.(progress);
    }
    if (last) return seen.kind === "silent" ? seen : { ...seen, progress };
    await pace.pause(Math.min(intervalAt(pace.now() - begun), Math.max(0, left())), signal);
    if (signal.aborted) return { kind: "left" };
  }
}

/**
 * Seconds that a task took, or that went by from `from` to its end, by its node's list, which alone has the end;
 * undefined where that does not show it. Never throws a PveError: it is a courtesy.
 */
export async function secondsOf(pve: Pve, upid: string, from?: number): Promise<number | undefined> {
  const task = parseUpid(upid);
  if (!task) return undefined;
  const { node, starttime, type } = task;
  try {
    const at = { since: starttime, until: starttime, typefilter: type, limit: 50 } as const;
    const { data } = await pve.call("GET /nodes/{node}/tasks", { node, ...at });
    const row = rows(data).find((one) => str(one, "upid") === upid);
    const end = row && num(row, "endtime");
    return end === undefined ? undefined : end - (from ?? starttime);
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

async function lookAt(
  pve: Pve,
  at: TaskAddress,
  task: Upid,
  { asked }: FollowOptions,
  look: CallOptions,
): Promise<Seen> {
  try {
    const status = record((await pve.call(STATUS, at, look)).data);
    const started = num(status, "starttime");
    if (str(status, "status") !== "stopped") return { kind: "running", started };
    const lines = await readLog(pve, at, look);
    const text = lines.map(({ t }) => t);
    return {
      kind: "ended",
      verdict: verdictOf(task.type, str(status, "exitstatus") ?? "", text, asked),
      lines,
      started,
    };
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    if (isUnknownTask(error)) return { kind: "unknown" };
    return { kind: "silent", problem: error };
  }
}

/** Progress is a courtesy: a log that cannot be read now is read at the next look. */
async function grown(
  pve: Pve,
  at: TaskAddress,
  known: readonly LogLine[],
  look: CallOptions,
): Promise<readonly LogLine[]> {
  try {
    return await grownLog(pve, at, known, look);
  } catch (error) {
    if (error instanceof PveError) return known;
    throw error;
  }
}

/** Nobody answered, or somebody on the way said so: the next look may find more. */
const SILENCE: ReadonlySet<PveErrorKind> = new Set([
  "network",
  "timeout",
  "no-answer",
  "node-unreachable",
  "cancelled",
  "not-pve",
]);

/** PVE::API2::Tasks: "no such task" where it has no log file of that UPID. */
const isUnknownTask = ({ kind, detail }: PveError): boolean =>
  kind === "not-found" || (kind === "parameter" && /no such task/.test(detail.errors?.upid ?? ""));
