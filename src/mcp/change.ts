import type { Plan } from "../plan/plan.ts";
import { planAnswer } from "../plan/plan-answer.ts";
import { type Row, str } from "../pve/data.ts";
import type { Answer } from "../render/answer.ts";
import { guestPlace } from "../tools/guest-kinds.ts";
import { jobsAnswer, startedAnswer } from "../tools/job-answers.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolCall } from "../tools/tool.ts";
import { before } from "./before.ts";
import { isShuttingDown } from "./client-side.ts";
import { digestOf } from "./code.ts";
import { confirm } from "./confirm.ts";
import type { Controls } from "./controls.ts";
import { closed, execution, needsConfirmation, type Permit, type SentWrite } from "./execution.ts";
import { closeEntries, followJobs, jobsOf } from "./jobs.ts";
import { newestTasks } from "./newest-tasks.ts";
import { followFor, perform } from "./perform.ts";
import { bind, type Located, locateCall } from "./prepare.ts";
import type { Form } from "./question.ts";
import { planOf, rehearse } from "./rehearse.ts";
import { reading, requestKey, type Seen, scoped, type Turn } from "./scope.ts";
import { entriesText, withEntries, withUndo } from "./undoing.ts";

/** What a call comes to: an answer, a form for the client's user, or jobs that the client follows itself. */
export type Invoked =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "ask"; readonly form: Form; readonly state: string }
  | { readonly kind: "task"; readonly answer: Answer };

/** Everything that is no read: rehearsed first, confirmed where it must be, sent, followed, recorded. */
export async function change(
  turn: Turn,
  tool: Tool,
  input: Row,
  controls: Controls & { readonly confirmed: string | undefined },
): Promise<Invoked> {
  const { session, side } = turn;
  const located = await locateCall(turn, tool, input);
  let rehearsed = await rehearse(turn, located);
  // Nothing would be sent: what the tool says to that is the answer.
  if (rehearsed.steps.length === 0) return { kind: "answer", answer: rehearsed.answer };
  const act = action(located, rehearsed.call);
  // Clusters may have guests and nodes of the same names.
  const what = session.ofSeveral ? `Cluster ${session.cluster}: ${act}` : act;
  const needed =
    controls.confirmed === undefined &&
    rehearsed.steps.some(({ classification }) => needsConfirmation(session.safety.confirm, classification));
  let befores = await before(session, rehearsed.steps, side);
  const planned = async () => withUndo(session, await planOf(turn, rehearsed.steps), befores);
  if (controls.dryRun) return { kind: "answer", answer: planAnswer(what, await planned()) };
  const undoes = tool.undoes?.(input);
  let permit: Permit = {
    confirmed: controls.confirmed ?? (session.safety.confirm === "off" ? "off" : "not needed"),
    requests: new Set(rehearsed.steps.map(requestKey)),
    before: befores,
    ...(undoes === undefined ? {} : { undoes }),
  };
  if (needed) {
    const plan = await planned();
    refuseHopeless(plan);
    const call = digestOf({
      caller: side.caller,
      tool: tool.name,
      route: tool.route,
      input,
      cluster: session.cluster,
    });
    const state = await stateDigest(turn, plan);
    const confirmed = await confirm(session, side, {
      what,
      plan,
      sealed: { call, state },
      code: controls.code,
      changedPlan: async () => {
        rehearsed = await rehearse(turn, located);
        befores = await before(session, rehearsed.steps, side);
        const now = await planned();
        return (await stateDigest(turn, now)) === state ? undefined : now;
      },
    });
    if (confirmed.kind !== "go") return confirmed;
    permit = { ...permit, confirmed: confirmed.by, plan: state, before: befores };
  }
  return run(turn, located, controls, permit, rehearsed.seen);
}

/** What a confirmation is for: the exact requests, and the state that they were planned from. */
async function stateDigest({ session, side }: Turn, { steps, state }: Plan): Promise<string> {
  const tasks = session.sharesKey ? await newestTasks(reading(session, side), steps) : undefined;
  return digestOf({
    requests: steps.map(requestKey),
    digests: steps.map(({ params }) => params.digest),
    state,
    tasks,
  });
}

/** What PVE would refuse anyway is not worth a person's time. */
function refuseHopeless({ privileges }: Plan): void {
  if (privileges.kind !== "missing") return;
  throw new Refusal("PVE would refuse this: the token lacks a privilege.", {
    blocks: privileges.lines.map((text) => ({ kind: "note", text })),
  });
}

/** "Delete VM: VM 103 (mail) on pve1", for headlines and forms. */
function action({ tool, guest, input }: Located, call: ToolCall): string {
  if (guest) return `${tool.title}: ${guestPlace(call)}`;
  const names = [
    "userid",
    "storage",
    "pool",
    "poolid",
    "id",
    "sid",
    "rule",
    "iface",
    "service",
    "path",
    "node",
    "entry",
  ];
  const about = names.flatMap((name) => {
    const value = str(input, name);
    return value === undefined ? [] : [`${name} ${value.slice(0, 80)}`];
  });
  return about.length === 0 ? tool.title : `${tool.title}: ${about.slice(0, 2).join(", ")}`;
}

/** Sends it, follows what it started, and completes the record whatever happens. */
async function run(
  turn: Turn,
  located: Located,
  { wait }: Controls,
  permit: Permit,
  seen: Seen,
): Promise<Invoked> {
  const { session, side, notes } = turn;
  const { write, sent } = execution(turn, located.tool, permit);
  const entries = (failed: boolean) => entriesText(session, sent, permit.before, failed);
  try {
    const pve = scoped(turn, located.tool, write, seen);
    const answer = await perform(bind(turn, located, pve, { follow: followFor(turn), wait }));
    const done = await afterJobs(turn, located.tool, answer, sent, wait);
    if (done.kind === "ask") return done;
    return { ...done, answer: withEntries(done.answer, entries(done.answer.failed === true)) };
  } catch (error) {
    const text = entries(false);
    if (text !== undefined) notes.remarks.push(text);
    throw error;
  } finally {
    // What is still open was started, and nobody has seen its end.
    const open = isShuttingDown(side) ? "interrupted" : "running";
    for (const { entry, upid } of sent)
      closed(notes, entry?.close({ verdict: open, ...(upid === undefined ? {} : { upid }) }));
  }
}

/** A client that takes tasks is not kept waiting for the longer jobs, in milliseconds. */
const GRACE_MS = 3_000;

async function afterJobs(
  { session, side, notes }: Turn,
  tool: Tool,
  answer: Answer,
  sent: readonly SentWrite[],
  wait: number,
): Promise<Invoked> {
  const jobs = jobsOf(answer, sent, tool.title);
  if (jobs.length === 0) return { kind: "answer", answer };
  const waitMs = side.takesTasks ? Math.min(wait * 1_000, GRACE_MS) : wait * 1_000;
  const whole = { ...answer, jobs };
  if (waitMs === 0 && !side.takesTasks) return { kind: "answer", answer: startedAnswer(whole) };
  const begun = session.pace.now();
  const followed = await followJobs(
    session,
    side,
    jobs,
    waitMs,
    (upid) => sent.find((one) => one.upid === upid)?.begun,
  );
  closeEntries(sent, followed, side, notes);
  const running = followed.some(({ followed: { kind } }) => kind === "running");
  if (side.takesTasks && running) return { kind: "task", answer: whole };
  return { kind: "answer", answer: jobsAnswer(whole, followed, (session.pace.now() - begun) / 1_000) };
}
