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
  it("keeps the end and says how much of the log it is", () => {
    expect(logBlock(LINES, "task log", { limit: 2, more: "start, limit" })).toEqual({
      kind: "untrusted",
      source: "task log, last 2 of 7 lines",
      text: "INFO: done\nTASK ERROR: job errors",
      keep: "tail",
      more: "start, limit",
    });
  });

  it("can keep the beginning, all or nothing", () => {
    expect(logBlock(LINES, "syslog", { limit: 1, keep: "head" })).toMatchObject({
      source: "syslog, first 1 of 7 lines",
      text: "INFO: starting new backup job: vzdump 999 --storage tank --node pve",
    });
    expect(logBlock(LINES, "log")).toMatchObject({ source: "log", keep: "tail" });
    expect(logBlock(LINES, "log").text.split("\n")).toHaveLength(7);
    expect(logBlock([], "log")).toMatchObject({ source: "log", text: "" });
    expect(logBlock(LINES, "log", { limit: 0 }).text).toBe("");
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
