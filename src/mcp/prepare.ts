import { admit, admitUnknown } from "../pve/admit.ts";
import { callAny, type Pve } from "../pve/client.ts";
import { type Row, str } from "../pve/data.ts";
import type { Guest } from "../pve/guests.ts";
import { parseUpid } from "../pve/jobs/upid.ts";
import { checkValue } from "../schema/check-value.ts";
import { paramOf } from "../schema/endpoint-table.ts";
import { checkPathValue } from "../schema/path-value.ts";
import { counterpartOf } from "../tools/catalogue.ts";
import { findGuest } from "../tools/find-guest.ts";
import { endpointFor, guestKind, inputsOf } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolCall } from "../tools/tool.ts";
import { endpointParams } from "./fold-params.ts";
import type { Turn } from "./scope.ts";

/** A call whose guest and node are found, before it is known how it is sent. */
export interface Located {
  readonly tool: Tool;
  readonly input: Row;
  readonly guest?: Guest;
}

/** Checks what would stand in the path, asks the tier, and finds the guest and the node. Throws a Refusal or PveError. */
export async function locateCall({ session, side, notes }: Turn, tool: Tool, input: Row): Promise<Located> {
  checkPlaceholders(tool, input);
  // The client asks again for every call; asked here, a refusal comes before the reads of a tool that looks first.
  if (tool.endpoint) admitUnknown(session.tier, tool.route);
  else admit(session.tier, tool.route, endpointParams(tool, input));
  const kind = guestKind(tool);
  const which = str(input, "vmid");
  let guest: Guest | undefined;
  if (kind && which !== undefined) {
    const node = str(input, "node");
    const counterpart = counterpartOf(tool);
    guest = await findGuest(session.guests.within(side), {
      which: which.trim(),
      kind,
      fresh: tool.effect !== "read",
      ...(node === undefined ? {} : { node }),
      ...(counterpart === undefined ? {} : { counterpart: counterpart.name }),
    });
  }
  notes.remembered = guest !== undefined;
  return { tool, input: locate(tool, input, guest), ...(guest ? { guest } : {}) };
}

/** The call as its tool sees it, bound to a way to reach PVE. */
export function bind(
  { session, side }: Turn,
  { tool, input, guest }: Located,
  pve: Pve,
  { follow, wait }: Pick<ToolCall, "follow" | "wait">,
): ToolCall {
  return {
    tool,
    input,
    pve,
    send: (changes = {}) =>
      callAny(pve, tool.route, { ...endpointParams(tool, input), ...changes }, { endpoint: tool.endpoint }),
    follow,
    wait,
    guests: session.guests.within(side),
    tier: session.tier,
    ...(session.record ? { record: session.record } : {}),
    recordTag: session.recordTag,
    cluster: session.cluster,
    caller: side.caller,
    clusters: session.clusters,
    hidden: session.hidden,
    closed: session.closed,
    describe: () => session.description.read(side.signal),
    signal: side.signal,
    emptyReason: session.emptyReason,
    login: session.login,
    ...(guest ? { guest } : {}),
  };
}

/** What would stand in the path is checked before any look-up, also where the look-up would replace it. */
function checkPlaceholders(tool: Tool, input: Row): void {
  const endpoint = endpointFor(tool);
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
