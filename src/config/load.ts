import type { Config, DemoConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { readConnection } from "./connection.ts";
import { readHttp } from "./http/read-http.ts";
import { present, readSettings } from "./read-settings.ts";
import { readSafety, type SafetyDeps } from "./safety.ts";
import { type Findings, readSurface, type ToolRef } from "./surface.ts";
import { idleVariables, unknownVariables } from "./unused.ts";

/** What loading takes from outside. */
export interface LoadDeps extends SafetyDeps {
  /** Every tool there is; a function is called only when a setting names tools. */
  readonly tools: readonly ToolRef[] | (() => readonly ToolRef[]);
}

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Turns environment variables into the configuration. With `demo`, what concerns the connection is neither
 * needed nor looked at.
 * Throws one `ConfigError` for all problems together; no message and no warning contains a secret.
 */
export function loadConfig(env: Env, deps: LoadDeps & { readonly demo: true }): DemoConfig;
export function loadConfig(env: Env, deps: LoadDeps & { readonly demo?: false }): Config;
export function loadConfig(env: Env, deps: LoadDeps & { readonly demo?: boolean }): Config | DemoConfig {
  const demo = deps.demo === true;
  const set = present(env);
  const reading = readSettings(set, { demo });
  const findings: Findings = {
    problems: [...reading.problems],
    warnings: [...unknownVariables(set.keys()), ...idleVariables(set, reading.values)],
    notes: [],
  };
  const tools = deps.tools;
  const surface = readSurface(reading.values, typeof tools === "function" ? tools : () => tools, findings);
  const safety = readSafety(reading.values, deps, findings.problems);
  const connection = demo ? undefined : readConnection(set, reading, deps.readFile, findings.problems);
  const http = readHttp(reading.values, set, deps, findings.problems);
  const { PVE_OUTPUT: output, PVE_STRUCTURED: structured, DEBUG: debug = false } = reading.values;
  const complete = (demo || connection !== undefined) && surface !== undefined && safety !== undefined;
  const served = reading.values.MCP_TRANSPORT === "stdio" || http !== undefined;
  if (
    findings.problems.length > 0 ||
    !complete ||
    !served ||
    output === undefined ||
    structured === undefined
  ) {
    throw refusal([set.get("PVE_TOKEN_SECRET") ?? ""], findings);
  }
  return {
    ...(connection !== undefined && { connection }),
    surface,
    safety,
    output,
    structured,
    debug,
    ...(http !== undefined && { http }),
    warnings: findings.warnings,
  };
}

/** Shorter ones may be parts of words. */
const SHORTEST_SECRET = 8;

/** A last guard behind the careful wording: each secret is cut out wherever it was repeated. */
export function refusal(secrets: Iterable<string>, { problems, warnings, notes }: Findings): ConfigError {
  const long = [...secrets].filter((secret) => secret.length >= SHORTEST_SECRET);
  // One secret may hold another.
  const sorted = long.sort((one, other) => other.length - one.length);
  const clean = (text: string) => sorted.reduce((said, secret) => said.replaceAll(secret, "[secret]"), text);
  return new ConfigError(problems.map(clean), [
    ...warnings.map((warning) => clean(`  Also: ${warning}`)),
    ...notes,
  ]);
}
