import { list, num, type Row, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block } from "../render/answer.ts";
import { argument } from "./argument.ts";
import { jobFacts, selection } from "./backup-job.ts";
import { lookAfter } from "./compare.ts";
import { leftOut, vmidList } from "./many-guests.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

/** The jobs by id; undefined when the token may not read them. */
async function jobs(call: ToolCall): Promise<ReadonlyMap<string, Row> | undefined> {
  try {
    const { data } = await call.pve.call("GET /cluster/backup", {});
    return new Map(rows(data).map((job) => [str(job, "id") ?? "", job]));
  } catch (error) {
    if (error instanceof PveError && error.kind === "permission") return undefined;
    throw error;
  }
}

/** Which guests, as PVE wants it: names become VMIDs, and no selection at all means all guests, said as `all`. */
async function select(call: ToolCall): Promise<Readonly<Record<string, unknown>>> {
  const vmid = str(call.input, "vmid")?.trim();
  if (vmid !== undefined && vmid !== "all") {
    const which = list(vmid);
    if (which.length === 0) throw new Refusal('vmid is empty: give VMIDs or names, or "all".');
    return { vmid: await vmidList(call, which) };
  }
  if (vmid === "all" || (call.input.pool === undefined && argument(call, "all") === undefined))
    return { all: true, vmid: undefined };
  return {};
}

/** `maxfiles` went with PVE 9: N becomes `keep-last=N`, and 0, which meant no limit, `keep-all=1`. */
function keep(call: ToolCall): Readonly<Record<string, unknown>> {
  const files = num(call.input, "maxfiles");
  if (files === undefined) return {};
  if (call.input["prune-backups"] !== undefined) {
    throw new Refusal(
      "maxfiles and prune-backups were both given; prune-backups (e.g. keep-last=3) alone does.",
    );
  }
  if (files < 0)
    throw new Refusal(`maxfiles: ${files} is no number of backups; 0 keeps all, 3 the last three.`);
  return { "prune-backups": files === 0 ? "keep-all=1" : `keep-last=${files}` };
}

/** Creates a backup job and shows it as PVE lists it, with the id PVE gave it and its next run. */
export async function createJob(call: ToolCall): Promise<Answer> {
  const changes = { ...(await select(call)), ...(await leftOut(call)), ...keep(call) };
  const before = await jobs(call);
  await call.send(changes);
  const after = before && (await lookAfter(() => jobs(call)));
  const fresh = [...(after ?? [])].filter(([id]) => !before?.has(id));
  const added = fresh.length === 1 ? fresh[0]?.[1] : undefined;
  const notes: string[] = [];
  if (before && !after) notes.push("The job could not be read again; it was created all the same.");
  if ("all" in changes && call.input.vmid === undefined) {
    notes.push("No vmid and no pool was given: the job takes all guests (all=1), new ones too.");
  }
  if (call.input.maxfiles !== undefined && "prune-backups" in changes) {
    notes.push(`maxfiles was sent as prune-backups: ${String(changes["prune-backups"])}.`);
  }
  const what = selection(added ?? ({ ...call.input, ...changes } as Row));
  return {
    headline: `Backup job${added ? ` ${str(added, "id")}` : ""} created for guests: ${what}.`,
    blocks: [...(added ? [jobFacts(added)] : []), ...notes.map((text): Block => ({ kind: "note", text }))],
    next: ["pve_get_backup_job shows which guests and volumes it includes."],
  };
}
