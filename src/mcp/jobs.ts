import { parseLock } from "../pve/errors.ts";
import { followTask, secondsOf } from "../pve/jobs/follow.ts";
import { isRequestToHa, whatHaDoes } from "../pve/jobs/follow-ha.ts";
import { lockHolder } from "../pve/jobs/lock-holder.ts";
import type { Progress } from "../pve/jobs/task-progress.ts";
import { parseUpid } from "../pve/jobs/upid.ts";
import type { Pace } from "../pve/pace.ts";
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

/** How one job stands; `byGuest`: the guest's own state tells it, not a task. */
type Standing = Pick<FollowedJob, "followed" | "acting"> & { readonly byGuest?: true };

/** Follows one task, and where it only asks HA, what HA makes of it: the request's own end is no verdict. */
async function follow(
  session: Session,
  side: ClientSide,
  { upid, guests }: Pick<Job, "upid" | "guests">,
  waitMs: number,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Standing> {
  const task = parseUpid(upid);
  if (!task) return { followed: { kind: "unknown" } };
  const pve = reading(session, side);
  const { pace } = session;
  const begun = pace.now();
  const left = () => Math.max(0, waitMs - (pace.now() - begun));
  const options = { pace, signal: side.signal, onProgress };
  const asked = guests === undefined ? undefined : { guests };
  const followed = await followTask(pve, upid, task, { ...options, waitMs, asked });
  if (followed.kind !== "ended" || followed.verdict.ending === "failed" || !isRequestToHa(task.type))
    return { followed };
  const standing = await whatHaDoes(pve, task, followed.lines, { ...options, waitMs: left() });
  if (side.signal.aborted) return { followed: { kind: "left" } };
  const acts = standing.kind === "acts" ? parseUpid(standing.upid) : undefined;
  if (standing.kind === "acts" && acts) {
    const { upid: acting } = standing;
    return { acting, followed: await followTask(pve, acting, acts, { ...options, waitMs: left() }) };
  }
  if (standing.kind !== "proved")
    return { followed: { kind: "running", started: task.starttime, progress: {}, awaitsHa: true } };
  const notes = [`Told by the guest's own state, not by a task of HA's: guest ${task.id} is ${standing.is}.`];
  return { byGuest: true, followed: { ...followed, verdict: { ending: "ok", exit: "OK", notes } } };
}

/** Follows the jobs of a call side by side, for at most `waitMs`; `begun` says when each was sent, if by us. */
export async function followJobs(
  session: Session,
  side: ClientSide,
  jobs: readonly Job[],
  waitMs: number,
  begun: (upid: string) => number | undefined,
): Promise<readonly FollowedJob[]> {
  const reporter = progressReporter(side, session.pace, jobs.length);
  session.observer?.following(jobs.length);
  try {
    return await Promise.all(
      jobs.map(async (job, at): Promise<FollowedJob> => {
        const { byGuest, ...one } = await follow(session, side, job, waitMs, reporter?.(at));
        if (one.followed.kind !== "ended") return { job, ...one };
        const { acting = job.upid } = one;
        const start = begun(job.upid);
        const pve = reading(session, side);
        const told = () => secondsOf(pve, acting, parseUpid(job.upid)?.starttime);
        const seconds =
          start !== undefined ? (session.pace.now() - start) / 1000 : byGuest ? undefined : await told();
        const locked = await whoHolds(session, side, acting, one.followed.verdict.exit);
        return { job, ...one, seconds, ...(locked === undefined ? {} : { hint: locked }) };
      }),
    );
  } finally {
    session.observer?.following(-jobs.length);
  }
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
  const holder = await lockHolder(reading(session, side), guest, parseLock(exit), side.signal);
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

/** What is told grows with each notification, as the protocol demands: by this where nothing else has. */
const STEP = 0.000_01;
/** What is the same is told again after so long: the client sees that somebody is at it. */
const SAME_MS = 900;

/**
 * Progress notifications for a call with `count` jobs: percent of a total of 100 where every log has one. Until then
 * there is no total, and what is told stays below the first percent.
 */
function progressReporter(
  { progress: tell }: ClientSide,
  pace: Pace,
  count: number,
): ((at: number) => (progress: Progress) => void) | undefined {
  if (!tell) return undefined;
  const percents: (number | undefined)[] = Array(count).fill(undefined);
  let last = 0;
  let said = { text: "", at: Number.NEGATIVE_INFINITY };
  return (at) => (progress) => {
    percents[at] = progress.percent ?? percents[at];
    const known = percents.every((percent) => percent !== undefined);
    const percent = known ? percents.reduce<number>((sum, one) => sum + (one ?? 0), 0) / count : 0;
    const message = cleanLine(progress.line ?? "", MESSAGE_MAX);
    const text = `${Math.floor(percent)} ${message}`;
    if (text === said.text && pace.now() - said.at < SAME_MS) return;
    const value = Math.max(Number((last + STEP).toFixed(5)), Math.round(percent * 100) / 100);
    if (value > 100) return;
    said = { text, at: pace.now() };
    last = value;
    tell({
      progress: value,
      ...(known ? { total: 100 } : {}),
      ...(message === "" ? {} : { message }),
    });
  };
}
