import type { Confirmation, Tier } from "../config/settings.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { ClientSide } from "./client-side.ts";
import type { AppParts, Outcome, TaskHandle } from "./parts.ts";
import type { Runtime } from "./runtime.ts";
import { hiddenFrom } from "./surface.ts";

/** The server's state for its lifetime, shared by every connection. */
export interface App {
  readonly tier: Tier;
  readonly structured: boolean;
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
  /** For the end of the process: completes what is open in the record. */
  readonly close: () => void;
}

/** Builds the app. What a call needs (client, catalogue, endpoint table, rendering) is loaded at the first call. */
export function createApp(parts: AppParts): App {
  const { config, tools } = parts;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const hiddenReason = hiddenFrom(config);
  const visible = tools.filter((tool) => hiddenReason(tool) === undefined);
  let loaded: Runtime | undefined;
  const loadRuntime = once(async () => {
    loaded = await (await import("./runtime.ts")).createRuntime(parts);
    return loaded;
  });
  return {
    tier: config.surface.tier,
    structured: config.structured,
    confirm: config.safety.confirm,
    visible,
    reads: (name) => byName.get(name)?.annotations.readOnlyHint === true,
    call: async (name, args, side) => {
      const runtime = await loadRuntime();
      const tool = byName.get(name);
      if (!tool) return runtime.unknownTool(name, visible);
      const hidden = hiddenReason(tool);
      return hidden === undefined ? runtime.call(tool, args, side) : runtime.hiddenTool(hidden);
    },
    getTask: async (taskId, side) => (await loadRuntime()).tasks.get(taskId, side),
    cancelTask: async (taskId, side) => (await loadRuntime()).tasks.cancel(taskId, side),
    close: () => loaded?.close(),
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
