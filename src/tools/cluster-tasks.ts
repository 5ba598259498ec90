import { callAny } from "../pve/client.ts";
import { num, type Row, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block } from "../render/answer.ts";
import { listAnswer } from "./answers.ts";
import { findGuest } from "./find-guest.ts";
import { Refusal } from "./refusal.ts";
import { parseSince, SINCE_FORMS } from "./since.ts";
import { statusOf, TASK_COLUMNS, taskRow } from "./task-rows.ts";
import type { ToolCall } from "./tool.ts";

/** Tasks asked of each node; older ones are found by filters. */
const OF_A_NODE = 500;

/** What PVE's list takes for a state, and what is left to look at. */
const STATES: Readonly<
  Record<string, { readonly ask: Readonly<Record<string, string>>; readonly is: (status: string) => boolean }>
> = {
  running: { ask: { source: "active" }, is: (status) => status === "running" },
  // A task whose end nobody saw is of PVE's state `unknown`, as is one that runs.
  failed: { ask: { source: "archive", statusfilter: "error,unknown" }, is: () => true },
  warnings: { ask: { source: "archive", statusfilter: "warning" }, is: () => true },
  ok: { ask: { source: "archive", statusfilter: "ok" }, is: () => true },
};

const hasFailed = (row: Row): boolean => !/^(?:OK|running|WARNINGS: \d+)$/.test(statusOf(row));

/** The filters that every node is asked with. */
async function filters(call: ToolCall): Promise<Readonly<Record<string, unknown>>> {
  const { input } = call;
  const which = str(input, "vmid")?.trim();
  // A VMID may be of a guest that is gone; a name is of one that is there.
  const vmid =
    which === undefined || /^\d+$/.test(which)
      ? which
      : (await findGuest(call.guests, { which, kind: "any", fresh: false })).vmid;
  const since = str(input, "since");
  const at = since === undefined ? undefined : parseSince(since, Date.now() / 1_000);
  if (since !== undefined && at === undefined)
    throw new Refusal(`since is ${SINCE_FORMS}, not ${JSON.stringify(since.slice(0, 40))}.`);
  const state = str(input, "state");
  return {
    source: "all",
    ...(state === undefined ? {} : STATES[state]?.ask),
    ...(vmid === undefined ? {} : { vmid: Number(vmid) }),
    ...(at === undefined ? {} : { since: Math.floor(at) }),
    ...(input.user === undefined ? {} : { userfilter: input.user }),
    ...(input.type === undefined ? {} : { typefilter: input.type }),
  };
}

const listAll = listAnswer({
  one: "task",
  many: "tasks",
  columns: TASK_COLUMNS,
  row: taskRow,
  empty: "A token sees its own tasks, those of others with Sys.Audit on their nodes.",
});

/** Tasks of every node that answers; one that does not is named. */
export async function listClusterTasks(call: ToolCall): Promise<Answer> {
  const asked = await filters(call);
  const nodes = rows((await call.send()).data).flatMap((row) => str(row, "node") ?? []);
  const silent: string[] = [];
  const found = await Promise.all(
    nodes.map(async (node) => {
      try {
        const params = { node, limit: OF_A_NODE, ...asked };
        return rows((await callAny(call.pve, "GET /nodes/{node}/tasks", params)).data);
      } catch (error) {
        if (!(error instanceof PveError) || error.kind === "parameter") throw error;
        silent.push(`${node} (${error.message})`);
        return [];
      }
    }),
  );
  const state = str(call.input, "state");
  const is = state === undefined ? () => true : (STATES[state]?.is ?? (() => true));
  const first = call.input.failed_first === true;
  const tasks = found
    .flat()
    .filter((row) => is(statusOf(row)))
    .sort(
      (a, b) =>
        (first ? Number(hasFailed(b)) - Number(hasFailed(a)) : 0) ||
        (num(b, "starttime") ?? 0) - (num(a, "starttime") ?? 0),
    );
  const answer = listAll({ data: tasks }, call);
  const missing: readonly Block[] =
    silent.length === 0 ? [] : [{ kind: "note", text: `Not included, no answer: ${silent.join(", ")}.` }];
  return { ...answer, blocks: [...(answer.blocks ?? []), ...missing] };
}
