import { expect, it } from "vitest";
import { ruleBefore } from "./backup-retention.ts";

it.each([
  ["keep-last=3", "keep-last=2"],
  ["keep-last=1,keep-weekly=2", "keep-weekly=2"],
  ["keep-daily=7,keep-last=2", "keep-daily=7,keep-last=1"],
  ["keep-daily=7", "keep-daily=7"],
  ["keep-last=1", undefined],
])("before the new backup, %s counts as %s", (rule, before) => {
  expect(ruleBefore(rule)).toBe(before);
});
