import { loadConfig } from "../config/load.ts";
import { isPlayed, PLAYED_RELEASES, type PlayedRelease } from "../simulator/play-release.ts";
import type { ProcessLike } from "./process.ts";
import { FROM_SYSTEM, readConfig, TOOLS } from "./read-config.ts";
import { loadStdio, runStdio } from "./run-stdio.ts";
import { servingArguments } from "./serving-arguments.ts";
import { traced } from "./traced.ts";
import { UsageError } from "./usage-error.ts";

/** The release that `--pve` names (absent: the newest the simulator can be), and the other arguments. Throws a UsageError. */
function releaseFrom(args: readonly string[]): {
  readonly release?: PlayedRelease;
  readonly rest: readonly string[];
} {
  const at = args.findIndex((arg) => arg === "--pve" || arg.startsWith("--pve="));
  if (at < 0) return { rest: args };
  const [, joined] = args[at]?.split("=") ?? [];
  const release = joined ?? args[at + 1] ?? "";
  if (!isPlayed(release))
    throw new UsageError(`--pve is followed by a release: ${PLAYED_RELEASES.join(", ")}.`);
  return { release, rest: args.toSpliced(at, joined === undefined ? 2 : 1) };
}

/** `mcp-pve demo [--pve RELEASE] [--http ...]`: the same server on a simulated three-node cluster; tier, categories and tools as set. */
export async function demo(proc: ProcessLike): Promise<void> {
  const { release, rest } = releaseFrom(proc.args.slice(1));
  const env = { ...proc.env, ...servingArguments(rest) };
  const config = readConfig(proc, () => loadConfig(env, { ...FROM_SYSTEM, demo: true }));
  const [program, { createSimulator }, { clusterWorld, DEMO_TOKENS }] = await Promise.all([
    loadStdio(),
    import("../simulator/server.ts"),
    import("../simulator/scenarios/cluster.ts"),
  ]);
  const simulator = createSimulator(clusterWorld(), release === undefined ? {} : { release });
  const { id, secret } = DEMO_TOKENS.admin;
  const { surface, safety, http } = config;
  const host = program.createHost({
    ...config,
    clusters: [
      {
        name: "demo",
        transport: traced(
          { send: (request) => simulator.handle(request), close: () => {} },
          config.debug,
          proc.log,
        ),
        authorization: `PVEAPIToken=${id}=${secret}`,
        tokenId: id,
        timeoutMs: 30_000,
        surface,
        safety,
        emptyReason: () => undefined,
      },
    ],
    tools: TOOLS,
    secrets: [secret],
    stateKey: http?.stateKey && Buffer.from(http.stateKey.reveal()),
    log: proc.log,
  });
  const what = `a simulated cluster${release === undefined ? "" : ` of PVE ${release}`}`;
  const tools = host.appFor().visible.length;
  if (http) {
    const { runHttp } = await import("./run-http.ts");
    await runHttp(proc, host, { config: http, ready: async () => ({ clusters: 1, answering: 1 }) });
  } else runStdio(program, host, proc);
  proc.log(`Serving ${what}; ${tools} tools, tier ${surface.tier}. Nothing real is touched.`);
}
