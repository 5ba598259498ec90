import { describe, expect, test } from "vitest";
import { PveError } from "../../src/pve/errors.ts";
import { closers } from "../support/closers.ts";
import { type Fault, startFaultProxy } from "../support/fault-proxy.ts";
import { connect } from "../support/mcp.ts";
import { realLine } from "../support/real-line.ts";
import { type SimulatedHttps, startSimulatedHttps } from "../support/simulated-https.ts";
import { ROOT_TOKEN, smallWorld } from "../support/small-world.ts";

const open = closers();
const WAYS = ["up", "down"] as const;
/** Where connections are cut, as parts of all that passes. */
const SAMPLES = 24;

async function simulated(secure: boolean): Promise<SimulatedHttps> {
  const server = await startSimulatedHttps(smallWorld(), { secure });
  open.push(server.close);
  return server;
}

const urlOf = (server: SimulatedHttps, port: number) => server.url.replace(/\d+$/, String(port));

/** One call over a proxy that does this to the first connection. */
async function once<T>(
  server: SimulatedHttps,
  fault: Fault | undefined,
  call: (line: ReturnType<typeof realLine>) => Promise<T>,
) {
  const proxy = await startFaultProxy(server.port, (connection) => (connection === 0 ? fault : undefined));
  const line = realLine([urlOf(server, proxy.port)]);
  try {
    const outcome = await call(line).catch((error: unknown) => error);
    return { outcome, passed: proxy.passed[0] ?? { up: 0, down: 0 } };
  } finally {
    line.transport.close();
    await proxy.close();
  }
}

const read = ({ pve }: ReturnType<typeof realLine>) => pve.call("GET /nodes", {});
let pools = 0;
const newPool = () => `faults${pools++}`;

const offsets = (all: number) =>
  Array.from({ length: SAMPLES }, (_, at) => Math.floor((all * at) / (SAMPLES - 1))).filter(
    (at, index, list) => at < all && list.indexOf(at) === index,
  );

describe.each([
  ["in clear", false],
  ["under TLS", true],
])("a connection cut at any byte, %s", (_, secure) => {
  test.each(WAYS)("of a read, %s: it succeeds all the same", async (way) => {
    const server = await simulated(secure);
    const { passed } = await once(server, undefined, read);
    const how = ["reset", "end"] as const;
    await Promise.all(
      offsets(passed[way]).map(async (after, at) => {
        const cut = { way, after, how: how[at % 2] ?? "reset" };
        const { outcome } = await once(server, { cut }, read);
        expect(outcome, JSON.stringify(cut)).toMatchObject({ data: [{ node: "pve1" }] });
      }),
    );
  });

  test.each(WAYS)("of a write, %s: it runs once or not at all, and what is said is true", async (way) => {
    const server = await simulated(secure);
    const create = (poolid: string) => (line: ReturnType<typeof realLine>) =>
      line.pve.call("POST /pools", { poolid });
    const { passed } = await once(server, undefined, create(newPool()));
    const told = await Promise.all(
      offsets(passed[way]).map(async (after, at) => {
        const cut = { way, after, how: at % 2 === 0 ? ("reset" as const) : ("end" as const) };
        const poolid = newPool();
        const { outcome } = await once(server, { cut }, create(poolid));
        const { pve, transport } = realLine([server.url]);
        const { data } = await pve.call("GET /pools", {});
        transport.close();
        const ran = JSON.stringify(data).includes(`"${poolid}"`);
        const arrived = server.handled.filter((line) => line === `POST /api2/json/pools poolid=${poolid}`);
        expect(arrived.length, JSON.stringify(cut)).toBe(ran ? 1 : 0);
        if (!(outcome instanceof PveError)) return expect(ran).toBe(true);
        expect(outcome.kind, outcome.message).toMatch(/^(network|tls|not-pve)$/);
        if (ran) expect(outcome.detail.mayHaveRun, JSON.stringify(cut)).toBe(true);
        return outcome.detail.mayHaveRun;
      }),
    );
    if (secure && way === "up") expect(told, "cut during the handshake").toContain(false);
  });
});

test.each([
  ["in the request", "up", 60, /not started|Nothing was changed/],
  ["between both", "down", 0, /not started|Nothing was changed|the job it started was found/],
  ["in the answer", "down", 40, /the job it started was found/],
] as const)("a VM's start whose connection breaks %s is never sent twice", async (_, way, after, says) => {
  const world = smallWorld();
  const server = await startSimulatedHttps(world, { secure: false });
  open.push(server.close);
  let cutting = false;
  const proxy = await startFaultProxy(server.port, () =>
    cutting ? { cut: { way, after, how: "reset" } } : undefined,
  );
  open.push(proxy.close);
  const line = realLine([urlOf(server, proxy.port)]);
  const connected = await connect(world, ROOT_TOKEN, {
    env: { PVE_CONFIRM: "off", PVE_WAIT: "0" },
    through: () => ({
      ...line.transport,
      send: async (request) => {
        // The write alone meets the fault, on a connection of its own.
        cutting = request.method === "POST";
        if (cutting) {
          proxy.resetAll();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return line.transport.send(request).finally(() => {
          cutting = false;
        });
      },
      close: () => {},
    }),
  });
  const { text } = await connected.call("pve_start_qemu_vm", { vmid: 100 });
  expect(text).toMatch(says);
  expect(text).not.toContain(ROOT_TOKEN.secret);
  expect(server.handled.filter((line) => line.startsWith("POST")).length).toBeLessThanOrEqual(1);
  await connected.close();
  line.transport.close();
});
