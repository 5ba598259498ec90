import { readFileSync } from "node:fs";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/server/validators/ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CLUSTER, depsOf, PATH } from "../../../tests/support/config-file.ts";
import { ConfigError } from "../config-error.ts";
import { EXAMPLE_FILE } from "./example.ts";
import { BLOCKS, FILE_KEYS } from "./keys.ts";
import { loadConfigFile } from "./load-file.ts";
import { configFileSchema } from "./schema.ts";

const validate = new AjvJsonSchemaValidator().getValidator(configFileSchema());
const ENV = { LAB_TOKEN_SECRET: "lab-secret-1" };

async function loads(file: unknown): Promise<boolean> {
  const { readFile, ...deps } = depsOf(JSON.stringify(file));
  const content = (path: string) =>
    path.startsWith("/run/secrets/") || path.endsWith(".key") ? "0123456789abcdef" : readFile(path);
  try {
    await loadConfigFile(PATH, ENV, { ...deps, readFile: content });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

const of = (cluster: Readonly<Record<string, unknown>>) => ({
  clusters: { prod: { ...CLUSTER, ...cluster } },
});
const { token_secret: _, ...WITHOUT_SECRET } = CLUSTER;

/** The first block of YAML behind a heading of a page. */
function exampleIn(page: string, heading: string): unknown {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(text.slice(text.indexOf(`## ${heading}\n`))) ?? [];
  return parse(yaml ?? "");
}

describe("schema and loader agree", () => {
  test.each([
    ["the example", parse(EXAMPLE_FILE)],
    ["the README's example", exampleIn("README.md", "Several clusters")],
    ["the page's example", exampleIn("docs/configuration.md", "Several clusters")],
    ["the least", of({})],
    ["a list of one as a text", of({ categories: "qemu", protected: 100, exclude_tools: "pve_list_nodes" })],
    [
      "lists",
      of({ categories: ["qemu", "core"], allowed: [100, "tag:x"], no_proxy: ["a.test", "192.0.2.0/24"] }),
    ],
    [
      "a login in place of a token",
      { clusters: { a: { url: "https://a", user: "a@pve", password: "opensesame" } } },
    ],
    ["numbers", of({ timeout: 0.5, max_requests: 100, wait: 0 })],
    ["a name with everything", { default: "A.b_c-1", clusters: { "A.b_c-1": CLUSTER } }],
    ["a secret of several lines", of({ user: "a@pve", password: "env:LAB_TOKEN_SECRET" })],
  ])("on %s, which is good", async (_title, file) => {
    expect(validate(file)).toMatchObject({ valid: true });
    expect(await loads(file)).toBe(true);
  });

  test.each([
    ["nothing", {}],
    ["no mapping", []],
    ["no cluster", { clusters: {} }],
    ["a list of clusters", { clusters: [CLUSTER] }],
    ["a cluster's name", { clusters: { "*": CLUSTER } }],
    ["a name with a line end", { clusters: { "a\n": CLUSTER } }],
    ["an empty cluster", { clusters: { prod: null } }],
    ["no address", { clusters: { prod: { token_id: "root@pam!mcp", token_secret: "x" } } }],
    ["no secret", { clusters: { prod: WITHOUT_SECRET } }],
    ["a secret without an id", { clusters: { prod: { url: "https://a", token_secret: "x" } } }],
    ["half a login", of({ user: "root@pam" })],
    ["half a certificate", of({ client_key: "x" })],
    ["an unknown key", of({ tokn_id: "x" })],
    ["an unknown key on top", { ...of({}), outptu: "text" }],
    ["an unknown key of the record", { ...of({}), record: { file: "/x", size: 1 } }],
    ["a record without a file", { ...of({}), record: { max_mb: 2 } }],
    ["a number in quotes", of({ timeout: "30" })],
    ["a number too great", of({ max_requests: 101 })],
    ["no time", of({ timeout: 0 })],
    ["a boolean in quotes", of({ verify_ssl: "false" })],
    ["an unknown tier", of({ tier: "readonly" })],
    ["an unknown category", of({ categories: ["qemu", "vm"] })],
    ["an empty list", of({ allowed: [] })],
    ["an empty text", of({ allowed: "" })],
    ["blanks", of({ allowed: " " })],
    ["no value", of({ allowed: null })],
    ["a comma", of({ url: "https://a,https://b" })],
    ["a VMID too small", of({ protected: [99] })],
    ["a relative path of a secret", of({ token_secret: "file:secret" })],
    ["a variable without a name", of({ token_secret: "env:" })],
    ["an empty secret", of({ token_secret: "" })],
    ["a secret that is a number", of({ token_secret: 1 })],
    ["two kinds of trust", of({ ca_file: "/x", fingerprint: "ab" })],
    ["an unknown output", { ...of({}), output: "yaml" }],
    ["a default that is no text", { ...of({}), default: 1 }],
  ])("on %s, which is not", async (_title, file) => {
    expect(validate(file)).toMatchObject({ valid: false });
    expect(await loads(file)).toBe(false);
  });
});

test("every key says what it is for, and speaks of keys", () => {
  const text = JSON.stringify(configFileSchema());
  for (const block of BLOCKS)
    for (const key of Object.keys(FILE_KEYS[block])) expect(text).toContain(`"${key}":{"description":"`);
  expect(text).not.toMatch(/PVE_[A-Z]|HTTPS_PROXY|NO_PROXY|\$id|comma|\]\(/);
});

test("the stored schema is the generated one", () => {
  const stored = readFileSync(new URL("../../../config.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(stored)).toEqual(configFileSchema());
});
