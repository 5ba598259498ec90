import { record, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block } from "../render/answer.ts";
import { listAnswer } from "./answers.ts";
import { createJob } from "./backup-create.ts";
import { includedTable, isEnabled, jobFacts, jobRow, selection } from "./backup-job.ts";
import { runBackup } from "./backup-run.ts";
import { category, tool } from "./define.ts";
import type { ToolCall } from "./tool.ts";

const id = (call: ToolCall): string => str(call.input, "id") ?? "";

/** A job and what it includes; a token that may read only the job gets the job. */
async function getJob(call: ToolCall): Promise<Answer> {
  const { data } = await call.send();
  const job = record(data);
  let included: readonly Block[];
  try {
    const reply = await call.pve.call("GET /cluster/backup/{id}/included_volumes", { id: id(call) });
    included = includedTable(record(reply.data));
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    included = [{ kind: "note", text: `Which guests it includes could not be read: ${error.message}` }];
  }
  return {
    headline: `Backup job ${id(call)}: guests: ${selection(job)}${isEnabled(job) ? "" : " (disabled)"}.`,
    blocks: [jobFacts(job), ...included],
  };
}

async function deleteJob(call: ToolCall): Promise<Answer> {
  const { data } = await call.pve.call("GET /cluster/backup/{id}", { id: id(call) });
  await call.send();
  return {
    headline: `Backup job ${id(call)} deleted; the backups it made are kept.`,
    blocks: [{ ...jobFacts(record(data)), title: "It was" }],
    next: ["pve_list_cluster_backup_info lists guests that are in no job now."],
  };
}

/** Tools for backup jobs and backups. */
export const backupTools = category("backup", [
  tool({
    name: "pve_list_backup_jobs",
    title: "List backup jobs",
    tier: "read-only",
    description: "Scheduled backup jobs.",
    route: "GET /cluster/backup",
    answer: listAnswer({
      one: "backup job",
      many: "backup jobs",
      columns: [
        { key: "id" },
        { key: "state" },
        { key: "schedule" },
        { key: "next", label: "next run", format: "time" },
        { key: "guests" },
        { key: "storage" },
        { key: "mode" },
        { key: "keep", label: "retention" },
        { key: "comment", foreign: true },
      ],
      row: jobRow,
      blocks: (data) => {
        const off = rows(data).filter((job) => !isEnabled(job)).length;
        return off === 0 ? [] : [{ kind: "note", text: `${off} of them disabled.` }];
      },
      empty: "Nothing is backed up on a schedule; pve_create_backup_job adds a job.",
      next: () => ["pve_list_cluster_backup_info lists guests in no job."],
    }),
  }),
  tool({
    name: "pve_get_backup_job",
    title: "Backup job",
    tier: "read-only",
    description: "A backup job, and the guests and volumes it includes.",
    route: "GET /cluster/backup/{id}",
    reads: ["GET /cluster/backup/{id}/included_volumes"],
    run: getJob,
  }),
  tool({
    name: "pve_create_backup_job",
    title: "Create backup job",
    tier: "full",
    description: "Schedule backups of some guests, a pool or all.",
    route: "POST /cluster/backup",
    reads: ["GET /cluster/backup", "GET /cluster/resources"],
    params: {
      vmid: "VMIDs or names; without vmid and pool: all",
      pool: "",
      schedule: "e.g. sun 01:00",
      storage: "",
      mode: "",
      compress: "",
      "prune-backups": "e.g. keep-last=3",
      mailnotification: "",
      mailto: "",
      enabled: "",
      node: "",
    },
    inputs: { maxfiles: { schema: { type: "integer" }, description: "Use prune-backups" } },
    more: true,
    run: createJob,
  }),
  tool({
    name: "pve_delete_backup_job",
    title: "Delete backup job",
    tier: "full",
    description: "Delete a backup job; its backups stay.",
    route: "DELETE /cluster/backup/{id}",
    reads: ["GET /cluster/backup/{id}"],
    run: deleteJob,
  }),
  tool({
    name: "pve_run_backup",
    title: "Back up now",
    tier: "read-execute",
    description: "Back up guests now, wherever they run; retention may remove older backups.",
    route: "POST /nodes/{node}/vzdump",
    reads: [
      "GET /cluster/resources",
      "GET /nodes",
      "GET /nodes/{node}/vzdump/defaults",
      "GET /access/permissions",
    ],
    params: {
      node: { required: false, description: "For all guests of a node" },
      vmid: 'VMIDs, names or "all"; none: all of node',
      storage: "",
      mode: "",
      compress: "",
      remove: "false keeps older backups",
      mailnotification: "",
      mailto: "",
    },
    more: true,
    idempotent: false,
    run: runBackup,
  }),
]);
