import { type Classification, classify, stateRaises } from "../../policy/effect.ts";
import type { Arguments, Question, StateRaise } from "../../policy/operations/operation.ts";
import { LookUps } from "../bounds/bounds-look-up.ts";
import { PveError } from "../errors.ts";
import type { GuardRead } from "../guard.ts";
import { backupModeAnswer, haAnswer, retentionAnswer } from "./class-answers.ts";
import { presentDisksAnswer } from "./class-of-disks.ts";
import { localVolumesAnswer } from "./class-of-moves.ts";

/** A call whose class hangs on PVE's state. */
export interface AskedCall {
  readonly look: LookUps;
  readonly route: string;
  readonly params: Arguments;
}

/** Asks PVE's state: why the call is raised, as a sentence that begins with "it" or an argument's name; undefined: it is not. */
export type Answer = (call: AskedCall) => Promise<string | undefined>;

/** How each question is put to PVE. */
const ANSWERS: Readonly<Record<Question, Answer>> = {
  retention: retentionAnswer,
  "backup mode": backupModeAnswer,
  "local volumes": localVolumesAnswer,
  "present disks": presentDisksAnswer,
  HA: haAnswer,
};

/**
 * Effect and risk of a call, also where they hang on PVE's state, which is asked then. What cannot be read counts as the
 * dangerous case. Throws the PveError of a call that was cancelled, or whose storage does not exist.
 * @param asked what is asked of it; absent: all that can raise the class
 */
export async function classifyCall(
  read: GuardRead,
  route: string,
  params: Arguments,
  asked: readonly StateRaise[] = stateRaises(route, params),
): Promise<Classification> {
  const known = classify(route, params);
  if (asked.length === 0) return known;
  const call: AskedCall = { look: new LookUps(read), route, params };
  const reasons = await Promise.all(asked.map((raise) => reasonOf(call, raise)));
  const raising = asked.flatMap((raise, at) => {
    const reason = reasons[at];
    return reason === undefined ? [] : [{ ...raise, reason }];
  });
  if (raising.length === 0) return known;
  const effect = raising.find((raise) => raise.effect === "write")?.effect ?? known.effect;
  const all = [...(known.reason === undefined ? [] : [known.reason]), ...raising.map(({ reason }) => reason)];
  return { effect, risk: "loss", reason: all.join("; ") };
}

async function reasonOf(call: AskedCall, { asks, says }: StateRaise): Promise<string | undefined> {
  try {
    return await ANSWERS[asks](call);
  } catch (error) {
    if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
    // A storage that does not exist would only show in a job's log.
    if (error.kind === "not-found" && asks === "retention") throw error;
    return `it could not be read whether it ${says}`;
  }
}
