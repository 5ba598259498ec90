import { list, type Row, record, rows, str } from "../pve/data.ts";
import type { Answer } from "../render/answer.ts";
import type { Route } from "../schema/routes.gen.ts";
import { type Cells, factsOf, listAnswer } from "./answers.ts";
import { changes, lookAfter } from "./compare.ts";
import { tool } from "./define.ts";
import { haId, haIds } from "./ha-ids.ts";
import type { ToolCall } from "./tool.ts";

const ONE = "GET /cluster/ha/rules/{rule}";
const GUESTS = "GET /cluster/resources" as const satisfies Route;

const rule = (call: ToolCall): string => str(call.input, "rule") ?? "";

const ruleRow = (row: Row): Cells => ({
  rule: str(row, "rule"),
  type: str(row, "type"),
  resources: list(str(row, "resources")).join(", "),
  nodes: list(str(row, "nodes")).join(", "),
  strict: str(row, "strict"),
  affinity: str(row, "affinity"),
  disabled: str(row, "disable"),
  errors: Array.isArray(row.errors) || row.errors === undefined ? undefined : "see pve_get_ha_rule",
  comment: str(row, "comment"),
});

const listRules = listAnswer({
  one: "HA rule",
  many: "HA rules",
  columns: [
    { key: "rule" },
    { key: "type" },
    { key: "resources" },
    { key: "nodes" },
    { key: "strict", format: "flag" },
    { key: "affinity" },
    { key: "disabled", format: "flag" },
    { key: "errors" },
    { key: "comment", foreign: true },
  ],
  row: ruleRow,
  blocks: (data) => {
    const digest = str(record(rows(data)[0]), "digest");
    return [{ kind: "facts", facts: [{ key: "digest", value: digest }] }];
  },
});

async function listAll(call: ToolCall): Promise<Answer> {
  const resource = str(call.input, "resource");
  return listRules(
    await call.send(resource === undefined ? {} : { resource: await haId(call, resource) }),
    call,
  );
}

const read = async (call: ToolCall): Promise<Row> =>
  record((await call.pve.call(ONE, { rule: rule(call) })).data);

const withIds = async (call: ToolCall): Promise<Readonly<Record<string, string>>> => {
  const resources = str(call.input, "resources");
  return resources === undefined ? {} : { resources: await haIds(call, resources) };
};

async function create(call: ToolCall): Promise<Answer> {
  await call.send(await withIds(call));
  return { headline: `HA rule ${rule(call)} created.` };
}

/** PVE demands the rule's type with every change, and with the type knows which settings it may have. */
async function update(call: ToolCall): Promise<Answer> {
  const before = await read(call);
  await call.send({
    ...(await withIds(call)),
    type: str(before, "type"),
    digest: str(call.input, "digest") ?? str(before, "digest"),
  });
  const after = await lookAfter(() => read(call));
  return { headline: `HA rule ${rule(call)} updated.`, blocks: changes(call, before, after) };
}

const RULE_PARAMS = {
  affinity: "Resource affinity: keep together or apart",
  nodes: "Node affinity: node1:2,node2",
  strict: "Never on other nodes",
  disable: "",
  comment: "",
} as const;

/** Tools for HA rules, which stand among those of `ha.ts`. */
export const haRuleTools = [
  tool({
    name: "pve_list_ha_rules",
    title: "List HA rules",
    tier: "read-only",
    description: "HA affinity rules (PVE 9.0+).",
    route: "GET /cluster/ha/rules",
    reads: [GUESTS],
    params: { type: "", resource: "vm:100, VMID or name" },
    run: listAll,
  }),
  tool({
    name: "pve_get_ha_rule",
    title: "HA rule",
    tier: "read-only",
    description: "An HA affinity rule (PVE 9.0+).",
    route: ONE,
    answer: ({ data }, call) => ({
      headline: `HA rule ${rule(call)}:`,
      blocks: [
        {
          kind: "facts",
          facts: factsOf(record(data), [
            "type",
            "resources",
            "nodes",
            { key: "strict", format: "flag" },
            "affinity",
            { key: "disable", label: "disabled", format: "flag" },
            { key: "comment", foreign: true },
            "digest",
          ]),
        },
      ],
    }),
  }),
  tool({
    name: "pve_create_ha_rule",
    title: "Create HA rule",
    tier: "full",
    description: "Keep guests on certain nodes, together or apart (PVE 9.0+).",
    route: "POST /cluster/ha/rules",
    reads: [GUESTS],
    params: { rule: "New name", type: "", resources: "HA resources: vm:100,ct:101", ...RULE_PARAMS },
    run: create,
  }),
  tool({
    name: "pve_update_ha_rule",
    title: "Update HA rule",
    tier: "full",
    description: "Change an HA rule (PVE 9.0+).",
    route: "PUT /cluster/ha/rules/{rule}",
    reads: [ONE, GUESTS],
    params: { resources: "Replaces them", ...RULE_PARAMS, digest: "" },
    inputs: { delete_settings: { of: "delete", description: "Settings" } },
    run: update,
  }),
  tool({
    name: "pve_delete_ha_rule",
    title: "Delete HA rule",
    tier: "full",
    description: "Delete an HA rule (PVE 9.0+).",
    route: "DELETE /cluster/ha/rules/{rule}",
    compare: {
      route: ONE,
      params: (call) => ({ rule: rule(call) }),
      gone: true,
    },
    done: (call) => `HA rule ${rule(call)} deleted.`,
  }),
];
