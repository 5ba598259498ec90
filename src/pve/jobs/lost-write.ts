import { WORKERS } from "../../schema/workers.ts";
import type { Checked, Pve } from "../client.ts";
import { num, type Row, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";
import type { Pace } from "../pace.ts";

/** What is known of a write whose answer was lost. */
export type Fate =
  | { readonly kind: "started"; readonly upid: string }
  /** No such job has appeared in LOOKED_SECONDS, and the connection broke before PVE could answer. */
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
/** All of them together, in seconds. */
export const LOOKED_SECONDS = LOOKS_MS.reduce<number>((sum, ms) => sum + ms, 0) / 1_000;
/** Seconds by which the clocks of nodes and their rounding may differ. */
const SLACK = 5;
/** More than a node starts while an answer is lost. */
const NEWEST = 100;

/**
 * Looks for the job that a lost write may have started, by type, object, token and time in the nodes' task lists. Never
 * throws: what cannot be found out is unknown.
 */
export async function fateOf(pve: Pve, search: Search): Promise<Fate> {
  const { request, error, pace, signal } = search;
  const worker = WORKERS[request.route];
  if (!worker) return { kind: "unknown", why: "it starts no job whose list could tell" };
  try {
    const nodes = await nodesOf(pve, request, signal);
    for (const ms of LOOKS_MS) {
      await pace.pause(ms, signal);
      if (signal.aborted) return { kind: "unknown", why: "the call was cancelled" };
      const lists = await Promise.all(nodes.map((node) => startedSince(pve, node, search)));
      const found = lists.flat().filter((task) => fits(task, search));
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

/** Where the job would run: on the node that the request names, else on whichever took it. */
async function nodesOf(pve: Pve, { params }: Checked, signal: AbortSignal): Promise<readonly string[]> {
  const node = str(params as Row, "node");
  if (node !== undefined) return [node];
  // Not GET /cluster/tasks: a token without Sys.Audit does not see its own jobs there (PVE::API2::Cluster tasks).
  const { data } = await pve.call("GET /nodes", {}, { signal });
  return rows(data).flatMap((row) => (row.status === "offline" ? [] : (str(row, "node") ?? [])));
}

/** A node's tasks that began after the request was sent, by the clock that stamped the list: ours may be wrong. */
async function startedSince(
  pve: Pve,
  node: string,
  { pace, sentAt, signal }: Search,
): Promise<readonly Row[]> {
  const params = { node, source: "all", limit: NEWEST } as const;
  const { data, date } = await pve.call("GET /nodes/{node}/tasks", params, { signal });
  if (date === undefined) throw new PveError("not-pve", "the answer has no date.");
  const since = date - (pace.now() - sentAt) / 1_000 - SLACK;
  return rows(data).filter((task) => (num(task, "starttime") ?? 0) >= since);
}

function fits(task: Row, { request, tokenId, known }: Search): boolean {
  const worker = WORKERS[request.route];
  const id = worker?.id(request.params);
  const token = str(task, "tokenid");
  const who = token === undefined ? str(task, "user") : `${str(task, "user")}!${token}`;
  return (
    who === tokenId &&
    worker?.types.includes(str(task, "type") ?? "") === true &&
    (id === undefined || str(task, "id") === id) &&
    !known.has(str(task, "upid") ?? "")
  );
}
