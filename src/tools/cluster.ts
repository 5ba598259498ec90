import { flag, num, type Row, rows, str } from "../pve/data.ts";
import { type Cells, listAnswer } from "./answers.ts";
import { bulkTools } from "./cluster-bulk.ts";
import { listClustersTool } from "./cluster-list.ts";
import { optionsAnswer, updateOptions } from "./cluster-options.ts";
import { listResources } from "./cluster-resources.ts";
import { clusterLogAnswer, clusterStatusAnswer, haStatusAnswer } from "./cluster-status.ts";
import { category, tool } from "./define.ts";
import { undoTool } from "./undo.ts";

const replicationRow = (row: Row): Cells => ({
  id: str(row, "id"),
  guest: str(row, "guest"),
  source: str(row, "source"),
  target: str(row, "target"),
  schedule: str(row, "schedule") ?? "*/15",
  rate: num(row, "rate"),
  state: flag(row, "disable")
    ? "disabled"
    : str(row, "remove_job") !== undefined
      ? "being removed"
      : undefined,
  comment: str(row, "comment"),
});

/** Tools for the cluster as a whole, bulk actions included. */
export const clusterTools = category("cluster", [
  tool({
    name: "pve_get_cluster_status",
    title: "Cluster status",
    tier: "read-only",
    description: "Quorum and nodes of the cluster.",
    route: "GET /cluster/status",
    everywhere: true,
    answer: ({ data }) => clusterStatusAnswer(rows(data)),
  }),
  tool({
    name: "pve_list_cluster_resources",
    title: "Cluster resources",
    tier: "read-only",
    description: "All guests, nodes and storages, and what stands out.",
    route: "GET /cluster/resources",
    params: { type: "" },
    inputs: { node: { schema: { type: "string" } } },
    paged: true,
    openWorld: true,
    everywhere: true,
    run: listResources,
  }),
  tool({
    name: "pve_get_next_vmid",
    title: "Next VMID",
    tier: "read-only",
    description: "Next free VMID.",
    route: "GET /cluster/nextid",
    answer: ({ data }) => ({ headline: `Next free VMID: ${String(data)}.` }),
  }),
  tool({
    name: "pve_get_cluster_log",
    title: "Cluster log",
    tier: "read-only",
    description: "Recent entries of the cluster log.",
    route: "GET /cluster/log",
    params: { max: "" },
    openWorld: true,
    answer: ({ data }) => clusterLogAnswer(rows(data)),
  }),
  tool({
    name: "pve_get_cluster_options",
    title: "Datacenter options",
    tier: "read-only",
    description: "Options set for the datacenter.",
    route: "GET /cluster/options",
    answer: ({ data }) => optionsAnswer(data),
  }),
  tool({
    name: "pve_list_cluster_backup_info",
    title: "Guests without backup",
    tier: "read-only",
    description: "Guests in no backup job.",
    route: "GET /cluster/backup-info/not-backed-up",
    answer: (reply, call) => {
      const answer = listAnswer({
        one: "guest is in no backup job",
        many: "guests are in no backup job",
        sort: "vmid",
        columns: [{ key: "vmid", label: "VMID" }, { key: "name" }, { key: "type" }],
        next: () => ["pve_create_backup_job adds a job."],
      })(reply, call);
      return rows(reply.data).length > 0
        ? answer
        : { ...answer, headline: "No guest that this token sees is without a backup job." };
    },
  }),
  tool({
    name: "pve_get_cluster_ha_status",
    title: "HA status",
    tier: "read-only",
    description: "State of the HA manager and its resources.",
    route: "GET /cluster/ha/status/current",
    answer: ({ data }) => haStatusAnswer(rows(data)),
  }),
  tool({
    name: "pve_list_cluster_replication",
    title: "Replication jobs",
    tier: "read-only",
    description: "Replication jobs of all guests.",
    route: "GET /cluster/replication",
    answer: listAnswer({
      one: "replication job",
      many: "replication jobs",
      sort: "id",
      columns: [
        { key: "id" },
        { key: "guest" },
        { key: "source" },
        { key: "target" },
        { key: "schedule" },
        { key: "rate", label: "MB/s" },
        { key: "state" },
        { key: "comment", foreign: true },
      ],
      row: replicationRow,
      empty: "A token sees the jobs of guests on which it has VM.Audit.",
    }),
  }),
  tool({
    name: "pve_update_cluster_options",
    title: "Update datacenter options",
    tier: "full",
    description: "Set or unset options of the datacenter.",
    route: "PUT /cluster/options",
    reads: ["GET /cluster/options"],
    params: {
      keyboard: "",
      language: "",
      console: "",
      http_proxy: "",
      migration_unsecure: "",
      delete: "Options",
    },
    more: true,
    run: updateOptions,
  }),
  ...bulkTools,
  undoTool,
  listClustersTool,
]);
