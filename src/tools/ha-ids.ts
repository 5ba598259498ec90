import { list, record, str } from "../pve/data.ts";
import { findGuest } from "./find-guest.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

const PREFIX = { qemu: "vm", lxc: "ct" } as const;

/** What PVE takes as `sid`: `vm:100` and a bare VMID as they are, a guest's name by a look at the inventory. */
export async function haSid(call: ToolCall): Promise<string> {
  const which = (str(call.input, "sid") ?? "").trim();
  return /^\d+$/.test(which) ? which : haId(call, which);
}

/** The HA id of a guest, where PVE takes no bare VMID: `vm:100` as it is, a VMID or a name looked up. */
export async function haId(call: ToolCall, which: string): Promise<string> {
  const text = which.trim();
  const [, kind, name] = /^(vm|ct):(.*[^\d].*)$/.exec(text) ?? [];
  if (text.includes(":") && name === undefined) return text;
  const guest = await findGuest(call.guests, {
    which: name ?? text,
    kind: kind === "vm" ? "qemu" : kind === "ct" ? "lxc" : "any",
    fresh: call.tool.effect !== "read",
  });
  return `${PREFIX[guest.type]}:${guest.vmid}`;
}

/** A rule's resources, each as `haId` names it, in PVE's comma list. */
export async function haIds(call: ToolCall, which: string): Promise<string> {
  const ids: string[] = [];
  for (const one of list(which)) ids.push(await haId(call, one));
  return ids.join(",");
}

/**
 * HA groups ended with PVE 9, which refuses a resource's `group` ("ha groups have been migrated to rules"). Throws a
 * Refusal that says how a rule does the same; older releases take it.
 */
export async function refuseGroup(call: ToolCall, sid: string): Promise<void> {
  const group = str(call.input, "group");
  if (group === undefined) return;
  const version = str(record((await call.pve.call("GET /version", {})).data), "version") ?? "";
  if (Number.parseInt(version, 10) < 9) return;
  throw new Refusal(
    `This cluster runs PVE ${version}, where HA groups have become rules: group ${JSON.stringify(group)} cannot be set.`,
    {
      next: [
        `Leave group out, then pve_create_ha_rule with type node-affinity, resources ${sid} and nodes "node1:2,node2:1" (higher numbers are preferred; strict: true keeps it off all others). pve_list_ha_rules shows what groups have become.`,
      ],
    },
  );
}
