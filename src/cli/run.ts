import { VERSION } from "../config/version.ts";
import type { ProcessLike } from "./process.ts";
import { UsageError, unknownArgument } from "./usage-error.ts";

const USAGE = `mcp-pve ${VERSION}: MCP server for Proxmox VE

  mcp-pve [serve] [--http] [--behind-proxy] [--no-auth]
                    serve MCP; connection from PVE_BASE_URL, PVE_TOKEN_ID, PVE_TOKEN_SECRET, or from the file PVE_CONFIG;
                    over stdio, or with --http at http://127.0.0.1:3000/mcp (docs/http.md)
  mcp-pve demo [--pve RELEASE] [--http] [--no-auth]
                    serve a simulated cluster: no hypervisor, nothing to configure; RELEASE is that of PVE, e.g. 8.4
  mcp-pve audit verify|show FILE
                    check or print the record of changes that PVE_AUDIT_LOG names
  mcp-pve token NAME [--file FILE]
                    make a token for a caller over HTTP, and its entry for MCP_TOKENS_FILE
  mcp-pve --help | --version

Settings are environment variables; docs/configuration.md lists them.`;

interface Command {
  /** Each command loads only what it needs. */
  readonly load: () => Promise<(proc: ProcessLike) => Promise<void>>;
  /** Reads the arguments after its name itself. */
  readonly takesArguments?: true;
}

/** The commands by name. */
const COMMANDS: Readonly<Record<string, Command>> = {
  serve: { load: async () => (await import("./serve.ts")).serve, takesArguments: true },
  demo: { load: async () => (await import("./demo.ts")).demo, takesArguments: true },
  audit: { load: async () => (await import("./audit.ts")).audit, takesArguments: true },
  token: { load: async () => (await import("./token.ts")).token, takesArguments: true },
};

/** Runs the command that the arguments name. */
export async function runCommand(proc: ProcessLike): Promise<void> {
  const [name = "serve", ...rest] = proc.args;
  // Asked for, they are the output; no MCP is spoken then.
  const asked =
    name === "--version" || name === "-v" ? VERSION : /^(--help|-h|help)$/.test(name) ? USAGE : undefined;
  if (asked !== undefined) {
    proc.stdout.write(`${asked}\n`);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command || (rest.length > 0 && !command.takesArguments)) {
    const given = (command ? rest[0] : name) ?? "";
    proc.log(`${unknownArgument(given)}\n\n${USAGE}`);
    return proc.exit(1);
  }
  try {
    return await (await command.load())(proc);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    proc.log(`${error.message}\n\n${USAGE}`);
    return proc.exit(1);
  }
}
