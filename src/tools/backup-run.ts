import { callAny } from "../pve/client.ts";
import { list, record, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Guest } from "../pve/guests.ts";
import { isUpid } from "../pve/jobs/upid.ts";
import { retentionOf } from "../pve/retention.ts";
import type { Answer, Block } from "../render/answer.ts";
import { argument } from "./argument.ts";
import { findGuests, guestNames, leftOut } from "./many-guests.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

/** One vzdump call: a node backs up its own guests only. */
interface Part {
  readonly node: string;
  /** For the reader: "VM 100 (web)" or "all guests". */
  readonly what: string;
  readonly select: Readonly<Record<string, unknown>>;
  /** VMIDs that the job is to back up. */
  readonly guests: readonly number[];
  /** The node is offline: nothing is sent. */
  readonly offline?: true;
  /** What becomes of older backups, and who is left out. */
  readonly says?: readonly string[];
}

interface Outcome extends Part {
  readonly upid?: string;
  /** Why it was not started, or that it may have been. */
  readonly problem?: string;
  /** PVE's answer was lost: it may run all the same. */
  readonly unsure?: true;
}

/** One part a node, in the order in which the nodes first appear. */
function byNode(guests: readonly Guest[], select: (there: readonly Guest[]) => Part["select"]): Part[] {
  const nodes = [...new Set(guests.map(({ node }) => node))];
  return nodes.map((node) => {
    const there = guests.filter((guest) => guest.node === node);
    return { node, what: guestNames(there), select: select(there), guests: there.map(({ vmid }) => vmid) };
  });
}

/** "all 5 guests", or "5 of 7 guests (all but 100, 103)". */
function allOf(taken: number, left: readonly Guest[]): string {
  if (left.length > 0) return `${taken} of ${taken + left.length} guests (all but ${guestNames(left)})`;
  return taken === 1 ? "the only guest" : `all ${taken} guests`;
}

/**
 * Everything that a node, or each node, has. With `all=1` PVE starts a job even where there is nothing to back up, so
 * only nodes with guests are asked.
 */
async function everything(call: ToolCall, node: string | undefined): Promise<readonly Part[]> {
  const guests = (await call.guests.all(true)).filter((guest) => node === undefined || guest.node === node);
  if (guests.length === 0) {
    throw new Refusal(
      `There is nothing to back up: this token sees no guest${node === undefined ? "" : ` on ${node}`}.`,
    );
  }
  const { data } = await call.pve.call("GET /nodes", {});
  const offline = rows(data).flatMap((row) => (row.status === "offline" ? (str(row, "node") ?? []) : []));
  // PVE wants `all` in so many words: without any selection it answers "vmid: property is missing".
  const excluded = await leftOut(call);
  const out = new Set(list(excluded.exclude).map(Number));
  const wanted = guests.filter((guest) => !out.has(guest.vmid));
  if (wanted.length === 0) throw new Refusal("There is nothing to back up: exclude names every guest.");
  const barred = await withoutPrivilege(call, wanted);
  const taken = wanted.filter((guest) => !barred.includes(guest));
  if (taken.length === 0)
    throw new Refusal("There is nothing to back up: the token lacks VM.Backup on every guest.");
  return byNode(taken, () => ({ all: true, vmid: undefined, ...excluded }))
    .map((part) => {
      const here = guests.filter(({ node }) => node === part.node);
      const left = here.filter((guest) => !taken.includes(guest));
      const lacking = here.filter((guest) => barred.includes(guest));
      return {
        ...part,
        what: allOf(here.length - left.length, left),
        ...(lacking.length > 0
          ? { says: [`PVE leaves out ${guestNames(lacking)}: the token lacks VM.Backup there.`] }
          : {}),
        ...(offline.includes(part.node) ? { offline: true as const } : {}),
      };
    })
    .sort((one, two) => one.node.localeCompare(two.node));
}

/**
 * Guests that a backup of all passes over without a word: the token may see them, and may not back them up (PVE::VZDump
 * exec_backup). None where its permissions cannot be read.
 */
async function withoutPrivilege(call: ToolCall, guests: readonly Guest[]): Promise<readonly Guest[]> {
  try {
    const paths = record((await call.pve.call("GET /access/permissions", {})).data);
    // A path that is not listed has what is handed down; a guest on which the token has nothing it does not see.
    const handedDown = record(paths["/vms"])["VM.Backup"] === 1;
    return guests.filter(({ vmid }) => {
      const own = paths[`/vms/${vmid}`];
      return own === undefined ? !handedDown : record(own)["VM.Backup"] === undefined;
    });
  } catch (error) {
    if (error instanceof PveError) return [];
    throw error;
  }
}

/** What to back up where: guests on their nodes, a pool's guests on theirs, or everything a node has. */
async function plan(call: ToolCall): Promise<readonly Part[]> {
  const vmid = str(call.input, "vmid")?.trim();
  const pool = argument(call, "pool");
  const node = str(call.input, "node");
  const all = vmid === "all" || argument(call, "all") === true;
  if (argument(call, "all") === false && vmid === undefined && pool === undefined) {
    throw new Refusal("all: false selects nothing: give vmid, or pool in params.");
  }
  if (vmid === undefined && pool === undefined && node === undefined && !all) {
    throw new Refusal(
      'Say what to back up: vmid with VMIDs or names, vmid "all", or a node for all of its guests.',
    );
  }
  if (vmid !== undefined && vmid !== "all") {
    const which = list(vmid);
    if (which.length === 0) throw new Refusal('vmid is empty: give VMIDs or names, or "all".');
    if (all || pool !== undefined) throw new Refusal("Give only one of vmid, pool and all.");
    if (argument(call, "exclude") !== undefined)
      throw new Refusal('exclude goes with vmid "all": leave the guest out of vmid.');
    return byNode(await findGuests(call, which), (there) => ({ vmid: there.map((g) => g.vmid).join(",") }));
  }
  if (pool !== undefined) {
    if (all) throw new Refusal("Give only one of vmid, pool and all.");
    // Those of nested pools are not taken (PVE::API2Tools get_resource_pool_guest_members).
    const members = (await call.guests.all(true)).filter((guest) => guest.pool === pool);
    const wanted = members.filter((guest) => node === undefined || guest.node === node);
    if (wanted.length === 0) {
      throw new Refusal(
        `Pool ${String(pool)} has no guest${node === undefined ? "" : ` on ${node}`} that this token can see.`,
      );
    }
    return byNode(wanted, () => ({ pool })).map((part) => ({ ...part, what: `pool ${String(pool)}` }));
  }
  return everything(call, node);
}

/** What a backup on a node does to older ones, and the sentence that says so. */
async function retention(call: ToolCall, node: string): Promise<{ says: string; removes: boolean }> {
  const { removes, says, unread } = await retentionOf(
    (route, params) => callAny(call.pve, route, params),
    call.tool.route,
    {
      node,
      remove: call.input.remove,
      storage: call.input.storage,
      "prune-backups": argument(call, "prune-backups"),
    },
  );
  if (!removes) return { removes, says: `No older backup is removed (${says}).` };
  return {
    removes,
    says: unread
      ? "Whether older backups are removed could not be read; remove: false keeps them."
      : `Older backups of these guests ARE REMOVED at its end: ${says}. remove: false keeps them.`,
  };
}

/** The part with what it must say about older backups, and what becomes of them: below full they stay. */
async function retaining(call: ToolCall, part: Part): Promise<Part> {
  // A node's vzdump.conf may say otherwise than its neighbour's.
  const { says, removes } = await retention(call, part.node);
  const already = part.says ?? [];
  if (!removes || call.tier === "full") return { ...part, says: [...already, says] };
  const kept = `Older backups are kept (remove: false was sent): tier ${call.tier} may not remove them.`;
  return { ...part, select: { ...part.select, remove: false }, says: [...already, kept] };
}

/** Why a node has no job that is known of; an answer that was lost does not tell whether it has one. */
const whyNot = ({ message, detail }: PveError, node: string): Pick<Outcome, "problem" | "unsure"> =>
  detail.mayHaveRun
    ? { problem: `may have started (${message}): pve_list_tasks on ${node} tells`, unsure: true }
    : { problem: `not started: ${message}` };

/** Sends the parts one after another. The first failure is thrown as long as nothing has started. */
async function send(call: ToolCall, parts: readonly Part[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const part of parts) {
    if (part.offline) {
      outcomes.push({ ...part, problem: "not started: the node is offline" });
      continue;
    }
    try {
      const { data } = await call.send({ node: part.node, ...part.select });
      outcomes.push({ ...part, ...(isUpid(data) ? { upid: data } : { problem: "nothing to back up" }) });
    } catch (error) {
      if (!outcomes.some(({ upid }) => upid !== undefined)) throw error;
      if (!(error instanceof PveError)) throw error;
      outcomes.push({ ...part, ...whyNot(error, part.node) });
    }
  }
  return outcomes;
}

/** One row for each node that has no job, and why. */
const problemTable = (outcomes: readonly Outcome[]): Block => ({
  kind: "table",
  columns: [{ key: "node" }, { key: "guests" }, { key: "problem" }],
  rows: outcomes.map(({ node, what, problem }) => ({ node, guests: what, problem })),
});

/**
 * Starts a backup now: one vzdump task a node that has any of the guests. PVE answers "OK" instead of a UPID when a
 * node has none of them: then nothing is backed up there, and nothing at all when every node says so.
 */
export async function runBackup(call: ToolCall): Promise<Answer> {
  const parts = await Promise.all(
    (await plan(call)).map((part) => (part.offline ? part : retaining(call, part))),
  );
  const kept = new Set(parts.flatMap(({ says }) => says ?? []));
  const outcomes = await send(call, parts);
  const started = outcomes.filter(({ upid }) => upid !== undefined);
  if (started.length === 0) {
    const why = outcomes.map(({ node, what, problem }) => `${what} on ${node}: ${problem}`);
    throw new Refusal(`Nothing was backed up (${why.join("; ")}).`, {
      next: ["pve_list_cluster_resources shows where guests are."],
    });
  }
  const others = outcomes.filter(({ upid }) => upid === undefined);
  const failed = others.length > 0;
  const but = others.every(({ unsure }) => unsure)
    ? "of the others it is not certain"
    : "NOT all guests are backed up";
  const named = str(call.input, "node");
  const moved = named !== undefined && parts.some(({ node }) => node !== named);
  const storage = str(call.input, "storage");
  const to = storage === undefined ? "" : ` to ${storage}`;
  const jobs = started.flatMap(({ node, what, upid, guests }) =>
    upid === undefined ? [] : [{ upid, what: `backup of ${what} on ${node}${to}.`, guests }],
  );
  const [lonely, second] = jobs;
  const one = lonely && !second && !failed ? `Started: ${lonely.what}` : undefined;
  return {
    headline:
      one ??
      `Started: ${jobs.length} backup ${jobs.length === 1 ? "job" : "jobs"}${to}, one a node${failed ? `; ${but}` : ""}.`,
    blocks: [
      ...(failed ? [problemTable(others)] : []),
      ...[...kept].map((text): Block => ({ kind: "note", text })),
      ...(moved
        ? [{ kind: "note", text: `Not all of them are on ${named}; each is backed up where it is.` } as const]
        : []),
    ],
    jobs,
    ...(failed ? { failed: true } : {}),
  };
}
