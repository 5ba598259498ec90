import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, median } from "./bench-line.ts";
import { CA_FILE, connectionTo, end, inheritedEnv, ServerProcess, TOKEN } from "./bench-processes.ts";

const TOOL = "pve_get_node_version";
const INPUT = { node: "pve1" };
const PATH = "/api2/json/nodes/pve1/version";
const IN_FLIGHT = 50;
const AT_ONCE = 200;
/** The most connections the server may open to a cluster. */
const CONNECTIONS = 12;
const WARM_UP = 300;
const MEMORY_CALLS = 1_400;

type Call = () => Promise<unknown>;

/** What a call costs over the raw request, how many go at a time, and what they leave in memory. */
export async function measureCalls(port: number): Promise<readonly Line[]> {
  const cacheHome = mkdtempSync(join(tmpdir(), "mcp-pve-bench-"));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: readFileSync(CA_FILE) });
  const env = { ...inheritedEnv(), XDG_CACHE_HOME: cacheHome, ...connectionTo(port) };
  const withServer = async <T>(measure: (call: Call) => Promise<T>): Promise<T> => {
    const server = new ServerProcess(env);
    await server.initialize();
    const result = await measure(() => server.call(TOOL, INPUT)).finally(() => end(server.child));
    return result;
  };
  try {
    const compared = await withServer((call) => compare(call, () => request(port, agent, PATH)));
    agent.destroy();
    return [...compared, ...(await withServer((call) => flood(call, port))), await memory(env)];
  } finally {
    agent.destroy();
    rmSync(cacheHome, { recursive: true, force: true });
  }
}

async function compare(call: Call, raw: Call): Promise<Line[]> {
  await sequential(WARM_UP, call);
  await sequential(WARM_UP, raw);
  const added: number[] = [];
  const rates: { ours: number; raw: number }[] = [];
  // In turns, so that both see the same machine.
  for (let block = 0; block < 10; block++) {
    added.push(median(await sequential(100, call)) - median(await sequential(100, raw)));
  }
  await perSecond(1_000, call);
  for (let block = 0; block < 5; block++) {
    rates.push({ ours: await perSecond(1_000, call), raw: await perSecond(1_000, raw) });
  }
  const ours = median(rates.map((rate) => rate.ours));
  const bare = median(rates.map((rate) => rate.raw));
  return [
    { name: "time added to a call", value: median(added), unit: "ms", atMost: 1 },
    { name: `calls, ${IN_FLIGHT} in flight`, value: ours, unit: "calls/s", atLeast: 1_600 },
    {
      name: "the same, of raw requests",
      value: median(rates.map((rate) => rate.ours / rate.raw)),
      unit: "x",
      note: `raw: ${bare.toFixed(0)} requests/s`,
    },
  ];
}

/** Its own connections are the only ones open besides the one that asks. */
async function flood(call: Call, port: number): Promise<Line[]> {
  const agent = new Agent({ ca: readFileSync(CA_FILE) });
  const peak = async () => Number(await request(port, agent, "/peak"));
  await peak();
  const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, call));
  const good = outcomes.filter(({ status }) => status === "fulfilled").length;
  return [
    { name: `${AT_ONCE} calls at once, answered`, value: good, unit: "calls", atLeast: AT_ONCE },
    { name: "connections they opened", value: await peak(), unit: "connections", atMost: CONNECTIONS },
  ];
}

async function memory(env: Readonly<Record<string, string>>): Promise<Line> {
  const server = new ServerProcess(env);
  await server.initialize();
  const call = () => server.call(TOOL, INPUT);
  const together = MEMORY_CALLS - WARM_UP;
  await sequential(WARM_UP, call);
  await perSecond(together, call);
  // Resident set size in KiB; both Linux and macOS have this ps.
  const kib = Number(
    execFileSync("ps", ["-o", "rss=", "-p", String(server.child.pid)], { encoding: "utf8" }),
  );
  await end(server.child);
  return { name: `memory after ${MEMORY_CALLS} calls`, value: kib / 1024, unit: "MiB", atMost: 120 };
}

/** The time of each of so many calls, one after the other, in milliseconds. */
async function sequential(count: number, call: Call): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  return times;
}

/** Calls a second while a fixed number is in flight. */
async function perSecond(count: number, call: Call): Promise<number> {
  let left = count;
  const begun = performance.now();
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (count * 1000) / (performance.now() - begun);
}

/** The request that a call comes down to, as plain as Node makes it. */
function request(port: number, agent: Agent, path: string): Promise<string> {
  const headers = { authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}`, accept: "application/json" };
  return new Promise((resolve, reject) => {
    const outgoing = get({ host: "127.0.0.1", port, path, agent, headers }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        body += chunk;
      });
      incoming.on("end", () => resolve(body));
    });
    outgoing.on("error", reject);
  });
}
