import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  intent,
  KEY,
  linesOf,
  newPath,
  quickRecord,
  UNSYNCED,
  verified,
} from "../../tests/support/records.ts";
import { type Files, NODE_FILES } from "./files.ts";
import { createRecord, type RecordError } from "./record.ts";

const error = (kind: RecordError["kind"], text: string | RegExp) =>
  expect.objectContaining({ name: "RecordError", kind, message: expect.stringMatching(text) });
const system = (code: string) => Object.assign(new Error(`${code}: as if`), { code });
const fail = (code: string) => () => {
  throw system(code);
};

describe("a path that cannot be written", () => {
  const folder = mkdtempSync(join(tmpdir(), "mcp-pve-record-"));
  symlinkSync(join(folder, "elsewhere"), join(folder, "link"));
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "file"), "");

  it.each([
    ["in no folder", "none/changes.jsonl", /cannot be written: ENOENT/],
    ["under a file", "file/changes.jsonl", /cannot be written: ENOTDIR/],
    ["a folder", "folder", /cannot be written: EISDIR/],
    ["a symbolic link", "link", /name the file itself/],
  ])("%s", (_, name, text) => {
    const record = createRecord({ path: join(folder, name), maxBytes: 100 });
    expect(() => record.open(intent())).toThrow(error("unwritable", text));
    expect(readdirSync(folder).sort()).toEqual(["file", "folder", "link"]);
  });

  it("a device", () => {
    const record = createRecord({ path: "/dev/full", maxBytes: 100 });
    expect(() => record.open(intent())).toThrow(error("unwritable", "not a regular file|EACCES"));
    expect(existsSync("/dev/full.lock")).toBe(false);
  });

  it("carries the system's error as its cause", () => {
    const record = quickRecord(newPath(), { files: { ...UNSYNCED, open: fail("EROFS") } });
    expect(() => record.open(intent())).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: "EROFS" }) }),
    );
  });
});

/** Ways in which a write fails; each is given the bytes that should have been written. */
const FAILURES: readonly [string, Partial<Files>, RegExp][] = [
  ["a full disk", { write: fail("ENOSPC") }, /ENOSPC/],
  [
    "a disk that becomes full",
    { write: (fd, bytes) => UNSYNCED.write(fd, bytes.subarray(0, 30)) },
    /only 30 of/,
  ],
  ["a disk that does not keep it", { sync: fail("EIO") }, /EIO/],
  [
    "the kernel's own full device",
    { write: (_, bytes) => NODE_FILES.write(openSync("/dev/full", "w"), bytes) },
    /ENOSPC/,
  ],
];

describe.each(FAILURES)("%s", (_, faulty, text) => {
  /** A record on a disk that fails when it is told to. */
  function setUp(maxBytes = 1024 ** 2) {
    const path = newPath();
    const disk = { fails: false };
    const files: Files = {
      ...UNSYNCED,
      write: (fd, bytes) => (disk.fails && faulty.write ? faulty.write : UNSYNCED.write)(fd, bytes),
      sync: (fd) => (disk.fails && faulty.sync ? faulty.sync : UNSYNCED.sync)(fd),
    };
    const faults: RecordError[] = [];
    const record = quickRecord(path, { files, maxBytes, fault: (fault) => faults.push(fault) });
    return { path, disk, record, faults };
  }

  it("refuses the change and leaves the file as it was", () => {
    const { path, disk, record } = setUp();
    record.open(intent()).close({ verdict: "ok" });
    const before = readFileSync(path, "utf8");
    disk.fails = true;
    // Where nothing reaches the disk, truncating is not synced either, and that is said.
    expect(() => record.open(intent())).toThrow(error("unwritable", text));
    expect(readFileSync(path, "utf8")).toBe(before);
    disk.fails = false;
    expect(record.open(intent()).id).toBe(3);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 3 });
  });

  it("is told when it hits the second line, which is tried again at shutdown", () => {
    const { path, disk, record, faults } = setUp();
    const entry = record.open(intent());
    disk.fails = true;
    expect(entry.close({ verdict: "warnings" })).toBe(false);
    expect(entry.close({ verdict: "warnings" })).toBe(false);
    record.interrupt();
    expect(faults).toMatchObject([{ message: expect.stringMatching(text) }, { name: "RecordError" }]);
    expect(linesOf(path)).toHaveLength(1);
    disk.fails = false;
    record.interrupt();
    record.interrupt();
    expect(linesOf(path)).toMatchObject([{ seq: 1 }, { of: 1, verdict: "warnings" }]);
    expect(verified(path)).toMatchObject({ verdict: "intact", open: [] });
  });

  it("in the middle of a rotation loses nothing", () => {
    const { path, disk, record } = setUp(1);
    record.open(intent());
    disk.fails = true;
    expect(() => record.open(intent())).toThrow(error("unwritable", text));
    expect(() => record.open(intent())).toThrow(error("unwritable", text));
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 1, files: 2 });
    disk.fails = false;
    expect(record.open(intent()).id).toBe(2);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2, files: 2 });
  });
});

describe("a disk that is really full", () => {
  const folder = mkdtempSync(join(tmpdir(), "mcp-pve-full-"));
  const mounted = (() => {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder], { stdio: "ignore" });
      return true;
    } catch {
      return false; // Only root may, and only on Linux.
    }
  })();
  afterAll(() => {
    if (mounted) execFileSync("umount", [folder]);
  });

  it.skipIf(!mounted)("refuses changes and keeps the record whole", () => {
    const path = join(folder, "changes.jsonl");
    const record = createRecord({ path, maxBytes: 1024 ** 2 });
    const fill = () => {
      for (let i = 0; i < 1_000; i += 1) record.open(intent({ before: "x".repeat(700) }));
    };
    expect(fill).toThrow(error("unwritable", /ENOSPC|only \d+ of/));
    expect(fill).toThrow(error("unwritable", /ENOSPC|only \d+ of/));
    const report = verified(path);
    expect(report).toMatchObject({ verdict: "intact", torn: 0 });
    expect(report.lines).toBeGreaterThan(30);
    expect(readdirSync(folder)).toEqual(["changes.jsonl"]);
  });
});

describe("what a failed write left", () => {
  /** A record whose next write is cut after so many bytes, and cannot be taken back. */
  function tornAt(count: number, key?: string) {
    const path = newPath();
    const record = quickRecord(path, key === undefined ? {} : { key });
    record.open(intent()).close({ verdict: "ok" });
    const size = statSync(path).size;
    const files: Files = {
      ...UNSYNCED,
      write: (fd, bytes) => UNSYNCED.write(fd, bytes.subarray(0, count)),
      truncate: fail("EIO"),
    };
    const broken = quickRecord(path, { files, ...(key === undefined ? {} : { key }) });
    expect(() => broken.open(intent())).toThrow(error("unwritable", "could not be taken back: EIO"));
    expect(statSync(path).size).toBe(size + count);
    return { path, record };
  }

  it.each([1, 5, 60, 200])("%d bytes of a line are accounted for by the next", (count) => {
    const { path, record } = tornAt(count);
    expect(verified(path)).toMatchObject({ verdict: "broken", problem: { line: 3 }, lines: 2 });
    expect(record.open(intent()).id).toBe(3);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 3, torn: 1 });
    expect(record.recent(9)).toHaveLength(2);
    const whole = readFileSync(path);
    const at = whole.lastIndexOf("\n", -2) - 1;
    whole.writeUInt8(whole.readUInt8(at) ^ 1, at);
    writeFileSync(path, whole);
    expect(verified(path)).toMatchObject({ verdict: "broken", problem: { line: 3 } });
  });

  it("is accounted for when it happens again and again", () => {
    const { path, record } = tornAt(40, KEY);
    appendFileSync(path, "\n"); // The next writer died after its first byte,
    appendFileSync(path, '{"seq":3,"prev":"ab'); // one more after some,
    appendFileSync(path, "\n\0\0\0\0"); // and then the power failed.
    expect(record.open(intent()).id).toBe(3);
    record.open(intent());
    expect(verified(path, { key: KEY })).toMatchObject({ verdict: "intact", lines: 4, torn: 1 });
  });

  it("a whole line without its line break is a line", () => {
    const path = newPath();
    const record = quickRecord(path);
    record.open(intent());
    truncateSync(path, statSync(path).size - 1);
    expect(verified(path)).toMatchObject({ verdict: "broken", problem: { line: 1 } });
    expect(record.open(intent()).id).toBe(2);
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2, torn: 0 });
  });

  it("in a file of its own is accounted for too, whether or not the file is full", () => {
    for (const maxBytes of [1, 1_000]) {
      const path = newPath();
      const record = quickRecord(path, { maxBytes });
      writeFileSync(path, '{"seq":1,');
      expect(record.open(intent()).id).toBe(1);
      expect(verified(path)).toMatchObject({ verdict: "intact", lines: 1, torn: 1, files: 1 });
    }
  });
});

describe("a file that this program did not write, or not so, is not continued", () => {
  const cases: readonly [string, (path: string) => void, RegExp][] = [
    ["another text", (path) => writeFileSync(path, "root:x:0:0\n"), /not what this program wrote/],
    ["without a line break", (path) => writeFileSync(path, "some text"), /not what this program wrote/],
    ["JSON lines of others", (path) => writeFileSync(path, '{"level":30}\n'), /not what this program wrote/],
    ["an empty line", (path) => appendFileSync(path, "\n"), /not what this program wrote/],
    [
      "an edited last line",
      (path) => writeFileSync(path, readFileSync(path, "utf8").replace("stdio", "nobody")),
      /not as it was written/,
    ],
  ];

  it.each(cases)("%s", (_, spoil, text) => {
    const path = newPath();
    const record = quickRecord(path);
    record.open(intent());
    spoil(path);
    const before = readFileSync(path, "utf8");
    expect(() => record.open(intent())).toThrow(error("broken", text));
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("one with a key, one without, one with another", () => {
    const [keyed, plain] = [newPath(), newPath()];
    quickRecord(keyed, { key: KEY }).open(intent());
    quickRecord(plain).open(intent());
    expect(() => quickRecord(keyed).open(intent())).toThrow(error("broken", "set PVE_AUDIT_KEY_FILE"));
    expect(() => quickRecord(plain, { key: KEY }).open(intent())).toThrow(error("broken", "unset it"));
    expect(() => quickRecord(keyed, { key: `${KEY}x` }).open(intent())).toThrow(
      error("broken", "or was written with another key"),
    );
    expect(readdirSync(dirname(keyed))).toEqual(["changes.jsonl"]);
  });
});
