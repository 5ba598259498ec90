import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type AuthorizationServer,
  type SigningKey,
  signingKey,
  signToken,
  startAuthorizationServer,
} from "../../../../tests/support/authorization-server.ts";
import type { HttpAuth, OAuthConfig } from "../../../config/http/http-config.ts";
import { challenge, createAuthenticator, type Refused } from "./authenticate.ts";
import { resourceMetadata, resourceMetadataUrl } from "./resource-metadata.ts";
import { hashOfToken } from "./static-tokens.ts";

const ALICE = "mcp_alice-token+/x_~.==";
const JWT_LIKE = "aaa.bbb.ccc";
const AUDIENCE = "https://mcp.example.com/mcp";

let folder: string;
let tokensFile: string;
let server: AuthorizationServer;
let key: SigningKey;
let oauth: OAuthConfig;
let lines: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mcp-pve-auth-"));
  tokensFile = join(folder, "tokens.json");
  const entry = (name: string, token: string) => ({
    name,
    sha256: Buffer.from(hashOfToken(token)).toString("hex"),
    tier: "read-execute",
  });
  const tokens = [
    entry("alice", ALICE),
    entry("dots", JWT_LIKE),
    { ...entry("old", "old"), expires: "2020-01-01" },
  ];
  writeFileSync(tokensFile, JSON.stringify({ tokens }), { mode: 0o600 });
  [server, key] = await Promise.all([startAuthorizationServer(), signingKey("one")]);
  server.publish(key);
  oauth = { issuer: server.issuer, audience: AUDIENCE, scopes: new Map([["pve:read", "read-only"]]) };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});
beforeEach(() => {
  lines = [];
});

const by = (auth: HttpAuth) => createAuthenticator(auth, { log: (line) => lines.push(line) });
const both = () => by({ kind: "bearer", tokensFile, oauth });
const caller = (name: string, tier: string) => ({ kind: "caller", caller: { name, bounds: { tier } } });
const invalid = (description: string) => ({
  kind: "refused",
  status: 401,
  error: "invalid_token",
  description,
});

describe("who makes a request", () => {
  test("with none: anonymous, whatever the header", async () => {
    const { authenticate } = by({ kind: "none" });
    expect(await authenticate(undefined)).toEqual(caller("anonymous", "full"));
    expect(await authenticate("Bearer x")).toEqual(caller("anonymous", "full"));
  });

  test.each(["Bearer", "bearer", "BEARER ", "Bearer  "])("%s is the scheme", async (scheme) => {
    expect(await both().authenticate(`${scheme} ${ALICE}`)).toEqual(caller("token:alice", "read-execute"));
  });

  test("a token of the file first, whatever it looks like; then one of the issuer", async () => {
    const { authenticate } = both();
    expect(await authenticate(`Bearer ${JWT_LIKE}`)).toEqual(caller("token:dots", "read-execute"));
    expect(server.asked).toEqual([]);
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { iss: server.issuer, aud: AUDIENCE, sub: "bob", exp, scope: "pve:read" };
    const token = await signToken(key, claims);
    expect(await authenticate(`Bearer ${token}`)).toEqual(caller("oauth:bob", "read-only"));
    expect(await by({ kind: "bearer", oauth }).authenticate(`Bearer ${token}`)).toEqual(
      caller("oauth:bob", "read-only"),
    );
    expect(await by({ kind: "bearer", tokensFile }).authenticate(`Bearer ${token}`)).toEqual(
      invalid("The token is not known."),
    );
  });

  test.each<[string | undefined, string]>([
    [undefined, "A token is needed: Authorization: Bearer TOKEN."],
    ["", "A token is needed: Authorization: Bearer TOKEN."],
    ["Basic YWxpY2U6eA==", "A token is needed: Authorization: Bearer TOKEN."],
    [ALICE, "A token is needed: Authorization: Bearer TOKEN."],
  ])("%j has no token, and so no error code", async (header, description) => {
    expect(await both().authenticate(header)).toEqual({ kind: "refused", status: 401, description });
  });

  test.each<[string, string]>([
    ["Bearer", "The Authorization header is not Bearer and a token."],
    ["Bearer ", "The Authorization header is not Bearer and a token."],
    ["Bearer a b", "The Authorization header is not Bearer and a token."],
    [`Bearer ${ALICE},`, "The Authorization header is not Bearer and a token."],
    ["Bearer a=b", "The Authorization header is not Bearer and a token."],
    ["Bearer ä", "The Authorization header is not Bearer and a token."],
    [`Bearer ${"a".repeat(8192)}`, "The Authorization header is longer than 8 KiB."],
    ["Bearer alice", "The token is not known."],
    ["Bearer old", "The token has expired."],
  ])("%s is refused", async (header, description) => {
    expect(await both().authenticate(header)).toEqual(invalid(description));
  });

  test("a faulty file is told at the start", () => {
    by({ kind: "bearer", tokensFile: join(folder, "none.json") });
    expect(lines).toEqual([expect.stringMatching(/^MCP_TOKENS_FILE cannot be read: there is no such file/)]);
  });

  test("any header is a caller or refused, and is neither logged nor repeated", async () => {
    const { authenticate } = both();
    const part = fc.oneof(
      fc.base64String().map((text) => text.replace(/[+/=]/g, "-")),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    const header = fc.oneof(
      fc.string(),
      fc.string().map((text) => `Bearer ${text}`),
      fc.tuple(part, part, part).map((parts) => `Bearer ${parts.join(".")}`),
    );
    await fc.assert(
      fc.asyncProperty(header, async (text) => {
        const found = await authenticate(`${text}9f8e7d6c5b4a`);
        expect(found.kind).toBe("refused");
        expect(JSON.stringify(found) + lines.join()).not.toContain("9f8e7d6c5b4a");
      }),
      { numRuns: 500 },
    );
  });
});

describe("a challenge", () => {
  const METADATA = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
  test.each<[Omit<Refused, "kind">, string | undefined, string | undefined]>([
    [{ status: 401, description: "Who?" }, undefined, 'Bearer realm="mcp-pve"'],
    [
      { status: 401, error: "invalid_token", description: "No." },
      METADATA,
      `Bearer realm="mcp-pve", error="invalid_token", error_description="No.", resource_metadata="${METADATA}"`,
    ],
    [
      { status: 403, error: "insufficient_scope", description: 'A "b" \\\r\n', scope: "pve:read" },
      undefined,
      'Bearer realm="mcp-pve", error="insufficient_scope", error_description="A \\"b\\" \\\\", scope="pve:read"',
    ],
    [{ status: 503, error: "temporarily_unavailable", description: "Later." }, METADATA, undefined],
  ])("%j", (refused, url, value) => {
    expect(challenge({ kind: "refused", ...refused }, url)).toBe(value);
  });
});

describe("the metadata of the resource", () => {
  test("name issuer and scopes", () => {
    expect(resourceMetadata(oauth, AUDIENCE)).toEqual({
      resource: AUDIENCE,
      authorization_servers: [server.issuer],
      scopes_supported: ["pve:read"],
      bearer_methods_supported: ["header"],
      resource_name: "mcp-pve",
    });
  });

  test.each([
    ["https://mcp.example.com/mcp", "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"],
    ["https://mcp.example.com", "https://mcp.example.com/.well-known/oauth-protected-resource"],
    ["http://localhost:3000/a/b/", "http://localhost:3000/.well-known/oauth-protected-resource/a/b"],
  ])("%s has them at %s", (resource, url) => {
    expect(resourceMetadataUrl(resource)).toBe(url);
  });
});
