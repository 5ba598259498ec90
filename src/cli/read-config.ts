import { accessSync, constants, readFileSync, statSync } from "node:fs";
import type { DemoConfig } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import toolList from "../tools/list.gen.json" with { type: "json" };
import type { ProcessLike } from "./process.ts";

/** Every tool, as listed when the program was built. */
export const TOOLS = toolList as unknown as readonly ListedTool[];

/** What the configuration takes from the system. */
export const FROM_SYSTEM = {
  tools: () => TOOLS,
  readFile: (path: string) => readFileSync(path, "utf8"),
  stat: (path: string) => statSync(path),
  checkFolder: (folder: string) => accessSync(folder, constants.W_OK),
} as const;

/** The configuration, or the end of the process with a message that says what to set. */
export function readConfig<C extends Pick<DemoConfig, "warnings">>(proc: ProcessLike, load: () => C): C {
  try {
    return warned(proc, load());
  } catch (error) {
    return refused(proc, error);
  }
}

/** The same of a configuration that is read from a file. */
export async function readConfigFile<C extends Pick<DemoConfig, "warnings">>(
  proc: ProcessLike,
  load: () => Promise<C>,
): Promise<C> {
  try {
    return warned(proc, await load());
  } catch (error) {
    return refused(proc, error);
  }
}

function warned<C extends Pick<DemoConfig, "warnings">>(proc: ProcessLike, config: C): C {
  for (const warning of config.warnings) proc.log(`Warning: ${warning}`);
  return config;
}

function refused(proc: ProcessLike, error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  proc.log(error.message);
  return proc.exit(1);
}
