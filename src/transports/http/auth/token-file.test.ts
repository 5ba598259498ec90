import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTokenFile } from "./token-file.ts";

let folder: string;
let path: string;
let time: number;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mcp-pve-tokens-"));
  path = join(folder, "tokens.json");
  // Long after the files of this test were written.
  time = Date.now() + 60_000;
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (...names: string[]) =>
  JSON.stringify({
    tokens: names.map((name) => ({
      name,
      sha256: Buffer.from(name.padEnd(32)).toString("hex"),
      tier: "read-only",
    })),
  });
const write = (content: string) => writeFileSync(path, content, { mode: 0o600 });
const open = () => createTokenFile(path, { log: (line) => lines.push(line), now: () => time });
/** The names after the file was looked at again. */
const later = (file: ReturnType<typeof open>) => {
  time += 1_000;
  return names(file);
};
const names = (file: ReturnType<typeof open>) => file.entries().map(({ name }) => name);

describe("the tokens file", () => {
  test("is looked at once a second, and read anew when it has changed", () => {
    write(text("alice"));
    const file = open();
    expect(names(file)).toEqual(["alice"]);
    write(text("alice", "bob"));
    time += 999;
    expect(names(file)).toEqual(["alice"]);
    expect(later(file)).toEqual(["alice", "bob"]);
    expect(file.entries()).toBe(file.entries());
    expect(lines).toEqual([]);
  });

  test("is not read when it has not changed", () => {
    write(text("alice"));
    const file = open();
    const before = file.entries();
    time += 5_000;
    expect(file.entries()).toBe(before);
  });

  test("another one of the same size and time is another one", () => {
    write(text("alice"));
    const file = open();
    expect(names(file)).toEqual(["alice"]);
    const { atime, mtime } = statSync(path);
    const next = join(folder, "next");
    writeFileSync(next, text("carol"), { mode: 0o600 });
    utimesSync(next, atime, mtime);
    renameSync(next, path);
    expect(later(file)).toEqual(["carol"]);
  });

  test("one that has just changed is read again: its times may not tell of the next change", () => {
    time = Date.now();
    write(text("alice"));
    const file = open();
    const before = file.entries();
    time += 1_000;
    expect(file.entries()).not.toBe(before);
    expect(file.entries()).toEqual(before);
  });

  test("a clock that is set back", () => {
    write(text("alice"));
    const file = open();
    file.entries();
    write(text("bob"));
    time -= 3_600_000;
    expect(names(file)).toEqual(["bob"]);
  });

  test("while it is missing or faulty nobody is let in, which is said once", () => {
    write(text("alice"));
    const file = open();
    expect(names(file)).toEqual(["alice"]);
    write('{"tokens":[{"name":"alice"}]}');
    expect(later(file)).toEqual([]);
    expect(later(file)).toEqual([]);
    rmSync(path);
    expect(later(file)).toEqual([]);
    expect(later(file)).toEqual([]);
    write(text("alice", "bob"));
    expect(later(file)).toEqual(["alice", "bob"]);
    expect(lines).toEqual([
      "MCP_TOKENS_FILE has an entry 1 without sha256 and tier. No token of it is accepted until that is mended.",
      "MCP_TOKENS_FILE cannot be read: there is no such file (ENOENT). No token of it is accepted until that is mended.",
      "MCP_TOKENS_FILE is good again; it names 2 tokens.",
    ]);
  });

  test.skipIf(process.platform === "win32").each([0o620, 0o602, 0o666])("mode %o is refused", (mode) => {
    write(text("alice"));
    chmodSync(path, mode);
    const file = open();
    expect(names(file)).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^MCP_TOKENS_FILE can be written by others than its owner.*: chmod go-w /);
    chmodSync(path, 0o644);
    expect(later(file)).toEqual(["alice"]);
  });

  test("a folder, and what is too large", () => {
    mkdirSync(path);
    chmodSync(path, 0o700);
    const file = open();
    expect(names(file)).toEqual([]);
    rmSync(path, { recursive: true });
    write(" ".repeat(1024 ** 2 + 1));
    expect(later(file)).toEqual([]);
    expect(lines.map((line) => line.split(".")[0])).toEqual([
      "MCP_TOKENS_FILE is no regular file",
      "MCP_TOKENS_FILE is larger than 1 MiB",
    ]);
  });
});
