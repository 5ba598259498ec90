import { OF_REAL_PVE } from "./setting.ts";
import { SETTINGS, type SettingName, type SettingValues, settingFacts } from "./settings.ts";

/** The variables that are set; an empty one counts as unset. */
export type Present = ReadonlyMap<string, string>;

/** Variables that other programs know too, by custom in lower case. */
const IN_LOWER_CASE = ["HTTPS_PROXY", "NO_PROXY"] as const;

/** What the environment sets, by name. */
export function present(env: Readonly<Record<string, string | undefined>>): Present {
  const set = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value !== "") set.set(name, value);
  }
  for (const name of IN_LOWER_CASE) {
    const value = env[name.toLowerCase()];
    // The lower-case one counts, as with curl.
    if (value !== undefined && value !== "") set.set(name, value);
  }
  return set;
}

/** What reading the variables one by one gave. */
export interface Reading {
  /** The value of each variable that is set correctly or has a default. */
  readonly values: Partial<SettingValues>;
  /** Required variables that are not set. */
  readonly missing: readonly SettingName[];
  /** What is wrong with the others, each beginning with the variable's name. */
  readonly problems: readonly string[];
}

/** Reads each variable by the table, on its own, so that one fault hides no other. */
export function readSettings(set: Present, options: { demo: boolean }): Reading {
  const values: Record<string, unknown> = {};
  const missing: SettingName[] = [];
  const problems: string[] = [];
  for (const { name, group, required } of settingFacts()) {
    if (options.demo && OF_REAL_PVE.includes(group)) continue;
    // MCP_TRANSPORT is the first of its group. Over stdio the others may be anything: they have no effect.
    if (group === "http" && name !== "MCP_TRANSPORT" && values.MCP_TRANSPORT !== "http") continue;
    if (required && !set.has(name)) {
      missing.push(name);
      continue;
    }
    const outcome = SETTINGS.shape[name].safeParse(set.get(name));
    if (outcome.success) values[name] = outcome.data;
    else problems.push(...outcome.error.issues.map((issue) => `${name} ${issue.message}`));
  }
  // Each value came from the schema under its own name.
  return { values: values as Partial<SettingValues>, missing, problems };
}
