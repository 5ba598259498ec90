import type { Surface } from "./config.ts";
import { unknownNames, wrap } from "./names.ts";
import type { Reading } from "./read-settings.ts";
import { type Category, TIERS, type Tier } from "./settings.ts";

/** What must be known of a tool to check the settings that name it. */
export interface ToolRef {
  readonly name: string;
  readonly tier: Tier;
  readonly category: Category;
  /** Offered only where changes are recorded. */
  readonly needs?: "record";
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
  const surface: Surface = { tier, categories, ...(only !== undefined && { tools: only }), excludeTools };
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

/** The setting that keeps a tool from being offered, in words; undefined when none does. */
function hiddenBy(tool: ToolRef, surface: Surface, recorded: boolean): string | undefined {
  if (TIERS.indexOf(tool.tier) > TIERS.indexOf(surface.tier)) {
    return `it needs PVE_ACCESS_TIER=${tool.tier}, and the tier is ${surface.tier}`;
  }
  if (!surface.categories.includes(tool.category)) {
    return `PVE_CATEGORIES leaves out its category, ${tool.category}`;
  }
  if (surface.excludeTools.includes(tool.name)) return "PVE_EXCLUDE_TOOLS leaves it out";
  if (tool.needs === "record" && !recorded) return "it needs PVE_AUDIT_LOG";
  return undefined;
}

function warnOfHidden(
  surface: Surface,
  known: readonly ToolRef[],
  recorded: boolean,
  warnings: string[],
): void {
  const chosen = known.filter((tool) => surface.tools?.includes(tool.name) ?? true);
  const hidden = chosen.map((tool) => ({ name: tool.name, reason: hiddenBy(tool, surface, recorded) }));
  for (const { name, reason } of surface.tools === undefined ? [] : hidden) {
    if (reason !== undefined) warnings.push(`PVE_TOOLS names ${name}, which stays hidden: ${reason}.`);
  }
  if (hidden.every(({ reason }) => reason !== undefined)) {
    warnings.push("These settings leave no tool to offer.");
  }
}
