import { parseArgs } from "node:util";
import { UsageError, unknownArgument } from "./usage-error.ts";

/** What the arguments of a serving command set, as variables of the environment. Throws a UsageError. */
export function servingArguments(args: readonly string[]): Readonly<Record<string, string>> {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const set: Record<string, string> = {};
  for (const token of tokens) {
    const [name, value] = token.kind === "option" ? (SETS[token.name] ?? []) : [];
    if (name === undefined || value === undefined)
      throw new UsageError(unknownArgument(args[token.index] ?? ""));
    set[name] = value;
  }
  return set;
}

const OPTIONS = {
  http: { type: "boolean" },
  "behind-proxy": { type: "boolean" },
  "no-auth": { type: "boolean" },
} as const;

const SETS: Readonly<Record<string, readonly [name: string, value: string]>> = {
  http: ["MCP_TRANSPORT", "http"],
  "behind-proxy": ["MCP_BEHIND_PROXY", "true"],
  "no-auth": ["MCP_AUTH", "none"],
};
