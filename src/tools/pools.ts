import { type Json, list, num, type Row, record, rows, str } from "../pve/data.ts";
import type { Answer } from "../render/answer.ts";
import { type Cells, listAnswer, sortBy } from "./answers.ts";
import { withComparison } from "./compare.ts";
import { category, tool } from "./define.ts";
import { vmidList } from "./many-guests.ts";
import { Refusal } from "./refusal.ts";
import type { Compare, ToolCall } from "./tool.ts";

const pool = (call: ToolCall): string => str(call.input, "poolid") ?? "";

/** The one pool that GET /pools with `poolid` answers. Its path form cannot name nested pools. */
const onePool = (data: Json): Row => record(rows(data)[0]);

const memberRow = (row: Row): Cells => ({
  type: str(row, "type"),
  id: num(row, "vmid") ?? str(row, "storage"),
  name: str(row, "name"),
  node: str(row, "node"),
  status: str(row, "status"),
  cores: num(row, "maxcpu"),
  mem: num(row, "mem"),
  maxmem: num(row, "maxmem"),
  // PVE reports 0 for VMs: it does not look into their disks.
  disk: num(row, "disk") || undefined,
  maxdisk: num(row, "maxdisk"),
});

function poolAnswer(data: Json, call: ToolCall): Answer {
  const found = rows(data)[0];
  if (!found) throw new Refusal(`No pool ${pool(call)} that this token can see; pve_list_pools names them.`);
  const members = rows(found.members).map(memberRow);
  sortBy(members, "id");
  const comment = str(found, "comment");
  return {
    headline: `Pool ${pool(call)} has ${members.length} ${members.length === 1 ? "member" : "members"}.`,
    blocks: [
      { kind: "facts", facts: [{ key: "comment", value: comment, foreign: true }] },
      {
        kind: "table",
        columns: [
          { key: "type" },
          { key: "id" },
          { key: "name" },
          { key: "node" },
          { key: "status" },
          { key: "cores" },
          { key: "mem", label: "memory", format: "bytes", of: "maxmem" },
          { key: "disk", label: "disk used", format: "bytes" },
          { key: "maxdisk", label: "disk size", format: "bytes" },
        ],
        rows: members,
      },
    ],
    ...(members.length === 0 ? { next: ["pve_update_pool with vms or storage adds members."] } : {}),
  };
}

/** What a write to a pool can change. */
function poolState(data: Json): Row {
  const found = onePool(data);
  const members = rows(found.members);
  return {
    ...(found.comment === undefined ? {} : { comment: found.comment }),
    guests: members.flatMap((row) => num(row, "vmid") ?? []).sort((a, b) => a - b),
    storages: members.flatMap((row) => str(row, "storage") ?? []).sort(),
  };
}

const settings: Compare = {
  route: "GET /pools",
  params: (call) => ({ poolid: pool(call) }),
  pick: poolState,
};

/** Changes a pool, with the VMIDs of the guests that are given by name. */
async function updatePool(call: ToolCall): Promise<Answer> {
  const vms = str(call.input, "vms");
  if (vms === undefined) return withComparison(call, settings);
  const ids = await vmidList(call, list(vms));
  return withComparison({ ...call, send: (more) => call.send({ vms: ids, ...more }) }, settings);
}

/** Tools for pools. */
export const poolTools = category("pools", [
  tool({
    name: "pve_list_pools",
    title: "List pools",
    tier: "read-only",
    description: "Resource pools; web/blue is nested in web.",
    route: "GET /pools",
    answer: listAnswer({
      one: "pool",
      many: "pools",
      sort: "poolid",
      columns: [
        { key: "poolid", label: "pool" },
        { key: "comment", foreign: true },
      ],
      next: () => ["pve_get_pool shows a pool's members."],
    }),
  }),
  tool({
    name: "pve_get_pool",
    title: "Pool details",
    tier: "read-only",
    description: "Guests and storages of a pool.",
    route: "GET /pools",
    params: { poolid: { required: true } },
    answer: ({ data }, call) => poolAnswer(data, call),
  }),
  tool({
    name: "pve_create_pool",
    title: "Create pool",
    tier: "full",
    description: "Create a resource pool.",
    route: "POST /pools",
    params: { poolid: "parent/name nests", comment: "" },
    done: (call) => `Pool ${pool(call)} created.`,
  }),
  tool({
    name: "pve_update_pool",
    title: "Update pool",
    tier: "full",
    description: "Add members to a pool, remove them, or change its comment. PVE 8.1+.",
    route: "PUT /pools",
    params: {
      poolid: "",
      comment: "",
      vms: "VMIDs or names",
      storage: "",
      delete: "Remove vms and storage",
      "allow-move": "",
    },
    reads: ["GET /pools", "GET /cluster/resources"],
    done: (call) => `Pool ${pool(call)} updated.`,
    run: updatePool,
  }),
  tool({
    name: "pve_delete_pool",
    title: "Delete pool",
    tier: "full",
    description: "Delete an empty pool. PVE 8.1+.",
    route: "DELETE /pools",
    params: { poolid: "" },
    compare: { ...settings, gone: true },
    done: (call) => `Pool ${pool(call)} deleted.`,
  }),
]);
