import { readsOnly } from "../policy/effect.ts";
import type { Checked, Pve } from "../pve/client.ts";
import type { Json } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Reply } from "../pve/reply.ts";
import { redactData } from "../render/redact.ts";
import type { Route } from "../schema/routes.gen.ts";
import { WORKERS } from "../schema/workers.ts";
import type { Tool } from "../tools/tool.ts";
import type { ClientSide } from "./client-side.ts";
import { canonical } from "./code.ts";
import type { Session } from "./session.ts";

/** What has come of a call so far, for its answer and for the error that may end it. */
export interface CallNotes {
  /** PVE has answered a write: what follows can fail, the change stands. */
  changed: boolean;
  /** The guest was found in an earlier look at the inventory. */
  remembered: boolean;
  /** Rows that PVE_ALLOWED left out. */
  hidden: number;
  /** What the reader must know besides: a write that was repeated, a job that was found, a record that failed. */
  readonly remarks: string[];
}

/** A call to a tool on its way through the pipeline. */
export interface Turn {
  readonly session: Session;
  readonly side: ClientSide;
  readonly notes: CallNotes;
}

/** Notes of a call that has done nothing yet. */
export const newNotes = (): CallNotes => ({ changed: false, remembered: false, hidden: 0, remarks: [] });

/** Sends a write, or does what stands in for sending it. */
export type Writer = (request: Checked, signal: AbortSignal) => Promise<Reply>;

/** The operations that a tool's object names. */
function declared(tool: Tool): ReadonlySet<Route> {
  const routes = new Set<Route>([tool.route, ...(tool.also ?? []), ...(tool.reads ?? [])]);
  if (tool.compare) routes.add(tool.compare.route);
  return routes;
}

/** Reads that a rehearsal has made, by route and parameters: good for the call that follows at once. */
export type Seen = Map<string, Promise<Reply>>;

/**
 * PVE limited to the operations the tool declares, with secrets taken out of every answer; writes go to `write`. What
 * has been seen is not read again until something was written.
 * @param readsOn whether there is anything new to read after a write
 */
export function scoped(
  { session, side: { signal, caller }, notes }: Turn,
  tool: Tool,
  write: Writer,
  seen: Seen = new Map(),
  readsOn = true,
): Pve {
  const allowed = declared(tool);
  let written = false;
  const look: Pve["call"] = async (route, params, options) => {
    const key = `${route} ${canonical(params)}`;
    const known = written && readsOn ? undefined : seen.get(key);
    if (known) return known;
    if (written && !readsOn) throw new PveError("refused", "Not read: nothing has been written.");
    const reply = session.client.call(route, params, { signal, caller, ...options });
    if (!written) seen.set(key, reply);
    return reply;
  };
  return {
    call: async (route, params, options) => {
      if (!allowed.has(route)) throw new Error(`${tool.name} does not declare ${route}`);
      if (options?.endpoint === undefined && readsOnly(route)) {
        const reply = await look(route, params, options);
        notes.hidden = Math.max(notes.hidden, reply.hidden ?? 0);
        return withoutSecrets(route, reply);
      }
      const request = await session.client.check(route, params, {
        signal,
        caller,
        endpoint: options?.endpoint,
      });
      written = true;
      return withoutSecrets(route, await write(request, signal));
    },
  };
}

/** For whom the pipeline reads, and until when. */
export type Reader = Pick<ClientSide, "signal"> & Partial<Pick<ClientSide, "caller">>;

/** PVE for the pipeline's own reads, with secrets taken out of every answer. */
export function reading(session: Session, { signal, caller }: Reader): Pve {
  return {
    call: async (route, params, options) =>
      withoutSecrets(route, await session.client.call(route, params, { signal, caller, ...options })),
  };
}

const withoutSecrets = (route: Route, reply: Reply): Reply => ({
  ...reply,
  data: redactData(route, reply.data) as Json,
});

/** Names a request whatever the order of its parameters; a digest only guards it. */
export function requestKey({ route, params }: Checked): string {
  const { digest: _, ...rest } = params;
  return `${route} ${canonical(rest)}`;
}

/** A rehearsed call: its writes in order, and nothing of them sent. */
export interface Rehearsal {
  readonly pve: Pve;
  readonly requests: Checked[];
  readonly seen: Seen;
}

/** PVE as a tool sees it when its call is only planned: reads are answered, writes are checked and noted. */
export function rehearsal(turn: Turn, tool: Tool): Rehearsal {
  const requests: Checked[] = [];
  const seen: Seen = new Map();
  const note: Writer = async (request) => {
    requests.push(request);
    return { data: WORKERS[request.route] ? placeholderUpid(request, requests.length) : null };
  };
  return { requests, seen, pve: scoped(turn, tool, note, seen, false) };
}

/** Looks like a UPID to the tool, and is never shown or asked for. */
function placeholderUpid({ route, params }: Checked, n: number): string {
  const type = WORKERS[route]?.types[0] ?? "task";
  const node = typeof params.node === "string" ? params.node : "node";
  return `UPID:${node}:${n.toString(16).padStart(8, "0").toUpperCase()}:00000000:00000000:${type}::plan:`;
}
