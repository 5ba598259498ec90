import { createLook } from "../plan/look.ts";
import { makePlan, type Plan, type PlannedStep } from "../plan/plan.ts";
import { planAnswer } from "../plan/plan-answer.ts";
import type { Checked } from "../pve/client.ts";
import { type Row, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { RecordError } from "../record/record.ts";
import type { Answer } from "../render/answer.ts";
import { writeAnswer } from "../tools/answers.ts";
import { findTool } from "../tools/catalogue.ts";
import { withComparison } from "../tools/compare.ts";
import { guestPlace } from "../tools/guest-kinds.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import { jobsAnswer, startedAnswer } from "../tools/job-answers.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolCall } from "../tools/tool.ts";
import { readArguments } from "./arguments.ts";
import { before } from "./before.ts";
import { type ClientSide, isShuttingDown } from "./client-side.ts";
import { digestOf } from "./code.ts";
import { confirm } from "./confirm.ts";
import { type Controls, splitControls } from "./controls.ts";
import {
  classOfRequest,
  closed,
  execution,
  needsConfirmation,
  type Permit,
  type SentWrite,
} from "./execution.ts";
import { foldParams, withPropertyStrings } from "./fold-params.ts";
import { explain } from "./guidance.ts";
import { closeEntries, followJobs, jobsOf } from "./jobs.ts";
import { bind, type Located, locateCall } from "./prepare.ts";
import type { Form } from "./question.ts";
import { type CallNotes, newNotes, reading, rehearsal, requestKey, type Seen, scoped } from "./scope.ts";
import type { Session } from "./session.ts";
import { entriesText, withEntries, withUndo } from "./undoing.ts";

/** What a call comes to: an answer, a form for the client's user, or jobs that the client follows itself. */
export type Invoked =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "ask"; readonly form: Form; readonly state: string }
  | { readonly kind: "task"; readonly answer: Answer };

/**
 * The pipeline, the same for every tool. Never throws: every failure is an answer that says what to do.
 * @param confirmed how the call is confirmed already, where its being made is the confirmation
 */
export async function invoke(
  session: Session,
  listed: ListedTool,
  given: Readonly<Record<string, unknown>> | undefined,
  side: ClientSide,
  confirmed?: string,
): Promise<Invoked> {
  const isRead = listed.annotations.readOnlyHint;
  const notes = newNotes();
  try {
    const tool = findTool(listed.name);
    const read = readArguments(listed, withPropertyStrings(tool, given));
    const { controls, input } = splitControls(foldParams(tool, read), session.safety.wait);
    const done = isRead
      ? { kind: "answer" as const, answer: await look(session, tool, input, controls.wait, side, notes) }
      : await change(session, tool, input, { ...controls, confirmed }, side, notes);
    return done.kind === "ask" ? done : { ...done, answer: withRemarks(done.answer, notes) };
  } catch (error) {
    if (!isTold(error)) session.report(error);
    const { tokenId } = session;
    const answer = await explain(error, {
      tokenId,
      tool: listed.name,
      reading: isRead,
      changed: notes.changed,
      pve: reading(session, side.signal),
      signal: side.signal,
    });
    return { kind: "answer", answer: withRemarks(answer, notes) };
  } finally {
    if (!isRead) session.guests.forget();
  }
}

/** Errors that are no fault of this program's. */
const isTold = (error: unknown): boolean =>
  error instanceof PveError || error instanceof Refusal || error instanceof RecordError;

/** A read, and once more where a guest is no longer where it was seen. */
async function look(
  session: Session,
  tool: Tool,
  input: Row,
  wait: number,
  side: ClientSide,
  notes: CallNotes,
): Promise<Answer> {
  const attempt = async () => {
    const located = await locateCall(session, tool, input, side, notes);
    const pve = scoped(session, tool, side.signal, notes, () => {
      throw new Error(`${tool.name} is a read and may not write`);
    });
    return perform(bind(session, located, pve, side, { follow: followFor(session, side), wait }));
  };
  try {
    return await attempt();
  } catch (error) {
    if (!notes.remembered || !(error instanceof PveError) || error.kind !== "not-found") throw error;
    session.guests.forget();
    return await attempt();
  }
}

const followFor =
  (session: Session, side: ClientSide): ToolCall["follow"] =>
  (jobs, waitMs) =>
    followJobs(session, side, jobs, waitMs, () => undefined);

/** Everything that is no read: rehearsed first, confirmed where it must be, sent, followed, recorded. */
async function change(
  session: Session,
  tool: Tool,
  input: Row,
  controls: Controls & { readonly confirmed: string | undefined },
  side: ClientSide,
  notes: CallNotes,
): Promise<Invoked> {
  const located = await locateCall(session, tool, input, side, notes);
  let rehearsed = await rehearse(session, located, side, notes);
  // Nothing would be sent: what the tool says to that is the answer.
  if (rehearsed.steps.length === 0) return { kind: "answer", answer: rehearsed.answer };
  const what = action(located, rehearsed.call);
  const needed =
    controls.confirmed === undefined &&
    rehearsed.steps.some(({ classification }) => needsConfirmation(session.safety.confirm, classification));
  let befores = await before(session, rehearsed.steps, side.signal);
  const planned = async () => withUndo(session, await planOf(session, rehearsed.steps, side), befores);
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
    const call = digestOf({ caller: side.caller, tool: tool.name, input, cluster: session.cluster });
    const state = stateDigest(plan);
    const confirmed = await confirm(session, side, {
      what,
      plan,
      sealed: { call, state },
      code: controls.code,
      unchanged: async () => {
        rehearsed = await rehearse(session, located, side, notes);
        befores = await before(session, rehearsed.steps, side.signal);
        return stateDigest(await planned()) === state;
      },
    });
    if (confirmed.kind !== "go") return confirmed;
    permit = { ...permit, confirmed: confirmed.by, plan: state, before: befores };
  }
  return run(session, located, controls, side, notes, permit, rehearsed.seen);
}

interface Rehearsed {
  readonly call: ToolCall;
  readonly steps: readonly PlannedStep[];
  readonly answer: Answer;
  readonly seen: Seen;
}

/** Runs the tool without sending a write, and classifies what it would send. */
async function rehearse(
  session: Session,
  located: Located,
  side: ClientSide,
  notes: CallNotes,
): Promise<Rehearsed> {
  const { pve, requests, seen } = rehearsal(session, located.tool, side.signal, notes);
  const call = bind(session, located, pve, side, { follow: async () => [], wait: 0 });
  const answer = await perform({ ...call, rehearsing: true });
  const steps = await Promise.all(
    requests.map(async (request: Checked) => ({
      ...request,
      classification: await classOfRequest(session, request, side.signal),
    })),
  );
  return { call, steps, answer, seen };
}

const planOf = (session: Session, steps: readonly PlannedStep[], side: ClientSide): Promise<Plan> => {
  const pve = reading(session, side.signal);
  const address = session.ownAddress();
  const look = createLook({
    send: (route, params) => pve.call(route, params as never),
    guests: () => session.guests.within(side.signal).all(true),
    tokenId: session.tokenId,
    ...(address === undefined ? {} : { ownAddress: address }),
  });
  return makePlan(steps, look);
};

/** What a confirmation is for: the exact requests, and the state that they were planned from. */
const stateDigest = ({ steps, state }: Plan): string =>
  digestOf({ requests: steps.map(requestKey), digests: steps.map(({ params }) => params.digest), state });

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
  session: Session,
  located: Located,
  { wait }: Controls,
  side: ClientSide,
  notes: CallNotes,
  permit: Permit,
  seen: Seen,
): Promise<Invoked> {
  const { write, sent } = execution(session, located.tool, side, notes, permit);
  const entries = (failed: boolean) => entriesText(session, sent, permit.before, failed);
  try {
    const pve = scoped(session, located.tool, side.signal, notes, write, seen);
    const answer = await perform(
      bind(session, located, pve, side, { follow: followFor(session, side), wait }),
    );
    const done = await afterJobs(session, located.tool, answer, sent, wait, side, notes);
    if (done.kind !== "answer") return done;
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
  session: Session,
  tool: Tool,
  answer: Answer,
  sent: readonly SentWrite[],
  wait: number,
  side: ClientSide,
  notes: CallNotes,
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

/** The tool's own logic, or its route and nothing else. */
async function perform(call: ToolCall): Promise<Answer> {
  const { tool } = call;
  if (tool.run) return tool.run(call);
  if (tool.compare) return withComparison(call, tool.compare);
  const reply = await call.send();
  return tool.answer ? tool.answer(reply, call) : writeAnswer(reply, call);
}

/** The answer with what the reader must know besides. */
function withRemarks(answer: Answer, { remarks, hidden }: CallNotes): Answer {
  if (remarks.length === 0 && hidden === 0) return answer;
  const note = (text: string) => ({ kind: "note", text }) as const;
  const left = `${hidden} outside PVE_ALLOWED ${hidden === 1 ? "is" : "are"} left out.`;
  return {
    ...answer,
    blocks: [...remarks.map(note), ...(answer.blocks ?? []), ...(hidden > 0 ? [note(left)] : [])],
  };
}
