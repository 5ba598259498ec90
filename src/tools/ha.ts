import { type Row, record, str } from "../pve/data.ts";
import type { Answer } from "../render/answer.ts";
import { factsOf, listAnswer } from "./answers.ts";
import { changes, lookAfter, stateBlocks } from "./compare.ts";
import { category, tool } from "./define.ts";
import { haSid, refuseGroup } from "./ha-ids.ts";
import { haRuleTools } from "./ha-rules.ts";
import type { ToolCall } from "./tool.ts";

const ONE = "GET /cluster/ha/resources/{sid}";
const GUESTS = "GET /cluster/resources";
const VERSION = "GET /version";

const SID = "vm:100, ct:101 or a name";

async function get(call: ToolCall): Promise<Answer> {
  const sid = await haSid(call);
  const data = await read(call, sid);
  return {
    headline: `HA resource ${sid} is to be ${str(data, "state") ?? "started"}.`,
    blocks: [
      {
        kind: "facts",
        facts: factsOf(data, [
          "group",
          "max_restart",
          "max_relocate",
          { key: "failback", format: "flag" },
          { key: "auto-rebalance", format: "flag" },
          { key: "comment", foreign: true },
          "digest",
        ]),
      },
    ],
    next: ["pve_get_cluster_ha_status shows where it really is."],
  };
}

const read = async (call: ToolCall, sid: string): Promise<Row> =>
  record((await call.pve.call(ONE, { sid })).data);

async function create(call: ToolCall): Promise<Answer> {
  const sid = await haSid(call);
  await refuseGroup(call, sid);
  await call.send({ sid });
  const state = str(call.input, "state") ?? "started";
  return { headline: `HA resource ${sid} created: the guest will be ${state}.` };
}

async function update(call: ToolCall): Promise<Answer> {
  const sid = await haSid(call);
  await refuseGroup(call, sid);
  const before = await read(call, sid);
  await call.send({ sid });
  const after = await lookAfter(() => read(call, sid));
  return { headline: `HA resource ${sid} updated.`, blocks: changes(call, before, after) };
}

async function remove(call: ToolCall): Promise<Answer> {
  const sid = await haSid(call);
  const before = await read(call, sid);
  await call.send({ sid });
  return {
    headline: `HA resource ${sid} removed; the guest itself stays as it is.`,
    blocks: stateBlocks(call, "It was", before),
  };
}

const RESOURCE_PARAMS = {
  sid: SID,
  group: "Before PVE 9; then rules",
  max_relocate: "",
  max_restart: "",
  state: "",
  comment: "",
} as const;

/** Tools for high availability. */
export const haTools = category("ha", [
  tool({
    name: "pve_list_ha_resources",
    title: "List HA resources",
    tier: "read-only",
    description: "Guests managed by HA and the state each is to have.",
    route: "GET /cluster/ha/resources",
    params: { type: "" },
    answer: listAnswer({
      one: "HA resource",
      many: "HA resources",
      sort: "sid",
      columns: [
        { key: "sid" },
        { key: "state", label: "wanted state" },
        { key: "group" },
        { key: "max_restart" },
        { key: "max_relocate" },
        { key: "failback", format: "flag" },
        { key: "comment", foreign: true },
      ],
      next: () => ["pve_get_cluster_ha_status shows where they really are."],
    }),
  }),
  tool({
    name: "pve_get_ha_resource",
    title: "HA resource",
    tier: "read-only",
    description: "A guest's HA settings.",
    route: ONE,
    reads: [GUESTS],
    params: { sid: SID },
    run: get,
  }),
  tool({
    name: "pve_create_ha_resource",
    title: "Add HA resource",
    tier: "full",
    description: "Put a guest under HA; state stopped stops it.",
    route: "POST /cluster/ha/resources",
    reads: [GUESTS, VERSION],
    params: RESOURCE_PARAMS,
    more: true,
    run: create,
  }),
  tool({
    name: "pve_update_ha_resource",
    title: "Update HA resource",
    tier: "full",
    description: "Change a guest's HA settings; state starts or stops it.",
    route: "PUT /cluster/ha/resources/{sid}",
    reads: [ONE, GUESTS, VERSION],
    params: { ...RESOURCE_PARAMS, delete: "Settings", digest: "" },
    more: true,
    run: update,
  }),
  tool({
    name: "pve_delete_ha_resource",
    title: "Remove HA resource",
    tier: "full",
    description: "Take a guest out of HA management.",
    route: "DELETE /cluster/ha/resources/{sid}",
    reads: [ONE, GUESTS],
    params: { sid: SID, purge: "Also from rules; PVE 9.1+" },
    run: remove,
  }),
  ...haRuleTools,
  tool({
    name: "pve_arm_ha",
    title: "Arm HA",
    tier: "full",
    description: "Switch HA on again after pve_disarm_ha (PVE 9.2+).",
    route: "POST /cluster/ha/status/arm-ha",
    done: () => "HA is being armed again; pve_get_cluster_ha_status shows when it is.",
  }),
  tool({
    name: "pve_disarm_ha",
    title: "Disarm HA",
    tier: "full",
    description: "Switch HA off in the whole cluster for maintenance, without fencing (PVE 9.2+).",
    route: "POST /cluster/ha/status/disarm-ha",
    inputs: {
      resource_mode: {
        of: "resource-mode",
        description: "freeze: guests stay as they are; ignore: HA lets go",
      },
    },
    done: () => "HA is being disarmed: no guest is restarted or moved until pve_arm_ha.",
  }),
]);
