import { nodeIn, textOf } from "../../policy/touches/touch-arguments.ts";
import type { LookUps } from "../bounds/bounds-look-up.ts";
import { flag, record, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";
import { retentionOf } from "../retention.ts";
import type { Answer } from "./classify.ts";

/** Does this backup, or job, remove older backups by a retention? */
export const retentionAnswer: Answer = async ({ look, route, params }) => {
  const { removes, says, unread } = await retentionOf(
    async (of, given) => ({ data: await look.get(of, given) }),
    route,
    params,
  );
  return removes ? `it ${unread ? "may delete" : "deletes"} older backups (${says})` : undefined;
};

/** Does this backup stop or suspend its guests, because the node's defaults say so? */
export const backupModeAnswer: Answer = async ({ look, params }) => {
  const node = nodeIn(textOf(params.node) ?? "") ?? (await someNode(look));
  const mode = str(await look.backupDefaults(node, textOf(params.storage)), "mode") ?? "snapshot";
  return mode === "snapshot"
    ? undefined
    : `it stops or suspends the guests meanwhile (the node's default is mode ${mode})`;
};

async function someNode(look: LookUps): Promise<string> {
  const online = rows(await look.get("GET /nodes")).find((row) => row.status !== "offline");
  const name = online && str(online, "node");
  if (name === undefined) throw new PveError("node-unreachable", "No node is online.");
  return name;
}

/** Does HA manage the guest in the path? It knows so before HA has begun to act (PVE::HA::Config get_service_status). */
export const haAnswer: Answer = async ({ look, route, params: { node, vmid } }) => {
  const type = route.includes("/lxc/") ? "lxc" : "qemu";
  const status = record(await look.get(`GET /nodes/{node}/${type}/{vmid}/status/current`, { node, vmid }));
  return flag(record(status.ha), "managed")
    ? "HA manages the guest: it cuts the power when `timeout` is over"
    : undefined;
};
