import type { Tier } from "../config/settings.ts";
import type { Classification } from "../policy/effect.ts";
import { type Decision, decide, decideOn } from "../policy/tier.ts";
import { classifyCall, dependsOnState } from "./classify.ts";
import { PveError } from "./errors.ts";
import type { RetentionRead } from "./retention.ts";

/** Throws when the operator's tier does not admit the call, named by its route and arguments. */
export function admit(tier: Tier, route: string, params: Readonly<Record<string, unknown>>): void {
  refuse(tier, route, decide(tier, route, params));
}

/** Throws when the tier does not admit what the call does in PVE's present state; asks only where that decides. */
export async function admitByState(
  tier: Tier,
  route: string,
  params: Readonly<Record<string, unknown>>,
  read: RetentionRead,
): Promise<void> {
  if (tier === "full" || !dependsOnState(route, params)) return;
  const found: Classification = await classifyCall(read, route, params);
  refuse(tier, route, decideOn(tier, found));
}

function refuse(tier: Tier, route: string, decision: Decision): void {
  if (decision.allowed) return;
  const reason = decision.reason ? ` (${decision.reason})` : "";
  throw new PveError("refused", `This call needs tier ${decision.needs}${reason}; the tier is ${tier}.`, {
    route,
    needsTier: decision.needs,
  });
}
