import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, median } from "./bench-line.ts";
import { bareEnv, connectionTo, end, LEAF_FILE, ServerProcess } from "./bench-processes.ts";

const PAIRS = 15;
const WARM_UP = 3;
/** The server writes its code cache a while after its start; more than this and it will not. */
const CACHE_WAIT_MS = 10_000;

type Connection = Readonly<Record<string, string>>;

/** Spawn to the answer of tools/list, connection check included, as ratios to `node -e 0`. */
export async function measureStart(port: number): Promise<readonly Line[]> {
  const cacheHome = mkdtempSync(join(tmpdir(), "mcp-pve-bench-"));
  const cold = join(cacheHome, "cold");
  const { PVE_CA_FILE: _, ...untrusted } = connectionTo(port);
  const pinned = {
    ...untrusted,
    PVE_FINGERPRINT: new X509Certificate(readFileSync(LEAF_FILE)).fingerprint256,
  };
  const byCa = connectionTo(port);
  try {
    await fillCache(pinned, cacheHome);
    const warm = await inPairs(() => startTime(pinned, cacheHome));
    const withCa = await inPairs(() => startTime(byCa, cacheHome));
    const first = await inPairs(() => {
      rmSync(cold, { recursive: true, force: true });
      mkdirSync(cold);
      return startTime(pinned, cold);
    });
    return [
      { name: "start to tools/list, PVE_FINGERPRINT", unit: "x", atMost: 2.6, ...warm },
      { name: "start to tools/list, PVE_CA_FILE", unit: "x", ...withCa },
      { name: "start to tools/list, empty code cache", unit: "x", ...first },
    ];
  } finally {
    rmSync(cacheHome, { recursive: true, force: true });
  }
}

/** Measures in turns with a bare Node, so that both see the same machine; the median of the pairs' ratios. */
async function inPairs(measure: () => Promise<number>): Promise<{ value: number; note: string }> {
  const pairs: { bare: number; ours: number }[] = [];
  for (let i = -WARM_UP; i < PAIRS; i++) {
    const pair = { bare: await bareTime(), ours: await measure() };
    if (i >= 0) pairs.push(pair);
  }
  const ours = median(pairs.map((pair) => pair.ours));
  const bare = median(pairs.map((pair) => pair.bare));
  return {
    value: median(pairs.map((pair) => pair.ours / pair.bare)),
    note: `${ours.toFixed(0)} ms, node -e 0: ${bare.toFixed(0)} ms`,
  };
}

async function bareTime(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore", env: bareEnv() }), "exit");
  return performance.now() - begun;
}

async function startTime(connection: Connection, cacheHome: string): Promise<number> {
  const begun = performance.now();
  const server = await listTools(connection, cacheHome);
  const time = performance.now() - begun;
  await end(server.child);
  return time;
}

async function listTools(connection: Connection, cacheHome: string): Promise<ServerProcess> {
  const server = new ServerProcess(connection, cacheHome);
  await server.initialize();
  const { result } = await server.request("tools/list", {});
  if (!result?.tools?.length) throw new Error("tools/list answered no tools");
  return server;
}

async function fillCache(connection: Connection, cacheHome: string): Promise<void> {
  const server = await listTools(connection, cacheHome);
  const folder = join(cacheHome, "mcp-pve");
  const begun = performance.now();
  const written = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".bin"));
  while (!written()) {
    if (performance.now() - begun > CACHE_WAIT_MS) throw new Error("The server wrote no code cache");
    await new Promise((done) => setTimeout(done, 50));
  }
  await end(server.child);
}
