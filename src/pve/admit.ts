import type { Tier } from "../config/settings.ts";
import { classOfUnknown, stateRaises } from "../policy/effect.ts";
import { type Decision, decide, decideOn } from "../policy/tier.ts";
import { classifyCall } from "./classes/classify.ts";
import { PveError } from "./errors.ts";
import type { GuardRead } from "./guard.ts";

/** Throws when the operator's tier does not admit the call, named by its route and arguments. */
export function admit(tier: Tier, route: string, params: Readonly<Record<string, unknown>>): void {
  refuse(tier, route, decide(tier, route, params));
}

/** Throws when the tier does not admit a call that our tables do not know whole. */
export function admitUnknown(tier: Tier, route: string): void {
  refuse(tier, route, decideOn(tier, classOfUnknown(route)));
}

/** Throws when the tier does not admit what the call does in PVE's present state; asks only where that decides. */
export async function admitByState(
  tier: Tier,
  route: string,
  params: Readonly<Record<string, unknown>>,
  read: GuardRead,
): Promise<void> {
  if (tier === "full") return;
  // The tier goes by the effect alone: what could only add risk is not asked.
  const raises = stateRaises(route, params).filter(({ effect }) => effect !== undefined);
  refuse(tier, route, decideOn(tier, await classifyCall(read, route, params, raises)));
}

function refuse(tier: Tier, route: string, decision: Decision): void {
  if (decision.allowed) return;
  const reason = decision.reason ? ` (${decision.reason})` : "";
  throw new PveError("refused", `This call needs tier ${decision.needs}${reason}; the tier is ${tier}.`, {
    route,
    needsTier: decision.needs,
  });
}
