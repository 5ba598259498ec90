import { accessTools } from "./access.ts";
import { apiTools } from "./api.ts";
import { backupTools } from "./backup.ts";
import { clusterTools } from "./cluster.ts";
import { firewallTools } from "./firewall.ts";
import { haTools } from "./ha.ts";
import { lxcTools } from "./lxc.ts";
import { networkTools } from "./network.ts";
import { nodeTools } from "./nodes.ts";
import { poolTools } from "./pools.ts";
import { qemuTools } from "./qemu.ts";
import { storageTools } from "./storage.ts";
import { taskTools } from "./tasks.ts";
import type { Tool } from "./tool.ts";

/** Every tool, in the order of its category. */
export const CATALOGUE: readonly Tool[] = [
  ...nodeTools,
  ...qemuTools,
  ...lxcTools,
  ...taskTools,
  ...storageTools,
  ...clusterTools,
  ...backupTools,
  ...accessTools,
  ...firewallTools,
  ...haTools,
  ...networkTools,
  ...poolTools,
  ...apiTools,
];

const byName = new Map(CATALOGUE.map((tool) => [tool.name, tool]));
const byRoute = new Map(CATALOGUE.filter((tool) => !tool.any).map((tool) => [tool.route as string, tool]));

/** The tool of that name. Throws for a name that the generated list has and the catalogue has not. */
export function findTool(name: string): Tool {
  const found = byName.get(name);
  if (!found) throw new Error(`The catalogue has no ${name}; regenerate the list with npm run gen.`);
  return found;
}

/** The tool that does for containers what this one does for VMs, and the other way round. */
export function counterpartOf(tool: Tool): Tool | undefined {
  const { route } = tool;
  const other = route.includes("/qemu") ? route.replace("/qemu", "/lxc") : route.replace("/lxc", "/qemu");
  return other === route ? undefined : byRoute.get(other);
}
