import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { intent, linesOf, newPath, quickRecord, UNSYNCED, verified } from "../../tests/support/records.ts";
import { type Files, NODE_FILES } from "./files.ts";
import { type LockDeps, takeLock } from "./lock.ts";

/** A clock that goes on only while somebody waits; `during` runs at each wait. */
function waiting(during: (waited: number) => void = () => {}, files: Files = NODE_FILES) {
  let clock = 0;
  const deps: LockDeps = {
    files,
    monotonic: () => clock,
    pause: (ms) => {
      clock += ms;
      during(clock);
    },
  };
  return { deps, waited: () => clock };
}

/** A lock that a crashed process left `age` seconds ago. */
function leave(path: string, age: number, holder = "deadbeef"): string {
  const file = join(`${path}.lock`, holder);
  mkdirSync(`${path}.lock`, { recursive: true });
  writeFileSync(file, "");
  const then = Date.now() / 1000 - age;
  utimesSync(file, then, then);
  return file;
}

const busy = expect.objectContaining({ name: "RecordError", kind: "busy" });

describe("a lock", () => {
  it("is had once, and again when it is given back", () => {
    const path = newPath();
    const { deps, waited } = waiting();
    const lock = takeLock(path, deps);
    expect(lock.isHeld()).toBe(true);
    expect(() => takeLock(path, deps)).toThrow(busy);
    expect(waited()).toBeGreaterThanOrEqual(2_000);
    expect(waited()).toBeLessThan(2_010);
    lock.release();
    expect(lock.isHeld()).toBe(false);
    takeLock(path, deps).release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it("is waited for", () => {
    const path = newPath();
    const first = takeLock(path, waiting().deps);
    const { deps, waited } = waiting((ms) => {
      if (ms > 700) first.release();
    });
    takeLock(path, deps).release();
    expect(waited()).toBeGreaterThan(700);
    expect(waited()).toBeLessThan(710);
  });

  it("that stays is an error which names it", () => {
    const path = newPath();
    leave(path, 5);
    const record = quickRecord(path, waiting().deps);
    expect(() => record.open(intent())).toThrow(/cannot be written: another process.*\.lock/);
    expect(readdirSync(dirname(path))).toEqual(["changes.jsonl.lock"]);
  });

  it.each([11, 3_600, -3_600])("%d s old is taken over", (age) => {
    const path = newPath();
    leave(path, age);
    const { deps, waited } = waiting();
    expect(quickRecord(path, deps).open(intent()).id).toBe(1);
    expect(waited()).toBeGreaterThanOrEqual(500);
    expect(waited()).toBeLessThan(600);
    expect(readdirSync(dirname(path))).toEqual(["changes.jsonl"]);
  });

  it("becomes old enough while it is waited for", () => {
    const path = newPath();
    leave(path, 9);
    const { deps, waited } = waiting();
    takeLock(path, deps).release();
    expect(waited()).toBeGreaterThan(900);
  });

  it("with a wrong time stamp is not taken from holders that come and go", () => {
    const path = newPath();
    let holders = 0;
    leave(path, 3_600, "h0");
    // Another one every 100 ms, each as if an hour old.
    const { deps } = waiting((ms) => {
      if (ms / 100 < holders) return;
      UNSYNCED.remove(join(`${path}.lock`, `h${holders}`));
      holders += 1;
      leave(path, 3_600, `h${holders}`);
    });
    expect(() => takeLock(path, deps)).toThrow(busy);
    expect(holders).toBeGreaterThan(15);
  });

  it("whose place is empty is free", () => {
    const path = newPath();
    mkdirSync(`${path}.lock`);
    takeLock(path, waiting().deps).release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it("is taken over by one, however many find it old: the next holder is not robbed", () => {
    const path = newPath();
    const old = leave(path, 60);
    let fresh: ReturnType<typeof takeLock> | undefined;
    const files: Files = {
      ...NODE_FILES,
      remove: (file) => {
        // Somebody else was faster between our look and our removal, and has the lock by now.
        if (file === old && fresh === undefined) {
          NODE_FILES.remove(old);
          fresh = takeLock(path, waiting().deps);
        }
        NODE_FILES.remove(file);
      },
    };
    const { deps } = waiting(() => {}, files);
    expect(() => takeLock(path, deps)).toThrow(busy);
    expect(fresh?.isHeld()).toBe(true);
  });
});

describe("a writer that stood still and lost its lock", () => {
  /** A record that stands still at its next `where`, while another process takes the lock over and writes. */
  function stopped(where: "write" | "sync") {
    const path = newPath();
    const other = quickRecord(path, waiting().deps);
    let due = false;
    const stand = () => {
      if (!due) return;
      due = false;
      const [holder = ""] = readdirSync(`${path}.lock`);
      leave(path, 60, holder);
      other.open(intent({ caller: "other" }));
    };
    const files: Files = {
      ...UNSYNCED,
      state: (fd) => {
        if (where === "write") stand();
        return UNSYNCED.state(fd);
      },
      sync: (fd) => {
        if (where === "sync") stand();
        UNSYNCED.sync(fd);
      },
    };
    const record = quickRecord(path, { files });
    record.open(intent());
    due = true;
    return { path, record };
  }

  it("before it wrote writes nothing", () => {
    const { path, record } = stopped("write");
    expect(() => record.open(intent())).toThrow(/lock was taken over/);
    expect(linesOf(path).map(({ caller }) => caller)).toEqual(["stdio", "other"]);
    expect(verified(path)).toMatchObject({ verdict: "intact" });
    expect(record.open(intent()).id).toBe(3);
  });

  it("after it wrote cuts nothing off that came behind, and refuses the change", () => {
    const { path, record } = stopped("sync");
    expect(() => record.open(intent())).toThrow(/lock was taken over/);
    expect(linesOf(path).map(({ caller }) => caller)).toEqual(["stdio", "stdio", "other"]);
    expect(verified(path)).toMatchObject({ verdict: "intact", open: [1, 2, 3] });
  });

  it("does not record an outcome twice", () => {
    const path = newPath();
    let due = false;
    const files: Files = {
      ...UNSYNCED,
      sync: () => {
        if (!due) return;
        due = false;
        const [holder = ""] = readdirSync(`${path}.lock`);
        UNSYNCED.remove(join(`${path}.lock`, holder));
      },
    };
    const record = quickRecord(path, { files });
    const entry = record.open(intent());
    due = true;
    expect(entry.close({ verdict: "ok" })).toBe(false);
    record.interrupt();
    expect(verified(path)).toMatchObject({ verdict: "intact", lines: 2, open: [] });
  });
});
