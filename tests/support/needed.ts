import { clusterWorld } from "../../src/simulator/scenarios/cluster.ts";
import type { Tool } from "../../src/tools/tool.ts";
import type { ConnectOptions } from "./mcp.ts";
import { newPath } from "./records.ts";

/** What a tool needs of the server to be listed. */
export function optionsFor({ needs }: Pick<Tool, "needs">): Pick<ConnectOptions, "env" | "others"> {
  if (needs === "record") return { env: { PVE_AUDIT_LOG: newPath() } };
  return needs === "clusters" ? { others: [{ name: "lab", world: clusterWorld() }] } : {};
}
