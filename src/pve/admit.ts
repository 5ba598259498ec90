import type { Tier } from "../config/settings.ts";
import { decide } from "../policy/tier.ts";
import { PveError } from "./errors.ts";

/** Throws when the operator's tier does not admit the call, named by its route and arguments. */
export function admit(tier: Tier, route: string, params: Readonly<Record<string, unknown>>): void {
  const decision = decide(tier, route, params);
  if (decision.allowed) return;
  const reason = decision.reason ? ` (${decision.reason})` : "";
  throw new PveError("refused", `This call needs tier ${decision.needs}${reason}; the tier is ${tier}.`, {
    route,
    needsTier: decision.needs,
  });
}
