import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  BIN,
  callTool,
  cleanEnv,
  connection,
  initialize,
  messagesOf,
  type Running,
  start,
  textOf,
  watch,
} from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { type Behaviour, type HttpsPve, startPve } from "../support/https-pve.ts";

const open = closers();

/** What "at once" means on a busy machine, in milliseconds. */
const PROMPT_MS = 900;
/** The time that running reads have after the client has gone. */
const DRAIN_MS = 1_000;

const SLOW: Behaviour = ({ method, path }) => {
  if (path.startsWith("/api2/json/nodes?") || path === "/api2/json/nodes")
    return { delayMs: 400, json: { data: [] } };
  if (path.includes("/tasks")) return { instead: "hang" };
  return method === "POST" ? { instead: "hang" } : undefined;
};

async function serving(
  env: Readonly<Record<string, string>> = {},
): Promise<{ pve: HttpsPve; server: Running }> {
  const pve = await startPve(SLOW);
  open.push(pve.close);
  const server = start([], { ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint, ...env });
  await initialize(server);
  return { pve, server };
}

const shortRead = (server: Running, id: number) => callTool(server, id, "pve_list_nodes");
const longRead = (server: Running, id: number) => callTool(server, id, "pve_list_tasks", { node: "pve1" });
const write = (server: Running, id: number) =>
  callTool(server, id, "pve_manage_node_service", { node: "pve1", service: "cron", command: "reload" });

/** Runs `act` and returns how long the process took to end, which it must do with code 0. */
async function lasting(server: Running, act: () => unknown): Promise<number> {
  const begun = Date.now();
  act();
  const { code, signal, stderr } = await server.ended();
  expect({ code, signal }, stderr).toEqual({ code: 0, signal: null });
  expect(stderr).not.toMatch(/^\s+at /m);
  return Date.now() - begun;
}

const answersOf = (server: Running) => messagesOf(server.stdout()).filter(({ id }) => id !== 0);
const dropped = (pve: HttpsPve, start: string) =>
  expect.poll(async () => (await pve.arrived(start)).dropped).toBe(true);

describe.concurrent("a closed input", () => {
  test("of an idle server ends it at once", async () => {
    const { server } = await serving();
    expect(await lasting(server, () => server.child.stdin.end())).toBeLessThan(PROMPT_MS);
  });

  test("a read that ends within a second is answered first", async () => {
    const { pve, server } = await serving();
    shortRead(server, 1);
    await pve.arrived("GET /api2/json/nodes");
    expect(await lasting(server, () => server.child.stdin.end())).toBeLessThan(DRAIN_MS);
    expect(answersOf(server)).toHaveLength(1);
    expect(textOf(await server.answer(1))).toContain("No nodes");
  });

  test("a longer read is cancelled then", async () => {
    const { pve, server } = await serving();
    longRead(server, 1);
    shortRead(server, 2);
    await pve.arrived("GET /api2/json/nodes/pve1/tasks");
    const lasted = await lasting(server, () => server.child.stdin.end());
    expect(lasted).toBeGreaterThan(DRAIN_MS - 50);
    expect(lasted).toBeLessThan(DRAIN_MS + PROMPT_MS);
    expect(answersOf(server).filter(({ id }) => id === 2)).toHaveLength(1);
    await dropped(pve, "GET /api2/json/nodes/pve1/tasks");
  });

  test("a write is cancelled at once", async () => {
    const { pve, server } = await serving();
    write(server, 1);
    await pve.arrived("POST /api2/json/nodes/pve1/services/cron/reload");
    expect(await lasting(server, () => server.child.stdin.end())).toBeLessThan(PROMPT_MS);
    await dropped(pve, "POST ");
  });

  test("requests that arrived together with the end are answered", async () => {
    const { server } = await serving();
    await lasting(server, () => {
      server.send({ id: 1, method: "tools/list", params: {} });
      shortRead(server, 2);
      server.child.stdin.end();
    });
    expect(answersOf(server)).toHaveLength(2);
    expect(await server.answer(1)).toMatchObject({ result: { tools: expect.any(Array) } });
    expect(textOf(await server.answer(2))).toContain("No nodes");
  });

  test("a whole session in one piece is answered", async () => {
    const pve = await startPve();
    open.push(pve.close);
    const server = start([], { ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint });
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "pipe", version: "1" },
    };
    server.send({ id: 0, method: "initialize", params });
    server.send({ method: "notifications/initialized" });
    shortRead(server, 1);
    await lasting(server, () => server.child.stdin.end());
    const answer = answersOf(server).find(({ id }) => id === 1);
    expect(answer && textOf(answer)).toContain("pve1");
  });

  test("before the connection is checked: the check ends first", async () => {
    const pve = await startPve(({ path }) =>
      path.endsWith("/version") ? { delayMs: 300, json: { data: { version: "9.2.11" } } } : undefined,
    );
    open.push(pve.close);
    const server = start([], { ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint });
    await lasting(server, () => server.child.stdin.end());
    expect(server.stdout()).toBe("");
  });
});

describe.concurrent("a signal", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s cancels everything and ends the process",
    async (signal) => {
      const { pve, server } = await serving();
      write(server, 1);
      longRead(server, 2);
      await pve.arrived("POST ");
      await pve.arrived("GET /api2/json/nodes/pve1/tasks");
      expect(await lasting(server, () => server.child.kill(signal))).toBeLessThan(PROMPT_MS);
      await dropped(pve, "POST ");
      await dropped(pve, "GET /api2/json/nodes/pve1/tasks");
    },
  );

  test("ends the demo too", async () => {
    const server = start(["demo"], {});
    await initialize(server);
    expect(await lasting(server, () => server.child.kill("SIGTERM"))).toBeLessThan(PROMPT_MS);
  });

  test("ends a start-up that hangs", async () => {
    const pve = await startPve(() => ({ instead: "hang" }));
    open.push(pve.close);
    const server = start([], { ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint });
    await pve.arrived("GET /api2/json/version");
    server.child.kill("SIGTERM");
    expect(await server.ended(PROMPT_MS)).toMatchObject({ stdout: "", stderr: "" });
  });
});

describe.concurrent("a client that has vanished", () => {
  test("the parent was killed and somebody else holds the pipes open", async () => {
    const pve = await startPve();
    open.push(pve.close);
    // Its input is the parent's fd 3, because Node closes a child's stdin when that child ends.
    const run = `require("node:child_process").spawn(process.execPath, [${JSON.stringify(BIN)}], { stdio: [3, 1, 2] })`;
    const env = { ...cleanEnv(), ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint };
    const child = spawn(process.execPath, ["-e", run], { env, stdio: ["pipe", "pipe", "pipe", "pipe"] });
    open.push(async () => void (child.stdio[3] as Writable).destroy());
    const parent = watch(child as ChildProcessWithoutNullStreams);
    await parent.says("Connected to PVE");
    child.kill("SIGKILL");
    // The output closes when the last process that has it is gone.
    expect(await parent.ended(5_000)).toMatchObject({ signal: "SIGKILL" });
  });

  test("nobody reads its output any more", async () => {
    const { server } = await serving();
    await lasting(server, () => {
      server.child.stdout.destroy();
      for (let id = 1; id < 20; id++) server.send({ id, method: "tools/list", params: {} });
    });
  });

  test("nobody reads its messages either", async () => {
    const { server } = await serving({ DEBUG: "1" });
    await lasting(server, () => {
      server.child.stderr.destroy();
      server.child.stdout.destroy();
      for (let id = 1; id < 20; id++) shortRead(server, id);
    });
  });

  test("only its messages are not read: it goes on serving", async () => {
    const { server } = await serving({ DEBUG: "1" });
    server.child.stderr.destroy();
    for (const id of [1, 2, 3]) {
      shortRead(server, id);
      await server.answer(id);
    }
    await lasting(server, () => server.child.stdin.end());
  });
});

test("a message too large to be read ends the process instead of leaving it deaf", async () => {
  const { server } = await serving();
  const huge = { jsonrpc: "2.0", id: 7, method: "ping", params: { x: "x".repeat(11 * 1024 * 1024) } };
  server.child.stdin.on("error", () => {});
  server.child.stdin.write(`${JSON.stringify(huge)}\n`);
  const { code, stderr } = await server.ended();
  expect(code).toBe(0);
  expect(stderr).toMatch(/MCP: .*maximum/i);
});
