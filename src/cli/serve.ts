import { accessSync, constants, readFileSync } from "node:fs";
import { cacheFolder } from "../config/cache-folder.ts";
import type { Connection, DemoConfig } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { loadConfig } from "../config/load.ts";
import type { App } from "../mcp/app.ts";
import type { AppParts } from "../mcp/parts.ts";
import { clusterLine } from "../pve/line/cluster-line.ts";
import type { Transport } from "../pve/line/transport.ts";
import { explainStartup, noPrivilegesText, probeVersion } from "../pve/startup.ts";
import { cleanLine, cleanText } from "../render/clean.ts";
import { createRedactor } from "../render/redactor.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import toolList from "../tools/list.gen.json" with { type: "json" };
import { watchPrivileges } from "./privileges.ts";
import type { ProcessLike } from "./process.ts";

/** Every tool, as listed when the program was built. */
export const TOOLS = toolList as unknown as readonly ListedTool[];

/** What the configuration takes from the system. */
export const FROM_SYSTEM = {
  tools: () => TOOLS,
  readFile: (path: string) => readFileSync(path, "utf8"),
  checkFolder: (folder: string) => accessSync(folder, constants.W_OK),
} as const;

/** How often a server looks whether the process that started it is still there, in milliseconds. */
const PARENT_CHECK_MS = 2_000;

/** `mcp-pve serve`: checks the configuration and the connection, then serves MCP over stdio. */
export async function serve(proc: ProcessLike): Promise<void> {
  const config = readConfig(proc, () => loadConfig(proc.env, FROM_SYSTEM));
  const { connection } = config;
  const { baseUrls, tokenId, login, timeout } = connection;
  const [baseUrl] = baseUrls;
  const secrets = secretsOf(connection);
  const log = cleanLog(proc.log, secrets);
  const { transport, authorization, discover } = clusterLine(connection, {
    log,
    traced: (inner) => traced(inner, config.debug, log),
  });
  const startup = { transport, authorization, timeoutMs: timeout * 1000 };
  // The check is under way while the rest of the program loads.
  const probe = probeVersion(startup).then(
    (version) => ({ version }),
    (error: unknown) => ({ error }),
  );
  const program = await loadProgram();
  const checked = await probe;
  if ("error" in checked) {
    log(explainStartup(checked.error, { baseUrl, tokenId }));
    return proc.exit(1);
  }
  const privileges = watchPrivileges(startup, tokenId, log);
  const app = program.createApp({
    ...startup,
    tokenId,
    ...(login ? { login: login.user } : {}),
    cluster: new URL(baseUrl).host,
    config,
    tools: TOOLS,
    secrets,
    emptyReason: privileges.emptyReason,
    cacheFolder: cacheFolder(proc.env),
    log,
  });
  run(program, app, { ...proc, log });
  log(
    `Connected to PVE ${checked.version} at ${baseUrls.join(", ")}; ${app.visible.length} tools, tier ${app.tier}.`,
  );
  if (connection.discover) {
    discover().then(
      (found) => log(`Further nodes of the cluster: ${found.join(", ") || "none"}.`),
      (error: unknown) =>
        log(
          `Warning: the cluster's nodes could not be read: ${error instanceof Error ? error.message : String(error)}`,
        ),
    );
  }
  try {
    if (await privileges.check()) log(`Warning: ${noPrivilegesText(tokenId)}`);
  } catch (error) {
    log(
      `Warning: the token's permissions could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Values that must appear nowhere. */
function secretsOf({ tokenSecret, login, proxy }: Connection): readonly string[] {
  const totp = login?.totp?.reveal();
  return [
    tokenSecret?.reveal(),
    login?.password.reveal(),
    totp,
    totp && /[?&]secret=([A-Za-z2-7]+)/.exec(totp)?.[1],
    proxy?.credentials?.reveal(),
    proxy?.credentials?.reveal().split(/:(.*)/s)[1],
  ].filter((secret): secret is string => secret !== undefined && secret !== "");
}

/** A log that no secret and no control character passes: PVE, or whoever answers for it, may send both. */
function cleanLog(log: (line: string) => void, secrets: readonly string[]): (line: string) => void {
  const redact = createRedactor(secrets);
  return (line) => log(redact(cleanText(line)));
}

/** Parts that every serving command needs, loaded together and after the first request has left. */
export async function loadProgram() {
  const [{ createApp }, { serveStreams }] = await Promise.all([
    import("../mcp/app.ts"),
    import("../transports/stdio.ts"),
  ]);
  return { createApp: createApp as (parts: AppParts) => App, serveStreams };
}

/** The configuration, or the end of the process with a message that says what to set. */
export function readConfig<C extends DemoConfig>(proc: ProcessLike, load: () => C): C {
  try {
    const config = load();
    for (const warning of config.warnings) proc.log(`Warning: ${warning}`);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    proc.log(error.message);
    return proc.exit(1);
  }
}

/** Serves until the client goes, a signal comes or the parent vanishes. */
export function run(program: Awaited<ReturnType<typeof loadProgram>>, app: App, proc: ProcessLike): void {
  const end = () => {
    app.close();
    proc.exit(0);
  };
  const session = program.serveStreams(app, proc, {
    ended: end,
    error: (error) => proc.log(`MCP: ${cleanLine(error.message)}`),
  });
  const stop = () => void session.close().then(end);
  proc.onSignal(stop);
  const parent = proc.parentId();
  setInterval(() => {
    if (proc.parentId() !== parent) stop();
  }, PARENT_CHECK_MS).unref();
}

/** With DEBUG, every exchange is a line on stderr: method, path without its query, status, milliseconds. */
export function traced(transport: Transport, debug: boolean, log: (line: string) => void): Transport {
  if (!debug) return transport;
  return {
    ...transport,
    close: () => transport.close(),
    send: async (request) => {
      const begun = Date.now();
      const line = `${request.method} ${request.path.split("?")[0]}`;
      try {
        const response = await transport.send(request);
        log(`${line} ${response.status} ${Date.now() - begun} ms`);
        return response;
      } catch (error) {
        log(
          `${line} failed after ${Date.now() - begun} ms: ${error instanceof Error ? error.message : String(error)}`,
        );
        throw error;
      }
    },
  };
}
