import { isSelected } from "../config/categories.ts";
import type { CallerBounds } from "../config/http/http-config.ts";
import { type Confirmation, TIERS, type Tier } from "../config/settings.ts";
import { hiddenBecause } from "../config/surface.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { ClusterParts, HostParts } from "./parts.ts";

/** Stands for every cluster, where a tool's answers can be laid side by side. */
export const EVERYWHERE = "*";

/** Who would see the tools. */
interface Viewer {
  readonly bounds?: CallerBounds | undefined;
  /** More than one cluster is within reach. */
  readonly several: boolean;
}

/**
 * Why a tool is not offered on a cluster, as the sentence that names the setting; undefined when it is. The cluster's
 * own settings come first, then the caller's.
 */
export const hiddenFrom =
  ({ surface, safety }: Pick<ClusterParts, "surface" | "safety">, { bounds, several }: Viewer) =>
  (tool: ListedTool): string | undefined => {
    const hidden = hiddenBecause(tool, surface, safety.record !== undefined);
    if (hidden !== undefined) return hidden;
    if (tool.needs === "clusters" && !several)
      return `${tool.name} is offered where there are several clusters.`;
    if (bounds === undefined) return undefined;
    if (lowerTier(bounds.tier, tool.tier) !== tool.tier)
      return `${tool.name} needs tier ${tool.tier}; your access to this server has ${bounds.tier}.`;
    return bounds.selection === undefined || isSelected(bounds.selection, tool)
      ? undefined
      : `${tool.name} is in category ${tool.category}, which your access to this server leaves out.`;
  };

/** The lower of two tiers: each is an upper bound. */
export const lowerTier = (a: Tier, b: Tier): Tier => (TIERS.indexOf(a) <= TIERS.indexOf(b) ? a : b);

/** The tool as it is listed where it must be said which cluster is meant. */
export function withClusterArgument(
  tool: ListedTool,
  {
    clusters,
    defaultCluster,
  }: { readonly clusters: readonly ClusterParts[] } & Pick<HostParts, "defaultCluster">,
): ListedTool {
  if (tool.needs === "clusters") return tool;
  const names = clusters.map(({ name }) => name);
  const { properties, required = [] } = tool.inputSchema;
  const needed = defaultCluster === undefined || !names.includes(defaultCluster);
  return {
    ...tool,
    inputSchema: {
      type: "object",
      properties: {
        ...properties,
        // The server's instructions name the clusters once, for all tools.
        cluster: tool.everywhere ? { type: "string", description: `${EVERYWHERE}: all` } : { type: "string" },
      },
      ...(needed || required.length > 0 ? { required: needed ? [...required, "cluster"] : required } : {}),
    },
  };
}

/** May a call of this tool have to be confirmed? By what the list says of it, for the list is all that is loaded. */
export function mayNeedPerson({ annotations, tier }: ListedTool, confirm: Confirmation): boolean {
  if (annotations.readOnlyHint || confirm === "off") return false;
  if (confirm === "all") return true;
  return annotations.destructiveHint || (confirm === "write" && tier === "full");
}
