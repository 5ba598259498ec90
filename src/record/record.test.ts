import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import {
  intent,
  KEY,
  linesOf,
  newPath,
  quickRecord,
  UNSYNCED,
  verified,
} from "../../tests/support/records.ts";
import { GENESIS } from "./line.ts";
import { createRecord, type RecordError } from "./record.ts";

describe("a change", () => {
  it("is a line before and one after, chained", () => {
    const path = newPath();
    let clock = 5_000;
    const deps = { now: () => Date.UTC(2026, 10, 22, 6, 59), monotonic: () => clock, writer: "w1" };
    const record = quickRecord(path, deps);
    const entry = record.open(intent({ plan: "sha256:1", before: { cores: 2 }, undoes: 7 }));
    expect(linesOf(path)).toHaveLength(1);
    clock += 1_234.4;
    expect(entry.close({ verdict: "ok", upid: "UPID:x:", detail: "done", after: { cores: 4 } })).toBe(true);
    const [first, second] = linesOf(path);
    expect(first).toEqual({
      seq: 1,
      prev: GENESIS,
      kind: "change",
      time: "2026-11-22T06:59:00.000Z",
      writer: "w1",
      ...intent({ plan: "sha256:1", before: { cores: 2 }, undoes: 7 }),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(second).toMatchObject({
      seq: 2,
      prev: first?.hash,
      kind: "outcome",
      of: entry.id,
      verdict: "ok",
      upid: "UPID:x:",
      detail: "done",
      after: { cores: 4 },
      durationMs: 1234,
    });
    expect(Object.keys(first ?? {}).at(-1)).toBe("hash");
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2, changes: 1, open: [] });
  });

  it("is closed once", () => {
    const path = newPath();
    const entry = quickRecord(path).open(intent());
    expect([entry.close({ verdict: "ok" }), entry.close({ verdict: "failed" })]).toEqual([true, true]);
    expect(linesOf(path)).toHaveLength(2);
  });

  it("is on disk before open returns, the file's name too", () => {
    const path = newPath();
    const order: string[] = [];
    const files = {
      ...UNSYNCED,
      write: (fd: number, bytes: Uint8Array) => {
        order.push("write");
        return UNSYNCED.write(fd, bytes);
      },
      sync: () => void order.push("sync"),
      syncFolder: () => void order.push("sync folder"),
    };
    const entry = quickRecord(path, { files }).open(intent());
    expect(order).toEqual(["write", "sync", "sync folder"]);
    entry.close({ verdict: "ok" });
    expect(order.slice(3)).toEqual(["write", "sync"]);
  });

  it("of which the program learns no outcome is interrupted at shutdown", () => {
    const path = newPath();
    const record = quickRecord(path);
    const [one, two, three] = [record.open(intent()), record.open(intent()), record.open(intent())];
    two.close({ verdict: "ok" });
    record.interrupt();
    record.interrupt();
    expect(linesOf(path).slice(4)).toMatchObject([
      { of: one.id, verdict: "interrupted", durationMs: expect.any(Number) },
      { of: three.id, verdict: "interrupted" },
    ]);
    // What comes after is too late for a second outcome.
    expect(one.close({ verdict: "ok" })).toBe(true);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 6, open: [] });
  });

  it("with a value that JSON does not know, or too large, is refused", () => {
    const path = newPath();
    const record = quickRecord(path);
    const refusal = { name: "RecordError", kind: "unwritable" } satisfies Partial<RecordError>;
    expect(() => record.open(intent({ params: { size: 1n } }))).toThrow(expect.objectContaining(refusal));
    expect(() => record.open(intent({ before: "x".repeat(5 * 1024 ** 2) }))).toThrow(/\d+ are the most/);
    expect(readFileSync(path, "utf8")).toBe("");
    expect(record.open(intent()).id).toBe(1);
  });
});

describe("the files", () => {
  it("are for nobody else, and no lock stays", () => {
    const path = newPath();
    const entry = quickRecord(path, { maxBytes: 1 }).open(intent());
    entry.close({ verdict: "ok" });
    expect(readdirSync(dirname(path)).sort()).toEqual(["changes.jsonl", "changes.jsonl.1"]);
    for (const file of [path, `${path}.1`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("keep the mode that they have", () => {
    const path = newPath();
    const record = quickRecord(path);
    record.open(intent());
    chmodSync(path, 0o640);
    record.open(intent());
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("are not made before the first change", () => {
    const path = newPath();
    const record = quickRecord(path);
    expect(record.find(1)).toBeUndefined();
    expect(record.recent(5)).toEqual([]);
    record.interrupt();
    expect(existsSync(path)).toBe(false);
  });

  it("go on in a new one by size, oldest first, and the chain with them", () => {
    const path = newPath();
    const record = quickRecord(path, { maxBytes: 900 });
    for (let i = 0; i < 12; i += 1) record.open(intent()).close({ verdict: "ok" });
    const names = readdirSync(dirname(path));
    expect(names.length).toBeGreaterThan(4);
    const files = [...names.slice(1).map((_, i) => `${path}.${i + 1}`), path];
    expect(files.flatMap(linesOf).map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 24, files: files.length });
  });

  it("go on with the next number when older ones are archived", () => {
    const path = newPath();
    const record = quickRecord(path, { maxBytes: 1 });
    for (let i = 0; i < 3; i += 1) record.open(intent());
    renameSync(`${path}.1`, `${path}.1.archived`);
    record.open(intent());
    expect(readdirSync(dirname(path)).sort()).toEqual(
      ["", ".1.archived", ".2", ".3"].map((end) => `changes.jsonl${end}`),
    );
  });

  it("go on after a full one when a crash came before the new one was made", () => {
    const path = newPath();
    const record = quickRecord(path);
    record.open(intent()).close({ verdict: "ok" });
    renameSync(path, `${path}.1`);
    expect(record.find(1)).toMatchObject({ id: 1, outcome: { verdict: "ok" } });
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2 });
    expect(record.open(intent()).id).toBe(3);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 3, files: 2 });
  });

  it("are shared: each writer goes on where the other stopped", () => {
    const path = newPath();
    const [one, two] = [quickRecord(path, { key: KEY }), quickRecord(path, { key: KEY })];
    const entries = [one.open(intent()), two.open(intent()), one.open(intent())];
    expect(entries.map(({ id }) => id)).toEqual([1, 2, 3]);
    for (const entry of entries.reverse()) entry.close({ verdict: "ok" });
    expect(new Set(linesOf(path).map(({ writer }) => writer)).size).toBe(2);
    expect(verified(path, { key: KEY })).toMatchObject({ verdict: "intact", lines: 6, keyed: true });
  });

  it("are read from the end only: the tail of a large one costs little", () => {
    const path = newPath();
    let read = 0;
    const files = {
      ...UNSYNCED,
      read: (fd: number, into: Uint8Array, position: number) => {
        const count = UNSYNCED.read(fd, into, position);
        read += count;
        return count;
      },
    };
    const record = quickRecord(path, { files });
    for (let i = 0; i < 20; i += 1) record.open(intent({ before: "x".repeat(40_000) }));
    read = 0;
    record.open(intent());
    expect(read).toBeLessThan(150_000);
    expect(statSync(path).size).toBeGreaterThan(800_000);
  });
});

describe("reading", () => {
  const path = newPath();
  const record = quickRecord(path, { maxBytes: 2_000, key: KEY });
  const ids = Array.from({ length: 10 }, (_, i) => {
    const entry = record.open(intent({ params: { node: "pve1", vmid: 100 + i } }));
    if (i % 2 === 0) entry.close({ verdict: "failed", detail: `no ${i}` });
    return entry.id;
  });

  it("finds an entry wherever it is", () => {
    expect(existsSync(`${path}.2`)).toBe(true);
    for (const [i, id] of ids.entries()) {
      const found = record.find(id);
      expect(found).toMatchObject({ id, intent: intent({ params: { node: "pve1", vmid: 100 + i } }) });
      expect(found?.outcome?.detail).toBe(i % 2 === 0 ? `no ${i}` : undefined);
    }
  });

  it("finds nothing under a number that is none, or an outcome's", () => {
    expect([0, 2, -1, 1.5, 999].map((id) => record.find(id))).toEqual(Array(5).fill(undefined));
  });

  it("gives the newest first", () => {
    expect(record.recent(4).map(({ id }) => id)).toEqual([...ids].reverse().slice(0, 4));
    expect(record.recent(100)).toHaveLength(10);
    expect(record.recent(0)).toEqual([]);
  });

  it("does not need another process to stand still", () => {
    const other = createRecord({ path, maxBytes: 1 }, { files: UNSYNCED });
    expect(other.recent(1)[0]?.id).toBe(ids.at(-1));
  });

  it("refuses an entry that it cannot check", () => {
    const other = createRecord({ path, maxBytes: 1 }, { files: UNSYNCED });
    const wanted = {
      name: "RecordError",
      kind: "broken",
      message: expect.stringContaining("PVE_AUDIT_KEY_FILE"),
    };
    expect(() => other.find(1)).toThrow(expect.objectContaining(wanted));
  });
});

describe("lines that this process wrote and that are gone", () => {
  const texts = (path: string) => readFileSync(path, "utf8").split("\n").slice(0, -1);
  const cut: readonly (readonly [string, (path: string) => void])[] = [
    ["cut off at the end", (path) => writeFileSync(path, `${texts(path).slice(0, -2).join("\n")}\n`)],
    ["emptied", (path) => writeFileSync(path, "")],
    ["removed", (path) => rmSync(path)],
    [
      "replaced by another chain, as long or longer",
      (path) => {
        rmSync(path);
        const other = quickRecord(path);
        for (let i = 0; i < 4; i += 1) other.open(intent()).close({ verdict: "ok" });
      },
    ],
  ];
  it.each(cut)("%s: the next change is refused, and goes on after a restart", (_, damage) => {
    const path = newPath();
    const record = quickRecord(path);
    for (let i = 0; i < 3; i += 1) record.open(intent()).close({ verdict: "ok" });
    damage(path);
    expect(() => record.open(intent())).toThrow(/has lost lines that this server wrote/);
    expect(quickRecord(path).open(intent()).close({ verdict: "ok" })).toBe(true);
  });

  it("are not missed where others have written since, nor where older files are archived", () => {
    const path = newPath();
    const [record, other] = [quickRecord(path), quickRecord(path, { writer: "other" })];
    record.open(intent()).close({ verdict: "ok" });
    for (let i = 0; i < 3; i += 1) other.open(intent()).close({ verdict: "ok" });
    expect(record.open(intent()).close({ verdict: "ok" })).toBe(true);
    const small = createRecord({ path, maxBytes: 1 });
    for (let i = 0; i < 2; i += 1) small.open(intent()).close({ verdict: "ok" });
    for (const name of readdirSync(dirname(path))) if (/\.1$/.test(name)) rmSync(`${dirname(path)}/${name}`);
    expect(record.open(intent()).close({ verdict: "ok" })).toBe(true);
  });
});
