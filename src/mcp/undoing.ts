import { undoable } from "../plan/inverse.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Checked } from "../pve/client.ts";
import { type Row, record } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { redactData } from "../render/redact.ts";
import { listed } from "../plan/wording.ts";
import { followsCreation } from "./before.ts";
import type { SentWrite } from "./execution.ts";
import { requestKey } from "./scope.ts";
import type { Session } from "./session.ts";

const UNDO = "pve_undo";

/** What was set before each request, by `requestKey`. */
export type Befores = ReadonlyMap<string, unknown>;

/** Whether a request can be taken back by its entry in the record; a text: why not. */
function canUndo(request: Checked, befores: Befores): true | string {
  const { route, params } = request;
  const before = befores.get(requestKey(request));
  const kept = before === undefined ? undefined : record(before as Row);
  // As the record will have it.
  return undoable(route, redactData(route, params) as Row, kept);
}

const offersUndo = ({ hidden }: Session): boolean => hidden(UNDO) === undefined;

/** The plan with what can be taken back of it; where nothing is recorded, nothing is said. */
export function withUndo(session: Session, plan: Plan, befores: Befores): Plan {
  if (!session.record) return plan;
  const own = plan.steps.filter((step) => !followsCreation(step, plan.steps));
  const verdicts = own.map((step: PlannedStep) => canUndo(step, befores));
  const why = [...new Set(verdicts.filter((verdict) => verdict !== true))];
  const all = why.length === 0;
  const can = all ? `${UNDO} can take it back.` : `${UNDO} can take a part of it back.`;
  const says = offersUndo(session) && verdicts.includes(true);
  return {
    ...plan,
    points: says ? [...plan.points, can] : plan.points,
    // What a topic has said already, it has said of this very object.
    final: plan.final.length > 0 ? plan.final : why,
  };
}

/** The answer with the entries that the change has in the record. */
export function withEntries(
  session: Session,
  answer: Answer,
  sent: readonly SentWrite[],
  befores: Befores,
): Answer {
  const entries = sent.flatMap(({ request, entry }) => (entry ? [{ request, id: entry.id, ok: !entry.failed }] : []));
  if (entries.length === 0) return answer;
  const requests = entries.map(({ request }) => request);
  const back = entries.filter(
    ({ request, ok }) => ok && !followsCreation(request, requests) && canUndo(request, befores) === true,
  );
  return { ...answer, blocks: beforeDigest(answer.blocks ?? [], entriesText(session, entries, back)) };
}
