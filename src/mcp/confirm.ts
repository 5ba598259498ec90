import type { Plan } from "../plan/plan.ts";
import { planBlocks, planMessage } from "../plan/plan-answer.ts";
import { realPace } from "../pve/pace.ts";
import type { Answer, Block } from "../render/answer.ts";
import { cleanLine, cleanText } from "../render/clean.ts";
import { Refusal } from "../tools/refusal.ts";
import type { ClientSide } from "./client-side.ts";
import { CODE_MS, type CodeCheck, checkCode, issueCode, type Sealed } from "./code.ts";
import { UNCHANGED } from "./guidance.ts";
import { type Decision, decisionOf, type Form, formOf, type Question } from "./question.ts";
import type { Session } from "./session.ts";

/** How often a waiting client hears that we still wait. */
const STILL_MS = 10_000;

/** What is to be confirmed. */
export interface Request {
  /** The action, for a headline: "Delete VM: VM 103 (mail) on pve1". */
  readonly what: string;
  readonly plan: Plan;
  readonly sealed: Sealed;
  /** The code that came with the call. */
  readonly code: string | undefined;
  /** Plans anew, because somebody took their time to answer; undefined: it is still the same. */
  readonly changedPlan: () => Promise<Plan | undefined>;
}

/** What came of asking: it may run; it was answered; or the client is to ask its user and call again. */
export type Confirmed =
  | { readonly kind: "go"; readonly by: "code" | "person" }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "ask"; readonly form: Form; readonly state: string };

/** A seal for questions is no code: a client that asks its user cannot be given one by the back door. */
const forAsking = ({ call, state }: Sealed): Sealed => ({ call: `ask ${call}`, state });

/**
 * Has a plan confirmed: by the client's user where the client can ask, otherwise by a code that the same call brings
 * back. Throws a Refusal when it was not.
 */
export async function confirm(session: Session, side: ClientSide, request: Request): Promise<Confirmed> {
  const { person } = side;
  if (person.kind === "none") return byCode(session, request);
  const question: Question = {
    message: cleanText(planMessage(request.what, request.plan)),
    ...(request.plan.name === undefined ? {} : { name: request.plan.name }),
  };
  if (person.kind === "push") {
    const decision = await askNow(session, side, person.ask, question);
    refuseUnlessYes(decision, question);
    const plan = await request.changedPlan();
    if (plan) throw changed({ ...request, plan }, "while you were asked");
    return { kind: "go", by: "person" };
  }
  const seal = forAsking(request.sealed);
  const now = session.sealTime();
  if (!person.answered)
    return { kind: "ask", form: formOf(question), state: issueCode(session.key, seal, now) };
  const { result } = person.answered;
  // As it is checked, so it is counted: decoration makes no second answer of one.
  const state = person.answered.state.trim();
  const check = checkCode(session.key, state, seal, now);
  if (check === "state") throw changed(request, "since the question was asked");
  if (check !== "good")
    throw new Refusal(
      check === "expired"
        ? "The answer came too late: the question was good for five minutes. Call again to be asked anew."
        : "That answer belongs to another question. Call again to be asked.",
    );
  refuseUnlessYes(decisionOf(question, result), question);
  if (!session.used.take(state, now))
    throw new Refusal("That answer has been used already. Call again to be asked anew.");
  return { kind: "go", by: "person" };
}

const changed = (request: Request, when: string): Refusal =>
  new Refusal(`What the plan was made from has changed ${when}. The plan is now:`, {
    blocks: [{ kind: "note", text: request.what }, ...planBlocks(request.plan)],
    next: ["Call again to have it confirmed."],
  });

const REFUSALS: Readonly<Record<Exclude<Decision, "yes">, string>> = {
  declined: "The person asked said no.",
  cancelled: "The person asked dismissed the question.",
  "wrong-name": "The name that was typed is not the right one.",
  unanswered: "Nobody answered the question in time.",
  unreadable: "The client's answer to the question cannot be read.",
};

function refuseUnlessYes(decision: Decision, { name }: Question): void {
  if (decision === "yes") return;
  const hint = decision === "wrong-name" ? ` It is ${name}.` : "";
  throw new Refusal(`${REFUSALS[decision]}${hint}`);
}

/** Asks while the call goes on; a client that claims to ask and never answers does not hold it up. */
async function askNow(
  session: Session,
  side: ClientSide,
  ask: (form: Form, signal: AbortSignal) => Promise<unknown>,
  question: Question,
): Promise<Decision> {
  if (side.signal.aborted) return "cancelled";
  const limit = new AbortController();
  const stop = () => limit.abort();
  side.signal.addEventListener("abort", stop, { once: true });
  let beats = 0;
  const still = setInterval(() => {
    beats += 1;
    side.progress?.({ progress: beats, message: "waiting for a person to confirm" });
  }, STILL_MS);
  try {
    const answer = ask(formOf(question), limit.signal).then(
      (result) => decisionOf(question, result),
      (error: unknown) => {
        // Our own end of the asking is no fault of the client's.
        if (limit.signal.aborted) return "unanswered" as const;
        throw new Refusal(`The client could not ask its user: ${cleanLine(String(error))}`);
      },
    );
    const late = realPace.pause(session.answerWithinMs, limit.signal).then((): Decision => "unanswered");
    const decision = await Promise.race([answer, late]);
    return side.signal.aborted ? "cancelled" : decision;
  } finally {
    clearInterval(still);
    side.signal.removeEventListener("abort", stop);
    limit.abort();
  }
}

const BY_CODE: Readonly<Record<Exclude<CodeCheck, "good">, string>> = {
  expired: "That code has expired.",
  call: "That code is not for this call with these arguments.",
  state: "What the plan was made from has changed since: here is the new one.",
};

function byCode(session: Session, request: Request): Confirmed {
  if (session.safety.confirmBy === "person") {
    throw new Refusal(
      "This needs a person's confirmation, and this client cannot ask its user (it declares no elicitation).",
      {
        blocks: [
          {
            kind: "note",
            text: "A client that can ask, or PVE_CONFIRM_BY=any in the server's settings, would allow it; the operator decides.",
          },
        ],
      },
    );
  }
  const now = session.sealTime();
  const { code, sealed } = request;
  if (code === undefined) return { kind: "answer", answer: needed(session, request, undefined, now) };
  const check = checkCode(session.key, code, sealed, now);
  if (check !== "good") return { kind: "answer", answer: needed(session, request, BY_CODE[check], now) };
  if (!session.used.take(code.trim(), now))
    return { kind: "answer", answer: needed(session, request, "That code has been used already.", now) };
  return { kind: "go", by: "code" };
}

/** The plan with the code that runs it. */
function needed(session: Session, request: Request, why: string | undefined, now: number): Answer {
  const code = issueCode(session.key, request.sealed, now);
  const note = (text: string): Block => ({ kind: "note", text });
  return {
    headline: "NOT DONE: confirmation needed",
    blocks: [
      ...(why === undefined ? [] : [note(why)]),
      note(`Plan: ${request.what}.`),
      ...planBlocks(request.plan),
      note(UNCHANGED),
    ],
    next: [
      `If this is wanted, make the same call with confirm: "${code}" (good for ${CODE_MS / 60_000} minutes, once).`,
    ],
    failed: true,
  };
}
