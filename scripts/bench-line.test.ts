import { expect, test } from "vitest";
import { formatTable, median, passes } from "./bench-line.ts";

test("the median of an even number of values is the mean of the middle two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("a target holds up to and including its bound, in its own direction", () => {
  const line = { name: "x", unit: "ms" } as const;
  expect(passes({ ...line, value: 1, atMost: 1 })).toBe(true);
  expect(passes({ ...line, value: 1.01, atMost: 1 })).toBe(false);
  expect(passes({ ...line, value: 1_599, atLeast: 1_600 })).toBe(false);
  expect(passes({ ...line, value: 1 })).toBeUndefined();
});

test("the table aligns its columns and marks what misses its target", () => {
  const table = formatTable([
    { name: "small", value: 1.234, unit: "ms", atMost: 1 },
    { name: "a longer name", value: 20, unit: "bytes", note: "2 tools" },
  ]);
  expect(table.split("\n")).toEqual([
    "small           1.23 ms  <= 1  FAIL",
    "a longer name  20 bytes              2 tools",
  ]);
});
