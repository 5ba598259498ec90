import { exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type AuthorizationServer,
  JWKS_PATH,
  type SigningKey,
  signingKey,
  signToken,
  startAuthorizationServer,
} from "../../../../tests/support/authorization-server.ts";
import type { OAuthConfig } from "../../../config/http/http-config.ts";
import { createTokenVerifier } from "./oauth.ts";

const AUDIENCE = "https://mcp.example.com/mcp";
const SCOPES: OAuthConfig["scopes"] = new Map([
  ["pve:read", "read-only"],
  ["pve:execute", "read-execute"],
  ["pve:full", "full"],
]);

let server: AuthorizationServer;
let key: SigningKey;
let lines: string[];
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  [server, key] = await Promise.all([startAuthorizationServer(), signingKey("one")]);
  server.publish(key);
  lines = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const verifier = (more: Partial<OAuthConfig> = {}) =>
  createTokenVerifier(
    { issuer: server.issuer, audience: AUDIENCE, scopes: SCOPES, ...more },
    { log: (line) => lines.push(line), now: Date.now },
  );
const seconds = () => Math.floor(Date.now() / 1000);
const claims = (more: Record<string, unknown> = {}) => ({
  iss: server.issuer,
  aud: AUDIENCE,
  sub: "alice",
  exp: seconds() + 300,
  scope: "openid pve:read",
  ...more,
});
const token = (more?: Record<string, unknown>, by = key) => signToken(by, claims(more));
const caller = (name: string, tier: string) => ({ kind: "caller", caller: { name, bounds: { tier } } });
const invalid = (description: string) => ({
  kind: "refused",
  status: 401,
  error: "invalid_token",
  description,
});
const SYMMETRIC = invalid("The token's algorithm is not accepted: it must be an asymmetric one.");
const UNAVAILABLE = { kind: "refused", status: 503, error: "temporarily_unavailable" };

describe("an access token", () => {
  test("of our issuer for us is its subject's", async () => {
    const verify = verifier();
    expect(await verify(await token())).toEqual(caller("oauth:alice", "read-only"));
    expect(await verify(await token({ aud: ["x", AUDIENCE] }))).toEqual(caller("oauth:alice", "read-only"));
    expect(lines).toEqual([]);
    expect(server.asked).toEqual(["/.well-known/oauth-authorization-server", JWKS_PATH]);
  });

  test.each(["RS256", "PS384", "ES512", "EdDSA"])("signed with %s", async (alg) => {
    const other = await signingKey("other", alg);
    server.publish(key, other);
    expect(await verifier()(await token({}, other))).toEqual(caller("oauth:alice", "read-only"));
  });

  test.each(["JWT", "at+jwt", "application/at+JWT"])("of type %s", async (typ) => {
    expect(await verifier()(await signToken(key, claims(), typ))).toMatchObject({ kind: "caller" });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["expired", { exp: Date.now() / 1000 - 31 }, "The token has expired."],
    ["without a time", { exp: undefined }, "The token says not when it expires (exp)."],
    ["with a text for a time", { exp: "2099" }, "The token says not when it expires (exp)."],
    ["not valid yet", { nbf: Date.now() / 1000 + 60 }, "The token is not valid yet."],
    ["of another audience", { aud: "https://other.example.com" }, "The token is for another audience."],
    ["of none", { aud: undefined }, "The token is for another audience."],
    ["of another issuer", { iss: "https://other.example.com" }, "The token is of another issuer."],
    ["of none", { iss: undefined }, "The token is of another issuer."],
    ["without subject", { sub: undefined }, "The token names no subject (sub)."],
    ["with an empty one", { sub: "" }, "The token names no subject (sub)."],
    ["with a number for one", { sub: 7 }, "The token names no subject (sub)."],
  ])("%s is refused", async (_what, more, description) => {
    expect(await verifier()(await token(more))).toEqual(invalid(description));
  });

  test("a clock may differ by 30 s", async () => {
    expect(await verifier()(await token({ exp: seconds() - 29 }))).toMatchObject({ kind: "caller" });
    expect(await verifier()(await token({ nbf: seconds() + 29 }))).toMatchObject({ kind: "caller" });
  });

  test("HS256 with the public key is refused", async () => {
    const other = await signingKey("rsa", "RS256");
    server.publish(other);
    const pem = await exportSPKI(other.publicKey);
    const forged = await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: "rsa" })
      .sign(Buffer.from(pem));
    expect(await verifier()(forged)).toEqual(SYMMETRIC);
  });

  test("HS256 is refused, even with a key that the issuer publishes", async () => {
    const secret = Buffer.alloc(32, 7);
    server.publish({ kty: "oct", kid: "oct", alg: "HS256", k: secret.toString("base64url") });
    const forged = await new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "oct" }).sign(secret);
    expect(await verifier()(forged)).toEqual(SYMMETRIC);
  });

  test("none is refused", async () => {
    expect(await verifier()(new UnsecuredJWT(claims()).encode())).toEqual(SYMMETRIC);
  });

  test("another one's signature, and claims that were changed", async () => {
    const forger = await signingKey("one");
    expect(await verifier()(await token({}, forger))).toEqual(invalid("The token's signature is wrong."));
    const [head, , signature] = (await token()).split(".");
    const body = Buffer.from(JSON.stringify(claims({ scope: "pve:full" }))).toString("base64url");
    expect(await verifier()(`${head}.${body}.${signature}`)).toMatchObject({ status: 401 });
  });

  test.each(["logout+jwt", "id+jwt"])("of type %s is none", async (typ) => {
    expect(await verifier()(await signToken(key, claims(), typ))).toEqual(
      invalid("The token is no access token."),
    );
  });

  test.each(["a.b.c", "..", "e30.e30.", "bnVsbA.bnVsbA.bnVsbA"])("%s is none", async (text) => {
    expect(await verifier()(text)).toMatchObject({ status: 401 });
    expect(lines).toEqual([]);
  });
});

describe("scopes", () => {
  test.each<[Record<string, unknown>, string]>([
    [{ scope: "pve:execute pve:read" }, "read-execute"],
    [{ scope: "pve:read pve:full x" }, "full"],
    [{ scope: undefined, scp: ["pve:read", "pve:execute"] }, "read-execute"],
    [{ scope: undefined, scp: "pve:full" }, "full"],
    [{ scope: "pve:read", scp: ["pve:full"] }, "full"],
  ])("%j grants %s", async (more, tier) => {
    expect(await verifier()(await token(more))).toEqual(caller("oauth:alice", tier));
  });

  test.each([{ scope: "openid" }, { scope: undefined }, { scope: ["pve:ful"] }, { scope: 1, scp: { a: 1 } }])(
    "%j grants nothing",
    async (more) => {
      expect(await verifier()(await token(more))).toEqual({
        kind: "refused",
        status: 403,
        error: "insufficient_scope",
        description:
          "The token has none of the scopes that grant something: pve:read, pve:execute, pve:full.",
        scope: "pve:read",
      });
    },
  );
});

describe("the issuer's keys", () => {
  test("a new one is found, an unknown one is not looked for again and again", async () => {
    const verify = verifier();
    expect(await verify(await token())).toMatchObject({ kind: "caller" });
    const next = await signingKey("two");
    server.publish(next);
    const unknown = invalid("The token is signed with a key that the issuer does not have.");
    expect(await verify(await token({}, next))).toEqual(unknown);
    vi.advanceTimersByTime(30_001);
    expect(await verify(await token({}, next))).toMatchObject({ kind: "caller" });
    expect(await verify(await token())).toEqual(unknown);
    expect(server.asked.filter((path) => path === JWKS_PATH)).toHaveLength(2);
  });

  test.each(["", "/realm"])("at the place of OpenID, issuer with path %j", async (path) => {
    const openid = await startAuthorizationServer(path);
    const { origin, issuer } = openid;
    openid.documents.clear();
    openid.publish(key);
    openid.documents.set(`${path}/.well-known/openid-configuration`, {
      body: JSON.stringify({ issuer, jwks_uri: `${origin}${JWKS_PATH}` }),
    });
    const verify = verifier({ issuer });
    expect(await verify(await token({ iss: issuer }))).toMatchObject({ kind: "caller" });
    await openid.close();
  });

  test("at the configured place, without metadata", async () => {
    server.documents.delete("/.well-known/oauth-authorization-server");
    const verify = verifier({ jwksUrl: `${server.origin}${JWKS_PATH}` });
    expect(await verify(await token())).toMatchObject({ kind: "caller" });
    expect(server.asked).toEqual([JWKS_PATH]);
  });

  const METADATA = "/.well-known/oauth-authorization-server";
  test.each<[string, string, string, RegExp]>([
    [
      "metadata of another issuer",
      METADATA,
      '{"issuer":"https://other"}',
      /of another issuer than MCP_OAUTH_/,
    ],
    ["metadata that are none", METADATA, "[]", /of another issuer than MCP_OAUTH_ISSUER names/],
    ["metadata in HTML", METADATA, "<html>mcp_secret", /something else than JSON/],
    ["keys that are none", JWKS_PATH, "{}", /something else than a set of keys/],
    ["broken keys", JWKS_PATH, '{"keys":[7]}', /keys cannot be used/],
    ["more than 256 KiB", JWKS_PATH, " ".repeat(256 * 1024 + 1), /more than 256 KiB/],
  ])("%s", async (_what, path, body, says) => {
    server.documents.set(path, { body });
    expect(await verifier()(await token())).toMatchObject(UNAVAILABLE);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(says);
    expect(lines[0]).not.toContain("mcp_secret");
  });

  test.each(["http://login.example.com/keys", "file:///etc/passwd", 7])("not fetched from %s", async (at) => {
    server.documents.set(METADATA, { body: JSON.stringify({ issuer: server.issuer, jwks_uri: at }) });
    expect(await verifier()(await token())).toMatchObject(UNAVAILABLE);
    expect(lines[0]).toMatch(/jwks_uri of the metadata at .* must be/);
  });

  test("a redirect is not followed", async () => {
    server.documents.set(JWKS_PATH, { status: 302, body: "" });
    expect(await verifier()(await token())).toMatchObject(UNAVAILABLE);
    expect(lines[0]).toMatch(/answered with status 302/);
  });

  test("an issuer that is down is left alone for 5 s, which is said once, then found again", async () => {
    server.documents.set(JWKS_PATH, { status: 500, body: "" });
    const verify = verifier();
    const good = await token();
    expect(await verify(good)).toMatchObject(UNAVAILABLE);
    expect(await verify(good)).toMatchObject(UNAVAILABLE);
    expect(server.asked).toHaveLength(2);
    vi.advanceTimersByTime(5_001);
    expect(await verify(good)).toMatchObject(UNAVAILABLE);
    expect(server.asked.length).toBeGreaterThan(2);
    vi.advanceTimersByTime(5_001);
    server.publish(key);
    expect(await verify(good)).toMatchObject({ kind: "caller" });
    expect(lines).toEqual([
      expect.stringMatching(/^Tokens of MCP_OAUTH_ISSUER cannot be checked and are refused: .*status 500\.$/),
      "Tokens of MCP_OAUTH_ISSUER can be checked again.",
    ]);
  });

  test("while it is down, its known keys are good", async () => {
    const verify = verifier();
    const good = await token();
    expect(await verify(good)).toMatchObject({ kind: "caller" });
    server.documents.set(JWKS_PATH, { status: 500, body: "" });
    vi.advanceTimersByTime(30_001);
    const unknown = await signingKey("two");
    expect(await verify(await token({}, unknown))).toMatchObject(UNAVAILABLE);
    expect(await verify(good)).toMatchObject({ kind: "caller" });
  });

  test("nobody there", async () => {
    const verify = verifier({ issuer: "http://127.0.0.1:1" });
    expect(await verify(await token({ iss: "http://127.0.0.1:1" }))).toMatchObject(UNAVAILABLE);
    expect(lines[0]).toMatch(/http:\/\/127\.0\.0\.1:1 cannot be reached/);
  });

  test("no answer", { timeout: 15_000 }, async () => {
    server.documents.set(JWKS_PATH, undefined);
    const begun = process.hrtime.bigint();
    expect(await verifier()(await token())).toMatchObject(UNAVAILABLE);
    expect(Number(process.hrtime.bigint() - begun) / 1e9).toBeLessThan(7);
    expect(lines[0]).toMatch(/did not answer in time/);
  });
});
