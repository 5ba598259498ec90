import { describe, expect, test } from "vitest";
import { CLUSTER, faults, PATH, refused } from "../../../tests/support/config-file.ts";
import { loadConfigFile } from "./load-file.ts";

const problems = async (file: unknown, env = {}) => (await refused(file, env)).problems;

describe("what the file is", () => {
  test.each([
    ["", "PVE_CONFIG names a file that is empty"],
    ["# nothing\n", "PVE_CONFIG names a file that is empty"],
    ["text", "PVE_CONFIG names a file that does not hold keys with values, clusters among them"],
    ["[1]", "PVE_CONFIG names a file that does not hold keys with values, clusters among them"],
    ["!!binary aGVsbG8=", "PVE_CONFIG names a file that does not hold keys with values, clusters among them"],
    ["a: 1\nopensesame: 2\nopensesame: 3", "PVE_CONFIG: line 3, column 1: a key is there twice"],
    ['{"a": {"b": 1, "b": 2}}', "PVE_CONFIG: line 1, column 16: a key is there twice"],
    ["a:\n\topensesame: 1", "PVE_CONFIG: line 2, column 1: tabs cannot indent"],
    ["a: @opensesame", "PVE_CONFIG: line 1, column 4: a text begins with a character that needs quotes"],
    ["a: !opensesame b", "PVE_CONFIG: line 1, column 4: a tag is not known"],
    ["a: 1\n---\nb: 1", "PVE_CONFIG: line 2, column 1: a second document begins: the file is one"],
    ["? [opensesame]\n: 1", "PVE_CONFIG: line 1, column 3: a key is no text"],
    [
      "a: *opensesame",
      "PVE_CONFIG: an alias (*name) has no anchor (&name) before it, or there are too many of them",
    ],
  ])("%j", async (text, problem) => {
    const error = await refused(text);
    expect(error.problems).toEqual([problem]);
    expect(error.message).not.toContain("opensesame");
  });

  test("faults of the text come in small numbers, however many there are", async () => {
    const deep = await problems(`a: ${"[".repeat(20_000)}`);
    expect(await problems("a: @\n".repeat(20))).toHaveLength(5);
    expect(deep.length).toBeLessThanOrEqual(5);
    expect(deep[0]).toContain("it is nested too deeply");
  });

  test("aliases that would fill the memory", async () => {
    const rows = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
    expect((await problems(["a0: &a0 [x]", ...rows].join("\n")))[0]).toContain("too many of them");
  });

  test("one that is not there, and one that is not named from the root", async () => {
    const readFile = () => {
      throw Object.assign(new Error("no"), { code: "ENOENT" });
    };
    const deps = { tools: [], readFile, stat: () => ({ mode: 0 }) };
    await expect(loadConfigFile(PATH, {}, deps)).rejects.toThrow(
      `- PVE_CONFIG: cannot read "${PATH}": there is no such file (ENOENT)\n`,
    );
    await expect(loadConfigFile("config.yaml", {}, deps)).rejects.toThrow(
      "- PVE_CONFIG must be an absolute path\n",
    );
  });
});

describe("clusters", () => {
  test.each([
    [{}, "clusters is not set: it holds a block of keys for each cluster, by the cluster's name"],
    [{ clusters: {} }, "clusters names no cluster: name at least one"],
    [{ clusters: [CLUSTER] }, "clusters must hold a block of keys for each cluster, by the cluster's name"],
    [{ clusters: null }, "clusters must hold a block of keys for each cluster, by the cluster's name"],
    [{ clusters: { prod: null } }, "clusters.prod must hold the cluster's keys, url among them"],
    [
      { clusters: { prod: "https://pve:8006" } },
      "clusters.prod must hold the cluster's keys, url among them",
    ],
    [
      { clusters: { "*": CLUSTER } },
      "clusters has a name that is none: (1 character, not shown: it may be a secret); a name is 1 to 63 letters, digits and . _ -, a letter or digit first",
    ],
    [
      { clusters: { ["z".repeat(64)]: CLUSTER } },
      `clusters has a name that is none: ${"z".repeat(64)}; a name is 1 to 63 letters, digits and . _ -, a letter or digit first`,
    ],
    [{ default: 1, clusters: { prod: CLUSTER } }, "default must be the name of a cluster"],
    [{ default: "lab", clusters: { prod: CLUSTER } }, 'default has an unknown cluster: "lab"; valid: prod'],
    [{ clusters: { prod: CLUSTER }, record: "/x" }, "record must hold keys, file among them"],
    [{ clusters: { prod: CLUSTER }, record: {} }, "Not set: record.file, which names the file"],
    [{ clusters: { prod: CLUSTER }, record: { max_mb: 3 } }, "Not set: record.file, which names the file"],
    [{ clusters: { prod: CLUSTER }, record: { file: "x" } }, "record.file must be an absolute path"],
    [
      { clusters: { prod: CLUSTER }, record: { file: "/x", max_mb: 0 } },
      "record.max_mb must be a whole number from 1 to 4096, without a unit",
    ],
    [{ clusters: { prod: CLUSTER }, structured: "yes" }, "structured must be true or false, without quotes"],
    [
      { clusters: { prod: CLUSTER }, output: "jsno" },
      'output has an unknown output format: "jsno" (nearest: json); valid: text, json',
    ],
  ])("%j", async (file, problem) => {
    expect(await problems(file)).toEqual([problem]);
  });

  test("what all objects have is no key and no cluster", async () => {
    const text = `{"__proto__": {"clusters": {"prod": ${JSON.stringify(CLUSTER)}}}}`;
    expect(await problems(text)).toEqual([
      "the file has an unknown key: (9 characters, not shown: it may be a secret)",
      "clusters is not set: it holds a block of keys for each cluster, by the cluster's name",
    ]);
    expect(await faults({ toString: "x" })).toEqual(['clusters.prod has an unknown key: "toString"']);
  });
});

describe("values", () => {
  test.each([
    ["url", null, "has no value: give one, or leave the key out"],
    ["url", 1, "must be a text: put it in quotes"],
    ["url", {}, "must be a text"],
    ["url", "https://a,https://b", "has a comma: give several entries as a list, as in [one, two]"],
    [
      "url",
      ["https://a", "https://b,c"],
      "has an entry 2 that has a comma: give several entries as a list, as in [one, two]",
    ],
    [
      "url",
      ["https://a", "ftp://b"],
      "has an entry 2 that must begin with https://, as in https://pve.example.com:8006",
    ],
    ["url", [], "is a list without an entry: name one, or leave the key out"],
    ["url", ["https://a", [1]], "has an entry 2 that must be a text"],
    [
      "url",
      "https://root:opensesame@pve",
      "must not contain a user or password: the token goes into clusters.prod.token_id and clusters.prod.token_secret",
    ],
    ["token_id", 5, "must be a text: put it in quotes"],
    [
      "token_id",
      "root@pam!mcp=x",
      'must be split at the "=": the part before it, user@realm!name, as in root@pam!mcp, stays here; the part behind it goes into clusters.prod.token_secret',
    ],
    ["allowed", "", "is empty: give a value, or leave the key out"],
    ["allowed", " ", "contains nothing but blanks"],
    ["allowed", [100, " "], "has an entry 2 that contains nothing but blanks"],
    [
      "protected",
      [99],
      'has an entry that is none: "99"; an entry is a VMID, a range such as 200-299, tag:NAME, pool:NAME, node:NAME or storage:NAME',
    ],
    ["protected", [100.5], "must be a text: put it in quotes"],
    ["fingerprint", 123456, "must be a text: put it in quotes"],
    ["verify_ssl", "no", "must be true or false, without quotes"],
    ["discover_nodes", 1, "must be true or false, without quotes"],
    ["timeout", "30", "must be a number, without quotes"],
    ["timeout", 0, "must be a number of seconds above 0 and at most 3600, without a unit"],
    ["max_requests", 1.5, "must be a whole number from 1 to 100, without a unit"],
    ["freeze_file", "freeze", "must be an absolute path"],
    ["tier", true, "must be a text: put it in quotes"],
    ["user", "root@pam!mcp", 'names a token: the user is the part before the "!"'],
  ])("%s: %j", async (key, value, problem) => {
    const [first] = await faults({ [key]: value });
    expect(first).toBe(`clusters.prod.${key} ${problem}`);
  });

  test("what is there and wrong is not missing besides", async () => {
    expect(await faults({ url: 1, token_id: 2, token_secret: 3 })).toEqual([
      "clusters.prod.url must be a text: put it in quotes",
      "clusters.prod.token_id must be a text: put it in quotes",
      "clusters.prod.token_secret must be a text: put it in quotes",
    ]);
  });
});

test("other variables of ours beside the file are named, and none else", async () => {
  const env = {
    PVE_CONFIG: PATH,
    PVE_BASE_URL: "https://pve:8006",
    PVE_TOOL_WHITELIST: "x",
    PVE_OTHER: "1",
    HTTPS_PROXY: "http://proxy:1",
    DEBUG: "1",
    MCP_PORT: "1",
  };
  expect(await problems({ clusters: { prod: CLUSTER } }, env)).toEqual([
    "PVE_CONFIG and PVE_BASE_URL, PVE_TOOL_WHITELIST are set: the file says everything, so unset the others, or unset PVE_CONFIG",
  ]);
});
