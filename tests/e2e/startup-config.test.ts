import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connection, SECRET, start, TOKEN_ID } from "../support/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "mcp-pve-config-"));
const good = connection("https://127.0.0.1:1");

interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly says: readonly (string | RegExp)[];
}

const REFUSED: readonly Case[] = [
  {
    name: "nothing set: every missing variable in one message",
    env: {},
    says: [/Not set: PVE_BASE_URL, PVE_TOKEN_ID, PVE_TOKEN_SECRET/, "mcp-pve demo"],
  },
  {
    name: "empty values count as unset",
    env: { ...good, PVE_BASE_URL: "", PVE_TOKEN_ID: "" },
    says: [/Not set: PVE_BASE_URL, PVE_TOKEN_ID\./],
  },
  {
    name: "an unknown tier",
    env: { ...good, PVE_ACCESS_TIER: "readonly" },
    says: ["PVE_ACCESS_TIER", "read-only", "read-execute", "full"],
  },
  {
    name: "an unknown category",
    env: { ...good, PVE_CATEGORIES: "nodes,storge" },
    says: ["PVE_CATEGORIES", "storge", "storage", "firewall"],
  },
  {
    name: "an unknown tool",
    env: { ...good, PVE_TOOLS: "pve_list_nods" },
    says: ["PVE_TOOLS", "pve_list_nods", "pve_list_nodes", "pve_get_task_log"],
  },
  {
    name: "an unknown tool to leave out",
    env: { ...good, PVE_EXCLUDE_TOOLS: "pve_stop_tsk" },
    says: ["PVE_EXCLUDE_TOOLS", "pve_stop_task"],
  },
  {
    name: "a list without an entry",
    env: { ...good, PVE_CATEGORIES: "," },
    says: ["PVE_CATEGORIES is a list without an entry"],
  },
  {
    name: "no boolean",
    env: { ...good, PVE_VERIFY_SSL: "flase" },
    says: ["PVE_VERIFY_SSL must be one of true, false, 1, 0, yes, no, on, off"],
  },
  {
    name: "http to another machine",
    env: { ...good, PVE_BASE_URL: "http://pve.example.com:8006" },
    says: ["PVE_BASE_URL must be https"],
  },
  {
    name: "a token id that is none",
    env: { ...good, PVE_TOKEN_ID: "root@pam" },
    says: ["PVE_TOKEN_ID", "user@realm!name"],
  },
  {
    name: "token id and secret in one variable",
    env: { ...good, PVE_TOKEN_ID: `${TOKEN_ID}=${SECRET}` },
    says: ["PVE_TOKEN_ID must be split"],
  },
  {
    name: "the secret in the place of the URL",
    env: { ...good, PVE_BASE_URL: SECRET },
    says: ["PVE_BASE_URL must begin with https://"],
  },
  {
    name: "the secret in the place of a tier",
    env: { ...good, PVE_ACCESS_TIER: SECRET },
    says: ["PVE_ACCESS_TIER", "not shown"],
  },
  {
    name: "a file that is not there",
    env: { ...good, PVE_CA_FILE: join(folder, "none.pem") },
    says: ["PVE_CA_FILE: cannot read", "there is no such file (ENOENT)"],
  },
  {
    name: "a secret file that is a directory",
    env: { ...good, PVE_TOKEN_SECRET: "", PVE_TOKEN_SECRET_FILE: folder },
    says: ["PVE_TOKEN_SECRET_FILE: cannot read", "it is a directory"],
  },
  {
    name: "no verification and yet a fingerprint",
    env: { ...good, PVE_VERIFY_SSL: "false", PVE_FINGERPRINT: "AB".repeat(32) },
    says: ["PVE_VERIFY_SSL=false contradicts PVE_FINGERPRINT"],
  },
  {
    name: "the old list that lifted tiers",
    env: { ...good, PVE_TOOL_WHITELIST: "pve_list_nodes" },
    says: ["PVE_TOOL_WHITELIST is not supported", "PVE_TOOLS"],
  },
  {
    name: "several faults at once",
    env: { PVE_BASE_URL: "ftp://x", PVE_TIMEOUT: "soon", PVE_ACCESS_TIER: "all" },
    says: [/has \d problems/, "PVE_BASE_URL", "PVE_TIMEOUT", "PVE_ACCESS_TIER", "Not set: PVE_TOKEN_ID"],
  },
];

describe.concurrent("a configuration that must not be used ends the process", () => {
  test.each(REFUSED)("$name", async ({ env, says }) => {
    const ended = await start([], env).ended();
    for (const text of says) expect(ended.stderr).toMatch(text);
    expect(ended.stderr).not.toContain(SECRET);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
  });
});

test("a damaged CA file and a secret with a line break in it are named without their text", async () => {
  const pem = join(folder, "damaged.pem");
  writeFileSync(pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const secretFile = join(folder, "secret");
  writeFileSync(secretFile, `${SECRET}\nand more\n`);
  const env = { ...good, PVE_TOKEN_SECRET: "", PVE_TOKEN_SECRET_FILE: secretFile, PVE_CA_FILE: pem };
  const ended = await start([], env).ended();
  expect(ended.stderr).toContain("PVE_CA_FILE names a file whose certificate 1 of 1 is damaged");
  expect(ended.stderr).toContain("PVE_TOKEN_SECRET_FILE names a file whose text contains blanks");
  expect(ended.stderr).not.toContain(SECRET);
  expect(ended).toMatchObject({ code: 1, stdout: "" });
});

test("an unknown command and a superfluous argument are refused with the usage", async () => {
  for (const args of [["serv"], ["demo", "--fast"]]) {
    const ended = await start(args, {}).ended();
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^Unknown argument: (serv|--fast)\n[\s\S]*mcp-pve demo/);
  }
});

test("an unknown variable is warned about with the nearest name", async () => {
  const ended = await start([], { PVE_ACCES_TIER: "full" }).ended();
  expect(ended.stderr).toContain("PVE_ACCES_TIER is not a variable of mcp-pve");
  expect(ended.stderr).toContain("PVE_ACCESS_TIER");
});

describe("the command line", () => {
  test.each([
    [["--version"], /^\d+\.\d+\.\d+\n$/],
    [["--help"], /^mcp-pve \d/],
  ])("%s is answered on stdout", async (args, output) => {
    const { code, stdout, stderr } = await start(args, {}).ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(output);
  });

  test("an argument that may be a secret is refused and not repeated", async () => {
    const { code, stdout, stderr } = await start([`--token=${SECRET}`], {}).ended();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Unknown argument\n/);
    expect(stderr).not.toContain(SECRET);
  });
});
