import { type Category, isSelected, selectionOf } from "./categories.ts";
import type { Surface } from "./config.ts";
import { unknownNames, wrap } from "./names.ts";
import type { Reading } from "./read-settings.ts";
import { TIERS, type Tier } from "./settings.ts";

/** What must be known of a tool to check the settings that name it. */
export interface ToolRef {
  readonly name: string;
  readonly tier: Tier;
  readonly category: Category;
  /** One of the lean set. */
  readonly core?: true;
  /** Offered only where changes are recorded. */
  readonly needs?: "record" | "clusters";
}

const TOOL_LISTS = ["PVE_TOOLS", "PVE_EXCLUDE_TOOLS", "PVE_TOOL_BLACKLIST"] as const;

/** Where the check of the tool settings puts what it finds. */
export interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
  /** Printed once behind all problems. */
  readonly notes: string[];
}

/**
 * The surface's part of the configuration, or undefined when one of its variables is faulty. `tools` is asked
 * only when a setting names tools.
 */
export function readSurface(
  values: Reading["values"],
  tools: () => readonly ToolRef[],
  findings: Findings,
): Surface | undefined {
  const { PVE_ACCESS_TIER: tier, PVE_CATEGORIES: categories, PVE_TOOLS: only } = values;
  const excludeTools = [
    ...new Set([...(values.PVE_EXCLUDE_TOOLS ?? []), ...(values.PVE_TOOL_BLACKLIST ?? [])]),
  ];
  const known = only !== undefined || excludeTools.length > 0 ? tools() : undefined;
  if (known !== undefined && !allKnown(values, known, findings)) return undefined;
  if (tier === undefined || categories === undefined) return undefined;
  const selection = selectionOf(categories);
  const surface: Surface = { tier, selection, ...(only !== undefined && { tools: only }), excludeTools };
  const recorded = values.PVE_AUDIT_LOG !== undefined;
  if (known !== undefined) warnOfHidden(surface, known, recorded, findings.warnings);
  return surface;
}

function allKnown(
  values: Reading["values"],
  known: readonly ToolRef[],
  { problems, notes }: Findings,
): boolean {
  const names = known.map((tool) => tool.name);
  let good = true;
  for (const setting of TOOL_LISTS) {
    const unknown = unknownNames("tool", values[setting] ?? [], names);
    if (unknown === undefined) continue;
    problems.push(`${setting} ${unknown}`);
    good = false;
  }
  if (!good) notes.push(`The ${names.length} tools:\n${wrap([...names].sort(), "  ")}`);
  return good;
}

/**
 * Why a tool is not offered, as the sentence that names the setting; undefined when it is.
 * @param recorded whether changes are recorded
 */
export function hiddenBecause(
  tool: ToolRef,
  { tier, selection, tools, excludeTools }: Surface,
  recorded: boolean,
): string | undefined {
  const { name, category } = tool;
  if (TIERS.indexOf(tool.tier) > TIERS.indexOf(tier))
    return `${name} needs PVE_ACCESS_TIER=${tool.tier}; the tier is ${tier}.`;
  if (!isSelected(selection, tool))
    return `${name} is in category ${category}, which PVE_CATEGORIES leaves out.`;
  if (tools && !tools.includes(name)) return `${name} is not among PVE_TOOLS.`;
  if (excludeTools.includes(name)) return `${name} is left out by PVE_EXCLUDE_TOOLS.`;
  if (tool.needs === "record" && !recorded)
    return `${name} needs PVE_AUDIT_LOG, which records what it takes back.`;
  return undefined;
}

function warnOfHidden(
  surface: Surface,
  known: readonly ToolRef[],
  recorded: boolean,
  warnings: string[],
): void {
  const chosen = known.filter((tool) => surface.tools?.includes(tool.name) ?? true);
  const reasons = chosen.map((tool) => hiddenBecause(tool, surface, recorded));
  for (const reason of surface.tools === undefined ? [] : reasons) {
    if (reason !== undefined) warnings.push(`PVE_TOOLS names a tool that stays hidden: ${reason}`);
  }
  if (reasons.every((reason) => reason !== undefined)) {
    warnings.push("These settings leave no tool to offer.");
  }
}
