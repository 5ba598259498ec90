import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  BIN,
  callTool,
  connection,
  initialize,
  messagesOf,
  type Running,
  SECRET,
  start,
  TOKEN_ID,
  textOf,
  watch,
} from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { type Behaviour, type HttpsPve, type Reaction, startPve } from "../support/https-pve.ts";

const open = closers();

async function serving(
  behave: Behaviour = () => undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<{ pve: HttpsPve; server: Running }> {
  const pve = await startPve(behave);
  open.push(pve.close);
  return { pve, server: start([], { ...connection(pve.url), PVE_FINGERPRINT: pve.fingerprint, ...env }) };
}

/** Closes the input; what was said must be clean. */
async function finish(server: Running): Promise<string> {
  server.child.stdin.end();
  const { code, stdout, stderr } = await server.ended();
  expect(code).toBe(0);
  messagesOf(stdout);
  expect(stdout).not.toContain(SECRET);
  expect(stderr).not.toContain(SECRET);
  return stderr;
}

const permissions = (answer: Reaction): Behaviour => {
  return ({ path }) => (path.endsWith("/access/permissions") ? answer : undefined);
};

const PVEUM = `pveum acl modify / --tokens '${TOKEN_ID}' --roles PVEAuditor`;

describe.concurrent("serving", () => {
  test("one line on stderr, nothing but JSON-RPC on stdout, the token in the header", async () => {
    const { pve, server } = await serving();
    const opened = await initialize(server);
    expect(opened).toMatchObject({ result: { serverInfo: { name: "mcp-pve" } } });
    callTool(server, 1, "pve_list_nodes");
    expect(textOf(await server.answer(1))).toContain("pve1");
    const said = await finish(server);
    expect(said).toMatch(
      /^Connected to PVE 9\.2\.11 at https:\/\/127\.0\.0\.1:\d+; \d+ tools, tier full\.\n$/,
    );
    expect(pve.seen[0]).toMatchObject({ method: "GET", path: "/api2/json/version" });
    for (const { headers } of pve.seen)
      expect(headers.authorization).toBe(`PVEAPIToken=${TOKEN_ID}=${SECRET}`);
  });

  test("a token without privileges is warned about, and empty lists say so", async () => {
    const { server } = await serving(({ path }) =>
      path.endsWith("/access/permissions")
        ? { json: { data: {} } }
        : path.startsWith("/api2/json/version")
          ? undefined
          : { json: { data: [] } },
    );
    await initialize(server);
    await server.says("Warning: This token has no privileges here");
    expect(server.stderr()).toContain(PVEUM);
    callTool(server, 1, "pve_list_nodes");
    const text = textOf(await server.answer(1));
    expect(text).toContain("This token has no privileges here");
    expect(text).toContain(PVEUM);
    await finish(server);
  });

  test("unreadable permissions are a warning and no more", async () => {
    const { server } = await serving(permissions({ status: 500, reason: "got timeout", text: "" }));
    await initialize(server);
    await server.says("the token's permissions could not be read: got timeout");
    await finish(server);
  });

  test("MCP answers before the permissions are known", async () => {
    const { pve, server } = await serving(permissions({ instead: "hang" }));
    await initialize(server);
    await pve.arrived("GET /api2/json/access/permissions");
    callTool(server, 1, "pve_list_nodes");
    expect(textOf(await server.answer(1))).toContain("pve1");
    await finish(server);
  });

  test("the secret from a file, with a line end", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "mcp-pve-secret-")), "secret");
    writeFileSync(file, `${SECRET}\n`);
    const { pve, server } = await serving(undefined, { PVE_TOKEN_SECRET: "", PVE_TOKEN_SECRET_FILE: file });
    await server.says("Connected to PVE");
    await finish(server);
    expect(pve.seen[0]?.headers.authorization).toBe(`PVEAPIToken=${TOKEN_ID}=${SECRET}`);
  });

  test("DEBUG logs every exchange, without secrets and queries", async () => {
    const { server } = await serving(undefined, { DEBUG: "1" });
    await initialize(server);
    callTool(server, 1, "pve_list_tasks", { node: "pve1", typefilter: "vzdump" });
    await server.answer(1);
    const said = await finish(server);
    expect(said).toMatch(/^GET \/api2\/json\/version 200 \d+ ms$/m);
    expect(said).toMatch(/^GET \/api2\/json\/nodes\/pve1\/tasks 501 \d+ ms$/m);
    expect(said).not.toContain("vzdump");
  });

  test("tier and lists narrow what is offered; a hidden tool names its setting", async () => {
    const { pve, server } = await serving(undefined, {
      PVE_ACCESS_TIER: "read-only",
      PVE_EXCLUDE_TOOLS: "pve_list_nodes",
    });
    await initialize(server);
    server.send({ id: 1, method: "tools/list", params: {} });
    const { tools } = (await server.answer(1)).result as { tools: readonly { name: string }[] };
    const names = tools.map(({ name }) => name);
    expect(names).toContain("pve_list_tasks");
    expect(names).not.toContain("pve_list_nodes");
    expect(names).not.toContain("pve_stop_task");
    callTool(server, 2, "pve_stop_task", {
      upid: "UPID:pve1:00000001:00000001:66E5A5B1:qmstart:1:root@pam:",
    });
    expect(textOf(await server.answer(2))).toContain("PVE_ACCESS_TIER=read-execute");
    callTool(server, 3, "pve_list_nodes");
    expect(textOf(await server.answer(3))).toContain("PVE_EXCLUDE_TOOLS");
    await finish(server);
    expect(pve.seen.map(({ path }) => path).sort()).toEqual([
      "/api2/json/access/permissions",
      "/api2/json/version",
    ]);
  });

  test("an answer that takes longer than a connection may be idle arrives", async () => {
    const { server } = await serving(({ path }) =>
      path === "/api2/json/nodes" ? { delayMs: 5_500, json: { data: [] } } : undefined,
    );
    await initialize(server);
    callTool(server, 1, "pve_list_nodes");
    expect(textOf(await server.answer(1))).not.toContain("failed");
    await finish(server);
  });
});

/** A user without an account, and so without a home; undefined where this test may not become one. */
function homeless(): number | undefined {
  const uid = 54_321;
  if (process.getuid?.() !== 0) return undefined;
  const trial = spawnSync(process.execPath, ["-e", "require('node:os').homedir()"], {
    uid,
    cwd: "/",
    env: {},
  });
  return trial.status === null || trial.status === 0 ? undefined : uid;
}

describe("the code cache is never required", () => {
  test("a cache folder that cannot be made", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "mcp-pve-cache-")), "file");
    writeFileSync(file, "");
    const server = start(["demo"], { XDG_CACHE_HOME: join(file, "below") });
    await initialize(server);
    // Long enough that the cache would have been written.
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    expect(await finish(server)).toMatch(/^Serving a simulated cluster.*\n$/);
  });

  test("a cache that is damaged", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mcp-pve-cache-"));
    const written = () =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".bin"));
    const first = start(["demo"], { XDG_CACHE_HOME: folder });
    await initialize(first);
    await expect.poll(written, { timeout: 5_000 }).toBeDefined();
    await finish(first);
    writeFileSync(join(folder, written() ?? ""), "no code");
    const second = start(["demo"], { XDG_CACHE_HOME: folder });
    await initialize(second);
    await finish(second);
  });

  test.skipIf(homeless() === undefined)("a user without a home", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mcp-pve-dist-"));
    cpSync(dirname(BIN), folder, { recursive: true });
    chmodSync(folder, 0o755);
    const env = { PATH: process.env.PATH ?? "" };
    const uid = homeless() ?? 0;
    const server = watch(spawn(process.execPath, [join(folder, "main.cjs"), "demo"], { env, uid, cwd: "/" }));
    await initialize(server);
    await finish(server);
  });
});
