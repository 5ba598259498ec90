import { describe, expect, it } from "vitest";
import type { Cell, Format } from "./answer.ts";
import { asNumber, formatCell, usage } from "./units.ts";

describe("formatCell", () => {
  it.each<[Cell, Format, string]>([
    [13_314_398_617, "bytes", "12.4 GiB"],
    [0, "bytes", "0 B"],
    [1023, "bytes", "1023 B"],
    [1024, "bytes", "1 KiB"],
    [1_048_575, "bytes", "1 MiB"],
    ["4294967296", "bytes", "4 GiB"],
    [-2048, "bytes", "-2 KiB"],
    [2 ** 70, "bytes", "1024 EiB"],
    [1_258_291, "rate", "1.2 MiB/s"],
    [0.125, "percent", "12.5%"],
    [1, "percent", "100%"],
    [0, "percent", "0%"],
    [0.0004, "percent", "<0.1%"],
    [12.5, "points", "12.5%"],
    [0.25678, "number", "0.26"],
    [3, "number", "3"],
    [273_600, "duration", "3d 4h"],
    [259_230, "duration", "3d"],
    [725, "duration", "12m 5s"],
    [0, "duration", "0s"],
    [-90, "duration", "-1m 30s"],
    [1_795_330_740, "time", "2026-11-22 06:59 UTC"],
    [0, "time", ""],
    [9e15, "time", ""],
    [0, "flag", "no"],
    ["1", "flag", "yes"],
    [true, "flag", "yes"],
    [false, "flag", "no"],
    ["enabled=1", "flag", "enabled=1"],
    [null, "bytes", ""],
    [undefined, "text", ""],
    ["", "flag", ""],
    [Number.NaN, "number", ""],
    ["n/a", "bytes", "n/a"],
    [["a", 2], "text", "a, 2"],
    [[], "text", ""],
    [true, "text", "yes"],
    ["0050", "text", "0050"],
  ])("%j as %s is %j", (cell, format, text) => {
    expect(formatCell(cell, format)).toBe(text);
  });
});

describe("usage", () => {
  it("writes the part in the unit of the whole", () => {
    expect(usage(1_288_490_189, 2 ** 34)).toBe("1.2/16 GiB");
    expect(usage(1024, 2 ** 34)).toBe("<0.1/16 GiB");
    expect(usage(0, 2 ** 34)).toBe("0/16 GiB");
    expect(usage(12, 100)).toBe("12/100 B");
  });
});

describe("asNumber", () => {
  it("takes PVE's numbers in strings and nothing else", () => {
    expect([asNumber("12"), asNumber("1.5e3"), asNumber(" 7")]).toEqual([12, 1500, 7]);
    for (const no of ["", " ", "12 GiB", "abc", null, true, Number.POSITIVE_INFINITY, "Infinity"]) {
      expect(asNumber(no)).toBeUndefined();
    }
  });
});
