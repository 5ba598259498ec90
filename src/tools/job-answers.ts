import type { Followed } from "../pve/jobs/follow.ts";
import { isRequestToHa } from "../pve/jobs/follow-ha.ts";
import { isForeignExit, type Missing } from "../pve/jobs/task-verdict.ts";
import type { Answer, Block, Cell, Fact, Job } from "../render/answer.ts";
import { quoted } from "../render/foreign.ts";
import { importantLines, logBlock } from "../render/log.ts";
import { formatCell } from "../render/units.ts";

/** A job and how it stands. */
export interface FollowedJob {
  readonly job: Job;
  readonly followed: Followed;
  /** The task by which HA acts, where the job only asks HA: how it stands is told. */
  readonly acting?: string;
  /** Seconds from its start to its end, where somebody watched. */
  readonly seconds?: number | undefined;
  /** What else is known of a bad end, and what to do about it. */
  readonly hint?: string;
}

/** The task whose end is told. */
const upidOf = ({ job, acting }: FollowedJob): string => acting ?? job.upid;

/** Lines of a log that explain a bad end, and those that a warning is worth. */
const BAD_LINES = 12;
const WARNING_LINES = 6;
/** Enough of a command's last words for a headline; the log has the rest. */
const EXIT_MAX = 200;

/** The exit status for a sentence; a command's own words as a quotation. */
export const exitText = (status: string): string =>
  isForeignExit(status) ? quoted(status, EXIT_MAX) : status;

const took = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` in ${formatCell(Math.max(1, Math.round(seconds)), "duration")}`;

const capital = (words: string): string => `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;

const sentence = (what: string): string => (what.endsWith(".") ? what : `${what}.`);

const AWAITS_HA = "requested of HA, not seen to act yet";
const HOW_HA_ACTS =
  "HA acts in rounds of ten seconds, in a task of its own; a token sees that task with Sys.Audit on the node.";

/** How a job stands, in few words. */
function verdictWords({ followed, seconds }: FollowedJob): string {
  switch (followed.kind) {
    case "ended": {
      const { verdict } = followed;
      if (verdict.ending === "ok") return `done${took(seconds)}`;
      if (verdict.ending === "warnings")
        return `done with ${count(verdict.warnings ?? 1, "warning")}${took(seconds)}`;
      return `FAILED: ${whyFailed(followed)}`;
    }
    case "running":
      return followed.awaitsHa ? AWAITS_HA : "still running";
    case "silent":
      return "not known";
    case "unknown":
      return "not known: PVE has no such task";
    case "left":
      return "no longer waited for; it goes on";
  }
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

function whyFailed({ verdict }: Extract<Followed, { kind: "ended" }>): string {
  const missing = verdict.missing ?? [];
  if (missing.length > 0 && /^(?:OK|WARNINGS: \d+|job errors)$/.test(verdict.exit))
    return missingText(missing);
  return verdict.exit === "" ? "it ended without a status" : exitText(verdict.exit);
}

const MISSING_NAMED = 10;

function missingText(missing: readonly Missing[]): string {
  const named = missing
    .slice(0, MISSING_NAMED)
    .map(({ vmid, why, ours }) => `${vmid} (${ours ? why : exitText(why)})`);
  const more = missing.length - named.length;
  return `not done: guest ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The headline of one job. */
function headline(one: FollowedJob, waitedSeconds: number): string {
  const what = sentence(one.job.what);
  const { followed } = one;
  switch (followed.kind) {
    case "ended": {
      const words = verdictWords(one);
      return followed.verdict.ending === "failed"
        ? `FAILED: ${what.replace(/\.$/, "")}: ${whyFailed(followed)}.`
        : `${capital(words)}: ${what}`;
    }
    case "running": {
      const percent = followed.progress.percent;
      const far = percent === undefined ? "" : ` (${Math.floor(percent)}%)`;
      const after = waitedSeconds > 0 ? ` after ${formatCell(waitedSeconds, "duration")}` : "";
      return `${capital(verdictWords(one))}${after}${far}: ${what}`;
    }
    case "silent":
      return `Not known how it goes: ${what}`;
    case "unknown":
      return `PVE does not know this task (any more): ${what}`;
    case "left":
      return `No longer waited for, it goes on: ${what}`;
  }
}

/** What its log says that matters, and what else is worth knowing of how one job went. */
function detail(one: FollowedJob): readonly Block[] {
  const { followed, hint } = one;
  const upid = upidOf(one);
  if (followed.kind === "silent") {
    return [
      {
        kind: "note",
        text: `${upid.split(":")[1] ?? "The node"} does not tell how the job stands: ${followed.problem.message.trim().replace(/\.$/, "")}.`,
      },
    ];
  }
  if (followed.kind === "running" && followed.awaitsHa) return [{ kind: "note", text: HOW_HA_ACTS }];
  if (followed.kind === "running" && followed.progress.line !== undefined) {
    return [
      {
        kind: "facts",
        facts: [{ key: "last", label: "last line", value: followed.progress.line, foreign: true }],
      },
    ];
  }
  if (followed.kind !== "ended") return [];
  const { verdict, lines } = followed;
  const blocks: Block[] = [];
  for (const text of [...(hint === undefined ? [] : [hint]), ...(verdict.notes ?? [])])
    blocks.push({ kind: "note", text });
  const wanted = verdict.ending === "failed" ? BAD_LINES : verdict.ending === "warnings" ? WARNING_LINES : 0;
  const telling = importantLines(lines, wanted).filter(({ t }) => t !== `TASK ERROR: ${verdict.exit}`);
  if (telling.length > 0)
    blocks.push(logBlock(telling, `log of the ${taskWord(upid)}, the lines that tell most`));
  return blocks;
}

const taskWord = (upid: string): string => upid.split(":")[5] ?? "task";

const HANDS_OVER = "HA manages the guest: this job only hands the request over.";
const WAIT_ON = "pve_wait_task with upids [that UPID]";

/** The answer of jobs that nobody waits for: their ids, and the call that waits. */
export function startedAnswer(answer: Answer): Answer {
  const { jobs = [], blocks = [], next = [], ...rest } = answer;
  const [only, second] = jobs;
  if (!only) return answer;
  const ids: Block = second
    ? {
        kind: "table",
        columns: [{ key: "job" }, { key: "upid", label: "UPID" }],
        rows: jobs.map(({ what, upid }) => ({ job: what.replace(/\.$/, ""), upid })),
      }
    : { kind: "facts", facts: [{ key: "upid", label: "UPID", value: only.upid }] };
  const handedOver = jobs.some(({ upid }) => isRequestToHa(taskWord(upid)));
  return {
    ...rest,
    blocks: [...blocks, ids, ...(handedOver ? [{ kind: "note", text: HANDS_OVER } as const] : [])],
    next: [
      second ? "pve_wait_task with these upids tells how they end." : `${WAIT_ON} tells how it ends.`,
      ...next,
    ],
  };
}

/** The guests that a job's log shows as done. */
const doneGuests = ({ followed }: FollowedJob): string | undefined =>
  followed.kind === "ended" ? followed.verdict.done?.join(", ") : undefined;

/** What to call next. */
function nextSteps(all: readonly FollowedJob[]): readonly string[] {
  const open = all.filter(({ followed }) => ["running", "silent", "left"].includes(followed.kind));
  const steps: string[] = [];
  if (open.length > 0)
    steps.push(
      all.length > 1 ? "pve_wait_task with the upids that still run waits on." : `${WAIT_ON} waits on.`,
    );
  if (all.some(({ followed }) => followed.kind === "ended" && followed.verdict.ending !== "ok"))
    steps.push("pve_get_task_log shows all of a log.");
  return steps;
}

const hasFailed = ({ followed }: FollowedJob): boolean =>
  followed.kind === "unknown" ||
  followed.kind === "silent" ||
  (followed.kind === "ended" && followed.verdict.ending === "failed");

/**
 * The answer with how its jobs went: the verdict comes first, what the tool had to say stays, the log's telling lines
 * follow.
 * @param waitedSeconds how long was waited
 */
export function jobsAnswer(answer: Answer, all: readonly FollowedJob[], waitedSeconds: number): Answer {
  const { jobs: _, next = [], blocks = [], ...rest } = answer;
  const [only, second] = all;
  if (!only) return answer;
  const failed = answer.failed === true || all.some(hasFailed);
  const common = {
    ...rest,
    next: [...nextSteps(all), ...(failed ? [] : next)],
    ...(failed ? { failed } : {}),
  };
  if (!second) {
    const facts: Fact[] = [
      { key: "upid", label: "UPID", value: upidOf(only) },
      { key: "done", label: "guests done", value: doneGuests(only) },
    ];
    return {
      ...common,
      headline: headline(only, waitedSeconds),
      blocks: [...withFacts(blocks, facts), ...detail(only)],
    };
  }
  const rows = all.map((one): Readonly<Record<string, Cell>> => {
    return {
      job: one.job.what.replace(/\.$/, ""),
      verdict: verdictWords(one),
      done: doneGuests(one),
      upid: upidOf(one),
    };
  });
  return {
    ...common,
    headline: `${summary(all)}: ${answer.headline.replace(/^Started: /, "")}`,
    blocks: [
      {
        kind: "table",
        columns: [
          { key: "job" },
          { key: "verdict" },
          { key: "done", label: "guests done" },
          { key: "upid", label: "UPID" },
        ],
        rows,
      },
      ...blocks,
      ...all.flatMap(detail),
    ],
  };
}

/** Blocks with more facts at their end, in one block with those that stand there. */
function withFacts(blocks: readonly Block[], facts: readonly Fact[]): readonly Block[] {
  const last = blocks.at(-1);
  return last?.kind === "facts" && last.title === undefined
    ? [...blocks.slice(0, -1), { ...last, facts: [...last.facts, ...facts] }]
    : [...blocks, { kind: "facts", facts }];
}

/** "1 of 3 jobs FAILED, 1 still running, 1 done": the worst first. */
function summary(all: readonly FollowedJob[]): string {
  const of = (test: (one: FollowedJob) => boolean) => all.filter(test).length;
  const failed = of(hasFailed);
  const open = of(({ followed }) => followed.kind === "running" || followed.kind === "left");
  const counts = [
    [failed, "FAILED"],
    [open, "still running"],
    [all.length - failed - open, "done"],
  ] as const;
  const [first = "", ...rest] = counts.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : []));
  const [n, ...words] = first.split(" ");
  return [`${n} of ${all.length} jobs ${words.join(" ")}`, ...rest].join(", ");
}
