import { followsCreation } from "../plan/follows-creation.ts";
import { neverUndone, notRestored, undoable } from "../plan/inverse/inverse.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { listed } from "../plan/wording.ts";
import type { Checked } from "../pve/client.ts";
import { type Row, record } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { redactData } from "../render/redact.ts";
import type { Route } from "../schema/routes.gen.ts";
import { entryName } from "../tools/entry-name.ts";
import type { SentWrite } from "./execution.ts";
import { requestKey } from "./scope.ts";
import type { Session } from "./session.ts";

const UNDO = "pve_undo";

/** What was set before each request, by `requestKey`. */
export type Befores = ReadonlyMap<string, unknown>;

/** A request as the record will have it. */
function recorded(request: Checked, befores: Befores): [Route, Row, Row | undefined] {
  const { route, params } = request;
  const before = befores.get(requestKey(request));
  return [route, redactData(route, params) as Row, before === undefined ? undefined : record(before as Row)];
}

/** Whether a request can be taken back by its entry in the record; a text: why not. */
const canUndo = (request: Checked, befores: Befores): true | string =>
  undoable(...recorded(request, befores));

const offersUndo = ({ hidden }: Session): boolean => hidden(UNDO) === undefined;

/** The plan with what can be taken back of it, and what cannot; where nothing is recorded, what never can. */
export function withUndo(session: Session, plan: Plan, befores: Befores): Plan {
  const own = plan.steps.filter((step) => !followsCreation(step, plan.steps));
  // What a topic has said already, it has said of this very object.
  const lost = (why: readonly string[]): Plan["final"] =>
    plan.final.length > 0 ? plan.final : [...new Set(why)];
  if (!session.record) return { ...plan, final: lost(own.flatMap(({ route }) => neverUndone(route) ?? [])) };
  const verdicts = own.map((step: PlannedStep) => canUndo(step, befores));
  const why = verdicts.filter((verdict) => verdict !== true);
  const all = why.length === 0;
  const left = [...new Set(own.flatMap((step) => notRestored(...recorded(step, befores)) ?? []))];
  const but = left.length === 0 ? "" : `, but not ${listed(left)}`;
  const can = `${UNDO} can take ${all ? "it" : "a part of it"} back${but}.`;
  const says = offersUndo(session) && verdicts.includes(true);
  return {
    ...plan,
    points: says ? [...plan.points, can] : plan.points,
    final: lost(why),
  };
}

/** A request that was sent, and its entry. */
interface Recorded {
  readonly request: Checked;
  readonly id: number;
}

/** "Recorded as entry 12; pve_undo can take it back."; undefined where nothing was recorded. */
export function entriesText(
  session: Session,
  sent: readonly SentWrite[],
  befores: Befores,
  failed: boolean,
): string | undefined {
  const entries = sent.flatMap(({ request, entry }): readonly Recorded[] =>
    entry ? [{ request, id: entry.id }] : [],
  );
  const [first, second] = entries;
  if (!first) return undefined;
  const all = entries.map(({ request }) => request);
  const back = entries.filter(
    ({ request }) => !followsCreation(request, all) && canUndo(request, befores) === true,
  );
  const ids = (some: readonly Recorded[]) => listed(some.map(({ id }) => entryName(session.recordTag, id)));
  const said = `Recorded as ${second ? "entries" : "entry"} ${ids(entries)}`;
  if (failed || back.length === 0 || !offersUndo(session)) return `${said}.`;
  if (!second) return `${said}; ${UNDO} can take it back.`;
  const which = back.length === entries.length ? "each of them" : ids(back);
  return `${said}; ${UNDO} can take back ${which}.`;
}

/** The answer with the entries that the change has in the record. */
export function withEntries(answer: Answer, text: string | undefined): Answer {
  if (text === undefined) return answer;
  const { blocks = [] } = answer;
  const note: Block = { kind: "note", text };
  const last = blocks.at(-1);
  // A digest is for the next call, and stays at the end.
  const hasDigest = last?.kind === "facts" && last.facts.every(({ key }) => key === "digest");
  const end = hasDigest ? blocks.length - 1 : blocks.length;
  return { ...answer, blocks: [...blocks.slice(0, end), note, ...blocks.slice(end)] };
}
