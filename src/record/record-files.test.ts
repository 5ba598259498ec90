import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { intent, newPath, quickRecord, UNSYNCED } from "../../tests/support/records.ts";
import type { Files } from "./files.ts";
import { changesBackward } from "./read-changes.ts";
import { rotatedNumbers } from "./record-files.ts";
import { verifyRecord } from "./verify.ts";

describe("a record's full files", () => {
  it("are those with a number, in the order of the numbers", () => {
    const path = newPath();
    for (const end of [".10", ".9", ".lock.1", ".01", ".1.gz", ".0", "x.3", ""])
      writeFileSync(`${path}${end}`, "");
    expect(rotatedNumbers(UNSYNCED, path)).toEqual([9, 10]);
  });
});

describe("a record that goes on in new files while it is read", () => {
  /** Operations which find, when they list the files, that some more have become full since the first was opened. */
  function growing(times: number) {
    const path = newPath();
    const record = quickRecord(path, { maxBytes: 1 });
    for (let i = 0; i < 3; i += 1) record.open(intent());
    const files: Files = {
      ...UNSYNCED,
      names: (folder) => {
        for (let i = 0; i < times; i += 1) record.open(intent());
        return UNSYNCED.names(folder);
      },
    };
    return { path, files };
  }

  it.each([0, 1, 3])("is read as it was: %d more", (times) => {
    const { path, files } = growing(times);
    expect(verifyRecord(files, path, {}, () => {})).toMatchObject({ verdict: "intact", lines: 3, files: 3 });
    const newestFirst = Array.from({ length: 3 + times }, (_, i) => 3 + times - i);
    expect([...changesBackward(files, path)].map(({ id }) => id)).toEqual(newestFirst);
  });

  it("is read up to the last full one when the new one is not there yet", () => {
    const { path, files } = growing(0);
    rmSync(path);
    expect(verifyRecord(files, path, {}, () => {})).toMatchObject({ verdict: "intact", lines: 2, files: 2 });
  });
});
