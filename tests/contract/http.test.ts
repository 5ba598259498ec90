import { utimesSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { signingKey, signToken, startAuthorizationServer } from "../support/authorization-server.ts";
import { connectHttp, type HttpServer, newToken, rawPost, startHttp, tokensFile } from "../support/http.ts";
import { codeIn, ERAS } from "../support/mcp.ts";
import { newPath } from "../support/records.ts";

const open: HttpServer[] = [];
afterAll(async () => {
  for (const server of open) await server.close();
});

const [alice, bob] = [newToken("alice"), newToken("bob")];

type Options = Parameters<typeof startHttp>[2];

async function serve(
  options: Options = {},
  world = clusterWorld(new VirtualClock(1_795_330_000)),
): Promise<HttpServer> {
  const server = await startHttp(world, DEMO_TOKENS.admin, options);
  open.push(server);
  return server;
}

const withTokens = (bounds: Readonly<Record<string, unknown>> = {}) => {
  const path = tokensFile([
    [alice, { tier: "full", ...bounds }],
    [bob, { tier: "full" }],
  ]);
  return { path, auth: { kind: "bearer", tokensFile: path } as const };
};

const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
const bearer = ({ token }: { readonly token: string }) => ({ authorization: `Bearer ${token}` });

describe.each(ERAS)("served over HTTP, protocol %s", (era) => {
  it("lists and calls as over stdio", async () => {
    const { auth } = withTokens();
    const server = await serve({ auth });
    const client = await connectHttp(server.url, { era, token: alice.token });
    expect((await client.client.listTools()).tools.map(({ name }) => name)).toContain("pve_list_nodes");
    const { text, isError } = await client.call("pve_list_nodes");
    expect(text).toMatch(/^3 nodes\.\n/);
    expect(isError).toBe(false);
    await client.close();
    expect(server.log.at(-1)).toMatch(
      /^POST \/mcp 200 \d+ ms token:alice tools\/call pve_list_nodes request [\w-]+$/,
    );
  });

  it("bounds a caller below the server's own tier, categories and tools", async () => {
    const { auth } = withTokens({ tier: "read-only", categories: ["nodes", "qemu", "api"] });
    const server = await serve({ auth });
    const client = await connectHttp(server.url, { era, token: alice.token });
    const names = (await client.client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain("pve_get_qemu_status");
    expect(names).not.toContain("pve_start_qemu_vm");
    expect(names).not.toContain("pve_list_storage");
    const start = await client.call("pve_start_qemu_vm", { vmid: 100 });
    expect(start.text).toBe(
      "pve_start_qemu_vm needs tier read-execute; your access to this server has read-only. The operator decides.\nNothing was changed.",
    );
    const storage = await client.call("pve_read_api", { route: "/storage" });
    expect(storage.text).toMatch(/^GET \/storage is outside of what your access to this server reaches\.\n/);
    expect(server.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    await client.close();
  });

  it("has a change confirmed by code, which is no other caller's", async () => {
    const { auth } = withTokens();
    const server = await serve({ auth });
    const [mine, theirs] = await Promise.all(
      [alice, bob].map(({ token }) => connectHttp(server.url, { era, token })),
    );
    const args = { vmid: 103 };
    const plan = await mine?.call("pve_delete_qemu_vm", args);
    expect(plan?.text).toMatch(/^NOT DONE: confirmation needed\n/);
    const confirm = codeIn(plan?.text ?? "");
    const stolen = await theirs?.call("pve_delete_qemu_vm", { ...args, confirm });
    expect(stolen?.text).toMatch(
      /^NOT DONE: confirmation needed\nThat code is not for this call with these arguments\./,
    );
    expect(server.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    await mine?.close();
    await theirs?.close();
  });
});

describe("who calls", () => {
  it("is told what to bring without a token, and that a wrong one is wrong", async () => {
    const { auth } = withTokens();
    const server = await serve({ auth });
    const none = await rawPost(server.url, LIST);
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="mcp-pve"']);
    const wrong = await rawPost(server.url, LIST, bearer(newToken("eve")));
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(server.requests).toEqual([]);
  });

  it("changes with the tokens file, without a restart", async () => {
    const { path, auth } = withTokens();
    const server = await serve({ auth });
    expect((await rawPost(server.url, LIST, bearer(bob))).status).toBe(200);
    tokensFile([[alice, { tier: "read-only" }]], path);
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    await new Promise((done) => setTimeout(done, 1_100));
    expect((await rawPost(server.url, LIST, bearer(bob))).status).toBe(401);
    expect((await rawPost(server.url, LIST, bearer(alice))).status).toBe(200);
  });

  it("ends when a token expires", async () => {
    const { auth } = withTokens({ expires: "2020-01-01" });
    const server = await serve({ auth });
    const answer = await rawPost(server.url, LIST, bearer(alice));
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("expired")]);
  });

  it("may come from an authorization server, its scopes being tiers", async () => {
    const [issuer, key] = await Promise.all([startAuthorizationServer(), signingKey("k1")]);
    issuer.publish(key);
    const audience = "https://mcp.example.com/mcp";
    const server = await serve({
      auth: {
        kind: "bearer",
        oauth: {
          issuer: issuer.issuer,
          audience,
          scopes: new Map([
            ["pve:read", "read-only"],
            ["pve:full", "full"],
          ]),
        },
      },
      http: { publicUrl: audience },
    });
    const exp = Math.floor(Date.now() / 1_000) + 300;
    const claims = { iss: issuer.issuer, aud: audience, sub: "carol", exp };
    const reader = await signToken(key, { ...claims, scope: "openid pve:read" });
    const client = await connectHttp(server.url, { era: "2026-07-28", token: reader });
    const names = (await client.client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain("pve_list_nodes");
    expect(names).not.toContain("pve_start_qemu_vm");
    await client.close();
    expect(server.log.join("\n")).toContain("oauth:carol");
    expect(server.log.join("\n")).not.toContain(reader);

    const powerless = await rawPost(server.url, LIST, {
      authorization: `Bearer ${await signToken(key, claims)}`,
    });
    expect(powerless.status).toBe(403);
    expect(powerless.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    const elsewhere = await signToken(key, {
      ...claims,
      aud: "https://other.example.com",
      scope: "pve:full",
    });
    const refused = await rawPost(server.url, LIST, { authorization: `Bearer ${elsewhere}` });
    expect(refused.status).toBe(401);
    const metadataUrl = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
    expect(refused.headers.get("www-authenticate")).toContain(`resource_metadata="${metadataUrl}"`);
    const metadata = await fetch(new URL("/.well-known/oauth-protected-resource/mcp", server.url));
    expect(await metadata.json()).toMatchObject({
      resource: audience,
      authorization_servers: [issuer.issuer],
      scopes_supported: ["pve:read", "pve:full"],
    });
    await issuer.close();
  });

  it("never has their token sent to PVE or written to the log", async () => {
    const { auth } = withTokens();
    const server = await serve({ auth });
    const client = await connectHttp(server.url, { era: "2025", token: alice.token });
    await client.act("pve_stop_qemu_vm", { vmid: 100 });
    await client.call("pve_no_such_tool", { token: alice.token });
    expect(server.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(server.requests)).not.toContain(alice.token);
    expect(server.log.join("\n")).not.toContain(alice.token);
    await client.close();
  });
});

/** Sends a request with headers that fetch would not let pass. */
function rawRequest(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = "POST",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = plainRequest(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", reject);
    sent.end(method === "POST" ? LIST : undefined);
  });
}

describe("what is let in", () => {
  const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

  it("is meant for this server, and comes from where calls may come from", async () => {
    const server = await serve();
    expect(await rawRequest(server.url, { ...JSON_HEADERS, host: "evil.example.com" })).toBe(403);
    expect(await rawRequest(server.url, { ...JSON_HEADERS, host: "evil@localhost" })).toBe(403);
    expect(await rawRequest(server.url, { ...JSON_HEADERS, host: "localhost:3000" })).toBe(200);
    const from = (origin: string) => rawPost(server.url, LIST, { origin });
    expect((await from("https://evil.example.com")).status).toBe(403);
    expect((await from("null")).status).toBe(403);
    const own = await from("http://localhost:5173");
    expect([own.status, own.headers.get("access-control-allow-origin")]).toEqual([
      200,
      "http://localhost:5173",
    ]);
    expect(server.requests).toEqual([]);
  });

  it("is one message of moderate size that is JSON", async () => {
    const server = await serve();
    const large = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/list",
      params: { x: "y".repeat(1_100_000) },
    });
    expect((await rawPost(server.url, large)).status).toBe(413);
    expect((await rawPost(server.url, `[${LIST},${LIST}]`)).status).toBe(400);
    expect((await rawPost(server.url, "{")).status).toBe(400);
    expect((await rawPost(server.url, LIST, { "x-long": "y".repeat(17_000) })).status).toBe(431);
    expect(await rawRequest(server.url, JSON_HEADERS, "GET")).toBe(405);
    expect((await fetch(new URL("/elsewhere", server.url))).status).toBe(404);
    expect((await rawPost(server.url, LIST)).status).toBe(200);
  });

  it("is no more than a caller may make in a minute, each caller by itself", async () => {
    const { auth } = withTokens();
    const server = await serve({ auth, http: { perMinute: 3 } });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await rawPost(server.url, LIST, bearer(alice))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const late = await rawPost(server.url, LIST, bearer(alice));
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await rawPost(server.url, LIST, bearer(bob))).status).toBe(200);
  });

  it("is no more than a caller may have under way", async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const server = await serve({
      http: { atOnce: 1 },
      through: (inner) => ({ ...inner, send: (request) => held.then(() => inner.send(request)) }),
    });
    const call = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "pve_list_nodes" },
    });
    const first = rawPost(server.url, call);
    await expect.poll(async () => (await rawPost(server.url, LIST)).status).toBe(429);
    release();
    expect((await first).status).toBe(200);
    await expect.poll(async () => (await rawPost(server.url, LIST)).status).toBe(200);
  });
});

describe("several servers that share a key", () => {
  const stateKey = Buffer.from("k".repeat(32));
  const pair = async (keys: readonly (Buffer | undefined)[]) => {
    const { auth } = withTokens();
    const world = clusterWorld(new VirtualClock(1_795_330_000, 0.01));
    const servers = await Promise.all(
      keys.map((key) => serve({ auth, ...(key ? { stateKey: key } : {}) }, world)),
    );
    return Promise.all(servers.map(({ url }) => connectHttp(url, { era: "2026-07-28", token: alice.token })));
  };
  const stop = (confirm?: string) => ({ vmid: 100, ...(confirm === undefined ? {} : { confirm }) });

  it("take each other's codes, and only those of the same key", async () => {
    const [first, second, stranger] = await pair([stateKey, stateKey, Buffer.from("x".repeat(32))]);
    const plan = await first?.call("pve_stop_qemu_vm", stop());
    const code = codeIn(plan?.text ?? "");
    expect((await stranger?.call("pve_stop_qemu_vm", stop(code)))?.text).toMatch(/^NOT DONE/);
    expect((await second?.call("pve_stop_qemu_vm", stop(code)))?.text).toMatch(/^Done in/);
  });

  it("refuse a code that another has used, by the job it began", async () => {
    const [first, second] = await pair([stateKey, stateKey]);
    const plan = await first?.call("pve_reset_qemu_vm", stop());
    const code = codeIn(plan?.text ?? "");
    expect((await first?.call("pve_reset_qemu_vm", stop(code)))?.isError).toBe(false);
    const again = await second?.call("pve_reset_qemu_vm", stop(code));
    expect(again?.text).toMatch(
      /^NOT DONE: confirmation needed\nWhat the plan was made from has changed since/,
    );
  });
});

it("asks the client's user where the client can, in the era that can over HTTP", async () => {
  const server = await serve();
  const asked: string[] = [];
  const client = await connectHttp(server.url, {
    era: "2026-07-28",
    person: ({ message }) => {
      asked.push(message);
      return { action: "accept", content: { decision: "yes" } };
    },
  });
  const { text } = await client.call("pve_stop_qemu_vm", { vmid: 100 });
  expect(asked).toHaveLength(1);
  expect(text).toMatch(/^Done in/);
  await client.close();
});

it("bounds a caller on every cluster, in overviews of all too, and to the clusters it may name", async () => {
  const [carol, dave] = [newToken("carol"), newToken("dave")];
  const path = tokensFile([
    [carol, { tier: "full", categories: ["qemu"] }],
    [dave, { tier: "full", clusters: ["lab"] }],
  ]);
  const server = await serve({
    auth: { kind: "bearer", tokensFile: path },
    others: [{ name: "lab", world: clusterWorld(new VirtualClock(1_795_330_000)) }],
  });
  const narrow = await connectHttp(server.url, { era: "2026-07-28", token: carol.token });
  const { text, isError } = await narrow.call("pve_list_nodes", { cluster: "*" });
  expect(isError).toBe(true);
  expect(text).toContain("pve_list_nodes is in category nodes, which your access to this server leaves out.");
  expect(server.requests).toEqual([]);
  const one = await connectHttp(server.url, { era: "2026-07-28", token: dave.token });
  const names = (await one.client.listTools()).tools.map(({ name }) => name);
  expect(names).not.toContain("pve_list_clusters");
  expect((await one.call("pve_list_nodes")).text).toMatch(/^3 nodes\./);
  expect((await one.call("pve_list_nodes", { cluster: "test" })).text).toContain(
    'Unknown argument "cluster".',
  );
  await narrow.close();
  await one.close();
});

it("records who asked, and lets nobody take back what another did", async () => {
  const { auth } = withTokens();
  const env = { PVE_AUDIT_LOG: newPath() };
  const server = await serve({ auth, env });
  const [mine, theirs] = await Promise.all(
    [alice, bob].map(({ token }) => connectHttp(server.url, { era: "2025", token })),
  );
  const { text } = (await mine?.act("pve_update_qemu_config", { vmid: 103, memory: 2048 })) ?? { text: "" };
  const entry = Number(/Recorded as entry (\d+)/.exec(text)?.[1]);
  expect((await theirs?.call("pve_undo", { entry }))?.text).toBe(
    `Entry ${entry} cannot be taken back: another caller made it, and each takes back only their own.\nNothing was changed.`,
  );
  expect((await mine?.act("pve_undo", { entry }))?.text).toMatch(/^Taken back: entry/);
});

it("takes no entry for one of another server's record that has the same number", async () => {
  const { auth } = withTokens();
  const stateKey = Buffer.from("k".repeat(32));
  const world = clusterWorld(new VirtualClock(1_795_330_000));
  const clients = await Promise.all(
    [newPath(), newPath()].map(async (PVE_AUDIT_LOG) => {
      const { url } = await serve({ auth, stateKey, env: { PVE_AUDIT_LOG } }, world);
      return connectHttp(url, { era: "2026-07-28", token: alice.token });
    }),
  );
  const [first, second] = clients;
  const { text } = (await first?.act("pve_update_qemu_config", { vmid: 103, memory: 2048 })) ?? { text: "" };
  await second?.act("pve_update_qemu_config", { vmid: 103, cores: 1 });
  const entry = /Recorded as entry ([0-9a-f]{6}-\d+);/.exec(text)?.[1] ?? "";
  const other = await second?.call("pve_undo", { entry });
  expect(other?.text).toBe(
    `Entry ${entry} is in another server's record.\nNothing was changed.\nNext: Repeat the call: another of the servers may answer it.`,
  );
  expect((await first?.call("pve_undo", { entry: entry.split("-")[1] }))?.text).toMatch(
    /^Several servers have records, and each has an entry 1:/,
  );
  expect((await first?.act("pve_undo", { entry }))?.text).toMatch(/^Taken back: entry 1 /);
});

it("tells that it lives, and whether PVE can be reached, to anybody", async () => {
  let answering = 0;
  const { auth } = withTokens();
  const server = await serve({ auth, answering: () => answering });
  const get = async (path: string) => {
    const answer = await fetch(new URL(path, server.url));
    return [answer.status, await answer.json()];
  };
  expect(await get("/healthz")).toEqual([200, { alive: true }]);
  expect(await get("/readyz")).toEqual([503, { ready: false, clusters: 1, answering: 0 }]);
  answering = 1;
  expect(await get("/readyz")).toEqual([200, { ready: true, clusters: 1, answering: 1 }]);
});

it("lets calls end that are under way when it closes, and begins no other", async () => {
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  let reached = false;
  const server = await startHttp(clusterWorld(), DEMO_TOKENS.admin, {
    through: (inner) => ({
      ...inner,
      send: async (request) => {
        reached = true;
        await held;
        return inner.send(request);
      },
    }),
  });
  const call = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "pve_list_nodes" },
  });
  const running = rawPost(server.url, call);
  await expect.poll(() => reached).toBe(true);
  const closed = server.close();
  await expect(rawPost(server.url, LIST)).rejects.toThrow();
  release();
  expect(await (await running).text()).toContain("3 nodes.");
  await closed;
});
