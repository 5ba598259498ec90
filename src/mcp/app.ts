import type { CallerBounds } from "../config/http/http-config.ts";
import { CONFIRMATIONS, type Confirmation } from "../config/settings.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { ClientSide } from "./client-side.ts";
import type { ClusterCore } from "./cluster-core.ts";
import { clusterInstructions, INSTRUCTIONS } from "./instructions.ts";
import type { ClusterParts, HostParts, Outcome, TaskHandle } from "./parts.ts";
import type { Runtime } from "./runtime.ts";
import { hiddenFrom, withClusterArgument } from "./surface.ts";

/** The server as one kind of caller sees it; shared by its connections. */
export interface App {
  readonly structured: boolean;
  /** For the client's model. */
  readonly instructions: string;
  /** The strictest of the clusters. */
  readonly confirm: Confirmation;
  /** The tools the settings show, sorted by name. */
  readonly visible: readonly ListedTool[];
  /** True when a call of this tool cannot change anything. */
  readonly reads: (name: string) => boolean;
  readonly call: (
    name: string,
    args: Readonly<Record<string, unknown>> | undefined,
    side: ClientSide,
  ) => Promise<Outcome>;
  /** How jobs stand that the client follows as a task. Throws a TaskError. */
  readonly getTask: (taskId: string, side: ClientSide) => Promise<TaskHandle>;
  /** Stops them. Throws a TaskError. */
  readonly cancelTask: (taskId: string, side: ClientSide) => Promise<void>;
}

/** What an app is made of: the host's parts with the clusters that its caller reaches. */
export interface AppParts extends Omit<HostParts, "clusters"> {
  readonly clusters: readonly ClusterParts[];
  readonly bounds?: CallerBounds | undefined;
  /** What the clusters' calls share, by the clusters' names. */
  readonly loadCores: () => Promise<ReadonlyMap<string, ClusterCore>>;
}

/** Builds the app of one kind of caller. */
export function createApp(parts: AppParts): App {
  const { clusters, tools, bounds } = parts;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const names = clusters.map(({ name }) => name);
  const several = names.length > 1;
  const hides = clusters.map((cluster) => hiddenFrom(cluster, { bounds, several }));
  const shown = tools.filter((tool) => hides.some((hidden) => hidden(tool) === undefined));
  let runtime: Promise<Runtime> | undefined;
  const load = () => {
    runtime ??= import("./runtime.ts").then(({ createRuntime }) => createRuntime(parts));
    return runtime;
  };
  const strictest = Math.max(0, ...clusters.map(({ safety }) => CONFIRMATIONS.indexOf(safety.confirm)));
  return {
    structured: parts.structured,
    instructions: several
      ? `${INSTRUCTIONS} ${clusterInstructions(names, parts.defaultCluster)}`
      : INSTRUCTIONS,
    confirm: CONFIRMATIONS[strictest] ?? "all",
    visible: several ? shown.map((tool) => withClusterArgument(tool, parts)) : shown,
    reads: (name) => byName.get(name)?.annotations.readOnlyHint === true,
    call: async (name, args, side) => (await load()).call(name, args, side),
    getTask: async (taskId, side) => (await load()).tasksOf(taskId).get(taskId, side),
    cancelTask: async (taskId, side) => (await load()).tasksOf(taskId).cancel(taskId, side),
  };
}
