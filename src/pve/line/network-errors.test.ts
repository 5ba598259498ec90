import { describe, expect, test } from "vitest";
import { connectionError } from "./network-errors.ts";

const coded = (code: string) => Object.assign(new Error(`failed: ${code}`), { code });
const WRITE = "POST /access/users";

describe("connectionError", () => {
  test.each([
    ["ECONNREFUSED", "network", false],
    ["ENOTFOUND", "network", false],
    ["EAI_AGAIN", "network", false],
    ["EHOSTUNREACH", "network", false],
    ["ECONNRESET", "network", true],
    ["EPIPE", "network", true],
    ["ETIMEDOUT", "network", true],
    ["HPE_INVALID_CONSTANT", "network", true],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls", false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls", false],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", false],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls", false],
    ["CERT_HAS_EXPIRED", "tls", false],
    ["CERT_NOT_YET_VALID", "tls", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", false],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls", false],
    ["EPROTO", "tls", false],
    ["FINGERPRINT_MISMATCH", "tls", false],
  ])("%s of a write: %s, may have run: %s", (code, kind, mayHaveRun) => {
    const error = connectionError(coded(code), WRITE, false);
    expect(error).toMatchObject({
      kind,
      message: `failed: ${code}`,
      detail: { code, mayHaveRun, route: WRITE },
    });
    expect(connectionError(coded(code), "GET /nodes", true).detail.mayHaveRun).toBe(false);
  });

  test("of several addresses tried, the first one's error speaks", () => {
    const both = new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]);
    expect(connectionError(both, WRITE, false)).toMatchObject({
      kind: "network",
      message: "failed: ECONNREFUSED",
      detail: { code: "ECONNREFUSED", mayHaveRun: false },
    });
  });

  test.each([[new Error("odd")], ["odd"]])("without a code", (thrown) => {
    const error = connectionError(thrown, WRITE, false);
    expect(error).toMatchObject({ kind: "network", message: "odd", detail: { mayHaveRun: true } });
    expect(error.detail).not.toHaveProperty("code");
  });
});
