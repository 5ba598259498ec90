/** Access tiers, each admitting everything that the one before it admits. */
export const TIERS = ["read-only", "read-execute", "full"] as const;
/** The operator's upper bound of what tools may do. */
export type Tier = (typeof TIERS)[number];
