import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tlsFile } from "../../tests/support/https-pve.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig } from "./load.ts";

const TOKEN = {
  PVE_TOKEN_ID: "root@pam!mcp",
  PVE_TOKEN_SECRET: "5c1e7d0a-93b4-4f6e-8a21-b7d40f9c6e35",
};
const LOGIN = { PVE_USER: "ann@pve", PVE_PASSWORD_FILE: "/run/password" };
const FILES: Readonly<Record<string, string>> = {
  "/run/password": " s3cret word \n",
  "/run/lines": "a\nb\n",
  "/run/totp": "JBSW Y3DP EHPK 3PXP\n",
  "/run/uri": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=6",
  "/run/odd": "123",
};

function load(env: Readonly<Record<string, string>>) {
  return loadConfig(
    { PVE_BASE_URL: "https://pve:8006", ...env },
    {
      tools: [],
      readFile: (path) => FILES[path] ?? readFileSync(path, "utf8"),
      checkFolder: () => {},
    },
  ).connection;
}
function fault(env: Readonly<Record<string, string>>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error("it was taken");
}

describe("a login", () => {
  test("in place of a token: we are its user", () => {
    const connection = load(LOGIN);
    expect(connection).toMatchObject({ tokenId: "ann@pve", login: { user: "ann@pve" } });
    expect(connection).not.toHaveProperty("tokenSecret");
    expect(connection.login?.password.reveal()).toBe(" s3cret word ");
    expect(JSON.stringify(connection)).not.toContain("s3cret");
  });

  test("beside a token: we are the token", () => {
    expect(load({ ...TOKEN, ...LOGIN })).toMatchObject({
      tokenId: "root@pam!mcp",
      login: { user: "ann@pve" },
    });
  });

  test.each(["/run/totp", "/run/uri"])("with one-time passwords, from %s", (file) => {
    const totp = load({ ...LOGIN, PVE_TOTP_SECRET_FILE: file }).login?.totp?.reveal();
    expect(totp).toMatch(/^otpauth:\/\/totp\/.*secret=JBSWY3DPEHPK3PXP/);
  });

  test.each([
    [{}, "Not set: PVE_TOKEN_ID, PVE_TOKEN_SECRET (or PVE_TOKEN_SECRET_FILE)"],
    [{ PVE_USER: "ann@pve" }, "PVE_USER and PVE_PASSWORD_FILE go together"],
    [{ ...TOKEN, PVE_PASSWORD_FILE: "/run/password" }, "PVE_USER and PVE_PASSWORD_FILE go together"],
    [{ ...TOKEN, PVE_TOTP_SECRET_FILE: "/run/totp" }, "PVE_TOTP_SECRET_FILE is for a login"],
    [{ ...LOGIN, PVE_USER: "ann" }, "PVE_USER is not a user: it is user@realm"],
    [{ ...LOGIN, PVE_USER: "ann@pve!t" }, 'PVE_USER names a token: the user is the part before the "!"'],
    [{ ...LOGIN, PVE_PASSWORD_FILE: "/run/lines" }, "PVE_PASSWORD_FILE names a file with more than one line"],
    [{ ...LOGIN, PVE_TOTP_SECRET_FILE: "/run/odd" }, "PVE_TOTP_SECRET_FILE names a file without a secret"],
    [{ ...LOGIN, PVE_TOKEN_ID: "root@pam!mcp" }, "PVE_TOKEN_ID and its secret go together"],
  ] as const)("%j", (env, says) => {
    expect(fault(env)).toContain(says);
  });
});

describe("a client certificate", () => {
  const pair = (cert: string, key: string) => ({
    ...TOKEN,
    PVE_CLIENT_CERT_FILE: tlsFile(cert),
    PVE_CLIENT_KEY_FILE: tlsFile(key),
  });
  test("and its key", () => {
    const { client } = load(pair("leaf.pem", "leaf.key"));
    expect(client?.cert).toContain("BEGIN CERTIFICATE");
    expect(JSON.stringify(client)).not.toContain("PRIVATE KEY");
  });

  test.each([
    [pair("leaf.pem", "expired.key"), "PVE_CLIENT_KEY_FILE is not the key of the certificate"],
    [pair("leaf.key", "leaf.key"), "PVE_CLIENT_CERT_FILE names a file without a PEM certificate"],
    [pair("leaf.pem", "leaf.pem"), "PVE_CLIENT_KEY_FILE names a file without a PEM private key"],
    [{ ...TOKEN, PVE_CLIENT_KEY_FILE: tlsFile("leaf.key") }, "go together: set both, or none"],
  ])("%j", (env, says) => {
    expect(fault(env)).toContain(says);
  });
});

describe("several addresses, a proxy", () => {
  test("addresses in the order given, each once", () => {
    const urls = "https://pve1:8006, https://pve2:8006/,https://pve1:8006/api2/json";
    expect(load({ ...TOKEN, PVE_BASE_URL: urls }).baseUrls).toEqual([
      "https://pve1:8006",
      "https://pve2:8006",
    ]);
    expect(fault({ ...TOKEN, PVE_BASE_URL: "https://pve1:8006,pve2" })).toContain(
      "PVE_BASE_URL has an entry 2 that must begin with https://",
    );
  });

  test("the lower-case names count, as with other programs", () => {
    expect(load({ ...TOKEN, https_proxy: "http://proxy:3128", no_proxy: "a, b" }).proxy).toEqual({
      url: "http://proxy:3128",
      except: ["a", "b"],
    });
    expect(fault({ ...TOKEN, HTTPS_PROXY: "socks5://u:hunter2@proxy" })).not.toContain("hunter2");
  });
});
