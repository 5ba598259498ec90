import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type HttpServer, newToken, rawPost, startHttp, tokensFile } from "../support/http.ts";

const alice = newToken("alice");
let server: HttpServer;

beforeAll(async () => {
  const auth = { kind: "bearer", tokensFile: tokensFile([[alice, { tier: "full" }]]) } as const;
  server = await startHttp(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, { auth });
});
afterAll(() => server.close());

const RUNS = 300;
const bearer = { authorization: `Bearer ${alice.token}` };

/** What a server says to whatever it cannot serve. */
const REFUSALS = [200, 202, 400, 404, 405, 406, 413, 415];

/** JSON-RPC that is almost right: each part may be anything. */
const message = fc.record(
  {
    jsonrpc: fc.oneof(fc.constant("2.0"), fc.jsonValue()),
    id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
    method: fc.oneof(
      fc.constantFrom("tools/list", "tools/call", "initialize", "server/discover", "tasks/get", "ping"),
      fc.string(),
      fc.jsonValue(),
    ),
    params: fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.oneof(fc.constant("pve_list_nodes"), fc.jsonValue()), arguments: fc.jsonValue() }),
      fc.record({
        _meta: fc.record({
          "io.modelcontextprotocol/protocolVersion": fc.oneof(fc.constant("2026-07-28"), fc.jsonValue()),
          "io.modelcontextprotocol/clientCapabilities": fc.jsonValue(),
          "io.modelcontextprotocol/clientInfo": fc.jsonValue(),
        }),
        taskId: fc.string(),
      }),
    ),
  },
  { requiredKeys: [] },
);

describe("whatever a caller with a token sends", () => {
  const sound = async (body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await rawPost(server.url, body, { ...bearer, ...headers });
    const text = await answer.text();
    expect(REFUSALS, `${answer.status}: ${text.slice(0, 300)}`).toContain(answer.status);
    expect(text).not.toMatch(/\bat .+\.(?:ts|js|cjs):\d+/);
    expect(text).not.toContain(alice.token);
    expect(text).not.toContain(DEMO_TOKENS.admin.secret);
  };

  it("as bytes is answered, and never by a fault of ours", async () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((some) => Buffer.from(some));
    await fc.assert(
      fc.asyncProperty(bytes, (body) => sound(body)),
      { numRuns: RUNS },
    );
  });

  it("as JSON is answered, and never by a fault of ours", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(message, fc.jsonValue()), (value) => sound(JSON.stringify(value))),
      { numRuns: RUNS },
    );
  });

  it("under any headers of the protocol is answered, and never by a fault of ours", async () => {
    const header = fc.stringMatching(/^[\x21-\x7e]{0,60}$/);
    const headers = fc.record(
      { "mcp-method": header, "mcp-name": header, "mcp-protocol-version": header, accept: header },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(message, headers, (value, given) => sound(JSON.stringify(value), given)),
      { numRuns: RUNS },
    );
  });

  it("leaves a server that serves, changes nothing, and logs no fault of ours", async () => {
    const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    expect((await rawPost(server.url, list, bearer)).status).toBe(200);
    expect(server.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(server.log.filter((line) => line.startsWith("Internal error"))).toEqual([]);
  });
});

it("whatever stands for a token is refused", async () => {
  const token = fc.stringMatching(/^[\x20-\x7e]{0,200}$/);
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  await fc.assert(
    fc.asyncProperty(token, fc.constantFrom("Bearer ", "bearer ", "Basic ", ""), async (text, scheme) => {
      const answer = await rawPost(server.url, list, { authorization: `${scheme}${text}` });
      expect(answer.status).toBe(401);
      await answer.text();
    }),
    { numRuns: RUNS },
  );
});
