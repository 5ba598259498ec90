import { setMaxListeners } from "node:events";
import type { Row } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { RecordError } from "../record/record.ts";
import type { Answer } from "../render/answer.ts";
import { findTool } from "../tools/catalogue.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool } from "../tools/tool.ts";
import { readArguments } from "./arguments.ts";
import type { Invoked } from "./change.ts";
import type { ClientSide } from "./client-side.ts";
import { splitControls } from "./controls.ts";
import { foldParams, withPropertyStrings } from "./fold-params.ts";
import { explain } from "./guidance.ts";
import { followFor, perform } from "./perform.ts";
import { bind, locateCall } from "./prepare.ts";
import { type CallNotes, newNotes, reading, scoped, type Turn } from "./scope.ts";
import type { Session } from "./session.ts";

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
  const turn = { session, side, notes };
  // A plan asks for many things at once, and each request listens to the one signal.
  setMaxListeners(0, side.signal);
  try {
    const named = findTool(listed.name);
    const read = splitControls(readArguments(listed, withPropertyStrings(named, given)), session.safety.wait);
    const { tool, input: own } = named.any
      ? await (await import("./any-call.ts")).anyCall(turn, named, read.input)
      : { tool: named, input: read.input };
    const { controls, input } = { ...read, input: foldParams(tool, own) };
    const done = isRead
      ? { kind: "answer" as const, answer: await look(turn, tool, input, controls.wait) }
      : await (await import("./change.ts")).change(turn, tool, input, { ...controls, confirmed });
    return done.kind === "ask" ? done : { ...done, answer: withRemarks(done.answer, notes) };
  } catch (error) {
    if (!isTold(error)) session.report(error, side.request);
    const { tokenId, raisesTier } = session;
    const answer = await explain(error, {
      tokenId,
      raisesTier,
      tool: listed.name,
      reading: isRead,
      changed: notes.changed,
      pve: reading(session, side),
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
async function look(turn: Turn, tool: Tool, input: Row, wait: number): Promise<Answer> {
  const { session, notes } = turn;
  const attempt = async () => {
    const located = await locateCall(turn, tool, input);
    const pve = scoped(turn, tool, () => {
      throw new Error(`${tool.name} is a read and may not write`);
    });
    return perform(bind(turn, located, pve, { follow: followFor(turn), wait }));
  };
  try {
    return await attempt();
  } catch (error) {
    if (!notes.remembered || !(error instanceof PveError) || error.kind !== "not-found") throw error;
    session.guests.forget();
    return await attempt();
  }
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
