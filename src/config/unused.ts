import { nearest, oneSlipFrom } from "./nearest.ts";
import type { Present, Reading } from "./read-settings.ts";
import { settingFacts } from "./settings.ts";
import { showName } from "./show.ts";

const PREFIX = "PVE_";
/** Other programs have variables of this prefix too. */
const SHARED_PREFIX = "MCP_";

/** What to warn of: variables that look like ours and are none. */
export function unknownVariables(given: Iterable<string>): string[] {
  const names: readonly string[] = settingFacts().map(({ name }) => name);
  // Without the prefix that all share, which would make any two names look alike; a refused one is no advice.
  const advised = names.filter((name) => name.startsWith(PREFIX) && name !== "PVE_TOOL_WHITELIST");
  const bare = advised.map((name) => name.slice(PREFIX.length));
  const shared = names.filter((name) => name.startsWith(SHARED_PREFIX));
  return [...given]
    .filter((name) => !names.includes(name))
    .flatMap((name) => {
      if (name.startsWith(PREFIX)) {
        const [near] = nearest(name.slice(PREFIX.length), bare, 1);
        return [unknown(name, near === undefined ? undefined : `${PREFIX}${near}`)];
      }
      const meant = name.startsWith(SHARED_PREFIX) ? oneSlipFrom(name, shared) : undefined;
      return meant === undefined ? [] : [unknown(name, meant)];
    });
}

function unknown(name: string, near: string | undefined): string {
  const hint = near === undefined ? "" : ` Nearest: ${near}.`;
  return `${showName(name)} is not a variable of mcp-pve and has no effect.${hint}`;
}

/** What to warn of: variables of HTTP where MCP is served over stdio. */
export function idleVariables(set: Present, { MCP_TRANSPORT: transport }: Reading["values"]): string[] {
  if (transport !== "stdio" || ![...set.keys()].some((name) => name.startsWith(SHARED_PREFIX))) return [];
  const idle = settingFacts()
    .filter(({ name, group }) => group === "http" && name !== "MCP_TRANSPORT" && set.has(name))
    .map(({ name }) => name);
  if (idle.length === 0) return [];
  return [
    `${idle.join(", ")}: no effect over stdio; set MCP_TRANSPORT=http to serve over HTTP, or unset ${idle.length === 1 ? "it" : "them"}.`,
  ];
}
