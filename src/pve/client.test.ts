import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Tier } from "../config/settings.ts";
import { createPveClient, type Pve } from "./client.ts";
import { PveError } from "./errors.ts";
import type { Transport, WireRequest, WireResponse } from "./line/transport.ts";

/** One exchange of a script: an answer, a connection's error, or a wait before either. */
interface Step {
  readonly status?: number;
  readonly reason?: string;
  readonly body?: string;
  readonly code?: string;
  readonly afterMs?: number;
}

const OK: Step = { body: '{"data":"fine"}' };
const HANG: Step = { afterMs: 3_600_000 };
const START = Date.UTC(2026, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Scripted {
  readonly pve: Pve;
  /** What was sent, and when, in milliseconds since the beginning. */
  readonly sent: (WireRequest & { readonly at: number })[];
}

/** A client whose transport plays the steps in order, the last one for ever. */
function scripted(steps: readonly Step[], options: { tier?: Tier; timeoutMs?: number } = {}): Scripted {
  const sent: (WireRequest & { at: number })[] = [];
  const transport: Transport = {
    close: () => {},
    send: (request) => {
      const step = steps[Math.min(sent.length, steps.length - 1)] ?? OK;
      sent.push({ ...request, at: Date.now() - START });
      return play(step, request.signal);
    },
  };
  const { tier = "full", timeoutMs = 30_000 } = options;
  return { pve: createPveClient({ transport, authorization: "PVEAPIToken=a@b!c=d", timeoutMs, tier }), sent };
}

function play(step: Step, signal: AbortSignal | undefined): Promise<WireResponse> {
  const { status = 200, reason = "", body = "", code, afterMs = 0 } = step;
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    setTimeout(() => {
      if (code) reject(Object.assign(new Error(`connect ${code}`), { code }));
      else resolve({ status, reason, headers: {}, body });
    }, afterMs);
  });
}

/** The result of a call, or the error it ended with. */
const settled = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

/** The same, letting all the time pass that the call needs. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  const result = settled(call);
  await vi.runAllTimersAsync();
  return result;
}

const read = ({ pve }: Scripted) => pve.call("GET /nodes", {});
const write = ({ pve }: Scripted, signal?: AbortSignal) =>
  pve.call(
    "POST /nodes/{node}/qemu/{vmid}/status/start",
    { node: "pve1", vmid: 100, timeout: 60 },
    { signal },
  );

describe("what is sent", () => {
  test("a read has its parameters in the query and no body", async () => {
    const script = scripted([OK]);
    expect(await outcome(script.pve.call("GET /cluster/resources", { type: "vm" }))).toEqual({
      data: "fine",
    });
    expect(script.sent).toMatchObject([{ method: "GET", path: "/api2/json/cluster/resources?type=vm" }]);
    expect(script.sent[0]?.headers).toEqual({
      authorization: "PVEAPIToken=a@b!c=d",
      accept: "application/json",
    });
    expect(script.sent[0]).not.toHaveProperty("body");
  });

  test("a deletion too", async () => {
    const script = scripted([OK]);
    await outcome(
      script.pve.call("DELETE /nodes/{node}/qemu/{vmid}", { node: "pve1", vmid: 100, purge: true }),
    );
    expect(script.sent[0]).toMatchObject({
      method: "DELETE",
      path: "/api2/json/nodes/pve1/qemu/100?purge=1",
    });
    expect(script.sent[0]).not.toHaveProperty("body");
  });

  test("a write has them in a form, with its length in bytes", async () => {
    const script = scripted([OK]);
    const params = { node: "pve1", vmid: 100, name: "web", description: "größer; a=b" };
    await outcome(script.pve.call("PUT /nodes/{node}/qemu/{vmid}/config", params));
    const [request] = script.sent;
    expect(request).toMatchObject({ path: "/api2/json/nodes/pve1/qemu/100/config", method: "PUT" });
    expect(request?.body).toBe("name=web&description=gr%C3%B6%C3%9Fer%3B+a%3Db");
    expect(request?.headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(request?.body ?? "")),
    });
  });
});

describe("reads are repeated", () => {
  test.each<[string, Step]>([
    ["a connection that broke", { code: "ECONNRESET" }],
    ["a connection refused", { code: "ECONNREFUSED" }],
    ["595", { status: 595, reason: "No route to host" }],
    ["503", { status: 503, reason: "Service Unavailable", body: "<h1>busy</h1>" }],
    ["an early 596", { status: 596, reason: "Broken pipe", afterMs: 4_000 }],
  ])("after %s, with growing pauses, three times", async (_, step) => {
    const script = scripted([step, step, step, OK]);
    expect(await outcome(read(script))).toEqual({ data: "fine" });
    const lasted = step.afterMs ?? 0;
    expect(script.sent.map(({ at }) => at)).toEqual([0, lasted + 150, 2 * lasted + 650, 3 * lasted + 2_150]);
    const failing = scripted([step]);
    expect(await outcome(read(failing))).toBeInstanceOf(PveError);
    expect(failing.sent).toHaveLength(4);
  });

  test.each<[string, Step, string]>([
    ["a late 596", { status: 596, reason: "Connection timed out", afterMs: 6_000 }, "no-answer"],
    ["a refused token", { status: 401, reason: "Authentication failed!" }, "authentication"],
    ["PVE's refusal", { status: 500, reason: "got timeout" }, "timeout"],
    ["a certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "tls"],
    ["a web page", { status: 200, body: "<html>" }, "not-pve"],
    ["501", { status: 501, reason: "Method 'GET /nodes' not implemented" }, "not-implemented"],
  ])("but not after %s", async (_, step, kind) => {
    const script = scripted([step, OK]);
    expect(await outcome(read(script))).toMatchObject({ kind });
    expect(script.sent).toHaveLength(1);
  });

  test("only as long as the whole call may take, and then the last failure is told", async () => {
    const script = scripted([{ status: 595, reason: "No route to host" }], { timeoutMs: 400 });
    const error = await outcome(read(script));
    expect(error).toMatchObject({ kind: "node-unreachable", message: "No route to host" });
    expect(script.sent.map(({ at }) => at)).toEqual([0, 150]);
    expect(Date.now() - START).toBe(400);
  });
});

describe("writes are sent once", () => {
  test.each<[Step, string, boolean]>([
    [{ code: "ECONNRESET" }, "network", true],
    [{ code: "EPIPE" }, "network", true],
    [{ code: "ECONNREFUSED" }, "network", false],
    [{ code: "ENOTFOUND" }, "network", false],
    [{ code: "CERT_HAS_EXPIRED" }, "tls", false],
    [{ status: 595, reason: "No route to host" }, "node-unreachable", false],
    [{ status: 596, reason: "Broken pipe" }, "no-answer", true],
    [{ status: 503, reason: "Service Unavailable" }, "server", true],
    [{ status: 500, reason: "VM 100 qmp command failed - got timeout" }, "timeout", true],
  ])("%j -> %s, may have run: %s", async (step, kind, mayHaveRun) => {
    const script = scripted([step, OK]);
    const error = await outcome(write(script));
    expect(error).toMatchObject({ kind });
    expect((error as PveError).detail.mayHaveRun ?? false).toBe(mayHaveRun);
    expect(script.sent).toHaveLength(1);
  });
});

describe("one time limit for the whole call", () => {
  test("a read that hangs", async () => {
    const script = scripted([HANG], { timeoutMs: 2_500 });
    const call = settled(read(script));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(script.sent[0]?.signal?.aborted).toBe(true);
    const error = await call;
    expect(error).toMatchObject({ kind: "timeout", message: "No answer within 2.5 s." });
    expect(error).toMatchObject({ detail: { mayHaveRun: false } });
  });

  test("it includes the repetitions", async () => {
    const script = scripted([{ code: "ECONNRESET", afterMs: 900 }, HANG], { timeoutMs: 2_000 });
    const call = settled(read(script));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(script.sent.map(({ signal, at }) => [at, signal?.aborted])).toEqual([
      [0, true],
      [1_050, true],
    ]);
    expect(await call).toMatchObject({ kind: "timeout" });
  });

  test.each([
    [1_000, undefined, 35_000],
    [60_000, undefined, 60_000],
    [30_000, 2_000, 35_000],
    [30_000, 90_000, 90_000],
  ])("a write under a limit of %i ms (for this call: %s) has %i ms", async (timeoutMs, own, expected) => {
    const script = scripted([HANG], { timeoutMs });
    const params = { node: "pve1", vmid: 100 };
    const options = own === undefined ? {} : { timeoutMs: own };
    const call = settled(script.pve.call("POST /nodes/{node}/qemu/{vmid}/status/start", params, options));
    await vi.advanceTimersByTimeAsync(expected - 1);
    expect(script.sent[0]?.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(script.sent[0]?.signal?.aborted).toBe(true);
    expect(await call).toMatchObject({ kind: "timeout", detail: { mayHaveRun: true } });
  });

  test("a read may be given less", async () => {
    const script = scripted([HANG]);
    const error = await outcome(script.pve.call("GET /nodes", {}, { timeoutMs: 100 }));
    expect(error).toMatchObject({ kind: "timeout", message: "No answer within 0.1 s." });
  });

  test("nothing is left behind by a call that has ended", async () => {
    const caller = new AbortController();
    const listening = vi.spyOn(caller.signal, "removeEventListener");
    const { pve } = scripted([OK]);
    const call = pve.call("GET /nodes", {}, { signal: caller.signal });
    await vi.advanceTimersByTimeAsync(0);
    await call;
    expect(vi.getTimerCount()).toBe(0);
    expect(listening).toHaveBeenCalledWith("abort", expect.any(Function));
  });
});

describe("cancelling", () => {
  test.each([
    ["a read", read, false],
    ["a write", write, true],
  ] as const)("%s under way", async (_, begin, mayHaveRun) => {
    const caller = new AbortController();
    const script = scripted([HANG]);
    const call =
      begin === read
        ? script.pve.call("GET /nodes", {}, { signal: caller.signal })
        : write(script, caller.signal);
    const end = settled(call);
    await vi.advanceTimersByTimeAsync(0);
    caller.abort();
    expect(await end).toMatchObject({ kind: "cancelled", detail: { mayHaveRun } });
    expect(script.sent[0]?.signal?.aborted).toBe(true);
  });

  test("between two attempts: no further one", async () => {
    const caller = new AbortController();
    const script = scripted([{ code: "ECONNRESET" }, OK]);
    const call = settled(script.pve.call("GET /nodes", {}, { signal: caller.signal }));
    await vi.advanceTimersByTimeAsync(100);
    caller.abort();
    expect(await call).toMatchObject({ kind: "cancelled" });
    expect(script.sent).toHaveLength(1);
  });

  test("before it began: nothing is sent, nothing can have run", async () => {
    const script = scripted([OK]);
    expect(await outcome(write(script, AbortSignal.abort()))).toMatchObject({
      kind: "cancelled",
      detail: { mayHaveRun: false },
    });
    expect(script.sent).toEqual([]);
  });
});

describe("nothing is sent", () => {
  test.each([
    ["read-only", { node: "pve1", vmid: 100 }, "read-execute"],
    ["read-execute", { node: "pve1", vmid: 100, skiplock: true }, "full"],
    ["read-execute", { node: "pve1", vmid: 100, skiplock: "yes" }, "full"],
  ] as const)("of a call that tier %s does not admit: %j", async (tier, params, needsTier) => {
    const script = scripted([OK], { tier });
    const call = script.pve.call("POST /nodes/{node}/qemu/{vmid}/status/start", params as never);
    expect(await outcome(call)).toMatchObject({ kind: "refused", detail: { needsTier } });
    expect(script.sent).toEqual([]);
  });

  const backup = "POST /nodes/{node}/vzdump";
  const retention = (keep: string): Step => ({
    body: JSON.stringify({ data: { storage: "nas", remove: 1, "prune-backups": keep } }),
  });

  test.each([
    [retention("keep-last=3"), /deletes older backups/],
    [{ status: 403, reason: "Permission check failed" }, /could not be read/],
  ] as const)(
    "of a backup that removes older ones by the storage's retention, below full",
    async (step, why) => {
      const script = scripted([step], { tier: "read-execute" });
      const call = script.pve.call(backup, { node: "pve1", vmid: "100", storage: "nas" });
      expect(await outcome(call)).toMatchObject({
        kind: "refused",
        message: expect.stringMatching(why),
        detail: { needsTier: "full" },
      });
      expect(script.sent.map(({ method }) => method)).toEqual(["GET"]);
    },
  );

  test.each([
    ["read-execute", { remove: false }],
    ["full", {}],
  ] as const)("but this is, by tier %s with %j", async (tier, more) => {
    const script = scripted([retention("keep-last=3")], { tier });
    await outcome(script.pve.call(backup, { node: "pve1", vmid: "100", storage: "nas", ...more } as never));
    expect(script.sent.map(({ method }) => method)).toEqual(["POST"]);
  });

  test("by tier read-execute where the storage keeps all", async () => {
    const script = scripted([retention("keep-all=1"), OK], { tier: "read-execute" });
    await outcome(script.pve.call(backup, { node: "pve1", vmid: "100", storage: "nas" }));
    expect(script.sent.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  test("of parameters that PVE would refuse: all of them are named", async () => {
    const script = scripted([OK]);
    const params = { node: "pve1", vmid: "web", timeout: -1, timout: 3 };
    const error = await outcome(
      script.pve.call("POST /nodes/{node}/qemu/{vmid}/status/start", params as never),
    );
    expect(error).toMatchObject({ kind: "parameter" });
    expect(Object.keys((error as PveError).detail.errors ?? {}).sort()).toEqual([
      "timeout",
      "timout",
      "vmid",
    ]);
    expect(script.sent).toEqual([]);
  });

  test("of a path value that would leave its segment", async () => {
    const script = scripted([OK]);
    for (const node of ["../access", "", "..", "pve1/qemu", "pve1%2f..", "pve1?x=1"]) {
      expect(await outcome(script.pve.call("GET /nodes/{node}/status", { node }))).toMatchObject({
        kind: "parameter",
      });
    }
    expect(script.sent).toEqual([]);
  });
});

test("values are turned into PVE's before they are sent", async () => {
  const script = scripted([OK]);
  const params = { node: "pve1", vmid: "100", cores: "2", onboot: "yes", tags: ["a", "b"] };
  await outcome(script.pve.call("PUT /nodes/{node}/qemu/{vmid}/config", params as never));
  expect(script.sent[0]?.body).toBe("cores=2&onboot=1&tags=a%2Cb");
});
