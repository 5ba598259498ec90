import { loadConfig } from "../config/load.ts";
import type { ProcessLike } from "./process.ts";
import { FROM_SYSTEM, loadProgram, readConfig, run, TOOLS, traced } from "./serve.ts";

/** `mcp-pve demo`: the same server on a simulated three-node cluster; tier, categories and tools as set. */
export async function demo(proc: ProcessLike): Promise<void> {
  const config = readConfig(proc, () => loadConfig(proc.env, { ...FROM_SYSTEM, demo: true }));
  const [program, { createSimulator }, { clusterWorld, DEMO_TOKENS }] = await Promise.all([
    loadProgram(),
    import("../simulator/server.ts"),
    import("../simulator/scenarios/cluster.ts"),
  ]);
  const simulator = createSimulator(clusterWorld());
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
    `Serving a simulated cluster; ${app.visible.length} tools, tier ${app.tier}. Nothing real is touched.`,
  );
}
