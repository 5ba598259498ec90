import { describe, expect, it } from "vitest";
import { parseSince } from "./since.ts";

const NOW = Date.UTC(2026, 10, 22, 6, 59, 3) / 1_000;
const at = (text: string): number => Date.parse(text) / 1_000;

describe("a moment as callers write it", () => {
  it.each([
    ["45s", NOW - 45],
    ["30m", NOW - 1_800],
    ["12 H", NOW - 43_200],
    ["2d", NOW - 172_800],
    ["1w", NOW - 604_800],
    ["0s", NOW],
    ["1795330000", 1_795_330_000],
    ["2026-11-22", at("2026-11-22T00:00:00Z")],
    ["2026-11-22 06:59", at("2026-11-22T06:59:00Z")],
    ["2026-11-22T06:59:03", NOW],
    ["2026-11-22 06:59 UTC", at("2026-11-22T06:59:00Z")],
    ["2026-11-22T06:59:03.250Z", NOW + 0.25],
    ["2026-11-22T07:59:03+01:00", NOW],
    ["2026-11-22T07:59:03+0100", NOW],
    [" 2026-11-21T23:59:03-07:00 ", NOW],
  ])("%s", (text, expected) => {
    expect(parseSince(text, NOW)).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "2026-13-01",
    "2026-11-22T25:00",
    "2026-02-30",
    "5",
    "-1d",
    "1y",
    "2026-11-22+01:00",
  ])("and what is none: %j", (text) => {
    expect(parseSince(text, NOW)).toBeUndefined();
  });
});
