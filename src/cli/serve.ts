import { cacheFolder } from "../config/cache-folder.ts";
import type { Config, FleetConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { HostParts } from "../mcp/parts.ts";
import { explainStartup, probeVersion } from "../pve/startup.ts";
import { cleanText } from "../render/clean.ts";
import { createRedactor } from "../render/redactor.ts";
import { openCluster, secretsOf } from "./open-cluster.ts";
import type { ProcessLike } from "./process.ts";
import { FROM_SYSTEM, readConfig, readConfigFile, TOOLS } from "./read-config.ts";
import { loadStdio, runStdio } from "./run-stdio.ts";
import { servingArguments } from "./serving-arguments.ts";

/** `mcp-pve serve`: checks the configuration and the connection, then serves MCP over stdio or HTTP. */
export async function serve(proc: ProcessLike): Promise<void> {
  const env = { ...proc.env, ...servingArguments(proc.args.slice(1)) };
  const path = env.PVE_CONFIG;
  const fromFile = path !== undefined && path !== "";
  const config = fromFile
    ? await readConfigFile(proc, async () =>
        (await import("../config/file/load-file.ts")).loadConfigFile(path, env, FROM_SYSTEM),
      )
    : asFleet(readConfig(proc, () => loadConfig(env, FROM_SYSTEM)));
  const secrets = config.clusters.flatMap(({ connection }) => secretsOf(connection));
  const log = cleanLog(proc.log, secrets);
  const parts: Omit<HostParts, "clusters"> = {
    defaultCluster: config.defaultCluster,
    fromFile,
    output: config.output,
    structured: config.structured,
    tools: TOOLS,
    secrets,
    cacheFolder: cacheFolder(env),
    log,
  };
  const told = { ...proc, log };
  if (config.http === undefined && config.clusters.length === 1) return serveOne(told, config, parts);
  const { serveFleet } = await import("./serve-fleet.ts");
  return serveFleet(told, config, parts);
}

/** One cluster over stdio: it must answer, or there is nothing to serve. */
async function serveOne(
  proc: ProcessLike,
  { clusters: [cluster], debug }: FleetConfig,
  parts: Omit<HostParts, "clusters">,
): Promise<void> {
  const { log } = proc;
  const { baseUrls, tokenId } = cluster.connection;
  const open = openCluster(cluster, { log, debug });
  // The check is under way while the rest of the program loads.
  const probe = probeVersion(open.startup).then(
    (version) => ({ version }),
    (error: unknown) => ({ error }),
  );
  const program = await loadStdio();
  const checked = await probe;
  if ("error" in checked) {
    const cause = explainStartup(checked.error, { baseUrl: baseUrls[0], tokenId });
    const inKeys = parts.fromFile && (await import("../config/file/wording.ts")).adviceInKeys;
    log(inKeys ? inKeys(cause, cluster.name) : cause);
    return proc.exit(1);
  }
  const host = program.createHost({ ...parts, clusters: [open.parts] });
  const app = runStdio(program, host, proc);
  log(
    `Connected to PVE ${checked.version} at ${baseUrls.join(", ")}; ${app.visible.length} tools, tier ${cluster.surface.tier}.`,
  );
  await open.arrived();
}

/** The one cluster of the environment, called by its host. */
const asFleet = ({ connection, surface, safety, ...rest }: Config): FleetConfig => ({
  ...rest,
  clusters: [{ name: new URL(connection.baseUrls[0]).host, connection, surface, safety }],
});

/** A log that no secret and no control character passes: PVE, or whoever answers for it, may send both. */
function cleanLog(log: (line: string) => void, secrets: readonly string[]): (line: string) => void {
  const redact = createRedactor(secrets);
  return (line) => log(redact(cleanText(line)));
}
