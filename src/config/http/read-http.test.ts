import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tlsFile } from "../../../tests/support/https-pve.ts";
import { ConfigError } from "../config-error.ts";
import { loadConfig } from "../load.ts";

type Env = Readonly<Record<string, string>>;

const FILES: Env = {
  "/run/tokens": "{}",
  "/run/key": "0123456789abcdef0123456789abcdef\n",
  "/run/short": "0123456789abcdef\n",
  "/tls/cert": readFileSync(tlsFile("leaf.pem"), "utf8"),
  "/tls/key": readFileSync(tlsFile("leaf.key"), "utf8"),
  "/tls/other": readFileSync(tlsFile("self-signed.key"), "utf8"),
};
const deps = {
  demo: true,
  tools: [],
  readFile: (path: string) => {
    const content = FILES[path];
    if (content === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
    return content;
  },
} as const;

const load = (env: Env) => loadConfig(env, deps);
const TOKENS = { MCP_TRANSPORT: "http", MCP_TOKENS_FILE: "/run/tokens" };
const OAUTH = {
  MCP_TRANSPORT: "http",
  MCP_OAUTH_ISSUER: "https://login.example.com/",
  MCP_PUBLIC_URL: "https://mcp.example.com/mcp/",
};
const OPEN = { ...TOKENS, MCP_HOST: "0.0.0.0", MCP_PUBLIC_URL: "https://mcp.example.com/mcp" };

function problems(env: Env): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const LOCAL_ORIGINS = [
  "http://localhost:*",
  "https://localhost:*",
  "http://127.0.0.1:*",
  "https://127.0.0.1:*",
  "http://[::1]:*",
  "https://[::1]:*",
];
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

describe("over HTTP", () => {
  test("a file of tokens is enough", () => {
    expect(load(TOKENS).http).toEqual({
      host: "127.0.0.1",
      port: 3000,
      behindProxy: false,
      allowedHosts: LOCAL_HOSTS,
      allowedOrigins: LOCAL_ORIGINS,
      auth: { kind: "bearer", tokensFile: "/run/tokens" },
      perMinute: 600,
      atOnce: 32,
    });
  });

  test("an issuer and the public address are enough", () => {
    expect(load(OAUTH).http).toMatchObject({
      publicUrl: "https://mcp.example.com/mcp",
      allowedHosts: ["mcp.example.com", ...LOCAL_HOSTS],
      allowedOrigins: ["https://mcp.example.com", ...LOCAL_ORIGINS],
      auth: {
        kind: "bearer",
        oauth: {
          // The slash is the issuer's, and tokens have it.
          issuer: "https://login.example.com/",
          audience: "https://mcp.example.com/mcp",
          scopes: new Map([
            ["pve:read", "read-only"],
            ["pve:execute", "read-execute"],
            ["pve:full", "full"],
          ]),
        },
      },
    });
  });

  test("every setting is honoured", () => {
    const { http } = load({
      ...TOKENS,
      MCP_HOST: "[2001:DB8:0::1]",
      MCP_PORT: "0",
      MCP_TLS_CERT_FILE: "/tls/cert",
      MCP_TLS_KEY_FILE: "/tls/key",
      MCP_BEHIND_PROXY: "true",
      MCP_PUBLIC_URL: "https://MCP.example.com:8443/",
      MCP_ALLOWED_HOSTS: "mcp_pve, 2001:db8::1,Other.Example.com",
      MCP_ALLOWED_ORIGINS: "https://App.example.com:443,http://app.example.com:8080",
      MCP_AUTH: "bearer",
      MCP_OAUTH_ISSUER: "http://127.0.0.1:9000",
      MCP_OAUTH_AUDIENCE: "urn:mcp",
      MCP_OAUTH_JWKS_URL: "https://login.example.com/jwks?v=1",
      MCP_OAUTH_SCOPES: "api://pve/Read=read-only, a=b=full",
      MCP_RATE_LIMIT: "10",
      MCP_MAX_CALLS: "1",
      MCP_METRICS_PORT: "9100",
      MCP_STATE_KEY_FILE: "/run/key",
    });
    expect(http).toEqual({
      host: "2001:db8::1",
      port: 0,
      tls: { certFile: "/tls/cert", keyFile: "/tls/key" },
      behindProxy: true,
      publicUrl: "https://mcp.example.com:8443",
      allowedHosts: ["mcp.example.com", "mcp_pve", "[2001:db8::1]", "other.example.com"],
      allowedOrigins: [
        "https://mcp.example.com:8443",
        "https://app.example.com",
        "http://app.example.com:8080",
      ],
      auth: {
        kind: "bearer",
        tokensFile: "/run/tokens",
        oauth: {
          issuer: "http://127.0.0.1:9000",
          audience: "urn:mcp",
          jwksUrl: "https://login.example.com/jwks?v=1",
          scopes: new Map([
            ["api://pve/Read", "read-only"],
            ["a=b", "full"],
          ]),
        },
      },
      perMinute: 10,
      atOnce: 1,
      metricsPort: 9100,
      stateKey: http?.stateKey,
    });
    expect(http?.stateKey?.reveal()).toBe("0123456789abcdef0123456789abcdef");
    expect(JSON.stringify(http)).not.toContain("0123456789abcdef");
  });

  test.each(["127.0.0.1", "127.8.8.8", "::1", "[::1]", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"])(
    "%s is loopback: nobody need be known there",
    (host) => {
      const { http } = load({ MCP_TRANSPORT: "http", MCP_HOST: host, MCP_AUTH: "none" });
      expect(http?.auth).toEqual({ kind: "none" });
      expect(http?.allowedHosts).toEqual(LOCAL_HOSTS);
    },
  );

  test.each(["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com", "::ffff:127.0.0.1", "localhost.lan"])(
    "%s is not",
    (host) => {
      expect(problems({ MCP_TRANSPORT: "http", MCP_HOST: host, MCP_AUTH: "none" })).toContainEqual(
        expect.stringMatching(/^MCP_AUTH=none is for loopback only: /),
      );
    },
  );

  test.each([
    { ...OPEN, MCP_BEHIND_PROXY: "true" },
    { ...OPEN, MCP_TLS_CERT_FILE: "/tls/cert", MCP_TLS_KEY_FILE: "/tls/key" },
    {
      ...TOKENS,
      MCP_HOST: "mcp.example.com",
      MCP_ALLOWED_HOSTS: "mcp.example.com",
      MCP_BEHIND_PROXY: "true",
    },
  ])("others reach it: %j", (env) => {
    const { http } = load(env);
    expect(http?.allowedHosts).toEqual(["mcp.example.com"]);
    expect(http?.allowedOrigins).toEqual("MCP_PUBLIC_URL" in env ? ["https://mcp.example.com"] : []);
  });
});

const KNOWN = "MCP_AUTH=bearer (the default) needs to know whom to accept: ";
const PAIR = "MCP_TLS_CERT_FILE and MCP_TLS_KEY_FILE go together: set both, or none";
const REFUSALS: readonly (readonly [what: string, env: Env, begins: string])[] = [
  ["nobody to accept", { MCP_TRANSPORT: "http" }, KNOWN],
  ["nobody is known behind a proxy", { MCP_AUTH: "none", MCP_BEHIND_PROXY: "true" }, "MCP_AUTH=none contra"],
  ["nobody is known, and tokens", { ...TOKENS, MCP_AUTH: "none" }, "MCP_AUTH=none contradicts MCP_TOKENS"],
  ["nobody is known, and an issuer", { ...OAUTH, MCP_AUTH: "none" }, "MCP_AUTH=none contradicts MCP_OAUTH"],
  ["in clear for others", OPEN, "MCP_HOST is not loopback, and tokens would travel in clear: set MCP_TLS"],
  [
    "no name for others",
    { ...TOKENS, MCP_HOST: "::", MCP_BEHIND_PROXY: "true" },
    "MCP_HOST is not loopback, and the Host header of requests could not be checked: set MCP_PUBLIC_URL",
  ],
  ["a certificate alone", { ...OPEN, MCP_TLS_CERT_FILE: "/tls/cert" }, PAIR],
  ["a key alone", { ...OPEN, MCP_TLS_KEY_FILE: "/tls/key" }, PAIR],
  [
    "no such certificate",
    { ...TOKENS, MCP_TLS_CERT_FILE: "/tls/none", MCP_TLS_KEY_FILE: "/tls/key" },
    'MCP_TLS_CERT_FILE: cannot read "/tls/none": there is no such file (ENOENT)',
  ],
  [
    "another certificate's key",
    { ...TOKENS, MCP_TLS_CERT_FILE: "/tls/cert", MCP_TLS_KEY_FILE: "/tls/other" },
    "MCP_TLS_KEY_FILE is not the key of the certificate in MCP_TLS_CERT_FILE",
  ],
  [
    "no audience",
    { MCP_OAUTH_ISSUER: "https://login.example.com" },
    "MCP_OAUTH_ISSUER needs to know which tokens are for this server: set MCP_PUBLIC_URL",
  ],
  [
    "an issuer's settings alone",
    { ...TOKENS, MCP_OAUTH_AUDIENCE: "a", MCP_OAUTH_SCOPES: "a=full" },
    "MCP_OAUTH_AUDIENCE and MCP_OAUTH_SCOPES: no use without MCP_OAUTH_ISSUER",
  ],
  ["no such tokens", { MCP_TOKENS_FILE: "/run/none" }, "MCP_TOKENS_FILE: cannot read"],
  ["tokens of a relative path", { MCP_TOKENS_FILE: "tokens" }, "MCP_TOKENS_FILE must be an absolute path"],
  ["one port for two", { ...TOKENS, MCP_METRICS_PORT: "3000" }, "MCP_METRICS_PORT is the port of MCP_PORT"],
  ["no port", { ...TOKENS, MCP_PORT: "65536" }, "MCP_PORT must be a whole number from 0 to 65535"],
  ["a key that is short", { ...TOKENS, MCP_STATE_KEY_FILE: "/run/short" }, "MCP_STATE_KEY_FILE names a file"],
  ["a limit of 0", { ...TOKENS, MCP_RATE_LIMIT: "0" }, "MCP_RATE_LIMIT must be a whole number from 1 to"],
  ["too many calls", { ...TOKENS, MCP_MAX_CALLS: "1001" }, "MCP_MAX_CALLS must be a whole number from 1"],
  ["an unknown way", { ...TOKENS, MCP_AUTH: "basic" }, "MCP_AUTH has an unknown way to tell callers"],
  ["a host with a port", { ...TOKENS, MCP_HOST: "localhost:80" }, "MCP_HOST must be an address"],
  ["half an address", { ...TOKENS, MCP_HOST: "127.0.1" }, "MCP_HOST must be an address"],
  ["every host", { ...TOKENS, MCP_ALLOWED_HOSTS: "a,*" }, "MCP_ALLOWED_HOSTS has an entry 2 that must be"],
  ["every origin", { ...TOKENS, MCP_ALLOWED_ORIGINS: "*" }, "MCP_ALLOWED_ORIGINS must be an origin"],
  ["no origin", { ...TOKENS, MCP_ALLOWED_ORIGINS: "null" }, "MCP_ALLOWED_ORIGINS must be an origin"],
  ["more than one", { ...TOKENS, MCP_ALLOWED_ORIGINS: "https://a/b" }, "MCP_ALLOWED_ORIGINS must be an or"],
  ["a scheme", { ...TOKENS, MCP_PUBLIC_URL: "ftp://a" }, "MCP_PUBLIC_URL must be a URL"],
  ["a query", { ...TOKENS, MCP_PUBLIC_URL: "https://a/b?c" }, "MCP_PUBLIC_URL must end before"],
  ["a password", { ...TOKENS, MCP_PUBLIC_URL: "https://a:b@c" }, "MCP_PUBLIC_URL must not contain a user"],
  ["an issuer in clear", { ...OAUTH, MCP_OAUTH_ISSUER: "http://login" }, "MCP_OAUTH_ISSUER must be https"],
  ["keys in clear", { ...OAUTH, MCP_OAUTH_JWKS_URL: "http://login" }, "MCP_OAUTH_JWKS_URL must be https"],
  ["a scope alone", { ...OAUTH, MCP_OAUTH_SCOPES: "pve" }, "MCP_OAUTH_SCOPES has an entry 1 that is not"],
  ["no tier", { ...OAUTH, MCP_OAUTH_SCOPES: "a=ful" }, 'MCP_OAUTH_SCOPES has an unknown tier: "ful"'],
  ["twice", { ...OAUTH, MCP_OAUTH_SCOPES: "a=full,a=read-only" }, "MCP_OAUTH_SCOPES has an entry 2 whose"],
];

describe("what is refused", () => {
  test.each(REFUSALS)("%s", (_what, env, begins) => {
    const found = problems({ MCP_TRANSPORT: "http", ...env });
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, begins.length)).toBe(begins);
  });

  test("an unknown transport alone: the rest is not judged by it", () => {
    expect(problems({ MCP_TRANSPORT: "htpp", MCP_PORT: "x" })).toEqual([
      'MCP_TRANSPORT has an unknown transport: "htpp" (nearest: http); valid: stdio, http',
    ]);
  });

  test("nothing that is set is thrown at, nor repeated where it may be a secret", () => {
    const names = Object.keys(OAUTH).concat("MCP_HOST", "MCP_ALLOWED_ORIGINS", "MCP_OAUTH_SCOPES");
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, text) => {
        const secret = `${text}9f8e7d6c5b4a39f8e7d6c5b4a3`;
        expect(problems({ ...OAUTH, [name]: secret }).join("\n")).not.toContain("9f8e7d6c5b4a3");
      }),
    );
  });
});

describe("over stdio", () => {
  test("nothing of it is read", () => {
    const config = load({ MCP_PORT: "x", MCP_TLS_KEY_FILE: "/none" });
    expect(config).not.toHaveProperty("http");
    expect(config.warnings).toEqual([
      "MCP_PORT, MCP_TLS_KEY_FILE: no effect over stdio; set MCP_TRANSPORT=http to serve over HTTP, or unset them.",
    ]);
  });

  test("a name that is a slip away from ours is warned about, others are not ours", () => {
    const others = { MCP_TIMEOUT: "1", MCP_SERVER_PORT: "2", MCP_TRANSPORT: "stdio", MCP_X: "3" };
    expect(load(others).warnings).toEqual([]);
    expect(load({ MCP_TRANSPROT: "http", MCP_TOKEN_FILE: "/a" }).warnings).toEqual([
      "MCP_TRANSPROT is not a variable of mcp-pve and has no effect. Nearest: MCP_TRANSPORT.",
      "MCP_TOKEN_FILE is not a variable of mcp-pve and has no effect. Nearest: MCP_TOKENS_FILE.",
    ]);
  });
});
