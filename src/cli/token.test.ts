import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findCaller } from "../transports/http/auth/static-tokens.ts";
import { parseTokenList } from "../transports/http/auth/token-list.ts";
import { runCommand } from "./run.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mcp-pve-token-"));
  file = join(folder, "tokens.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Exit extends Error {}

/** What `mcp-pve token …` prints and logs, and its exit code. */
async function run(...args: string[]) {
  const lines: string[] = [];
  const stdout = new PassThrough();
  let code = 0;
  const exit = (given: number): never => {
    code = given;
    throw new Exit();
  };
  const process = { env: {}, stdin: new PassThrough(), stdout, exit, onSignal: () => {}, parentId: () => 1 };
  try {
    await runCommand({ ...process, args: ["token", ...args], log: (line) => lines.push(line) });
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  }
  const printed: unknown = stdout.read();
  const out = printed === null ? [] : String(printed).trimEnd().split("\n");
  return { code, out, said: lines.join("\n") };
}

const TOKEN = /^mcp_[\w-]{43}$/;
const mode = () => statSync(file).mode & 0o777;

/** Whom a list of entries takes a token for. */
function owner(text: string, token: string | undefined) {
  const list = parseTokenList(text);
  return "value" in list ? findCaller(list.value, token ?? "", Date.now()) : list;
}

describe("token", () => {
  test("prints a token and its entry, of the least tier", async () => {
    const { code, out, said } = await run("alice");
    expect(code).toBe(0);
    expect(out).toHaveLength(2);
    expect(out[0]).toMatch(TOKEN);
    expect(owner(`{"tokens":[${out[1]}]}`, out[0])).toEqual({
      name: "token:alice",
      bounds: { tier: "read-only" },
    });
    expect(`${out[1]}${said}`).not.toContain(out[0]);
    expect((await run("alice")).out[0]).not.toBe(out[0]);
  });

  test("every option is honoured", async () => {
    const bounds = ["--tier", "full", "--categories", "qemu, lxc", "--clusters", "prod"];
    const { out } = await run("ops@example.com", ...bounds, "--expires", "2999-12-31");
    expect(JSON.parse(out[1] ?? "")).toEqual({
      name: "ops@example.com",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      tier: "full",
      categories: ["qemu", "lxc"],
      clusters: ["prod"],
      expires: "2999-12-31",
    });
  });

  test("adds the entry to a file, a new one for its owner alone", async () => {
    const first = await run("alice", "--file", file);
    expect(first.code).toBe(0);
    expect(first.out).toEqual([expect.stringMatching(TOKEN)]);
    expect(mode()).toBe(0o600);
    const second = await run("bob", "--tier", "read-execute", "--file", file);
    const text = readFileSync(file, "utf8");
    expect(owner(text, first.out[0])).toMatchObject({ name: "token:alice" });
    expect(owner(text, second.out[0])).toEqual({ name: "token:bob", bounds: { tier: "read-execute" } });
    expect(readdirSync(folder)).toEqual(["tokens.json"]);
  });

  test("a file keeps its mode, but for others' right to write; a link stays one", async () => {
    writeFileSync(file, '{"tokens":[]}');
    chmodSync(file, 0o664);
    const link = join(folder, "link.json");
    symlinkSync(file, link);
    const { code, out } = await run("alice", "--file", link);
    expect(code).toBe(0);
    expect(mode()).toBe(0o644);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(owner(readFileSync(file, "utf8"), out[0])).toMatchObject({ name: "token:alice" });
  });

  test("what cannot be added changes nothing and shows no token", async () => {
    await run("alice", "--file", file);
    const before = readFileSync(file, "utf8");
    const twice = await run("alice", "--file", file);
    expect(twice).toMatchObject({ code: 1, out: [] });
    expect(twice.said).toMatch(/has an entry of that name already: remove that, or take another name\.$/);
    writeFileSync(`${file}.new`, "");
    const locked = await run("bob", "--file", file);
    expect(locked).toMatchObject({ code: 1, out: [] });
    expect(locked.said).toMatch(/is there: somebody else adds an entry, or was interrupted/);
    expect(existsSync(`${file}.new`)).toBe(true);
    rmSync(`${file}.new`);
    expect(readFileSync(file, "utf8")).toBe(before);

    writeFileSync(file, '{"tokens":[{}]}');
    const faulty = await run("bob", "--file", file);
    expect(faulty).toMatchObject({ code: 1, out: [] });
    expect(faulty.said).toMatch(/has an entry 1 without name and sha256 and tier\.$/);
    expect(readdirSync(folder)).toEqual(["tokens.json"]);

    const nowhere = await run("bob", "--file", join(folder, "none", "tokens.json"));
    expect(nowhere).toMatchObject({ code: 1, out: [] });
    expect(nowhere.said).toMatch(/cannot be written: there is no such file \(ENOENT\)\.$/);
  });

  test.each<[string[], RegExp]>([
    [[], /^Which NAME\?/],
    [["alice", "bob"], /^Which NAME\?/],
    [["-x"], /^An option is unknown/],
    [["a b"], /^That would be an entry whose name must be 1 to 64 letters/],
    [
      ["alice", "--tier", "ful"],
      /^That would be an entry whose tier has an unknown tier: "ful" \(nearest: full\)/,
    ],
    [["alice", "--categories", "qemo"], /unknown category: "qemo"/],
    [["alice", "--clusters", ","], /^--clusters is a list without an entry/],
    [["alice", "--expires", "soon"], /whose expires must be a date/],
    [["alice", "--expires", "2020-01-01"], /^--expires is in the past/],
  ])("%j is refused", async (args, says) => {
    const { code, out, said } = await run(...args);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(said).toMatch(says);
    expect(said).toContain("mcp-pve token NAME [--tier TIER]");
  });

  test("--help", async () => {
    expect((await run("--help")).out[0]).toMatch(/^mcp-pve token NAME /);
  });
});
