import { describe, expect, test } from "vitest";
import { PveError } from "./errors.ts";
import type { WireResponse } from "./line/transport.ts";
import { parseEnvelope, readReply } from "./reply.ts";

const JSON_TYPE = "application/json;charset=UTF-8";
const READ = "GET /nodes";
const WRITE = "POST /nodes/{node}/qemu";

function response(status: number, body: string, more: Partial<WireResponse> = {}): WireResponse {
  return { status, reason: "", headers: { "content-type": JSON_TYPE }, body, ...more };
}

function failure(answer: WireResponse, route = READ): PveError {
  try {
    readReply(route, answer);
  } catch (error) {
    if (error instanceof PveError) return error;
  }
  throw new Error("it should have thrown a PveError");
}

describe("an answer with data", () => {
  test("is handed over as it is, with what stands beside it", () => {
    const body = JSON.stringify({ data: [{ n: 1, t: "x" }], total: 7, changes: "+a", other: 1 });
    expect(readReply(READ, response(200, body))).toEqual({
      data: [{ n: 1, t: "x" }],
      total: 7,
      changes: "+a",
    });
  });

  test("null is data; total and changes of another type are not", () => {
    expect(readReply(READ, response(200, '{"data":null,"total":"7","changes":0}'))).toEqual({ data: null });
  });

  test.each(["", "OK", "[1]", "null", '"text"', "{}", '{"data":', "<html></html>"])(
    "%j is not PVE's",
    (body) => {
      expect(failure(response(200, body))).toMatchObject({
        kind: "not-pve",
        detail: { status: 200, route: READ },
      });
    },
  );
});

describe("where the message is", () => {
  test("in the body, without its line end", () => {
    const error = failure(
      response(500, '{"data":null,"message":"no such user (\'a\')\\n"}', { reason: "short" }),
    );
    expect(error).toMatchObject({ kind: "not-found", message: "no such user ('a')" });
  });

  test("else in the reason phrase", () => {
    expect(failure(response(500, '{"data":null}', { reason: "VM is locked (backup)" }))).toMatchObject({
      kind: "locked",
      message: "VM is locked (backup)",
      detail: { lock: "backup" },
    });
  });

  test("else in a body of plain text, which is cut", () => {
    const answer = response(500, "x".repeat(2_000), { headers: {} });
    expect(failure(answer).message).toBe("x".repeat(500));
  });

  test("else nowhere: the status", () => {
    expect(failure(response(401, "", { headers: {} }))).toMatchObject({
      kind: "authentication",
      message: "HTTP status 401",
    });
  });

  test("an empty message in the body is none", () => {
    expect(failure(response(500, '{"message":" "}', { reason: "got timeout" })).message).toBe("got timeout");
  });
});

test("the parameters' messages come along; a map of anything else does not", () => {
  const body = (errors: unknown) =>
    JSON.stringify({ data: null, message: "Parameter verification failed.\n", errors });
  expect(failure(response(400, body({ vmid: "type check" }))).detail.errors).toEqual({ vmid: "type check" });
  for (const odd of [["x"], { vmid: { a: 1 } }, "x", null])
    expect(failure(response(400, body(odd))).detail).not.toHaveProperty("errors");
});

test("a missing privilege and its path come along", () => {
  const error = failure(response(403, "{}", { reason: "Permission check failed (/vms/100, VM.Audit)" }));
  expect(error.detail).toMatchObject({ aclPath: "/vms/100", privilege: "VM.Audit" });
});

describe("not from PVE", () => {
  test.each([200, 401, 403, 404, 405, 500])("a web page with status %i", (status) => {
    const page = response(status, "\n<!doctype html><h1>Sign in</h1>", {
      headers: { "content-type": "text/html" },
    });
    expect(failure(page).kind).toBe("not-pve");
    expect(failure({ ...page, headers: {} }).kind).toBe("not-pve");
  });

  test("a redirect, with where to", () => {
    const answer = response(301, "", { headers: { location: "https://pve:8006/" } });
    expect(failure(answer)).toMatchObject({
      kind: "not-pve",
      message: "The server redirects to https://pve:8006/.",
    });
  });

  test("but a gateway's page about a PVE that does not answer is no surprise", () => {
    const page = response(502, "<h1>502</h1>", {
      reason: "Bad Gateway",
      headers: { "content-type": "text/html" },
    });
    expect(failure(page)).toMatchObject({ kind: "no-answer", message: "Bad Gateway" });
  });
});

describe("whether it may have run", () => {
  test.each([
    [596, "Connection timed out", WRITE, true],
    [596, "Connection timed out", READ, undefined],
    [500, "got timeout", WRITE, true],
    [595, "No route to host", WRITE, undefined],
    [500, "VM is locked (backup)", WRITE, undefined],
    [401, "", WRITE, undefined],
    // The words of a status alone are not PVE's: who knows what stood in between.
    [500, "Internal Server Error", WRITE, true],
    [503, "Service Unavailable", WRITE, true],
    [404, "Not Found", WRITE, true],
    [408, "Request Timeout", WRITE, true],
    [520, "", WRITE, true],
    [503, "Service Unavailable", READ, undefined],
    [301, "Moved Permanently", WRITE, true],
    [301, "Moved Permanently", READ, undefined],
  ])("%i %s of %s: %s", (status, reason, route, expected) => {
    expect(failure(response(status, "", { reason }), route).detail.mayHaveRun).toBe(expected);
  });
});

test.each(["", "<html></html>", '{"data":', "[]"])(
  "a write answered by %j with status 200 may have run",
  (body) => {
    expect(failure(response(200, body), WRITE)).toMatchObject({
      kind: "not-pve",
      detail: { mayHaveRun: true },
    });
  },
);

describe("an operation that PVE works through one thing at a time", () => {
  const CONFIG = "PUT /nodes/{node}/qemu/{vmid}/config";
  test.each([
    [500, "volume 'local-lvm:vm-103-disk-99' does not exist", true],
    [500, "error during cfs-locked 'storage-nas' operation: got lock request timeout", true],
    [500, "VM is locked (backup)", undefined],
    [500, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", undefined],
    [500, "checksum mismatch (file change by other user?)", undefined],
    [403, "Permission check failed (/vms/100, VM.Config.Disk)", undefined],
  ])("%i %s: a part of it may have been done: %s", (status, reason, partial) => {
    const body = JSON.stringify({ data: null });
    expect(failure(response(status, body, { reason }), CONFIG).detail.partial).toBe(partial);
    expect(failure(response(status, body, { reason }), WRITE).detail.partial).toBe(undefined);
  });
});

test.each([
  ['{"data":1}', { data: 1 }],
  ["[]", undefined],
  ["3", undefined],
  ["", undefined],
])("the envelope of %j", (body, expected) => {
  expect(parseEnvelope(body)).toEqual(expected);
});
