import type { DemoConfig } from "../config/config.ts";
import type { Confirmation } from "../config/settings.ts";
import { hiddenBecause } from "../config/surface.ts";
import type { ListedTool } from "../tools/input-schema.ts";

/** Why the configuration does not offer a tool, as the sentence that names the setting; undefined when it does. */
export const hiddenFrom =
  ({ surface, safety }: Pick<DemoConfig, "surface" | "safety">) =>
  (tool: ListedTool): string | undefined =>
    hiddenBecause(tool, surface, safety.record !== undefined);

/** May a call of this tool have to be confirmed? By what the list says of it, for the list is all that is loaded. */
export function mayNeedPerson({ annotations, tier }: ListedTool, confirm: Confirmation): boolean {
  if (annotations.readOnlyHint || confirm === "off") return false;
  if (confirm === "all") return true;
  return annotations.destructiveHint || (confirm === "write" && tier === "full");
}
