import {
  INVERSE_READS,
  INVERSE_ROUTES,
  type Inverse,
  inverseOf,
  presentRead,
} from "../plan/inverse/inverse.ts";
import { parameterText, requestLine } from "../plan/request-text.ts";
import { callAny } from "../pve/client.ts";
import { type Row, record, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { isUpid, parseUpid } from "../pve/jobs/upid.ts";
import { type ChangeRecord, RecordError, type RecordedChange } from "../record/record.ts";
import type { Answer, Block, Job } from "../render/answer.ts";
import { formatCell } from "../render/units.ts";
import { findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { changes, lookAfter } from "./compare.ts";
import { tool } from "./define.ts";
import { entryName, namedEntry } from "./entry-name.ts";
import { findGuest } from "./find-guest.ts";
import { flat } from "./flat.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

const ROUTE = "PUT /cluster/options";
const TASK = "GET /nodes/{node}/tasks/{upid}/status";

const note = (text: string): Block => ({ kind: "note", text });

/** An entry with the change that it records, at the place where its guest is now. */
interface Entry {
  readonly id: number;
  readonly recorded: RecordedChange;
  readonly route: Route;
  readonly params: Row;
}

/** What cannot be taken back, and why. */
const refused = (id: number, why: string, blocks: readonly Block[] = []): Refusal =>
  new Refusal(`Entry ${id} cannot be taken back: ${why}`, { blocks });

/** Reads the record; what is wrong with it is no fault of the change. */
function fromRecord<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordError) throw new Refusal(`The record cannot be used: ${error.message}`);
    throw error;
  }
}

function recordOf({ record: found }: ToolCall): ChangeRecord {
  if (!found) throw new Refusal("Nothing is recorded here: PVE_AUDIT_LOG makes the record that this needs.");
  return found;
}

/** The number of the entry that a call names. Throws a Refusal for what names none of this server's record. */
function idOf({ input, recordTag }: ToolCall): number {
  const named = namedEntry(input);
  if (!named) throw new Refusal("entry must be what the change's answer said: Recorded as entry ….");
  if (named.tag === recordTag) return named.id;
  if (recordTag === undefined)
    throw new Refusal(`There is no entry ${str(input, "entry")}: entries are numbers here.`);
  throw new Refusal(
    named.tag === undefined
      ? `Several servers have records, and each has an entry ${named.id}: give entry as the change's answer did, with what stands before the number.`
      : `Entry ${str(input, "entry")} is in another server's record.`,
    { next: named.tag === undefined ? [] : ["Repeat the call: another of the servers may answer it."] },
  );
}

/** The entry that a call names. Throws a Refusal for one that is not this server's to take back. */
function entryOf(call: ToolCall): RecordedChange {
  const id = idOf(call);
  const changesMade = recordOf(call);
  const found = fromRecord(() => changesMade.find(id));
  if (!found)
    throw new Refusal(`The record has no entry ${id}: a change's answer says its number.`, {
      next: ["`mcp-pve audit show FILE` lists the changes that were recorded, FILE being PVE_AUDIT_LOG."],
    });
  const { cluster, route, caller } = found.intent;
  if (caller !== call.caller)
    throw refused(id, "another caller made it, and each takes back only their own.");
  if (cluster !== call.cluster)
    throw refused(id, `it was made on the cluster ${cluster}, and this is ${call.cluster}.`);
  refuseHidden(call, id, found);
  if (!findEndpoint(route)) throw refused(id, `this version does not know ${route}.`);
  if (!found.outcome) throw refused(id, "nothing says how it ended, or it has not ended yet.");
  return found;
}

/** What the operator does not offer is not done by the way of its undoing. */
function refuseHidden(call: ToolCall, asked: number, change: RecordedChange): void {
  const { tool, route } = change.intent;
  const hidden = call.hidden(tool) ?? (tool === "pve_write_api" ? call.closed(route) : undefined);
  if (hidden !== undefined) throw refused(asked, hidden);
  const { undoes } = change.intent;
  if (undoes === undefined || undoes >= change.id) return;
  const earlier = fromRecord(() => recordOf(call).find(undoes));
  if (earlier) refuseHidden(call, asked, earlier);
}

/** Verdicts of jobs that somebody saw the end of. */
const SEEN: ReadonlySet<string> = new Set(["ok", "warnings", "failed", "refused"]);

/** A job that nobody saw the end of must have ended well by now. */
async function refuseRunning(call: ToolCall, { id, outcome }: RecordedChange): Promise<void> {
  const upid = outcome && !SEEN.has(outcome.verdict) ? outcome.upid : undefined;
  const task = upid === undefined ? undefined : parseUpid(upid);
  if (upid === undefined || !task) return;
  const data = await unlessGone(async () => (await call.pve.call(TASK, { node: task.node, upid })).data);
  const status = record(data);
  if (str(status, "status") === "running")
    throw new Refusal(`Entry ${id} cannot be taken back yet: its job is still running.`, {
      blocks: [{ kind: "facts", facts: [{ key: "upid", label: "UPID", value: upid }] }],
      next: ["pve_wait_task with upids [that UPID] waits for its end."],
    });
  const exit = str(status, "exitstatus");
  if (exit !== undefined && !/^(?:OK|WARNINGS: \d+)$/.test(exit))
    throw refused(id, "its job failed: what it did before is not known.");
}

/** What a read gives, undefined where what it asks for is not there. */
async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PveError && isGone(error)) return undefined;
    throw error;
  }
}

/** Some endpoints say it by the parameter that names the object. */
const isGone = ({ kind, detail }: PveError): boolean =>
  kind === "not-found" ||
  (kind === "parameter" && Object.values(detail.errors ?? {}).some((text) => /\bno such\b/i.test(text)));

const GUEST = /^\S+ \/nodes\/\{node\}\/(qemu|lxc)\/\{vmid\}/;

/** The change with its guest where it is now: it may have moved since. */
async function located(call: ToolCall, recorded: RecordedChange): Promise<Entry> {
  const { id, intent } = recorded;
  const [route, params] = [intent.route as Route, intent.params as Row];
  const kind = GUEST.exec(route)?.[1];
  if (kind !== "qemu" && kind !== "lxc") return { id, recorded, route, params };
  const [which = "", node] = [str(params, "vmid"), str(params, "node")];
  const guest = await findGuest(call.guests, {
    which,
    kind,
    fresh: true,
    ...(node === undefined ? {} : { node }),
  });
  return { id, recorded, route, params: { ...params, node: guest.node } };
}

/** The state that the entry's change concerns, as it is now; undefined: what was changed is not there. */
async function stateNow(call: ToolCall, { route, params }: Entry): Promise<Row | undefined> {
  const read = presentRead(route);
  if (!read) return undefined;
  return unlessGone(async () => {
    const { data } = await callAny(call.pve, read.read, read.params(params));
    return read.pick(data, params);
  });
}

/** Verdicts of an undo that has done its work. */
const TOOK: ReadonlySet<string> = new Set(["ok", "warnings"]);

/** The entry that has taken it back already, for whoever asks twice. */
function takenBack(call: ToolCall, id: number): readonly Block[] {
  const later = fromRecord(() => recordOf(call).recent(500)).find(
    ({ intent, outcome }) => intent.undoes === id && outcome !== undefined && TOOK.has(outcome.verdict),
  );
  return later
    ? [
        note(
          `Entry ${later.id} took it back; pve_undo with entry ${entryName(call.recordTag, later.id)} makes it again.`,
        ),
      ]
    : [];
}

type Requests = Extract<Inverse, { kind: "requests" }>;

interface Sent {
  readonly lines: readonly Block[];
  readonly jobs: readonly Job[];
  /** Why not all of it was sent. */
  readonly left?: string;
}

/** Sends the requests one after another; what follows a request of ours is checked against the state by then. */
async function send(call: ToolCall, entry: Entry, { requests }: Requests): Promise<Sent> {
  const lines: Block[] = [];
  const jobs: Job[] = [];
  for (const { route, params, recheck } of requests) {
    let guarded = params;
    if (recheck && !call.rehearsing) {
      const now = await lookAfter(() => stateNow(call, entry));
      const found = now ? recheck(now) : "what is there now could not be read";
      if (typeof found === "string") return { lines, jobs, left: found };
      guarded = { ...params, ...found };
    }
    const { data } = await callAny(call.pve, route as Route, guarded);
    const { digest: _, ...shown } = params;
    const text = `Sent: ${requestLine({ route, params })} ${parameterText({ route, params: shown })}`;
    lines.push(note(text.trimEnd()));
    if (isUpid(data))
      jobs.push({ upid: data, what: `Undo of entry ${entry.id}: ${requestLine({ route, params })}.` });
  }
  return { lines, jobs };
}

/** What is different, where the state is one object and there was no job. */
async function differences(call: ToolCall, entry: Entry, now: Row | undefined): Promise<readonly Block[]> {
  if (!now || Array.isArray(now.entries)) return [];
  const after = await lookAfter(() => stateNow(call, entry));
  // Texts of switches follow from the operation that was taken back.
  const as = { ...call, tool: { ...call.tool, route: entry.route } };
  return after ? changes(as, flat(now), flat(after)) : [];
}

async function undo(call: ToolCall): Promise<Answer> {
  const recorded = entryOf(call);
  await refuseRunning(call, recorded);
  const entry = await located(call, recorded);
  const now = await stateNow(call, entry);
  const { route, params, id } = entry;
  const { intent, outcome, time } = recorded;
  const before = intent.before === undefined ? undefined : record(intent.before as Row);
  const inverse = inverseOf({ route, params, before, outcome }, now);
  if (inverse.kind === "none") throw refused(id, inverse.why, takenBack(call, id));
  const { lines, jobs, left } = await send(call, entry, inverse);
  const what = `entry ${id} (${intent.tool}, ${formatCell(Date.parse(time) / 1000, "time")})`;
  const told = jobs.length > 0 || call.rehearsing ? [] : await differences(call, entry, now);
  return {
    headline:
      jobs.length > 0
        ? `Started: undo of ${what}.`
        : left === undefined
          ? `Taken back: ${what}.`
          : `Taken back in part: ${what}; ${left}.`,
    blocks: [...lines, ...inverse.notes.map(note), ...told],
    ...(jobs.length > 0 ? { jobs } : {}),
  };
}

/** Takes a recorded change back, by the operations that undo it. */
export const undoTool = tool({
  name: "pve_undo",
  title: "Undo a change",
  tier: "full",
  description: "Take back a recorded change, unless somebody has changed the same since.",
  route: ROUTE,
  also: INVERSE_ROUTES.filter((route) => route !== ROUTE),
  closes: [],
  reads: [...INVERSE_READS, TASK],
  inputs: {
    entry: { required: true, schema: { type: "string", description: "Number that its answer showed" } },
  },
  needs: "record",
  undoes: (input) => namedEntry(input)?.id,
  run: undo,
});
