import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intent, KEY, linesOf, newPath, quickRecord, verified } from "../../tests/support/records.ts";
import { VERDICTS } from "./change.ts";
import { createSeal, GENESIS, writeLine } from "./line.ts";

/** A record of `changes` closed changes. */
function written(changes: number, settings: { key?: string; maxBytes?: number } = {}): string {
  const path = newPath();
  const record = quickRecord(path, settings);
  for (let i = 0; i < changes; i += 1) record.open(intent()).close({ verdict: "ok" });
  return path;
}

const textOf = (path: string): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);
const write = (path: string, lines: readonly string[]) =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
const hashesOf = (path: string): string[] => linesOf(path).map(({ hash }) => String(hash));
const broken = (line: number, what: RegExp, file?: string) => ({
  verdict: "broken",
  problem: { line, what: expect.stringMatching(what), ...(file === undefined ? {} : { file }) },
});

/** A line that somebody without a key makes, well chained. */
const forged = (
  seq: number,
  prev: string,
  fields: Readonly<Record<string, unknown>>,
  kind: "change" | "outcome",
) =>
  writeLine(createSeal(undefined), { seq, prev, kind, time: "2026-11-22T06:59:00.000Z", writer: "x" }, fields)
    .text;

describe("an intact record", () => {
  it("is counted, with its head and what is open", () => {
    const path = written(2);
    quickRecord(path).open(intent());
    const lines = linesOf(path);
    expect(verified(path)).toEqual({
      verdict: "intact",
      keyed: false,
      files: 1,
      lines: 5,
      changes: 3,
      first: lines[0]?.time,
      last: lines[4]?.time,
      head: lines[4]?.hash,
      open: [5],
      torn: 0,
    });
  });

  it("may be empty; one that is not there is an error", () => {
    const path = newPath();
    expect(() => verified(path)).toThrow(
      expect.objectContaining({ kind: "unreadable", message: `There is no record ${path}.` }),
    );
    writeFileSync(path, "");
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 0, head: GENESIS });
  });

  it("still has the head that it had", () => {
    const path = written(3, { maxBytes: 700 });
    const head = verified(path).head;
    expect(verified(path, { expect: head })).toMatchObject({ verdict: "intact", sinceExpected: 0 });
    quickRecord(path).open(intent());
    expect(verified(path, { expect: head.slice(0, 12) })).toMatchObject({ sinceExpected: 1 });
    expect(verified(path, { expect: "0".repeat(12) })).toMatchObject(broken(4, /no line has the hash 0{12}/));
  });

  it("goes on after what is archived elsewhere", () => {
    const path = written(4, { maxBytes: 1 });
    const archived = hashesOf(`${path}.2`)[0] ?? "";
    rmSync(`${path}.1`);
    rmSync(`${path}.2`);
    expect(verified(path)).toMatchObject(broken(1, new RegExp(`with --after; it must be ${archived}`)));
    expect(verified(path, { after: archived })).toMatchObject({ verdict: "intact", lines: 6, changes: 3 });
    expect(verified(path, { after: archived.slice(0, 16), expect: archived })).toMatchObject({
      verdict: "intact",
      sinceExpected: 6,
    });
    rmSync(`${path}.3`);
    expect(verified(path, { after: archived })).toMatchObject(broken(1, /does not follow/));
  });
});

describe("a record without what belongs to it", () => {
  it.each([
    ["its first line", [1], broken(1, /is line 2 of the record: those before it are missing/)],
    ["a line in the middle", [3], broken(3, /is line 4 of the record, and 3 was due: 1 line is missing/)],
    ["more", [3, 4], broken(3, /2 lines are missing/)],
  ])("%s", (_, gone, expected) => {
    const path = written(4);
    write(
      path,
      textOf(path).filter((_, i) => !gone.includes(i + 1)),
    );
    expect(verified(path)).toMatchObject(expected);
  });

  it("a full file", () => {
    const path = written(4, { maxBytes: 1 });
    renameSync(`${path}.3`, `${path}.old`);
    expect(verified(path)).toMatchObject(broken(1, /changes\.jsonl\.3 is not there/, `${path}.4`));
  });

  it("full files in another order", () => {
    const path = written(4, { maxBytes: 1 });
    renameSync(`${path}.3`, `${path}.x`);
    renameSync(`${path}.4`, `${path}.3`);
    renameSync(`${path}.x`, `${path}.4`);
    expect(verified(path)).toMatchObject(broken(1, /3 was due/, `${path}.3`));
  });

  it("its end: that shows by the head only", () => {
    const path = written(4);
    const { head } = verified(path);
    write(path, textOf(path).slice(0, -1));
    expect(verified(path)).toMatchObject({ verdict: "intact", open: [7] });
    expect(verified(path, { expect: head })).toMatchObject(broken(7, /lines were removed from the end/));
  });
});

describe("lines that do not belong", () => {
  it("an outcome without its change, and a second one", () => {
    const path = written(1);
    const lines = textOf(path);
    const [, last = ""] = hashesOf(path);
    for (const of of [1, 2, 17, "1"]) {
      write(path, [...lines, forged(3, last, { of, verdict: "ok" }, "outcome")]);
      expect(verified(path)).toMatchObject(broken(3, /how (a )?change .*ended/));
    }
  });

  it("one that was replaced by another of the same number", () => {
    const path = written(2);
    const [first = "", , third = "", fourth = ""] = textOf(path);
    const [hash = ""] = hashesOf(path);
    write(path, [first, forged(2, hash, { of: 1, verdict: "failed" }, "outcome"), third, fourth]);
    expect(verified(path)).toMatchObject(broken(3, /does not follow the line before it/));
  });

  it("text, and a cut-off line that nobody accounts for", () => {
    const path = written(2);
    const lines = textOf(path);
    for (const text of ["", "x", "{}", '{"seq":3,', "\0\0"]) {
      write(path, [...lines.slice(0, 2), text, ...lines.slice(2)]);
      expect(verified(path)).toMatchObject(broken(3, /is no line of a record/));
    }
    writeFileSync(path, `${lines.join("\n")}\n${"x".repeat(5 * 1024 ** 2)}`);
    expect(verified(path)).toMatchObject(broken(5, /longer than any line/));
  });
});

describe("a key", () => {
  it("is needed, and must be the right one", () => {
    const path = written(2, { key: KEY });
    expect(verified(path)).toMatchObject({ verdict: "needs key", lines: 0 });
    expect(verified(path, { key: KEY })).toMatchObject({ verdict: "intact", keyed: true });
    expect(verified(path, { key: `${KEY}0` })).toMatchObject(broken(1, /another key/));
  });

  it("makes an unkeyed record a forged one", () => {
    expect(verified(written(1), { key: KEY })).toMatchObject(broken(1, /without the key/));
  });

  it("is not of a record that begins without", () => {
    const [plain, keyed] = [written(1), written(2, { key: KEY })];
    write(plain, [...textOf(plain), ...textOf(keyed).slice(2)]);
    expect(verified(plain)).toMatchObject(broken(3, /has a key's mark/));
  });

  it("is missed by an unkeyed line at the end", () => {
    const path = written(1, { key: KEY });
    const [, last = ""] = hashesOf(path);
    write(path, [...textOf(path), forged(3, last, intent() as never, "change")]);
    expect(verified(path, { key: KEY })).toMatchObject(broken(3, /forged/));
  });
});

describe("whatever is recorded, any one change of the file shows", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("\n", '"', ',"hash":"', "\0"),
  );
  const entry = fc.record({
    tool: text,
    params: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    before: fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }),
    verdict: fc.option(fc.constantFrom(...VERDICTS), { nil: undefined }),
    detail: text,
  });
  const recorded = fc.record({
    entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
    key: fc.constantFrom(undefined, KEY),
    maxBytes: fc.constantFrom(1, 1_000, 1024 ** 2),
    torn: fc.boolean(),
  });
  const spot = fc.nat({ max: 1_000_000 });

  /** Writes the record into few files; the lines of the one that is mutated, and what verify needs to know. */
  function make({ entries, key, maxBytes, torn }: typeof recorded extends fc.Arbitrary<infer T> ? T : never) {
    const path = newPath();
    const keyed = key === undefined ? {} : { key };
    const record = quickRecord(path, { maxBytes, ...keyed });
    for (const { tool, params, before, verdict, detail } of entries) {
      const change = record.open(intent({ tool, params, ...(before === undefined ? {} : { before }) }));
      if (verdict !== undefined) change.close({ verdict, detail });
      if (torn) writeFileSync(path, '{"seq":9,"prev":"', { flag: "a" });
    }
    if (torn) record.open(intent());
    const isWhole = verified(path, keyed);
    expect(isWhole).toMatchObject({ verdict: "intact" });
    return {
      path,
      keyed,
      files: [...Array.from({ length: isWhole.files - 1 }, (_, i) => `${path}.${i + 1}`), path],
    };
  }

  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

  function mutated(mutate: (lines: Buffer[], at: number, other: number, path: string) => Buffer | undefined) {
    fc.assert(
      fc.property(recorded, spot, spot, (what, at, other) => {
        const { path, keyed, files } = make(what);
        const file = pick(files, at + other);
        const whole = readFileSync(file);
        const lines: Buffer[] = [];
        for (let start = 0; start < whole.length; ) {
          const end = whole.indexOf("\n", start) + 1;
          lines.push(whole.subarray(start, end));
          start = end;
        }
        const spoilt = mutate(lines, at, other, file);
        if (spoilt === undefined || spoilt.equals(whole)) return;
        writeFileSync(file, spoilt);
        expect(verified(path, keyed).verdict).toBe("broken");
      }),
      { numRuns: 100 },
    );
  }

  it("a bit", () => {
    mutated((lines, at, other) => {
      const bytes = Buffer.concat(lines);
      const place = at % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << (other % 8)), place);
      return bytes;
    });
  });

  it("a byte that is inserted or removed", () => {
    mutated((lines, at, other) => {
      const bytes = Buffer.concat(lines);
      const place = at % bytes.length;
      const rest = bytes.subarray(other % 2 === 0 ? place + 1 : place);
      return Buffer.concat([
        bytes.subarray(0, place),
        ...(other % 2 === 0 ? [] : [Buffer.from([other % 256])]),
        rest,
      ]);
    });
  });

  it("a line that is removed, but the last", () => {
    mutated((lines, at, _, path) => {
      const index = at % lines.length;
      if (path.endsWith(".jsonl") && index === lines.length - 1) return undefined;
      return Buffer.concat(lines.filter((_, i) => i !== index));
    });
  });

  it("two lines that are swapped", () => {
    mutated((lines, at, other) => {
      const [one, two] = [at % lines.length, other % lines.length];
      return Buffer.concat(
        lines.map((line, i) => pick(lines, i === one ? two : i === two ? one : i) ?? line),
      );
    });
  });

  it("a line that is repeated", () => {
    mutated((lines, at, other) => {
      const copy = pick(lines, at);
      return Buffer.concat(lines.toSpliced(other % (lines.length + 1), 0, copy));
    });
  });

  it("a forged line, well chained, without the key", () => {
    fc.assert(
      fc.property(recorded, spot, (what, at) => {
        const { path, keyed } = make({ ...what, maxBytes: 1024 ** 2, torn: false });
        const lines = textOf(path);
        const index = at % (lines.length + (what.key === undefined ? 0 : 1));
        const prev = hashesOf(path)[index - 1] ?? GENESIS;
        write(path, lines.toSpliced(index, 0, forged(index + 1, prev, { ...intent() }, "change")));
        expect(verified(path, keyed).verdict).toBe("broken");
      }),
      { numRuns: 100 },
    );
  });

  it("an end that is cut off within a line", () => {
    mutated((lines, at, _, path) => {
      const bytes = Buffer.concat(lines);
      const end = at % bytes.length;
      if (path.endsWith(".jsonl") && (end === 0 || bytes[end - 1] === 0x0a)) return undefined;
      return bytes.subarray(0, end);
    });
  });
});
