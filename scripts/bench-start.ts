import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, median } from "./bench-line.ts";
import { end, ServerProcess } from "./bench-processes.ts";

const PAIRS = 15;
const WARM_UP = 3;
/** The server writes its code cache a while after its start; more than this and it will not. */
const CACHE_WAIT_MS = 10_000;

/** Spawn to the answer of tools/list, with and without compiled code in the cache, as ratios to `node -e 0`. */
export async function measureStart(port: number): Promise<readonly Line[]> {
  const cacheHome = mkdtempSync(join(tmpdir(), "mcp-pve-bench-"));
  const cold = join(cacheHome, "cold");
  try {
    await fillCache(port, cacheHome);
    const warm = await inPairs(() => startTime(port, cacheHome));
    const uncached = await inPairs(() => {
      rmSync(cold, { recursive: true, force: true });
      mkdirSync(cold);
      return startTime(port, cold);
    });
    return [
      { name: "start to tools/list, code cache", value: warm.ratio, unit: "x", atMost: 2.6, note: warm.note },
      { name: "start to tools/list, first time", value: uncached.ratio, unit: "x", note: uncached.note },
    ];
  } finally {
    rmSync(cacheHome, { recursive: true, force: true });
  }
}

/** Measures in turns with a bare Node, so that both see the same machine; the median of the pairs' ratios. */
async function inPairs(measure: () => Promise<number>): Promise<{ ratio: number; note: string }> {
  const pairs: { bare: number; ours: number }[] = [];
  for (let i = -WARM_UP; i < PAIRS; i++) {
    const pair = { bare: await bareTime(), ours: await measure() };
    if (i >= 0) pairs.push(pair);
  }
  const ours = median(pairs.map((pair) => pair.ours));
  const bare = median(pairs.map((pair) => pair.bare));
  return {
    ratio: median(pairs.map((pair) => pair.ours / pair.bare)),
    note: `${ours.toFixed(0)} ms, node -e 0: ${bare.toFixed(0)} ms`,
  };
}

async function bareTime(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - begun;
}

async function startTime(port: number, cacheHome: string): Promise<number> {
  const begun = performance.now();
  const server = await listTools(port, cacheHome);
  const time = performance.now() - begun;
  await end(server.child);
  return time;
}

async function listTools(port: number, cacheHome: string): Promise<ServerProcess> {
  const server = new ServerProcess(port, cacheHome);
  await server.initialize();
  const { result } = await server.request("tools/list", {});
  if (!result?.tools?.length) throw new Error("tools/list answered no tools");
  return server;
}

async function fillCache(port: number, cacheHome: string): Promise<void> {
  const server = await listTools(port, cacheHome);
  const folder = join(cacheHome, "mcp-pve");
  const begun = performance.now();
  const written = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".bin"));
  while (!written()) {
    if (performance.now() - begun > CACHE_WAIT_MS) throw new Error("The server wrote no code cache");
    await new Promise((done) => setTimeout(done, 50));
  }
  await end(server.child);
}
