import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextEvent } from "./calendar.ts";

const at = (text: string) => Date.parse(`${text}:00Z`) / 1000;
/** A Wednesday. */
const NOW = at("2026-04-01T09:00");

describe("nextEvent", () => {
  it.each([
    ["02:30", "2026-04-02T02:30"],
    ["*/15", "2026-04-01T09:15"],
    ["*:0/30", "2026-04-01T09:30"],
    ["sun 01:00", "2026-04-05T01:00"],
    ["mon..fri 22:30", "2026-04-01T22:30"],
    ["sat,sun 04:00", "2026-04-04T04:00"],
    ["8..17:00", "2026-04-01T10:00"],
    ["*-*-1 03:00", "2026-05-01T03:00"],
    ["12-24 18:00", "2026-12-24T18:00"],
    ["daily", "2026-04-02T00:00"],
    ["hourly", "2026-04-01T10:00"],
    ["weekly", "2026-04-06T00:00"],
    ["monthly", "2026-05-01T00:00"],
  ])("%s", (event, expected) => {
    expect(nextEvent(event, NOW)).toBe(at(expected));
  });

  it("goes round the week", () => {
    expect(nextEvent("fri..mon 00:00", NOW)).toBe(at("2026-04-03T00:00"));
  });

  it.each(["whenever", "25-13 99:99", "2-30 00:00"])("has no time for %s", (event) => {
    expect(nextEvent(event, NOW)).toBeUndefined();
  });

  it("is always later than the moment asked about", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        (hour, minute, now) => {
          const next = nextEvent(`${hour}:${minute}`, now) ?? 0;
          expect(next).toBeGreaterThan(now);
          expect(next - now).toBeLessThanOrEqual(86400);
        },
      ),
    );
  });
});
