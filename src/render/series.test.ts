import { describe, expect, it } from "vitest";
import { metricsOf, metricUnit, rawSeries, summariseSeries, trendOf } from "./series.ts";
import { toText } from "./text.ts";

const POINTS = [
  { time: 1_795_330_740 },
  {
    time: 1_795_330_800,
    cpu: 0.1,
    mem: 1_073_741_824,
    netin: 1_048_576,
    loadavg: 0.5,
    pressurecpusome: 12.5,
  },
  { time: 1_795_330_860, cpu: 0.2, mem: 1_073_741_824, netin: 524_288, loadavg: 0.75, pressurecpusome: 0 },
  { time: 1_795_330_920, cpu: "0.3", mem: 1_073_741_824, netin: null, loadavg: 0.25, pressurecpusome: 1 },
];

describe("summariseSeries", () => {
  it("is one line a metric, each in its unit, points without values as gaps", () => {
    const text = toText({ headline: "VM 100, last hour", blocks: [summariseSeries(POINTS)] });
    expect(text).toBe(
      [
        "VM 100, last hour",
        "metric | min | avg | max | last | trend | points | gaps",
        "cpu | 10% | 20% | 30% | 30% | rising | 3 | 1",
        "mem | 1 GiB | 1 GiB | 1 GiB | 1 GiB | steady | 3 | 1",
        "netin | 512 KiB/s | 768 KiB/s | 1 MiB/s | 512 KiB/s | steady | 2 | 2",
        "loadavg | 0.25 | 0.5 | 0.75 | 0.25 | falling | 3 | 1",
        "pressurecpusome | 0% | 4.5% | 12.5% | 1% | falling | 3 | 1",
      ].join("\n"),
    );
  });

  it("keeps the raw values and their unit", () => {
    expect(summariseSeries(POINTS, ["cpu"]).rows).toEqual([
      {
        metric: "cpu",
        unit: "percent",
        min: 0.1,
        avg: 0.2,
        max: 0.3,
        last: 0.3,
        trend: "rising",
        points: 3,
        gaps: 1,
      },
    ]);
  });

  it("says that an asked metric has no values", () => {
    expect(summariseSeries(POINTS, ["diskread"]).rows).toEqual([{ metric: "diskread", points: 0, gaps: 4 }]);
    expect(summariseSeries([], ["cpu"]).rows).toEqual([{ metric: "cpu", points: 0, gaps: null }]);
    expect(summariseSeries([{ time: 1 }, { time: 2 }]).rows).toEqual([]);
  });
});

describe("metricUnit", () => {
  it.each([
    ["cpu", "percent"],
    ["iowait", "percent"],
    ["maxcpu", "number"],
    ["mem", "bytes"],
    ["maxmem", "bytes"],
    ["memhost", "bytes"],
    ["memused", "bytes"],
    ["memavailable", "bytes"],
    ["memtotal", "bytes"],
    ["swapused", "bytes"],
    ["roottotal", "bytes"],
    ["disk", "bytes"],
    ["maxdisk", "bytes"],
    ["used", "bytes"],
    ["total", "bytes"],
    ["arcsize", "bytes"],
    ["diskread", "rate"],
    ["netout", "rate"],
    ["pressurememoryfull", "points"],
    ["loadavg", "number"],
    ["whatever", "number"],
  ])("%s in %s", (metric, unit) => {
    expect(metricUnit(metric)).toBe(unit);
  });
});

describe("trendOf", () => {
  const series = (f: (i: number) => number) => Array.from({ length: 50 }, (_, i) => [i * 60, f(i)] as const);

  it("compares the fitted line with the range", () => {
    expect(trendOf(series((i) => i))).toBe("rising");
    expect(trendOf(series((i) => 100 - i))).toBe("falling");
    expect(trendOf(series(() => 7))).toBe("steady");
    expect(trendOf(series((i) => Math.sin(i)))).toBe("steady");
    expect(trendOf(series((i) => 1_000_000 + i))).toBe("steady");
    expect(
      trendOf([
        [1, 0],
        [2, 9],
      ]),
    ).toBe("steady");
    expect(
      trendOf([
        [1, 0],
        [1, 5],
        [1, 9],
      ]),
    ).toBe("steady");
  });
});

describe("rawSeries", () => {
  it("gives the newest points and how to get all", () => {
    expect(metricsOf(POINTS)).toEqual(["cpu", "mem", "netin", "loadavg", "pressurecpusome"]);
    const table = rawSeries(POINTS, ["cpu", "netin"], 2);
    expect(toText({ headline: "raw", blocks: [table] })).toBe(
      [
        "raw",
        "time | cpu | netin",
        "2026-11-22 07:01 UTC | 20% | 512 KiB/s",
        "2026-11-22 07:02 UTC | 30%",
        "2 of 3 shown; more: limit: 3",
      ].join("\n"),
    );
    expect(rawSeries(POINTS, ["cpu"], 0).rows).toEqual([]);
  });
});
