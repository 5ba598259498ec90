import { describe, expect, it, vi } from "vitest";
import { apidocOf } from "../../../tests/support/apidoc-through.ts";
import type { Pve } from "../client.ts";
import type { Transport, WireRequest } from "../line/transport.ts";
import type { DescriptionCache } from "./description-cache.ts";
import { LARGEST } from "./description-cache.ts";
import { APIDOC_PATH, liveDescription } from "./live-description.ts";

const TEXT = apidocOf([{ route: "GET /x", description: "An x." }]);
const pve: Pve = { call: async () => ({ data: { version: "9.2.11", release: "9.2", repoid: "abc" } }) };

function parts(answer: (request: WireRequest) => { status: number; body: string } | Error) {
  const send = vi.fn<Transport["send"]>(async (request) => {
    const found = answer(request);
    if (found instanceof Error) throw found;
    return { ...found, reason: "", headers: {} };
  });
  return { send, transport: { send, close: () => {} } };
}

describe("the connected node's description", () => {
  it("is fetched once, without a login and bounded", async () => {
    const { send, transport } = parts(() => ({ status: 200, body: TEXT }));
    const live = liveDescription({ transport, pve, cluster: "c", now: () => 0 });
    const [one, two] = await Promise.all([live.read(), live.read()]);
    expect(one).toBe(two);
    expect([...(one?.endpoints.keys() ?? [])]).toEqual(["GET /x"]);
    expect(send).toHaveBeenCalledTimes(1);
    const [request] = send.mock.calls[0] ?? [];
    expect(request).toMatchObject({ method: "GET", path: APIDOC_PATH, maxBytes: LARGEST });
    expect(JSON.stringify(request?.headers)).not.toMatch(/authorization/i);
    expect(live.missing()).toBeUndefined();
  });

  it.each([
    ["404", () => ({ status: 404, body: "" }), /answers 404/],
    ["no description", () => ({ status: 200, body: "<html>" }), /description/],
    ["no line", () => new Error("ECONNRESET"), /could not be fetched: ECONNRESET/],
  ] as const)("may be missing (%s), and is looked for again later", async (_, answer, why) => {
    let now = 0;
    const { send, transport } = parts(answer);
    const live = liveDescription({ transport, pve, cluster: "c", now: () => now });
    expect(await live.read()).toBeUndefined();
    expect(live.missing()).toMatch(why);
    await live.read();
    expect(send).toHaveBeenCalledTimes(1);
    now = 700_000;
    await live.read();
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("is taken from the cache, and anew where that is damaged", async () => {
    const kept = new Map<string, string>();
    const cache: DescriptionCache = {
      read: async (cluster, version) => kept.get(`${cluster} ${version}`),
      write: async (cluster, version, text) => void kept.set(`${cluster} ${version}`, text),
    };
    const { send, transport } = parts(() => ({ status: 200, body: TEXT }));
    const read = () => liveDescription({ transport, pve, cluster: "c", now: () => 0, cache }).read();
    await read();
    expect([...kept.keys()]).toEqual(["c 9.2.11 abc"]);
    await read();
    expect(send).toHaveBeenCalledTimes(1);
    kept.set("c 9.2.11 abc", "damaged");
    expect((await read())?.endpoints.size).toBe(1);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("one caller's giving up leaves it to the others", async () => {
    let answer: (body: string) => void = () => {};
    const send: Transport["send"] = () =>
      new Promise((resolve) => {
        answer = (body) => resolve({ status: 200, reason: "", headers: {}, body });
      });
    const live = liveDescription({ transport: { send, close: () => {} }, pve, cluster: "c", now: () => 0 });
    const gone = new AbortController();
    const [left, stays] = [live.read(gone.signal), live.read()];
    await new Promise((done) => setImmediate(done));
    gone.abort();
    await expect(left).rejects.toMatchObject({ kind: "cancelled" });
    answer(TEXT);
    expect((await stays)?.endpoints.size).toBe(1);
  });
});
