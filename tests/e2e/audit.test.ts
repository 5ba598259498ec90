import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { BIN, cleanEnv, start } from "../support/bundle.ts";
import { intent, KEY, linesOf, newPath, quickRecord } from "../support/records.ts";

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  start(["audit", ...args], env).ended();

/** A record of three changes, the last one open. */
function written(settings: { key?: string; maxBytes?: number } = {}): string {
  const path = newPath();
  const record = quickRecord(path, { now: () => Date.UTC(2026, 10, 22, 6, 59, 3), ...settings });
  record.open(intent()).close({ verdict: "ok", upid: "UPID:pve1:0000:1:1:qmstop:100:mcp@pve!helper:" });
  const hostile = intent({
    tool: "pve_start_vm",
    client: "\u001b[31mred\u202e",
    params: { node: "a\nb", vmid: 107 },
  });
  record.open(hostile).close({ verdict: "failed", detail: "no\u0007 such VM" });
  record.open(intent({ params: { vms: [100, 108] }, route: "POST /cluster/bulk-action/guest/start" }));
  return path;
}

const headOf = (path: string) => String(linesOf(path).at(-1)?.hash);

describe.concurrent("mcp-pve audit verify", () => {
  test("an intact record: what it holds, what it does not prove", async () => {
    const path = written({ maxBytes: 900 });
    const { code, stdout, stderr } = await run(["verify", path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      `${[
        `${path} is intact.`,
        "lines: 5 (3 changes) in 2 files",
        "from 2026-11-22T06:59:03.000Z to 2026-11-22T06:59:03.000Z",
        `head: ${headOf(path)}`,
        "open: 5, nothing says how it ended",
        "Chained without a key: that shows accident, not intent; whoever can write the file can write a new chain. PVE_AUDIT_KEY_FILE makes one that they cannot.",
        "Lines removed from the end leave no trace: keep count and head elsewhere, and give the head as --expect next time.",
      ].join("\n")}\n`,
    );
  });

  test("an edited one: where and what", async () => {
    const path = written();
    writeFileSync(path, readFileSync(path, "utf8").replace('"vmid":107', '"vmid":106'));
    const { code, stdout } = await run(["verify", path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      / is broken\. .*changes\.jsonl, line 3 was edited: .*\nIntact before it:\nlines: 2 /,
    );
  });

  test("a head that is kept elsewhere", async () => {
    const path = written();
    const [, old] = linesOf(path);
    expect(await run(["verify", path, "--expect", headOf(path)])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("The head is the expected one."),
    });
    expect(
      await run(["verify", "--expect", String(old?.hash).slice(0, 12).toUpperCase(), path]),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("has grown by 3 lines since"),
    });
    expect(await run(["verify", path, "--expect", "0123456789ab"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("lines were removed from the end"),
    });
  });

  test("a key, from the option or the setting", async () => {
    const path = written({ key: KEY });
    const keyFile = join(dirname(path), "key");
    writeFileSync(keyFile, `${KEY}\n`);
    const without = await run(["verify", path]);
    expect(without).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/--key-file PATH or PVE_AUDIT_KEY_FILE/),
    });
    const proof = { code: 0, stdout: expect.stringContaining("Chained with a key: nobody without it") };
    expect(await run(["verify", path, "--key-file", keyFile])).toMatchObject(proof);
    expect(await run(["verify", path], { PVE_AUDIT_KEY_FILE: keyFile })).toMatchObject(proof);
    expect(await run(["verify", path, "--key-file", path])).toMatchObject({ code: 1 });
    expect(await run(["verify", path, "--key-file", join(keyFile, "none")])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^The key file cannot be read: ENOTDIR/),
    });
  });

  test("files that are archived elsewhere", async () => {
    const path = written({ maxBytes: 1 });
    const moved = join(dirname(path), "archive");
    mkdirSync(moved);
    const [first] = linesOf(`${path}.1`);
    const newer = join(moved, "changes.jsonl");
    for (const end of [".2", ".3", ".4", ""]) writeFileSync(`${newer}${end}`, readFileSync(`${path}${end}`));
    expect(await run(["verify", newer])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("--after"),
    });
    expect(await run(["verify", newer, "--after", String(first?.hash)])).toMatchObject({ code: 0 });
  });

  test("no record", async () => {
    const path = newPath();
    expect(await run(["verify", path])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `There is no record ${path}.\n`,
    });
  });
});

describe.concurrent("mcp-pve audit show", () => {
  test("a table, the newest last, harmless to read", async () => {
    const { code, stdout, stderr } = await run(["show", written()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toMatch(/^time \(UTC\) +id +caller +tool +route +confirmed +verdict +took +upid +detail$/);
    expect(rows.map((row) => row.replace(/ \d+ ms /, " 5 ms ").replace(/ {2,}/g, " | "))).toEqual([
      "2026-11-22 06:59:03 | 1 | stdio (test 1.0) | pve_stop_vm | POST /nodes/pve1/qemu/100/status/stop | code | ok | 5 ms | UPID:pve1:0000:1:1:qmstop:100:mcp@pve!helper:",
      "2026-11-22 06:59:03 | 3 | stdio (red) | pve_start_vm | POST /nodes/a b/qemu/107/status/stop | code | failed | 5 ms | no such VM",
      "2026-11-22 06:59:03 | 5 | stdio (test 1.0) | pve_stop_vm | POST /cluster/bulk-action/guest/start | code | open",
    ]);
    const verdict = header?.indexOf("verdict") ?? 0;
    expect(rows.map((row) => row.slice(verdict).split(" ")[0])).toEqual(["ok", "failed", "open"]);
  });

  const FILTERS: readonly [readonly string[], readonly number[]][] = [
    [
      ["--last", "2"],
      [3, 5],
    ],
    [["--tool", "pve_start_vm"], [3]],
    [
      ["--guest", "100"],
      [1, 5],
    ],
    [["--guest", "10"], []],
    [["--failed"], [3, 5]],
    [["--failed", "--guest=100"], [5]],
    [
      ["--since", "2026-11-22T06:59:03"],
      [1, 3, 5],
    ],
    [["--since", "2026-11-22T07:59:04+01:00"], []],
    [
      ["--since", "2026-11-22"],
      [1, 3, 5],
    ],
  ];

  test.each(FILTERS)("%j", async (options, ids) => {
    const { code, stdout, stderr } = await run(["show", written(), "--json", ...options]);
    const shown = stdout.split("\n").slice(0, -1);
    expect(shown.map((line) => JSON.parse(line).id)).toEqual(ids);
    expect(code).toBe(0);
    expect(stderr.includes("No changes.")).toBe(ids.length === 0);
    expect(stderr.includes("These are the newest 2")).toBe(options[0] === "--last");
  });

  test("so long ago", async () => {
    const path = newPath();
    const hour = 3_600_000;
    for (const age of [50, 25, 0]) quickRecord(path, { now: () => Date.now() - age * hour }).open(intent());
    const count = async (since: string) =>
      (await run(["show", path, "--json", "--since", since])).stdout.split("\n").length - 1;
    expect(await Promise.all(["30m", "26h", "3d", "0s"].map(count))).toEqual([1, 2, 3, 0]);
  });

  test("JSON has every value, and nothing that a terminal obeys", async () => {
    const path = newPath();
    const detail = "\u009b31m\u202e\u{e0041}\u0000é";
    quickRecord(path).open(intent()).close({ verdict: "ok", detail });
    const { stdout } = await run(["show", path, "--json"]);
    expect(stdout).toMatch(/^[\x20-\x7eé]+\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, intent: intent(), outcome: { verdict: "ok", detail } });
  });

  test("what is no entry is said", async () => {
    const path = written();
    writeFileSync(path, "x\n", { flag: "a" });
    const { code, stderr } = await run(["show", path]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "Lines that are no entries: 1. `mcp-pve audit verify` checks the chain.\n",
    });
  });

  test("a reader that has seen enough", async () => {
    const path = newPath();
    const record = quickRecord(path);
    for (let i = 0; i < 40; i += 1) record.open(intent({ before: "x".repeat(50_000) }));
    const child = spawn(process.execPath, [BIN, "audit", "show", path, "--json"], { env: cleanEnv() });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe.concurrent("mcp-pve audit, asked wrongly", () => {
  const WRONG: readonly [readonly string[], RegExp][] = [
    [[], /followed by verify or show/],
    [["check", "x"], /followed by verify or show/],
    [["verify"], /^Which FILE\?/],
    [["show", ""], /^Which FILE\?/],
    [["verify", "a", "b"], /^One FILE at a time/],
    [["verify", "a", "--fast"], /^An option is unknown/],
    [["show", "a", "--expect", "0123456789ab"], /^An option is unknown/],
    [["show", "a", "--last"], /lacks its value/],
    [["show", "a", "--last", "0"], /^--last takes/],
    [["show", "a", "--guest", "web"], /^--guest takes/],
    [["show", "a", "--since", "yesterday"], /^--since takes/],
    [["show", "a", "--since", "2026-13-01"], /^--since takes/],
    [["verify", "a", "--expect", "0123"], /^--expect takes 12 to 64/],
    [["verify", "a", "--after", "x"], /^--after takes 12 to 64/],
  ];

  test.each(WRONG)("%j", async (args, says) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).toContain("mcp-pve audit verify FILE");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("for help", async () => {
    expect(await run(["--help"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/--key-file/),
    });
    expect(await start(["--help"], {}).ended()).toMatchObject({
      stdout: expect.stringContaining("audit verify|show"),
    });
  });

  test("other commands still take no arguments", async () => {
    expect(await start(["serve", "--fast"], {}).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Unknown argument: --fast/),
    });
  });
});
