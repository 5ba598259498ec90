import type { FleetConfig } from "../config/config.ts";
import { adviceInKeys } from "../config/file/wording.ts";
import { createHost } from "../mcp/host.ts";
import type { HostParts } from "../mcp/parts.ts";
import { type ClusterHealth, type Health, watchHealth } from "../pve/cluster-health.ts";
import type { Transport } from "../pve/line/transport.ts";
import { type OpenCluster, openCluster } from "./open-cluster.ts";
import type { ProcessLike } from "./process.ts";
import { loadStdio, runStdio } from "./run-stdio.ts";

/** A cluster that may come and go. */
interface Member extends OpenCluster {
  readonly health: ClusterHealth;
}

/** Longer than a healthy cluster takes to answer; a start does not wait for the others, in milliseconds. */
const START_MS = 5_000;

/**
 * Several clusters, or any number over HTTP: one that cannot be reached is told and asked again in the background. The
 * process ends where none can be used and one refused the token.
 */
export async function serveFleet(
  proc: ProcessLike,
  config: FleetConfig,
  parts: Omit<HostParts, "clusters">,
): Promise<void> {
  const { http, debug } = config;
  const { log } = proc;
  const metrics =
    http?.metricsPort === undefined
      ? undefined
      : (await import("../transports/http/metrics.ts")).createMetrics();
  const members = config.clusters.map((cluster): Member => {
    const watched = (transport: Transport) => metrics?.watched(cluster.name, transport) ?? transport;
    const open = openCluster(cluster, {
      log: (line) => log(`Cluster ${cluster.name}: ${line}`),
      debug,
      watched,
    });
    const [baseUrl] = cluster.connection.baseUrls;
    const changed = (health: Health) => {
      log(
        `Cluster ${cluster.name}: ${health.up ? `PVE ${health.version} answers at ${baseUrl}.` : health.text}`,
      );
      if (health.up) void open.arrived();
    };
    return {
      ...open,
      health: watchHealth({
        startup: open.startup,
        baseUrl,
        tokenId: open.parts.tokenId,
        changed,
        ...(parts.fromFile ? { worded: (text) => adviceInKeys(text, cluster.name) } : {}),
      }),
    };
  });
  await firstChecks(
    proc,
    members.map(({ health }) => health),
  );
  const [first, ...others] = members.map((member) => ({ ...member.parts, trouble: member.health.trouble }));
  if (!first) throw new Error("A fleet has at least one cluster.");
  const host = createHost({
    ...parts,
    clusters: [first, ...others],
    observer: metrics?.observer,
    stateKey: http?.stateKey && Buffer.from(http.stateKey.reveal()),
  });
  const said = `${members.length === 1 ? "1 cluster" : `${members.length} clusters`}: ${config.clusters.map(({ name, surface }) => `${name} (tier ${surface.tier})`).join(", ")}.`;
  if (http === undefined) {
    const app = runStdio(await loadStdio(), host, proc);
    log(`Serving ${app.visible.length} tools for ${said}`);
    return;
  }
  const { runHttp } = await import("./run-http.ts");
  const ready = async () => {
    const found = await Promise.all(members.map(({ health }) => health.check()));
    return { clusters: found.length, answering: found.filter(({ up }) => up).length };
  };
  await runHttp(proc, host, { config: http, metrics, ready });
  log(`Serving ${said}`);
}

/**
 * Waits for what the clusters answer first, and for all of them where a token was refused: the process ends where none
 * can be used then. Nothing is served before that is decided.
 */
async function firstChecks(proc: ProcessLike, all: readonly ClusterHealth[]): Promise<void> {
  const found: Health[] = [];
  const checks = Promise.all(all.map(async (health) => found.push(await health.check())));
  const refused = () => found.some((one) => !one.up && one.refusedToken);
  const usable = () => found.some(({ up }) => up);
  await Promise.race([checks, new Promise((done) => setTimeout(done, START_MS).unref())]);
  if (!refused() || usable()) return;
  await checks;
  if (usable()) return;
  proc.log("No cluster can be used, and a token was refused: see above.");
  proc.exit(1);
}
