import { type Followed, followTask, secondsOf } from "../pve/follow.ts";
import type { Progress } from "../pve/task-progress.ts";
import { parseUpid } from "../pve/upid.ts";
import type { Answer, Job } from "../render/answer.ts";
import { cleanLine } from "../render/clean.ts";
import type { FollowedJob } from "../tools/job-answers.ts";
import type { ClientSide } from "./client-side.ts";
import { closed, type SentWrite } from "./execution.ts";
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

/** Follows one task for a call, with progress for the client. */
export async function follow(
  session: Session,
  side: ClientSide,
  { upid, guests }: Pick<Job, "upid" | "guests">,
  waitMs: number,
  report: ((progress: Progress) => void) | undefined,
): Promise<Followed> {
  const task = parseUpid(upid);
  if (!task) return { kind: "unknown" };
  // The waiting ends with the call; what it has found out by then is still told.
  return followTask(reading(session, side.signal), upid, task, {
    waitMs,
    pace: session.pace,
    signal: side.signal,
    onProgress: report,
    ...(guests === undefined ? {} : { asked: { guests } }),
  });
}

/** Follows the jobs of a call side by side, for at most `waitMs`, and says when each began. */
export async function followJobs(
  session: Session,
  side: ClientSide,
  jobs: readonly Job[],
  waitMs: number,
  begun: (upid: string) => number | undefined,
): Promise<readonly FollowedJob[]> {
  const reporter = progressReporter(side, jobs.length);
  return Promise.all(
    jobs.map(async (job, at) => {
      const followed = await follow(session, side, job, waitMs, reporter?.(at));
      const start = begun(job.upid);
      if (followed.kind !== "ended") return { job, followed };
      const seconds =
        start === undefined
          ? await secondsOf(reading(session, side.signal), job.upid)
          : (session.pace.now() - start) / 1000;
      return { job, followed, seconds };
    }),
  );
}

/** The records of the writes get their second line: how each job went, as far as it is known. */
export function closeEntries(
  sent: readonly SentWrite[],
  followed: readonly FollowedJob[],
  notes: CallNotes,
): void {
  for (const { entry, upid } of sent) {
    if (upid === undefined) continue;
    const one = followed.find(({ job }) => job.upid === upid)?.followed;
    if (one?.kind !== "ended") {
      closed(notes, entry?.close({ verdict: one?.kind === "silent" ? "unknown" : "running", upid }));
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
