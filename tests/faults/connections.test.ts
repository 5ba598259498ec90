import dns from "node:dns";
import { describe, expect, test, vi } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import type { World } from "../../src/simulator/world.ts";
import { closers } from "../support/closers.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { startPve } from "../support/https-pve.ts";
import { connect } from "../support/mcp.ts";
import { realLine } from "../support/real-line.ts";
import { startSimulatedHttps } from "../support/simulated-https.ts";
import { ROOT_TOKEN, smallWorld } from "../support/small-world.ts";

const open = closers();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function simulated(
  options: Parameters<typeof startSimulatedHttps>[1] = {},
  world: World = smallWorld(),
) {
  const server = await startSimulatedHttps(world, options);
  open.push(server.close);
  return server;
}

function line(...args: Parameters<typeof realLine>) {
  const made = realLine(...args);
  open.push(async () => made.transport.close());
  return made;
}
type Line = ReturnType<typeof realLine>;
const nodes = ({ pve }: Line) => pve.call("GET /nodes", {});
const NODES = { data: [{ node: "pve1" }] };
const posts = (handled: readonly string[]) => handled.filter((entry) => entry.startsWith("POST"));

describe.concurrent("kept-alive connections", () => {
  test("one that pveproxy half-closes after 5 s is not used for what comes then", async () => {
    const server = await simulated();
    const { pve } = line([server.url]);
    for (const [round, idleMs] of [0, 3_950, 4_990, 5_050].entries()) {
      await pause(idleMs);
      await pve.call("POST /pools", { poolid: `idle${round}` });
    }
    expect(posts(server.handled)).toHaveLength(4);
  });

  test("ended by the server at any moment: reads succeed, no write runs twice", async () => {
    const server = await simulated();
    server.server.keepAliveTimeout = 40;
    const { pve } = line([server.url]);
    let lost = 0;
    for (let round = 0; round < 60; round++) {
      await pause(30 + (round % 20));
      expect(await pve.call("GET /nodes", {})).toMatchObject(NODES);
      await pause(30 + ((round * 7) % 20));
      await pve.call("POST /pools", { poolid: `p${round}` }).catch(() => lost++);
    }
    const { data } = await pve.call("GET /pools", {});
    const ran = new Set(JSON.stringify(data).match(/"p\d+"/g)).size;
    expect(posts(server.handled).length).toBe(ran);
    expect(ran + lost).toBeGreaterThanOrEqual(60);
    expect(lost).toBeLessThan(30);
  });

  test("that have just broken are not used for a write", async () => {
    const server = await simulated();
    const proxy = await startFaultProxy(server.port);
    open.push(proxy.close);
    const { pve } = line([`https://127.0.0.1:${proxy.port}`]);
    for (let round = 0; round < 20; round++) {
      await pve.call("GET /nodes", {});
      proxy.resetAll();
      await pve.call("POST /pools", { poolid: `broken${round}` });
    }
    expect(posts(server.handled)).toHaveLength(20);
  });

  test("100 requests a connection, as pveproxy allows", async () => {
    const server = await simulated();
    server.server.maxRequestsPerSocket = 100;
    const made = line([server.url]);
    for (let round = 0; round < 350; round++) expect(await nodes(made)).toMatchObject(NODES);
    expect(server.handled).toHaveLength(350);
  });
});

describe.concurrent("a certificate that is exchanged under us", () => {
  test("both pinned: nobody notices", async () => {
    const server = await simulated();
    const next = (
      await startPve(undefined, "other-name").then(async (other) => {
        await other.close();
        return other;
      })
    ).fingerprint;
    const made = line([server.url], { tls: { mode: "fingerprint", sha256: [server.fingerprint, next] } });
    expect(await nodes(made)).toMatchObject(NODES);
    expect(server.showCertificate("other-name")).toBe(next);
    await pause(30);
    expect(await nodes(made)).toMatchObject(NODES);
    await made.pve.call("POST /pools", { poolid: "after" });
  });

  test("only the old one pinned: nothing is sent, and the answer shows the new one and what to set", async () => {
    const world = smallWorld();
    const server = await simulated({}, world);
    const made = line([server.url], { tls: { mode: "fingerprint", sha256: [server.fingerprint] } });
    const connected = await connect(world, ROOT_TOKEN, {
      env: { PVE_CONFIRM: "off" },
      through: () => made.transport,
    });
    expect((await connected.call("pve_list_nodes")).isError).toBe(false);
    const seen = server.handled.length;
    const next = server.showCertificate("self-signed");
    await pause(30);
    for (const [tool, args] of [
      ["pve_list_nodes", {}],
      ["pve_create_pool", { poolid: "x" }],
    ] as const) {
      const { text, isError } = await connected.call(tool, args);
      expect(isError).toBe(true);
      expect(text).toContain("The certificate of the server was not trusted");
      expect(text).toMatch(/Subject: pve1\.test; issuer: pve1\.test; valid from .* to .*2120 GMT; SHA-256: /);
      expect(text).toContain(`PVE_FINGERPRINT=${next}`);
      expect(text).toContain("Nothing was changed.");
    }
    expect(server.handled.length).toBe(seen);
  });
});

describe("names", () => {
  test("that cannot be resolved for a while: a read waits, a write was surely not sent", async () => {
    const server = await simulated();
    const made = line([server.url.replace("127.0.0.1", "localhost")]);
    const failing = Object.assign(new Error("getaddrinfo EAI_AGAIN localhost"), { code: "EAI_AGAIN" });
    let failures = 0;
    const real = dns.lookup;
    const spy = vi.spyOn(dns, "lookup").mockImplementation(((
      host: string,
      options: object,
      done: (e: Error) => void,
    ) => {
      if (failures > 0) {
        failures--;
        return done(failing);
      }
      return real(host, options as dns.LookupAllOptions, done as never);
    }) as never);
    try {
      failures = 2;
      expect(await nodes(made)).toMatchObject(NODES);
      made.transport.close();
      failures = 1;
      await expect(made.pve.call("POST /pools", { poolid: "x" })).rejects.toMatchObject({
        kind: "network",
        detail: { code: "EAI_AGAIN", mayHaveRun: false },
      });
      await made.pve.call("POST /pools", { poolid: "x" });
      expect(posts(server.handled)).toHaveLength(1);
    } finally {
      spy.mockRestore();
    }
  });
});

describe.concurrent("nodes that go and come", () => {
  test("one of two: calls go on without an error, writes run once, and it is taken back", async () => {
    const world = smallWorld();
    const [one, two] = [await startSimulatedHttps(world), await simulated({}, world)];
    const made = line([one.url, two.url]);
    let running = true;
    let calls = 0;
    const caller = async (name: string) => {
      for (let round = 0; running; round++) {
        expect(await nodes(made)).toMatchObject(NODES);
        await made.pve.call("POST /pools", { poolid: `${name}${round}` }).catch((error: unknown) => {
          // Its answer may be lost at the moment when the node goes: that is said, and it is not repeated.
          expect(error).toMatchObject({ detail: { mayHaveRun: true } });
        });
        calls++;
        await pause(5);
      }
    };
    const callers = ["a", "b", "c"].map(caller);
    await pause(300);
    await one.close();
    await pause(700);
    const before = calls;
    await pause(300);
    expect(calls).toBeGreaterThan(before);
    const again = await simulated({ port: one.port }, world);
    await expect
      .poll(() => again.handled.filter((entry) => entry.includes("/nodes")).length, { timeout: 10_000 })
      .toBeGreaterThan(3);
    running = false;
    await Promise.all(callers);
    const all = [...posts(one.handled), ...posts(two.handled), ...posts(again.handled)];
    expect(new Set(all).size).toBe(all.length);
    expect(made.log).toEqual([
      expect.stringMatching(/^https:.* is not used for now: .*ECONNREFUSED/),
      expect.stringMatching(/ answers again\.$/),
    ]);
  });

  test("the only one: errors in time while it is down, success as soon as it is back", async () => {
    const one = await startSimulatedHttps(smallWorld());
    const made = line([one.url]);
    await nodes(made);
    await one.close();
    await pause(50);
    const begun = performance.now();
    await expect(nodes(made)).rejects.toMatchObject({ kind: "network", detail: { code: "ECONNREFUSED" } });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await expect(made.pve.call("POST /pools", { poolid: "x" })).rejects.toMatchObject({
      detail: { mayHaveRun: false },
    });
    await simulated({ port: one.port });
    expect(await nodes(made)).toMatchObject(NODES);
  });

  test("one whose packets are dropped: the next one is asked when no connection comes about", async () => {
    const server = await simulated();
    const proxy = await startFaultProxy(server.port, () => ({ instead: "silent" }));
    open.push(proxy.close);
    const made = line([`https://127.0.0.1:${proxy.port}`, server.url], { timeoutMs: 20_000 });
    const begun = performance.now();
    await made.pve.call("POST /pools", { poolid: "x" });
    expect(performance.now() - begun).toBeLessThan(12_000);
    const quick = performance.now();
    for (let round = 0; round < 5; round++) await nodes(made);
    expect(performance.now() - quick).toBeLessThan(1_000);
    expect(posts(server.handled)).toHaveLength(1);
  });
});

test.each([-7_200, 7_200])(
  "a node's clock %i s away from ours: the job of a lost write is found",
  async (skew) => {
    const world = { ...smallWorld(), clock: new VirtualClock(Math.floor(Date.now() / 1_000) + skew) };
    const server = await simulated({}, world);
    const made = line([server.url]);
    const connected = await connect(world, ROOT_TOKEN, {
      env: { PVE_CONFIRM: "off", PVE_WAIT: "0" },
      through: () => ({
        ...made.transport,
        close: () => {},
        send: async (request) => {
          const answer = await made.transport.send(request);
          if (request.method === "POST")
            throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
          return answer;
        },
      }),
    });
    const { text } = await connected.call("pve_start_qemu_vm", { vmid: 100 });
    expect(text).toContain("PVE's answer was lost (socket hang up); the job it started was found.");
    expect(posts(server.handled)).toHaveLength(1);
  },
);
