import { flag, list, num, type Row, record, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block } from "../render/answer.ts";
import { isProse } from "../render/foreign.ts";
import { type Cells, factsOf, listAnswer } from "./answers.ts";
import { category, tool } from "./define.ts";
import { flat } from "./flat.ts";
import { vmidList } from "./many-guests.ts";
import { createStorage, deleteStorage, pullImage, settingFacts } from "./storage-changes.ts";
import { fullness, location, USAGE_COLUMNS, usageCells, usedShare } from "./storage-usage.ts";
import type { ToolCall } from "./tool.ts";

const storage = (call: ToolCall): string => str(call.input, "storage") ?? "";
const node = (call: ToolCall): string => str(call.input, "node") ?? "";
const note = (text: string): Block => ({ kind: "note", text });

const configRow = (row: Row): Cells => ({
  storage: str(row, "storage"),
  type: str(row, "type"),
  content: list(str(row, "content")),
  location: location(row),
  spaced: isProse(location(row) ?? ""),
  shared: flag(row, "shared") || undefined,
  nodes: str(row, "nodes"),
  state: flag(row, "disable") ? "disabled" : undefined,
});

const usageRow = (row: Row): Cells => ({
  storage: str(row, "storage"),
  type: str(row, "type"),
  ...usageCells(row),
  avail: flag(row, "active") ? num(row, "avail") : undefined,
  shared: flag(row, "shared") || undefined,
  state: storageState(row),
  content: list(str(row, "content")),
});

/** What keeps a storage from being used on a node; nothing when it can be. */
function storageState(row: Row): string | undefined {
  if (row.enabled !== undefined && !flag(row, "enabled")) return "disabled";
  return flag(row, "active") ? undefined : "not active";
}

const contentRow = (row: Row, call: ToolCall): Cells => ({
  volid: str(row, "volid"),
  // Whoever can write to the storage names its files.
  spaced: isProse(str(row, "volid") ?? ""),
  content: str(call.input, "content") === undefined ? str(row, "content") : undefined,
  size: num(row, "size"),
  used: num(row, "used"),
  format: str(row, "format"),
  created: num(row, "ctime"),
  vmid: num(row, "vmid"),
  protected: flag(row, "protected") || undefined,
  check: str(record(row.verification), "state"),
  notes: str(row, "notes"),
});

function statusAnswer(status: Row, call: ToolCall): Answer {
  const share = usedShare(num(status, "used"), num(status, "total"));
  const state = storageState(status);
  const name = `Storage ${storage(call)} on ${node(call)}`;
  const full = share === undefined ? "" : `, ${Math.round(share * 100)}% used`;
  return {
    headline: `${name} is ${state ?? "active"}${state ? "" : full}.`,
    blocks: [
      {
        kind: "facts",
        facts: factsOf(status, [
          "type",
          { key: "used", format: "bytes" },
          { key: "avail", label: "available", format: "bytes" },
          { key: "total", format: "bytes" },
          { key: "shared", format: "flag" },
          "content",
        ]),
      },
      ...fullness(storage(call), share).map(note),
    ],
    next: ["pve_list_storage_content lists its volumes."],
  };
}

/** PVE shows one storage only with Datastore.Allocate, and the same in the list with Datastore.Audit. */
async function storageConfig(call: ToolCall): Promise<Row> {
  try {
    return record((await call.send()).data);
  } catch (error) {
    if (!(error instanceof PveError) || error.kind !== "permission") throw error;
    const { data } = await call.pve.call("GET /storage", {});
    const found = rows(data).find((row) => str(row, "storage") === storage(call));
    if (!found) throw error;
    return found;
  }
}

const contentList = listAnswer({
  one: "volume",
  many: "volumes",
  where: (call) => `on ${storage(call)} (${node(call)})`,
  sort: "volid",
  columns: [
    { key: "volid", foreignFrom: "spaced" },
    { key: "content" },
    { key: "size", format: "bytes" },
    { key: "used", format: "bytes" },
    { key: "format" },
    { key: "created", format: "time" },
    { key: "vmid", label: "VMID" },
    { key: "protected", format: "flag" },
    { key: "check", label: "verified" },
    { key: "notes", foreign: true },
  ],
  row: contentRow,
  empty: "Nothing of that kind is there, or the token may not see it (disks need VM.Audit of their guest).",
});

/** A storage's volumes, those of one guest by its VMID or name. */
async function listContent(call: ToolCall): Promise<Answer> {
  const which = str(call.input, "vmid");
  const vmid = which === undefined ? {} : { vmid: await vmidList(call, [which.trim()]) };
  return contentList(await call.send(vmid), call);
}

/** Tools for storages and what lies on them. */
export const storageTools = category("storage", [
  tool({
    name: "pve_list_storage",
    title: "List storages",
    tier: "read-only",
    description: "Storages configured in the cluster.",
    route: "GET /storage",
    params: { type: "" },
    answer: listAnswer({
      one: "storage",
      many: "storages",
      sort: "storage",
      columns: [
        { key: "storage" },
        { key: "type" },
        { key: "content" },
        { key: "location", foreignFrom: "spaced" },
        { key: "shared", format: "flag" },
        { key: "nodes" },
        { key: "state" },
      ],
      row: configRow,
      empty: "A token sees the storages on which it has Datastore.Audit.",
      next: () => ["pve_list_node_storage shows how full they are."],
    }),
  }),
  tool({
    name: "pve_get_storage_config",
    title: "Storage configuration",
    tier: "read-only",
    description: "Configuration of a storage.",
    route: "GET /storage/{storage}",
    reads: ["GET /storage"],
    run: async (call) => {
      const config = await storageConfig(call);
      const off = flag(config, "disable") ? ", disabled" : "";
      return {
        headline: `Storage ${storage(call)} (${str(config, "type") ?? "unknown type"}${off}):`,
        blocks: [settingFacts(config)],
      };
    },
  }),
  tool({
    name: "pve_list_node_storage",
    title: "Storages of a node",
    tier: "read-only",
    description: "Storages a node can use, and how full they are.",
    route: "GET /nodes/{node}/storage",
    params: { content: "" },
    answer: listAnswer({
      one: "storage",
      many: "storages",
      where: (call) => `on ${node(call)}`,
      sort: "storage",
      columns: [
        { key: "storage" },
        { key: "type" },
        ...USAGE_COLUMNS,
        { key: "avail", label: "available", format: "bytes" },
        { key: "shared", format: "flag" },
        { key: "state" },
        { key: "content" },
      ],
      row: usageRow,
      empty: "No storage is set up for this node with that content, or the token lacks Datastore.Audit.",
      blocks: (data) =>
        rows(data)
          .flatMap((row) =>
            fullness(str(row, "storage") ?? "", usedShare(num(row, "used"), num(row, "total"))),
          )
          .map(note),
    }),
  }),
  tool({
    name: "pve_get_storage_status",
    title: "Storage status",
    tier: "read-only",
    description: "State and usage of a storage on a node.",
    route: "GET /nodes/{node}/storage/{storage}/status",
    answer: ({ data }, call) => statusAnswer(record(data), call),
  }),
  tool({
    name: "pve_list_storage_content",
    title: "Storage content",
    tier: "read-only",
    description: "Disks, ISOs, templates and backups on a storage.",
    route: "GET /nodes/{node}/storage/{storage}/content",
    reads: ["GET /cluster/resources"],
    params: { content: "e.g. images, iso, backup", vmid: { schema: { type: "string" } } },
    paged: true,
    openWorld: true,
    run: listContent,
  }),
  tool({
    name: "pve_create_storage",
    title: "Create storage",
    tier: "full",
    description: "Add a storage; what else its type needs goes into params.",
    route: "POST /storage",
    params: {
      storage: "New name",
      type: "e.g. dir, nfs, lvmthin, rbd, pbs",
      content: "e.g. images,iso,backup",
      path: "",
      server: "",
      export: "NFS export",
      vgname: "",
      pool: "ZFS or Ceph",
      nodes: "",
      shared: "",
    },
    more: true,
    run: createStorage,
  }),
  tool({
    name: "pve_update_storage",
    title: "Update storage",
    tier: "full",
    description: "Change a storage's settings.",
    route: "PUT /storage/{storage}",
    params: {
      content: "Replaces the list",
      nodes: "",
      shared: "",
      disable: "",
      delete: "Settings",
      digest: "",
    },
    more: true,
    compare: {
      route: "GET /storage/{storage}",
      params: (call) => ({ storage: storage(call) }),
      pick: (data) => flat(record(data)),
    },
    done: (call) => `Storage ${storage(call)} updated.`,
  }),
  tool({
    name: "pve_delete_storage",
    title: "Delete storage",
    tier: "full",
    description: "Remove a storage from the cluster; its data stays.",
    route: "DELETE /storage/{storage}",
    reads: ["GET /storage/{storage}"],
    run: deleteStorage,
  }),
  tool({
    name: "pve_pull_oci_image",
    title: "Pull OCI image",
    tier: "read-execute",
    description: "Pull a container image from a registry as a template for containers. PVE 9.1+.",
    route: "POST /nodes/{node}/storage/{storage}/oci-registry-pull",
    params: { reference: "e.g. docker.io/library/alpine:3.22", filename: "" },
    openWorld: true,
    idempotent: false,
    done: (call) => `pull of ${str(call.input, "reference")} to ${storage(call)} on ${node(call)}.`,
    run: pullImage,
  }),
]);
