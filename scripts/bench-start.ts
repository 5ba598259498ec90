import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, median } from "./bench-line.ts";
import { connectionTo, end, inheritedEnv, LEAF_FILE, ServerProcess } from "./bench-processes.ts";

const PAIRS = 15;
const WARM_UP = 3;
/** The server writes its code cache a while after its start; more than this and it will not. */
const CACHE_WAIT_MS = 10_000;

type Env = Readonly<Record<string, string>>;

/** Spawn to the answer of tools/list, connection check included, as ratios to `node -e 0`. */
export async function measureStart(port: number): Promise<readonly Line[]> {
  const cacheHome = mkdtempSync(join(tmpdir(), "mcp-pve-bench-"));
  const cold = join(cacheHome, "cold");
  const { PVE_CA_FILE: _, ...connection } = connectionTo(port);
  const fingerprint = new X509Certificate(readFileSync(LEAF_FILE)).fingerprint256;
  const base = { ...inheritedEnv(), XDG_CACHE_HOME: cacheHome };
  const pinned = { ...base, ...connection, PVE_FINGERPRINT: fingerprint };
  const { NODE_EXTRA_CA_CERTS: extra, ...plain } = pinned as Env;
  const emptyCache = () => {
    rmSync(cold, { recursive: true, force: true });
    mkdirSync(cold);
  };
  try {
    await fillCache(pinned, cacheHome);
    const lines: Line[] = [
      { name: "start to tools/list, PVE_FINGERPRINT", unit: "x", atMost: 2.6, ...(await inPairs(pinned)) },
      {
        name: "start to tools/list, PVE_CA_FILE",
        unit: "x",
        atMost: 2.6,
        ...(await inPairs({ ...base, ...connectionTo(port) })),
      },
      {
        name: "start to tools/list, empty code cache",
        unit: "x",
        ...(await inPairs({ ...pinned, XDG_CACHE_HOME: cold }, emptyCache)),
      },
    ];
    // It makes a bare Node read certificates, which flatters the ratio: also without it.
    if (extra !== undefined) {
      lines.push({
        name: "start to tools/list, without NODE_EXTRA_CA_CERTS",
        unit: "x",
        ...(await inPairs(plain)),
      });
    }
    return lines;
  } finally {
    rmSync(cacheHome, { recursive: true, force: true });
  }
}

/** Measures in turns with a bare Node, so that both see the same machine; the median of the pairs' ratios. */
async function inPairs(env: Env, before?: () => void): Promise<{ value: number; note: string }> {
  const pairs: { bare: number; ours: number }[] = [];
  for (let i = -WARM_UP; i < PAIRS; i++) {
    before?.();
    const pair = { bare: await bareTime(env), ours: await startTime(env) };
    if (i >= 0) pairs.push(pair);
  }
  const ours = median(pairs.map((pair) => pair.ours));
  const bare = median(pairs.map((pair) => pair.bare));
  return {
    value: median(pairs.map((pair) => pair.ours / pair.bare)),
    note: `${ours.toFixed(0)} ms, node -e 0: ${bare.toFixed(0)} ms`,
  };
}

async function bareTime(env: Env): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore", env }), "exit");
  return performance.now() - begun;
}

async function startTime(env: Env): Promise<number> {
  const begun = performance.now();
  const server = await listTools(env);
  const time = performance.now() - begun;
  await end(server.child);
  return time;
}

async function listTools(env: Env): Promise<ServerProcess> {
  const server = new ServerProcess(env);
  await server.initialize();
  const { result } = await server.request("tools/list", {});
  if (!result?.tools?.length) throw new Error("tools/list answered no tools");
  return server;
}

async function fillCache(env: Env, cacheHome: string): Promise<void> {
  const server = await listTools(env);
  const folder = join(cacheHome, "mcp-pve");
  const begun = performance.now();
  const written = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".bin"));
  while (!written()) {
    if (performance.now() - begun > CACHE_WAIT_MS) throw new Error("The server wrote no code cache");
    await new Promise((done) => setTimeout(done, 50));
  }
  await end(server.child);
}
