import { WORKERS } from "../schema/workers.ts";
import type { Checked, Pve } from "./client.ts";
import { num, type Row, record, rows, str } from "./data.ts";
import { PveError } from "./errors.ts";
import type { Pace } from "./pace.ts";

/** What is known of a write whose answer was lost. */
export type Fate =
  | { readonly kind: "started"; readonly upid: string }
  /** No such job has appeared, and the connection broke before PVE could answer. */
  | { readonly kind: "not-started" }
  | { readonly kind: "unknown"; readonly why: string };

/** How to look for the job of a lost write. */
export interface Search {
  readonly request: Checked;
  readonly error: PveError;
  /** `user@realm!name`: the job is ours. */
  readonly tokenId: string;
  /** When the request was sent, by `pace`. */
  readonly sentAt: number;
  /** UPIDs that were there before. */
  readonly known: ReadonlySet<string>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** When to look after the connection broke, in milliseconds: PVE checks a while before it starts a job. */
const LOOKS_MS = [0, 1_000, 2_000, 3_000, 4_000, 5_000] as const;
/** Seconds by which the clocks of nodes and their rounding may differ. */
const SLACK = 2;

/**
 * Looks for the job that a lost write may have started, by type, object, token and time in the node's task list. Never
 * throws: what cannot be found out is unknown.
 */
export async function fateOf(pve: Pve, search: Search): Promise<Fate> {
  const { request, error, pace, signal } = search;
  const worker = WORKERS[request.route];
  if (!worker) return { kind: "unknown", why: "it starts no job whose list could tell" };
  try {
    const node = str(request.params as Row, "node");
    const since =
      (await timeOf(pve, node ?? "localhost", signal)) - (pace.now() - search.sentAt) / 1000 - SLACK;
    for (const ms of LOOKS_MS) {
      await pace.pause(ms, signal);
      if (signal.aborted) return { kind: "unknown", why: "the call was cancelled" };
      const tasks = await tasksSince(pve, node, since, signal);
      const found = tasks.filter((task) => fits(task, search, since));
      const [only, second] = found;
      if (only && second) return { kind: "unknown", why: `${found.length} jobs could be it` };
      const upid = only && str(only, "upid");
      if (upid !== undefined) return { kind: "started", upid };
    }
  } catch (failure) {
    if (!(failure instanceof PveError)) throw failure;
    return { kind: "unknown", why: `the task list could not be read: ${failure.message}` };
  }
  // A node that is silent may still be working up to the job; a connection that broke says nothing more.
  return error.kind === "network" && worker.some === undefined
    ? { kind: "not-started" }
    : { kind: "unknown", why: "no such job has appeared, but the node may still be at it" };
}

/** Unix seconds by a node's clock: ours may be wrong, or be set meanwhile. */
async function timeOf(pve: Pve, node: string, signal: AbortSignal): Promise<number> {
  const { data } = await pve.call("GET /nodes/{node}/time", { node }, { signal });
  const time = num(record(data), "time");
  if (time === undefined) throw new PveError("not-pve", `${node} does not tell its time.`);
  return time;
}

/** Tasks that may be it; those of the whole cluster where the request names no node. */
async function tasksSince(
  pve: Pve,
  node: string | undefined,
  since: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  if (node === undefined) return rows((await pve.call("GET /cluster/tasks", {}, { signal })).data);
  const filter = { source: "all", since: Math.floor(since), limit: 100 } as const;
  return rows((await pve.call("GET /nodes/{node}/tasks", { node, ...filter }, { signal })).data);
}

function fits(task: Row, { request, tokenId, known }: Search, since: number): boolean {
  const worker = WORKERS[request.route];
  const id = worker?.id(request.params);
  const token = str(task, "tokenid");
  const who = token === undefined ? str(task, "user") : `${str(task, "user")}!${token}`;
  return (
    who === tokenId &&
    worker?.types.includes(str(task, "type") ?? "") === true &&
    (id === undefined || str(task, "id") === id) &&
    (num(task, "starttime") ?? 0) >= since &&
    !known.has(str(task, "upid") ?? "")
  );
}
