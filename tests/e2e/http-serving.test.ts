import { Agent, get as httpsGet } from "node:https";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { connection, type Running, SECRET, start } from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { newToken, rawPost, tokensFile } from "../support/http.ts";
import { REFUSED_TOKEN, startPve, tlsFile } from "../support/https-pve.ts";
import { startSimulatedHttps } from "../support/simulated-https.ts";

const open = closers();
const alice = newToken("alice");
const ON_ANY_PORT = { MCP_PORT: "0" };

/** Where a server that has started over HTTP is. */
async function urlOf(server: Running): Promise<string> {
  await Promise.race([
    server.says("MCP over HTTP at "),
    server.ended().then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  return /MCP over HTTP at (\S+),/.exec(server.stderr())?.[1] ?? "";
}

const callBody = (name: string, args: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } });

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

describe("demo --http", () => {
  test("serves without a token where that is asked for, and ends by SIGTERM", async () => {
    const server = start(["demo", "--http", "--no-auth"], ON_ANY_PORT);
    const url = await urlOf(server);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    expect(await (await rawPost(url, callBody("pve_list_nodes"))).text()).toContain("3 nodes.");
    expect((await fetch(new URL("/healthz", url))).status).toBe(200);
    server.child.kill("SIGTERM");
    expect(await server.ended()).toMatchObject({ code: 0, stdout: "" });
  });

  test("does not end when nobody writes to its input", async () => {
    const server = start(["demo", "--http", "--no-auth"], ON_ANY_PORT);
    const url = await urlOf(server);
    server.child.stdin.end();
    await new Promise((done) => setTimeout(done, 200));
    expect((await fetch(new URL("/healthz", url))).status).toBe(200);
    server.child.kill("SIGTERM");
    expect((await server.ended()).code).toBe(0);
  });
});

describe("what is dangerous does not start", () => {
  const tokens = { MCP_TOKENS_FILE: tokensFile([[alice, { tier: "read-only" }]]) };
  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ["nobody is told from anybody", ["--http"], {}, /MCP_TOKENS_FILE|MCP_OAUTH_ISSUER/],
    ["everybody is let in from everywhere", ["--http", "--no-auth"], { MCP_HOST: "0.0.0.0" }, /MCP_AUTH/],
    ["everybody is let in behind a proxy", ["--http", "--no-auth", "--behind-proxy"], {}, /MCP_AUTH/],
    ["tokens travel in clear", ["--http"], { ...tokens, MCP_HOST: "0.0.0.0" }, /MCP_TLS_CERT_FILE/],
    ["no host is known", ["--http", "--behind-proxy"], { ...tokens, MCP_HOST: "::" }, /MCP_PUBLIC_URL/],
  ])("%s", async (_, args, env, says) => {
    const ended = await start(["demo", ...args], { ...ON_ANY_PORT, ...env }).ended();
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test("a port that is taken is told", async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
    const address = taken.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    const ended = await start(["demo", "--http", "--no-auth"], { MCP_PORT: port }).ended();
    taken.close();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("MCP over HTTP cannot be served: listen EADDRINUSE");
  });
});

describe("serve --http", () => {
  const env = (url: string, fingerprint: string) => ({
    ...ON_ANY_PORT,
    PVE_BASE_URL: url,
    PVE_FINGERPRINT: fingerprint,
    PVE_TOKEN_ID: DEMO_TOKENS.admin.id,
    PVE_TOKEN_SECRET: DEMO_TOKENS.admin.secret,
    MCP_TOKENS_FILE: tokensFile([[alice, { tier: "read-execute" }]]),
  });
  const headers = { authorization: `Bearer ${alice.token}` };

  test("serves while PVE cannot be reached, says so, and finds it again", async () => {
    const world = clusterWorld(new VirtualClock(1_795_330_000));
    const first = await startSimulatedHttps(world);
    const { url: pveUrl, port, fingerprint } = first;
    await first.close();
    const server = start(["serve", "--http"], env(pveUrl, fingerprint));
    const url = await urlOf(server);
    expect(server.stderr()).toContain(`Nothing listens at ${pveUrl} (ECONNREFUSED)`);
    expect((await fetch(new URL("/readyz", url))).status).toBe(503);
    const lost = await (await rawPost(url, callBody("pve_list_nodes"), headers)).text();
    expect(lost).toContain("cannot be used now.");
    expect(lost).toContain("ECONNREFUSED");

    const again = await startSimulatedHttps(world, { port });
    open.push(again.close);
    await server.says("PVE 9.2");
    expect((await fetch(new URL("/readyz", url))).status).toBe(200);
    expect(await (await rawPost(url, callBody("pve_list_nodes"), headers)).text()).toContain("3 nodes.");
    server.child.kill("SIGTERM");
    const ended = await server.ended();
    expect(ended).toMatchObject({ code: 0, stdout: "" });
    for (const secret of [DEMO_TOKENS.admin.secret, alice.token]) expect(ended.stderr).not.toContain(secret);
  });

  test("does not start with a token that PVE refuses", async () => {
    const pve = await startPve(() => REFUSED_TOKEN, "self-signed");
    open.push(pve.close);
    const ended = await start(["serve", "--http"], {
      ...env(pve.url, pve.fingerprint),
      ...connection(pve.url),
    }).ended();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("refused the token");
    expect(ended.stderr).not.toContain(SECRET);
  });

  test("counts calls and requests for Prometheus, on loopback", async () => {
    const pve = await startSimulatedHttps(clusterWorld(new VirtualClock(1_795_330_000)));
    open.push(pve.close);
    const port = await freePort();
    const server = start(["serve", "--http"], {
      ...env(pve.url, pve.fingerprint),
      MCP_METRICS_PORT: String(port),
    });
    const url = await urlOf(server);
    await rawPost(url, callBody("pve_list_nodes"), headers);
    await rawPost(url, callBody("pve_made_up"), headers);
    await rawPost(url, callBody("pve_delete_qemu_vm", { vmid: 100 }), headers);
    const figures = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(figures).toContain('mcp_pve_calls_total{tool="pve_list_nodes",outcome="ok"} 1');
    expect(figures).toContain('mcp_pve_calls_total{tool="unknown",outcome="failed"} 1');
    expect(figures).toContain('mcp_pve_calls_total{tool="pve_delete_qemu_vm",outcome="failed"} 1');
    expect(figures).toMatch(/mcp_pve_pve_requests_total\{cluster="[^"]+",status="200"\} [1-9]/);
    expect(figures).toContain("mcp_pve_tasks_in_flight 0");
    server.child.kill("SIGTERM");
    expect((await server.ended()).code).toBe(0);
  });

  test("speaks TLS with a certificate of its own", async () => {
    const server = start(["demo", "--http"], {
      ...ON_ANY_PORT,
      MCP_TLS_CERT_FILE: tlsFile("self-signed.pem"),
      MCP_TLS_KEY_FILE: tlsFile("self-signed.key"),
      MCP_TOKENS_FILE: tokensFile([[alice, { tier: "read-only" }]]),
    });
    const url = await urlOf(server);
    expect(url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      const agent = new Agent({ rejectUnauthorized: false });
      httpsGet(new URL("/healthz", url), { agent }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).once("error", reject);
    });
    expect(status).toBe(200);
    server.child.kill("SIGTERM");
    expect((await server.ended()).code).toBe(0);
  });
});
