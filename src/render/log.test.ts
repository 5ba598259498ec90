import { describe, expect, it } from "vitest";
import { importantLines, logBlock } from "./log.ts";

const LINES = [
  "INFO: starting new backup job: vzdump 999 --storage tank --node pve",
  "ERROR: Backup of VM 999 failed - unable to find VM '999'",
  "",
  "INFO: Backup job finished with errors",
  "WARN: 'root@pam' does not have a configured email address",
  "INFO: done  ",
  "TASK ERROR: job errors",
].map((t, i) => ({ n: i + 1, t }));

describe("logBlock", () => {
  it("fences every line without the space at its end, and lets the end stay", () => {
    expect(logBlock(LINES.slice(4), "task log")).toEqual({
      kind: "untrusted",
      source: "task log",
      text: "WARN: 'root@pam' does not have a configured email address\nINFO: done\nTASK ERROR: job errors",
      keep: "tail",
    });
    expect(logBlock([], "log").text).toBe("");
  });
});

describe("importantLines", () => {
  it("prefers errors, then warnings, then the end, in the log's order", () => {
    expect(importantLines(LINES, 3).map((line) => line.n)).toEqual([2, 4, 7]);
    expect(importantLines(LINES, 5).map((line) => line.n)).toEqual([2, 4, 5, 6, 7]);
    expect(importantLines(LINES, 1).map((line) => line.n)).toEqual([7]);
    expect(importantLines(LINES, 0)).toEqual([]);
    expect(importantLines(LINES, 99).map((line) => line.n)).toEqual([1, 2, 4, 5, 6, 7]);
  });
});
