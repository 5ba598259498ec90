import { parseArgs } from "node:util";
import { loadConfig } from "../config/load.ts";
import { isPlayed, PLAYED_RELEASES, type PlayedRelease } from "../simulator/play-release.ts";
import type { ProcessLike } from "./process.ts";
import { FROM_SYSTEM, loadProgram, readConfig, run, TOOLS, traced } from "./serve.ts";
import { UsageError, unknownArgument } from "./usage-error.ts";

/** The release that `--pve` names; absent: the newest the simulator can be. Throws a UsageError. */
function releaseFrom(args: readonly string[]): PlayedRelease | undefined {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: { pve: { type: "string" } },
    strict: false,
    tokens: true,
  });
  for (const token of tokens)
    if (token.kind !== "option" || token.name !== "pve")
      throw new UsageError(unknownArgument(args[token.index] ?? ""));
  const { pve } = values;
  if (pve === undefined) return undefined;
  if (typeof pve === "string" && isPlayed(pve)) return pve;
  throw new UsageError(`--pve is followed by a release: ${PLAYED_RELEASES.join(", ")}.`);
}

/** `mcp-pve demo [--pve RELEASE]`: the same server on a simulated three-node cluster; tier, categories and tools as set. */
export async function demo(proc: ProcessLike): Promise<void> {
  const release = releaseFrom(proc.args.slice(1));
  const config = readConfig(proc, () => loadConfig(proc.env, { ...FROM_SYSTEM, demo: true }));
  const [program, { createSimulator }, { clusterWorld, DEMO_TOKENS }] = await Promise.all([
    loadProgram(),
    import("../simulator/server.ts"),
    import("../simulator/scenarios/cluster.ts"),
  ]);
  const simulator = createSimulator(clusterWorld(), release === undefined ? {} : { release });
  const { id, secret } = DEMO_TOKENS.admin;
  const app = program.createApp({
    transport: traced(
      { send: (request) => simulator.handle(request), close: () => {} },
      config.debug,
      proc.log,
    ),
    authorization: `PVEAPIToken=${id}=${secret}`,
    tokenId: id,
    cluster: "demo",
    timeoutMs: 30_000,
    config,
    tools: TOOLS,
    secrets: [secret],
    emptyReason: () => undefined,
    log: proc.log,
  });
  run(program, app, proc);
  proc.log(
    `Serving a simulated cluster${release === undefined ? "" : ` of PVE ${release}`}; ${app.visible.length} tools, tier ${app.tier}. Nothing real is touched.`,
  );
}
