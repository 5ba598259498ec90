import { describe, expect, test } from "vitest";
import { joinedReads } from "./joined-reads.ts";
import type { Transport, WireRequest, WireResponse } from "./transport.ts";

const get = (path: string, headers = {}, signal?: AbortSignal): WireRequest => ({
  method: "GET",
  path,
  headers,
  ...(signal ? { signal } : {}),
});
const PUT: WireRequest = { method: "PUT", path: "/x", headers: {}, body: "" };

function held() {
  const sent: { readonly request: WireRequest; readonly answer: (body: string) => void }[] = [];
  const inner: Transport = {
    close: () => {},
    send: (request) =>
      new Promise<WireResponse>((resolve, reject) => {
        sent.push({
          request,
          answer: (body) => resolve({ status: 200, reason: "", headers: {}, body }),
        });
        request.signal?.addEventListener("abort", () => reject(new Error("ended")));
      }),
  };
  const time = { now: 0 };
  return { transport: joinedReads(inner, () => time.now), sent, time };
}
const bodies = async (...answers: readonly Promise<WireResponse>[]) =>
  (await Promise.all(answers)).map(({ body }) => body);

describe("reads that equal one under way", () => {
  test("are not sent, and get its answer", async () => {
    const { transport, sent } = held();
    const both = [transport.send(get("/a?x=1")), transport.send(get("/a?x=1"))];
    const other = transport.send(get("/a?x=2"));
    expect(sent).toHaveLength(2);
    sent[0]?.answer("one");
    sent[1]?.answer("other");
    expect(await bodies(...both, other)).toEqual(["one", "one", "other"]);
    void transport.send(get("/a?x=1"));
    expect(sent).toHaveLength(3);
  });

  test("are sent for somebody else", () => {
    const { transport, sent } = held();
    void transport.send(get("/a", { authorization: "one" }));
    void transport.send(get("/a", { authorization: "two" }));
    expect(sent).toHaveLength(2);
  });

  test("are sent when that one began before a write of ours began or ended", async () => {
    const { transport, sent } = held();
    void transport.send(get("/a"));
    const write = transport.send(PUT);
    void transport.send(get("/a"));
    expect(sent.map(({ request }) => request.method)).toEqual(["GET", "PUT", "GET"]);
    sent[1]?.answer("");
    await write;
    void transport.send(get("/a"));
    expect(sent).toHaveLength(4);
  });

  test("are sent when that one may be hanging", () => {
    const { transport, sent, time } = held();
    void transport.send(get("/a"));
    time.now = 2_001;
    void transport.send(get("/a"));
    expect(sent).toHaveLength(2);
  });

  test("one caller's giving up does not end it for another; the last one's does", async () => {
    const { transport, sent } = held();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = transport.send(get("/a", {}, first.signal));
    const two = transport.send(get("/a", {}, second.signal));
    first.abort();
    await expect(one).rejects.toThrow("aborted");
    expect(sent[0]?.request.signal?.aborted).toBe(false);
    second.abort();
    await expect(two).rejects.toThrow("ended");
    const three = transport.send(get("/a"));
    sent[1]?.answer("again");
    expect(await bodies(three)).toEqual(["again"]);
  });
});
