import type { Tier } from "../config/settings.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { AppParts, ToolResult } from "./parts.ts";
import { hiddenBecause } from "./surface.ts";

/** The server's state for its lifetime, shared by every connection. */
export interface App {
  readonly tier: Tier;
  readonly structured: boolean;
  /** The tools the settings show, sorted by name. */
  readonly visible: readonly ListedTool[];
  /** True when a call of this tool cannot change anything. */
  readonly reads: (name: string) => boolean;
  readonly call: (
    name: string,
    args: Readonly<Record<string, unknown>> | undefined,
    signal: AbortSignal,
  ) => Promise<ToolResult>;
}

/** Builds the app. What a call needs (client, catalogue, endpoint table, rendering) is loaded at the first call. */
export function createApp(parts: AppParts): App {
  const { config, tools } = parts;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const visible = tools.filter((tool) => hiddenBecause(tool, config.surface) === undefined);
  const loadRuntime = once(async () => (await import("./runtime.ts")).createRuntime(parts));
  return {
    tier: config.surface.tier,
    structured: config.structured,
    visible,
    reads: (name) => byName.get(name)?.annotations.readOnlyHint === true,
    call: async (name, args, signal) => {
      const runtime = await loadRuntime();
      const tool = byName.get(name);
      if (!tool) return runtime.unknownTool(name, visible);
      const hidden = hiddenBecause(tool, config.surface);
      return hidden === undefined ? runtime.call(tool, args, signal) : runtime.hiddenTool(hidden);
    },
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
