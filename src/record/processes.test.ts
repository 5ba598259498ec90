import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Death, Task } from "../../tests/support/record-writer.ts";
import { intent, linesOf, newPath, quickRecord, verified } from "../../tests/support/records.ts";

const WRITER = fileURLToPath(new URL("../../tests/support/record-writer.ts", import.meta.url));
const MIB = 1024 ** 2;
const PATIENCE_MS = 60_000;

/** Another process that writes to a record. */
function writer(task: Task) {
  const child = spawn(process.execPath, ["--import", "tsx", WRITER, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let complaint = "";
  const wrote = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("wrote\n")) resolve();
    });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const ended = new Promise<{ signal: string | null; said: string; complaint: string }>((resolve) => {
    child.on("close", (_, signal) => resolve({ signal, said, complaint }));
  });
  return { child, ended, wrote };
}

const DONE = { signal: null, said: "ready\ndone\n", complaint: "" };
const KILLED = { signal: "SIGKILL", said: "ready\n", complaint: "" };

/** Makes the lock that a killed process left as old as it must be; true when there is one. */
function ageLock(path: string): boolean {
  const place = `${path}.lock`;
  const then = Date.now() / 1000 - 60;
  try {
    for (const holder of readdirSync(place)) utimesSync(join(place, holder), then, then);
    return true;
  } catch (error) {
    // Nobody has it, or one who lives and has just given it back.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** All lines of a record, the full files' first. */
function allLines(path: string) {
  const { files } = verified(path);
  return [...Array.from({ length: files - 1 }, (_, i) => `${path}.${i + 1}`), path].flatMap(linesOf);
}

describe("several processes on one record", () => {
  test.each([
    ["in one file", 100 * MIB],
    ["that becomes full all the time", 5_000],
  ])(
    "write hundreds of lines at once %s",
    async (_, maxBytes) => {
      const path = newPath();
      const task: Task = {
        path,
        maxBytes,
        changes: 150,
        inStep: { every: 10, writers: 3 },
        patientUntil: `${path}.never`,
      };
      const writers = Array.from({ length: 3 }, () => writer(task));
      expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([DONE, DONE, DONE]);
      expect(verified(path)).toMatchObject({
        verdict: "intact",
        lines: 900,
        changes: 450,
        open: [],
        torn: 0,
      });
      const names = allLines(path).map((line) => line.writer);
      const turns = names.filter((name, i) => name !== names[i - 1]).length;
      // In each of 15 rounds every writer has a turn at least, of which one may join the round before.
      expect(turns).toBeGreaterThan(30);
      expect(new Set(names).size).toBe(3);
      expect(verified(path).files > 20).toBe(maxBytes === 5_000);
      if (maxBytes === 5_000) {
        for (const { name, size } of sizes(path)) expect(size, name).toBeLessThan(6_000);
      }
    },
    PATIENCE_MS,
  );

  test(
    "are read meanwhile, and the chain is intact at every moment",
    async () => {
      const path = newPath();
      const record = quickRecord(path);
      record.open(intent());
      const task: Task = { path, maxBytes: 3_000, changes: 100, patientUntil: `${path}.never` };
      const running = [1, 2].map(() => writer(task));
      let over = false;
      const all = Promise.all(running.map(({ ended }) => ended)).finally(() => {
        over = true;
      });
      let looks = 0;
      while (!over) {
        const report = verified(path);
        // Without waiting for it, an unfinished last line may be seen.
        if (report.verdict !== "intact") expect(report.problem?.what).toMatch(/no whole line|no line break/);
        expect(record.find(1)).toMatchObject({ id: 1 });
        expect(record.recent(1)).toHaveLength(1);
        looks += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(await all).toEqual([DONE, DONE]);
      expect(looks).toBeGreaterThan(5);
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 401 });
    },
    PATIENCE_MS,
  );

  test(
    "are killed at any moment, and the others go on",
    async () => {
      const path = newPath();
      let torn = 0;
      for (let round = 0; round < 6; round += 1) {
        const aged = `${path}.aged-${round}`;
        const task: Task = { path, maxBytes: 20_000, changes: 60, patientUntil: aged };
        const victim = writer({ ...task, changes: 50_000, tells: true });
        const other = writer(task);
        await victim.wrote;
        await new Promise((resolve) => setTimeout(resolve, 20 + 35 * round));
        victim.child.kill("SIGKILL");
        await victim.ended;
        ageLock(path);
        writeFileSync(aged, "");
        expect(await other.ended).toEqual(DONE);
        // The other may have been done before: then the lock of the dead is taken over here.
        expect(quickRecord(path).open(intent()).close({ verdict: "ok" })).toBe(true);
        torn = verified(path).torn;
      }
      const report = verified(path);
      expect(report).toMatchObject({ verdict: "intact" });
      expect(report.open.length).toBeLessThanOrEqual(6);
      expect(torn).toBeLessThanOrEqual(6);
      expect(report.lines).toBeGreaterThan(6 * 122);
    },
    PATIENCE_MS,
  );
});

/** What is in the record after a process was killed so, once the next one has written a pair. */
const DEATHS: readonly [Death, { lines: number; open: readonly number[]; torn: number }][] = [
  ["with the lock", { lines: 8, open: [], torn: 0 }],
  ["half a line", { lines: 8, open: [], torn: 1 }],
  ["line break missing", { lines: 9, open: [7], torn: 0 }],
  ["unsynced", { lines: 9, open: [7], torn: 0 }],
  ["before unlocking", { lines: 9, open: [7], torn: 0 }],
];

describe.concurrent("a process killed in the middle of a line", () => {
  test.each(DEATHS)(
    "%s",
    async (dies, expected) => {
      const path = newPath();
      expect(await writer({ path, maxBytes: MIB, changes: 3, dies }).ended).toEqual(KILLED);
      expect(verified(path).verdict).toBe(/half|break/.test(dies) ? "broken" : "intact");
      expect(ageLock(path)).toBe(true);
      expect(quickRecord(path).open(intent()).close({ verdict: "ok" })).toBe(true);
      expect(verified(path)).toMatchObject({ verdict: "intact", ...expected });
      expect(readdirSync(dirname(path))).toEqual(["changes.jsonl"]);
    },
    PATIENCE_MS,
  );

  test(
    "between the full file and the new one",
    async () => {
      const path = newPath();
      expect(await writer({ path, maxBytes: 1, changes: 2, dies: "renamed" }).ended).toEqual(KILLED);
      expect(readdirSync(dirname(path))).not.toContain("changes.jsonl");
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 4 });
      ageLock(path);
      expect(quickRecord(path).open(intent()).id).toBe(5);
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 5, files: 5 });
    },
    PATIENCE_MS,
  );

  test(
    "leaves a lock that is waited for and then an error, until it is old",
    async () => {
      const path = newPath();
      expect(await writer({ path, maxBytes: MIB, changes: 1, dies: "with the lock" }).ended).toEqual(KILLED);
      let waited = 0;
      const time = {
        monotonic: () => waited,
        pause: (ms: number) => {
          waited += ms;
        },
      };
      expect(() => quickRecord(path, time).open(intent())).toThrow(expect.objectContaining({ kind: "busy" }));
      expect(waited).toBeGreaterThanOrEqual(2_000);
      expect(waited).toBeLessThan(2_100);
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2 });
    },
    PATIENCE_MS,
  );

  test.skipIf(process.platform !== "linux")(
    "or only stopped, and woken when others have its lock: it writes nothing out of turn",
    async () => {
      const path = newPath();
      const stopped = writer({ path, maxBytes: MIB, changes: 1, dies: "with the lock", stops: true });
      await expect.poll(() => stateOf(stopped.child.pid), { timeout: PATIENCE_MS }).toBe("T");
      ageLock(path);
      quickRecord(path).open(intent()).close({ verdict: "ok" });
      stopped.child.kill("SIGCONT");
      expect((await stopped.ended).complaint).toContain("its lock was taken over");
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 4 });
    },
    PATIENCE_MS,
  );
});

function sizes(path: string) {
  return readdirSync(dirname(path)).map((name) => ({ name, size: statSync(join(dirname(path), name)).size }));
}

/** A process's state as Linux has it: T when it is stopped. */
const stateOf = (pid: number | undefined): string | undefined =>
  /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
