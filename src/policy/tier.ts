import type { Tier } from "../config/settings.ts";
import type { Classification, Effect } from "./effect.ts";
import { classify } from "./effect.ts";

const LOWEST_TIER: Readonly<Record<Effect, Tier>> = {
  read: "read-only",
  execute: "read-execute",
  write: "full",
};

const RANK: Readonly<Record<Tier, number>> = { "read-only": 0, "read-execute": 1, full: 2 };

/** The lowest tier that admits an effect. */
export const tierFor = (effect: Effect): Tier => LOWEST_TIER[effect];

/** True when `tier` includes everything `needed` allows. */
export const includes = (tier: Tier, needed: Tier): boolean => RANK[tier] >= RANK[needed];

/** Whether a tier admits a call, the call's class, and the lowest tier that would. */
export type Decision =
  | ({ readonly allowed: true } & Classification)
  | ({ readonly allowed: false; readonly needs: Tier } & Classification);

/** May this call run under the operator's tier? Decided from the route and its arguments, never from the tool. */
export const decide = (tier: Tier, route: string, params: Readonly<Record<string, unknown>>): Decision =>
  decideOn(tier, classify(route, params));

/** May a call of this class run under the operator's tier? */
export function decideOn(tier: Tier, classification: Classification): Decision {
  const needs = tierFor(classification.effect);
  return includes(tier, needs)
    ? { allowed: true, ...classification }
    : { allowed: false, needs, ...classification };
}
