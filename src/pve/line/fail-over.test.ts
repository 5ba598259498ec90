import { describe, expect, test, vi } from "vitest";
import { type ClusterNode, failOver } from "./fail-over.ts";
import { type Transport, type WireRequest, type WireResponse, withSending } from "./transport.ts";

const answer = (body: string, status = 200): WireResponse => ({ status, reason: "", headers: {}, body });
const failure = (code: string, unsent: boolean) =>
  withSending(Object.assign(new Error(`failed: ${code}`), { code }), unsent);

type Play = (request: WireRequest) => Promise<WireResponse>;

/** A node that plays what it is told, and what it was sent. */
function node(name: string, play: Play) {
  const seen: WireRequest[] = [];
  const state = { play };
  const transport: Transport = {
    close: () => {},
    ownAddress: () => `towards ${name}`,
    send: (request) => {
      seen.push(request);
      return state.play(request);
    },
  };
  return { name, transport, seen, state } satisfies ClusterNode & Record<string, unknown>;
}

const fine =
  (name: string): Play =>
  async () =>
    answer(name);
const refused: Play = async () => {
  throw failure("ECONNREFUSED", true);
};
const broken: Play = async () => {
  throw failure("ECONNRESET", false);
};
const silent: Play = ({ signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(failure("ABORT_ERR", false)));
  });

const READ: WireRequest = { method: "GET", path: "/api2/json/nodes", headers: {} };
const WRITE: WireRequest = { method: "POST", path: "/api2/json/pools", headers: {}, body: "poolid=x" };

function cluster(...nodes: readonly ClusterNode[]) {
  const lines: string[] = [];
  const time = { now: 0 };
  const transport = failOver(nodes, { log: (line) => lines.push(line), now: () => time.now, silentMs: 30 });
  return { transport, lines, time };
}

describe("fail-over", () => {
  test("the preferred node is used while it answers", async () => {
    const [one, two] = [node("one", fine("one")), node("two", fine("two"))];
    const { transport } = cluster(one, two);
    for (let round = 0; round < 3; round++) expect((await transport.send(READ)).body).toBe("one");
    expect(two.seen).toEqual([]);
    expect(transport.ownAddress?.()).toBe("towards one");
  });

  test.each([
    ["that refuses connections", refused],
    ["whose connection breaks", broken],
  ])("a read goes on past a node %s", async (_, play) => {
    const [one, two] = [node("one", play), node("two", fine("two"))];
    const { transport } = cluster(one, two);
    expect((await transport.send(READ)).body).toBe("two");
    expect(transport.ownAddress?.()).toBe("towards two");
  });

  test("a write goes on only while nothing of it has left", async () => {
    const [one, two, three] = [node("one", refused), node("two", broken), node("three", fine("three"))];
    const { transport } = cluster(one, two, three);
    await expect(transport.send(WRITE)).rejects.toMatchObject({ code: "ECONNRESET", unsent: false });
    expect([one.seen.length, two.seen.length, three.seen.length]).toEqual([1, 1, 0]);
  });

  test("a node that is down is asked last, looked at besides, and taken back", async () => {
    const [one, two] = [node("one", refused), node("two", fine("two"))];
    const { transport, lines, time } = cluster(one, two);
    await transport.send(READ);
    expect((await transport.send(WRITE)).body).toBe("two");
    expect(one.seen).toHaveLength(1);
    one.state.play = fine("one");
    time.now += 1_001;
    expect((await transport.send(READ)).body).toBe("two");
    await vi.waitFor(() => expect(lines).toContain("one answers again."));
    expect(one.seen.at(-1)).toMatchObject({
      path: "/api2/json/access/domains",
      headers: { accept: "application/json" },
    });
    expect((await transport.send(READ)).body).toBe("one");
    expect(lines).toEqual(["one is not used for now: failed: ECONNREFUSED", "one answers again."]);
  });

  test("looks at a node that stays down grow rarer", async () => {
    const [one, two] = [node("one", refused), node("two", fine("two"))];
    const { transport, time } = cluster(one, two);
    for (let second = 0; second < 120; second++) {
      await transport.send(READ);
      await new Promise(setImmediate);
      time.now += 1_000;
    }
    expect(one.seen.length).toBeGreaterThan(5);
    expect(one.seen.length).toBeLessThan(12);
  });

  test("a read that one node leaves without an answer is asked of the next as well", async () => {
    const [one, two] = [node("one", silent), node("two", fine("two"))];
    const { transport, lines } = cluster(one, two);
    expect((await transport.send(READ)).body).toBe("two");
    expect(one.seen[0]?.signal?.aborted).toBe(true);
    expect(lines).toEqual(["one is not used for now: it was silent, two answered"]);
  });

  test("one that takes long by what it does is not", async () => {
    const slow: Play = () => new Promise((resolve) => setTimeout(() => resolve(answer("one")), 80));
    const [one, two] = [node("one", slow), node("two", fine("two"))];
    expect((await cluster(one, two).transport.send({ ...READ, slow: true })).body).toBe("one");
    expect(two.seen).toEqual([]);
  });

  test.each([595, 502, 503, 504])("%i of a read: another node may know better", async (status) => {
    const [one, two] = [node("one", async () => answer("", status)), node("two", fine("two"))];
    expect((await cluster(one, two).transport.send(READ)).body).toBe("two");
    const both = [node("one", async () => answer("1", status)), node("two", async () => answer("2", status))];
    expect(await cluster(...both).transport.send(READ)).toMatchObject({ status });
  });

  test("a refusal of PVE's is an answer", async () => {
    const [one, two] = [node("one", async () => answer("no", 500)), node("two", fine("two"))];
    expect((await cluster(one, two).transport.send(READ)).body).toBe("no");
    expect(two.seen).toEqual([]);
  });

  test("when none can be asked, the error names them all and keeps the first one's code", async () => {
    const { transport } = cluster(node("one", refused), node("two", refused));
    for (const request of [READ, WRITE])
      await expect(transport.send(request)).rejects.toMatchObject({
        message: "none of 2 nodes could be asked. one: failed: ECONNREFUSED; two: failed: ECONNREFUSED",
        code: "ECONNREFUSED",
        unsent: true,
      });
  });

  test("the caller's signal ends all that is under way", async () => {
    const [one, two] = [node("one", silent), node("two", silent)];
    const { transport } = cluster(one, two);
    const caller = new AbortController();
    const sent = transport.send({ ...READ, signal: caller.signal });
    await vi.waitFor(() => expect(two.seen).toHaveLength(1));
    caller.abort();
    await expect(sent).rejects.toMatchObject({ code: "ABORT_ERR" });
    expect([one, two].map(({ seen }) => seen[0]?.signal?.aborted)).toEqual([true, true]);
  });

  test("further nodes come after those that are known", async () => {
    const [one, two] = [node("one", refused), node("two", fine("two"))];
    const { transport } = cluster(one);
    await expect(transport.send(READ)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    transport.add([node("one", fine("another one")), two]);
    expect((await transport.send(READ)).body).toBe("two");
  });
});
