import { describe, expect, test } from "vitest";
import { queued } from "./request-queue.ts";
import type { Transport, WireRequest, WireResponse } from "./transport.ts";

const OK: WireResponse = { status: 200, reason: "", headers: {}, body: "{}" };
const get = (path: string, caller?: string, signal?: AbortSignal): WireRequest => ({
  method: "GET",
  path,
  headers: {},
  ...(caller === undefined ? {} : { caller }),
  ...(signal ? { signal } : {}),
});

/** A transport whose answers come when the test says so. */
function held() {
  const begun: { readonly path: string; readonly answer: () => void; readonly fail: () => void }[] = [];
  const inner: Transport = {
    close: () => {},
    send: ({ path }) =>
      new Promise((resolve, reject) => {
        begun.push({ path, answer: () => resolve(OK), fail: () => reject(new Error("broken")) });
      }),
  };
  return { inner, begun, paths: () => begun.map(({ path }) => path) };
}
const settle = () => new Promise(setImmediate);

describe("a queue of requests", () => {
  test("no more than the limit at once, and all in the end", async () => {
    const { inner, begun } = held();
    const transport = queued(inner, 3);
    const all = Array.from({ length: 10 }, (_, at) => transport.send(get(String(at))));
    for (let done = 0; done < 10; done++) {
      await settle();
      expect(begun.length).toBe(Math.min(done + 3, 10));
      begun[done]?.answer();
    }
    expect(await Promise.all(all)).toHaveLength(10);
  });

  test("callers take turns: one with many requests does not keep out the others", async () => {
    const { inner, begun, paths } = held();
    const transport = queued(inner, 1);
    for (const path of ["a1", "a2", "a3", "a4"]) void transport.send(get(path, "a"));
    for (const path of ["b1", "b2"]) void transport.send(get(path, "b"));
    void transport.send(get("c1", "c"));
    for (let at = 0; at < 7; at++) {
      begun[at]?.answer();
      await settle();
    }
    expect(paths()).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  test("one that fails makes room too", async () => {
    const { inner, begun } = held();
    const transport = queued(inner, 1);
    const first = transport.send(get("1")).catch((error: Error) => error.message);
    const second = transport.send(get("2"));
    begun[0]?.fail();
    expect(await first).toBe("broken");
    begun[1]?.answer();
    expect(await second).toBe(OK);
  });

  test("one that is given up while it waits was not sent, and is not", async () => {
    const { inner, begun, paths } = held();
    const transport = queued(inner, 1);
    const caller = new AbortController();
    void transport.send(get("1"));
    const gone = transport.send(get("2", "", caller.signal));
    void transport.send(get("3"));
    caller.abort();
    await expect(gone).rejects.toMatchObject({ unsent: true });
    begun[0]?.answer();
    await settle();
    expect(paths()).toEqual(["1", "3"]);
  });
});
