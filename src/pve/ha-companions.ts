import { listOf, sidIn } from "../policy/touches/touch-arguments.ts";
import type { LookUps } from "./bounds/bounds-look-up.ts";
import { str } from "./data.ts";

/**
 * The guests that HA moves along with this one, because positive affinity keeps them together; or, by "rules", all that
 * share any rule with it. None where HA does not manage the guest.
 */
export async function companionsOf(
  look: LookUps,
  vmid: number,
  by: "moves" | "rules",
): Promise<readonly number[]> {
  const guest = (await look.inventory()).guests.get(vmid);
  if (guest && !guest.managed) return [];
  const rules = (await look.haRules())
    .filter((rule) => by === "rules" || str(rule, "affinity") === "positive")
    .map((rule) => listOf(rule.resources, sidIn)?.map((sid) => sid.vmid) ?? []);
  const others = new Set([vmid]);
  // A set that grows while it is gone through is gone through to its end.
  for (const one of by === "moves" ? others : [vmid])
    for (const members of rules) if (members.includes(one)) for (const member of members) others.add(member);
  others.delete(vmid);
  return [...others];
}
