import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { RECORDED_START, RECORDED_TOKENS, recordedWorld } from "../../src/simulator/scenarios/recorded.ts";
import { createSimulator, type SimulatorOptions } from "../../src/simulator/server.ts";

const bearer = ({ id, secret }: { id: string; secret: string }) => `PVEAPIToken=${id}=${secret}`;

function setup(options: SimulatorOptions = {}) {
  const { world, handle } = createSimulator(recordedWorld(new VirtualClock(RECORDED_START)), options);
  const send = (
    request: string,
    extra: { body?: string; headers?: Record<string, string>; auth?: string | undefined } = {},
  ) => {
    const [method = "", path = ""] = request.split(" ");
    const authorization = "auth" in extra ? extra.auth : bearer(RECORDED_TOKENS.root);
    const { body, headers = {} } = extra;
    return handle({
      method,
      path: `/api2/json${path}`,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  };
  return { world, send };
}

describe("authentication", () => {
  it.each([
    ["No ticket", undefined],
    ["No ticket", "Bearer abc"],
    ["Authentication failed!", "PVEAPIToken=root@pam!mcp=wrong"],
    ["Authentication failed!", "PVEAPIToken=nobody@pam!mcp=x"],
    ["Authentication failed!", "PVEAPIToken=garbage"],
  ])("answers 401 %s without a body", async (reason, auth) => {
    expect(await setup().send("GET /version", { auth })).toEqual({
      status: 401,
      reason,
      headers: {},
      body: "",
    });
  });

  it("refuses disabled and expired users and expired tokens", async () => {
    const { world, send } = setup();
    const user = world.access.users.get("root@pam");
    const token = user?.tokens.get("mcp");
    if (!user || !token) throw new Error("no root token");
    expect((await send("GET /version")).status).toBe(200);
    token.expire = RECORDED_START - 1;
    expect((await send("GET /version")).status).toBe(401);
    token.expire = 0;
    user.enable = false;
    expect((await send("GET /version")).status).toBe(401);
  });

  it("lets everyone see the realms", async () => {
    const { status, body } = await setup().send("GET /access/domains", { auth: undefined });
    expect(status).toBe(200);
    expect(JSON.parse(body).data).toHaveLength(2);
  });

  it("delays a refusal when asked to", async () => {
    const began = Date.now();
    await setup({ authDelay: 30 }).send("GET /version", { auth: undefined });
    expect(Date.now() - began).toBeGreaterThanOrEqual(25);
  });
});

describe("routes and parameters", () => {
  it.each([
    ["GET /nosuch", 501, "Method 'GET /nosuch' not implemented"],
    ["PUT /version", 501, "Method 'PUT /version' not implemented"],
    ["PATCH /version", 501, "method 'PATCH' not available"],
    [
      "PUT /access/password?userid=a@pam&password=12345678",
      403,
      "Permission check failed (URI '/access/password' not available with API token, need proper ticket.",
    ],
    ["POST /nodes/pve/execute?commands=x", 403, "Permission check failed (user != root@pam)"],
    [
      "GET /nodes/nosuch/qemu",
      500,
      "hostname lookup 'nosuch' failed - failed to get address info for: nosuch: Temporary failure in name resolution",
    ],
    ["GET /nodes/pve/qemu/190/config?vmid=191", 400, "Parameter verification failed."],
  ])("%s -> %i", async (request, status, reason) => {
    expect(await setup().send(request)).toMatchObject({ status, reason });
  });

  it("says what it does not simulate", async () => {
    const answer = await setup({ handlers: {} }).send("GET /version");
    expect(answer).toMatchObject({ status: 501, reason: "not simulated: GET /version" });
  });

  it("answers errors as JSON with PVE's newline and errors map", async () => {
    const { headers, body } = await setup().send("GET /cluster/log?max=abc");
    expect(headers["content-type"]).toBe("application/json;charset=UTF-8");
    expect(JSON.parse(body)).toEqual({
      data: null,
      message: "Parameter verification failed.\n",
      errors: { max: "type check ('integer') failed - got 'abc'" },
    });
  });

  it("takes form and JSON bodies alike", async () => {
    const { send } = setup();
    const json = { "content-type": "application/json" };
    expect((await send("POST /pools", { body: '{"poolid":"a"}', headers: json })).status).toBe(200);
    const form = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
    expect((await send("POST /pools", { body: "poolid=b", headers: form })).status).toBe(200);
    const { body } = await send("GET /pools");
    expect(JSON.parse(body).data.map((pool: { poolid: string }) => pool.poolid)).toEqual(["a", "b"]);
  });

  it("refuses other content types and bodies where none belongs", async () => {
    const { send } = setup();
    const text = { "content-type": "text/plain" };
    expect(await send("POST /pools", { body: "poolid=a", headers: text })).toMatchObject({ status: 506 });
    expect(await send("GET /pools", { body: "x=1" })).toMatchObject({
      status: 501,
      body: "Unexpected content for method",
    });
  });

  it("checks the permission before the parameters", async () => {
    const auth = bearer(RECORDED_TOKENS.auditor);
    const refused = await setup().send("POST /nodes/pve/qemu/190/status/start", { body: "bogus=1", auth });
    expect(refused).toMatchObject({
      status: 403,
      reason: "Permission check failed (/vms/190, VM.PowerMgmt)",
    });
  });

  it("cannot reach a node that is down", async () => {
    const { world, send } = setup();
    const node = world.nodes.get("pve");
    if (node) node.online = false;
    expect(await send("GET /nodes/pve/qemu")).toEqual({
      status: 595,
      reason: "No route to host",
      headers: {},
      body: "",
    });
  });
});
