import type { Tier } from "../config/settings.ts";
import { admit } from "../pve/admit.ts";
import type { Pve } from "../pve/client.ts";
import { type Json, type Row, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { type Guest, GuestInventory } from "../pve/guests.ts";
import type { Reply } from "../pve/reply.ts";
import { parseUpid } from "../pve/upid.ts";
import type { Answer } from "../render/answer.ts";
import { redactData } from "../render/redact.ts";
import { checkValue } from "../schema/check-value.ts";
import { endpointOf, paramOf } from "../schema/endpoint-table.ts";
import { checkPathValue } from "../schema/path-value.ts";
import type { Route } from "../schema/routes.gen.ts";
import { writeAnswer } from "../tools/answers.ts";
import { counterpartOf, findTool } from "../tools/catalogue.ts";
import { withComparison } from "../tools/compare.ts";
import { findGuest } from "../tools/find-guest.ts";
import { guestKind, inputsOf, type ListedTool } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolCall } from "../tools/tool.ts";
import { readArguments } from "./arguments.ts";
import { endpointParams, foldParams, withPropertyStrings } from "./fold-params.ts";
import { explain } from "./guidance.ts";

/** What every call needs to know of its cluster; made once. */
export interface Session {
  readonly pve: Pve;
  readonly guests: GuestInventory;
  readonly tier: Tier;
  readonly tokenId: string;
  /** Why lists may be empty; undefined when the token has privileges or they are not known yet. */
  readonly emptyReason: () => string | undefined;
  /** An error that is a fault of this program, for the operator's log. */
  readonly report: (error: unknown) => void;
}

/** A session whose inventory of guests is looked up at the first call that needs it. */
export function createSession(parts: Omit<Session, "guests">): Session {
  return { ...parts, guests: new GuestInventory(parts.pve) };
}

/** What has come of a call so far, for the error that may end it. */
interface Progress {
  /** PVE has answered a write: what follows can fail, the change stands. */
  changed: boolean;
  /** The guest was found in an earlier look at the inventory. */
  remembered: boolean;
}

/** The pipeline, the same for every tool. Never throws: every failure is an answer that says what to do. */
export async function invoke(
  session: Session,
  listed: ListedTool,
  given: Readonly<Record<string, unknown>> | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const reading = listed.annotations.readOnlyHint;
  const progress: Progress = { changed: false, remembered: false };
  try {
    const tool = findTool(listed.name);
    const input = foldParams(tool, readArguments(listed, withPropertyStrings(tool, given)));
    try {
      return await perform(await prepare(session, tool, input, signal, progress));
    } catch (error) {
      // A guest that has moved since the look is not where the look says: look anew, once.
      if (!reading || !progress.remembered || !isNotFound(error)) throw error;
      session.guests.forget();
      return await perform(await prepare(session, tool, input, signal, progress));
    }
  } catch (error) {
    if (!(error instanceof PveError) && !(error instanceof Refusal)) session.report(error);
    return explain(error, {
      tokenId: session.tokenId,
      tool: listed.name,
      reading,
      changed: progress.changed,
    });
  } finally {
    if (!reading) session.guests.forget();
  }
}

const isNotFound = (error: unknown): boolean => error instanceof PveError && error.kind === "not-found";

/** The tool's own logic, or its route and nothing else. */
async function perform(call: ToolCall): Promise<Answer> {
  const { tool } = call;
  if (tool.run) return tool.run(call);
  if (tool.compare) return withComparison(call, tool.compare);
  const reply = await call.send();
  return tool.answer ? tool.answer(reply, call) : writeAnswer(reply, call);
}

/** Finds the guest and the node, and binds the call to what the tool declares. */
async function prepare(
  session: Session,
  tool: Tool,
  input: Row,
  signal: AbortSignal,
  progress: Progress,
): Promise<ToolCall> {
  checkPlaceholders(tool, input);
  // The client asks again for every call; asked here, a refusal comes before the reads of a tool that looks first.
  admit(session.tier, tool.route, endpointParams(tool, input));
  const guests = session.guests.within(signal);
  const kind = guestKind(tool);
  const which = str(input, "vmid");
  let guest: Guest | undefined;
  if (kind && which !== undefined) {
    const node = str(input, "node");
    const counterpart = counterpartOf(tool);
    guest = await findGuest(guests, {
      which: which.trim(),
      kind,
      fresh: tool.effect !== "read",
      ...(node === undefined ? {} : { node }),
      ...(counterpart === undefined ? {} : { counterpart: counterpart.name }),
    });
  }
  progress.remembered = guest !== undefined;
  const located = locate(tool, input, guest);
  const pve = scoped(session.pve, tool, signal, progress);
  const send = (changes: Readonly<Record<string, unknown>> = {}) =>
    pve.call(tool.route, { ...endpointParams(tool, located), ...changes } as never);
  return {
    tool,
    input: located,
    pve,
    send,
    guests,
    tier: session.tier,
    signal,
    emptyReason: session.emptyReason,
    ...(guest ? { guest } : {}),
  };
}

/** What would stand in the path is checked before any look-up, also where the look-up would replace it. */
function checkPlaceholders(tool: Tool, input: Row): void {
  const endpoint = endpointOf(tool.route);
  for (const { name, of } of inputsOf(tool)) {
    const value = input[name];
    // A guest may be named; findGuest judges that.
    if (of === undefined || of === "vmid" || value === undefined || !tool.route.includes(`{${of}}`)) continue;
    const reason = checkPathValue(tool.route, of, String(value));
    if (reason) throw new Refusal(`'${name}' is not allowed: ${reason}.`);
    // Only a node's: other placeholders may be given by a name that the tool looks up.
    const fact = of === "node" ? paramOf(endpoint, of) : undefined;
    const [issue] = fact ? checkValue(fact, value, name) : [];
    if (issue) throw new Refusal(issue.message);
  }
}

/** The arguments with node and VMID as they really are. */
function locate(tool: Tool, input: Row, guest: Guest | undefined): Row {
  if (guest) return { ...input, vmid: guest.vmid, node: guest.node };
  const upid = str(input, "upid");
  if (upid === undefined || !tool.route.includes("{upid}")) return input;
  const parsed = parseUpid(upid.trim());
  if (!parsed)
    throw new Refusal(
      `${JSON.stringify(upid.slice(0, 80))} is not a UPID (UPID:node:pid:pstart:start:type:id:user:).`,
    );
  return { ...input, upid: upid.trim(), node: parsed.node };
}

/** PVE limited to the operations the tool declares, with secrets taken out of every answer. */
function scoped(pve: Pve, tool: Tool, signal: AbortSignal, progress: Progress): Pve {
  const allowed = new Set<Route>([tool.route, ...(tool.also ?? []), ...(tool.reads ?? [])]);
  if (tool.compare) allowed.add(tool.compare.route);
  return {
    call: async (route, params, options): Promise<Reply> => {
      if (!allowed.has(route)) throw new Error(`${tool.name} does not declare ${route}`);
      const reply = await pve.call(route, params, { signal, ...options });
      if (!route.startsWith("GET ")) progress.changed = true;
      return { ...reply, data: redactData(route, reply.data) as Json };
    },
  };
}
