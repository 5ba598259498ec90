import { describe, expect, test } from "vitest";
import texts from "../../tests/pve/error-texts.json" with { type: "json" };
import { classifyFailure, PveError, parseLock, parsePermission } from "./errors.ts";
import { readReply } from "./reply.ts";

interface ErrorText {
  readonly kind: string;
  readonly status: number;
  readonly reason: string;
  readonly message?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const RECORDED = texts as readonly ErrorText[];

function failure(text: ErrorText): PveError {
  const { status, reason, message, errors, body } = text;
  try {
    readReply("GET /version", {
      status,
      reason,
      headers: {},
      body: body ?? JSON.stringify({ data: null, message, errors }),
    });
  } catch (error) {
    if (error instanceof PveError) return error;
  }
  throw new Error("it should have thrown a PveError");
}

describe("every error text of PVE 9.2.11 that is known", () => {
  test.each(RECORDED)("$status $reason -> $kind", (text) => {
    const error = failure(text);
    expect(error.kind).toBe(text.kind);
    expect(error.message).toBe((text.message ?? text.reason).trim());
    expect(error.detail.status).toBe(text.status);
    expect(error.detail.errors).toEqual(text.errors);
  });

  test.each(RECORDED)(
    "$status $reason: the same without the message in the body, as before PVE 8.4",
    (text) => {
      const { message, ...older } = text;
      expect(failure(older).kind).toBe(text.kind);
    },
  );
});

describe("texts from PVE's sources", () => {
  test.each([
    [500, "VM is locked (backup)", "locked"],
    [500, "CT is locked (snapshot-delete)", "locked"],
    [500, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", "locked"],
    [
      500,
      "trying to acquire cfs lock 'file-user_cfg' ...\ncfs-lock 'file-user_cfg' error: got lock request timeout",
      "locked",
    ],
    [500, "checksum mismatch (file change by other user?)", "modified"],
    [500, "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist", "not-found"],
    [500, "create storage failed: mount error: Connection refused", "server"],
    [500, "VM 100 qmp command 'query-status' failed - got timeout", "timeout"],
    [400, "duplicate parameter (already defined in URI) with conflicting values!", "parameter"],
    [400, "endpoint 'mail' already exists", "exists"],
    [595, "No route to host", "node-unreachable"],
    [595, "Connection refused", "node-unreachable"],
    [596, "Connection timed out", "no-answer"],
    [596, "Broken pipe", "no-answer"],
    [597, "", "no-answer"],
    [599, "Too many redirections", "no-answer"],
    [502, "Bad Gateway", "no-answer"],
    [504, "Gateway Time-out", "no-answer"],
    [506, "upload 'Content-Type text/plain' not implemented", "server"],
    [500, "", "server"],
  ])("%i %s -> %s", (status, message, kind) => {
    expect(classifyFailure(status, message, false)).toBe(kind);
  });

  test("a 400 with a map of parameters is about the parameters, whatever its text", () => {
    expect(classifyFailure(400, "detected modified configuration", true)).toBe("parameter");
  });
});

describe("parsePermission", () => {
  test.each([
    ["Permission check failed (/vms/100, VM.Audit)", { aclPath: "/vms/100", privilege: "VM.Audit" }],
    ["Permission check failed (/, Sys.Modify)\n", { aclPath: "/", privilege: "Sys.Modify" }],
    [
      "Permission check failed (/vms/100, VM.Config.Disk|VM.Config.CDROM)",
      { aclPath: "/vms/100", privilege: "VM.Config.Disk|VM.Config.CDROM" },
    ],
    ["Permission check failed (user != root@pam)", {}],
    ["Permission check failed (changing feature flags (except nesting) is only allowed for root@pam)", {}],
    ["Permission check failed", {}],
    [
      "Permission check failed (URI '/access/tfa/bob@corp' not available with API token, need proper ticket.\n)",
      {},
    ],
    ["", {}],
  ])("%s", (message, expected) => {
    expect(parsePermission(message)).toEqual(expected);
  });
});

describe("parseLock", () => {
  test.each([
    ["VM is locked (backup)", "backup"],
    ["unable to destroy CT 101 - CT is locked (create)", "create"],
    ["can't lock file '/var/lock/x' - got timeout", undefined],
    ["", undefined],
  ])("%s", (message, lock) => {
    expect(parseLock(message)).toBe(lock);
  });
});
