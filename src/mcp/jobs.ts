import { parseLock } from "../pve/errors.ts";
import { followTask, secondsOf } from "../pve/follow.ts";
import { isRequestToHa, taskOfHa } from "../pve/follow-ha.ts";
import { lockHolder } from "../pve/lock-holder.ts";
import type { Progress } from "../pve/task-progress.ts";
import { parseUpid } from "../pve/upid.ts";
import type { Answer, Job } from "../render/answer.ts";
import { cleanLine } from "../render/clean.ts";
import type { FollowedJob } from "../tools/job-answers.ts";
import { type ClientSide, isShuttingDown } from "./client-side.ts";
import { closed, type SentWrite } from "./execution.ts";
import { holderText } from "./guidance.ts";
import { type CallNotes, reading } from "./scope.ts";
import type { Session } from "./session.ts";

/** Every job of a call: those its answer names, and any that a write started without being named. */
export function jobsOf(answer: Answer, sent: readonly SentWrite[], title: string): readonly Job[] {
  const named = answer.jobs ?? [];
  const others = sent.flatMap(({ upid }) =>
    upid !== undefined && !named.some((job) => job.upid === upid) ? [{ upid, what: `${title}.` }] : [],
  );
  return [...named, ...others];
}

/** Follows one task, and where it only asks HA, the one by which HA acts. */
async function follow(
  session: Session,
  side: ClientSide,
  { upid, guests }: Pick<Job, "upid" | "guests">,
  waitMs: number,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Pick<FollowedJob, "followed" | "acting">> {
  const task = parseUpid(upid);
  if (!task) return { followed: { kind: "unknown" } };
  const pve = reading(session, side.signal);
  const { pace } = session;
  const begun = pace.now();
  const options = { pace, signal: side.signal, onProgress };
  const asked = guests === undefined ? undefined : { guests };
  const followed = await followTask(pve, upid, task, { ...options, waitMs, asked });
  const good = followed.kind === "ended" && followed.verdict.ending === "ok";
  const left = waitMs - (pace.now() - begun);
  if (!good || !isRequestToHa(task.type) || left <= 0) return { followed };
  const acting = await taskOfHa(pve, task, { ...options, waitMs: left });
  const acts = acting === undefined ? undefined : parseUpid(acting);
  if (acting === undefined || !acts) return { followed };
  const rest = Math.max(0, waitMs - (pace.now() - begun));
  return { acting, followed: await followTask(pve, acting, acts, { ...options, waitMs: rest }) };
}

/** Follows the jobs of a call side by side, for at most `waitMs`; `begun` says when each was sent, if by us. */
export async function followJobs(
  session: Session,
  side: ClientSide,
  jobs: readonly Job[],
  waitMs: number,
  begun: (upid: string) => number | undefined,
): Promise<readonly FollowedJob[]> {
  const reporter = progressReporter(side, jobs.length);
  return Promise.all(
    jobs.map(async (job, at): Promise<FollowedJob> => {
      const one = await follow(session, side, job, waitMs, reporter?.(at));
      if (one.followed.kind !== "ended") return { job, ...one };
      const start = begun(job.upid);
      const pve = reading(session, side.signal);
      const seconds =
        start === undefined ? await secondsOf(pve, job.upid) : (session.pace.now() - start) / 1000;
      const locked = await whoHolds(session, side, one.acting ?? job.upid, one.followed.verdict.exit);
      return { job, ...one, seconds, ...(locked === undefined ? {} : { hint: locked }) };
    }),
  );
}

/** For a task that failed because its guest is locked: which task holds the lock. */
async function whoHolds(
  session: Session,
  side: ClientSide,
  upid: string,
  exit: string,
): Promise<string | undefined> {
  const task = parseUpid(upid);
  const isLock = /is locked \(|can't lock file/.test(exit);
  if (!isLock || !task || !/^\d+$/.test(task.id)) return undefined;
  const guest = { node: task.node, vmid: Number(task.id) };
  const holder = await lockHolder(reading(session, side.signal), guest, parseLock(exit), side.signal);
  return holderText(holder, parseLock(exit) !== undefined);
}

/** The records of the writes get their second line: how each job went, as far as it is known. */
export function closeEntries(
  sent: readonly SentWrite[],
  followed: readonly FollowedJob[],
  side: ClientSide,
  notes: CallNotes,
): void {
  for (const { entry, upid } of sent) {
    if (upid === undefined) continue;
    const one = followed.find(({ job }) => job.upid === upid)?.followed;
    if (one?.kind !== "ended") {
      const open = isShuttingDown(side) ? "interrupted" : "running";
      closed(notes, entry?.close({ verdict: one?.kind === "silent" ? "unknown" : open, upid }));
      continue;
    }
    const { ending, exit } = one.verdict;
    closed(notes, entry?.close({ verdict: ending, upid, ...(ending === "ok" ? {} : { detail: exit }) }));
  }
}

/** Messages to a client are one line of moderate length. */
const MESSAGE_MAX = 160;

/**
 * Progress notifications for a call with `count` jobs. What is told only grows, as the protocol demands: percent where
 * a log has one, otherwise the seconds that went by.
 */
function progressReporter(
  side: ClientSide,
  count: number,
): ((at: number) => (progress: Progress) => void) | undefined {
  const { progress: tell } = side;
  if (!tell) return undefined;
  const percents: (number | undefined)[] = Array(count).fill(undefined);
  let last = 0;
  let said = "";
  const begun = performance.now();
  return (at) => (progress) => {
    percents[at] = progress.percent ?? percents[at];
    const known = percents.every((percent) => percent !== undefined);
    const sum = percents.reduce<number>((total, percent) => total + (percent ?? 0), 0);
    const message = cleanLine(progress.line ?? "", MESSAGE_MAX);
    const value = known ? sum / count : Math.min(99, (performance.now() - begun) / 1000);
    const now = `${Math.floor(value)} ${message}`;
    if (now === said) return;
    said = now;
    if (last >= 100) return;
    last = Math.min(100, Math.max(last + 0.01, value));
    tell({
      progress: Math.round(last * 100) / 100,
      ...(known ? { total: 100 } : {}),
      ...(message === "" ? {} : { message }),
    });
  };
}
