import type { DemoConfig } from "../config/config.ts";
import type { Category, Confirmation, Tier } from "../config/settings.ts";
import { includes } from "../policy/tier.ts";
import type { ListedTool } from "../tools/input-schema.ts";

/** What the operator's settings show. */
export interface SurfaceSettings {
  readonly tier: Tier;
  readonly categories: readonly Category[];
  readonly tools?: readonly string[] | undefined;
  readonly excludeTools: readonly string[];
  /** Changes are recorded. */
  readonly recorded: boolean;
}

/** What the configuration says of the surface. */
export const surfaceOf = ({ surface, safety }: Pick<DemoConfig, "surface" | "safety">): SurfaceSettings => ({
  ...surface,
  recorded: safety.record !== undefined,
});

/** Why a tool is not shown, as the sentence that names the setting; undefined when it is. */
export function hiddenBecause(tool: ListedTool, settings: SurfaceSettings): string | undefined {
  if (!includes(settings.tier, tool.tier)) {
    return `${tool.name} needs PVE_ACCESS_TIER=${tool.tier}; the tier is ${settings.tier}.`;
  }
  if (!settings.categories.some((category) => category === tool.category)) {
    return `${tool.name} is in category ${tool.category}, which PVE_CATEGORIES leaves out.`;
  }
  if (settings.tools && !settings.tools.includes(tool.name)) return `${tool.name} is not among PVE_TOOLS.`;
  if (settings.excludeTools.includes(tool.name)) return `${tool.name} is left out by PVE_EXCLUDE_TOOLS.`;
  if (tool.needs === "record" && !settings.recorded)
    return `${tool.name} needs PVE_AUDIT_LOG, which records what it takes back.`;
  return undefined;
}

/** May a call of this tool have to be confirmed? By what the list says of it, for the list is all that is loaded. */
export function mayNeedPerson({ annotations, tier }: ListedTool, confirm: Confirmation): boolean {
  if (annotations.readOnlyHint || confirm === "off") return false;
  if (confirm === "all") return true;
  return annotations.destructiveHint || (confirm === "write" && tier === "full");
}
