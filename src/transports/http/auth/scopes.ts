import type { Tier } from "../../../config/settings.ts";
import { TIERS } from "../../../config/tiers.ts";

/** The scopes of a token's claims: `scope` has them in a text, `scp` in a text or a list. */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  return [claims.scope, claims.scp].flatMap((claim) => {
    const parts: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
    return parts.flatMap((part) =>
      typeof part === "string" ? part.split(" ").filter((one) => one !== "") : [],
    );
  });
}

/** The highest tier that one of the scopes grants; undefined when none does. */
export function tierOf(scopes: readonly string[], granting: ReadonlyMap<string, Tier>): Tier | undefined {
  const granted = scopes.flatMap((scope) => granting.get(scope) ?? []);
  return TIERS.findLast((tier) => granted.includes(tier));
}

/** The scope to ask for first: the one that grants least. */
export function leastScope(granting: ReadonlyMap<string, Tier>): string | undefined {
  const scopes = [...granting];
  return TIERS.flatMap((tier) => scopes.filter(([, granted]) => granted === tier))[0]?.[0];
}
