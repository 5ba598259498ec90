import type { Format, Table } from "./answer.ts";
import { asNumber } from "./units.ts";

/** A point of PVE's `rrddata`: `time` (Unix seconds) and what was measured; missing values are absent or null. */
export type Point = Readonly<Record<string, unknown>>;

const NAMES: Readonly<Record<string, Format>> = {
  cpu: "percent",
  iowait: "percent",
  loadavg: "number",
  maxcpu: "number",
};

/** Ends of metric names of nodes, guests and storages in PVE 7 to 9. */
const UNITS: readonly (readonly [RegExp, Format])[] = [
  [/^pressure/, "points"],
  [/^(?:netin|netout|diskread|diskwrite)$/, "rate"],
  [/^(?:max|min)?(?:mem|disk|swap|root)|mem(?:host|ory)?$|^(?:total|used|avail|arcsize)$/, "bytes"],
];

/** What a metric of rrddata is measured in: `cpu` a fraction, memory in bytes, network and disk in bytes a second. */
export function metricUnit(metric: string): Format {
  return NAMES[metric] ?? UNITS.find(([pattern]) => pattern.test(metric))?.[1] ?? "number";
}

/** All metrics of the points that have a value somewhere, in order of appearance. */
export function metricsOf(points: readonly Point[]): string[] {
  const names = new Set<string>();
  for (const point of points) {
    for (const [name, value] of Object.entries(point)) {
      if (name !== "time" && asNumber(value) !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** Where a series is going. */
export type Trend = "rising" | "falling" | "steady";

/** Below this share of the largest value a range is noise. */
const NOISE = 0.02;
/** The share of the range that the fitted line must climb over the whole time. */
const CLIMB = 0.5;

/** The direction of a least-squares line through the values, compared with their range. */
export function trendOf(values: readonly (readonly [at: number, value: number])[]): Trend {
  const n = values.length;
  if (n < 3) return "steady";
  let [meanX, meanY, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [x, y] of values) {
    meanX += x / n;
    meanY += y / n;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const range = high - low;
  if (range <= NOISE * Math.max(Math.abs(low), Math.abs(high))) return "steady";
  let [xx, xy] = [0, 0];
  for (const [x, y] of values) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  if (xx === 0) return "steady";
  const span = (values[n - 1]?.[0] ?? 0) - (values[0]?.[0] ?? 0);
  const climb = (xy / xx) * span;
  if (Math.abs(climb) < CLIMB * range) return "steady";
  return climb > 0 ? "rising" : "falling";
}

/** Six significant digits: enough to compute with, without the noise of binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

const SUMMARY_COLUMNS: Table["columns"] = [
  { key: "metric" },
  { key: "min", formatFrom: "unit" },
  { key: "avg", formatFrom: "unit" },
  { key: "max", formatFrom: "unit" },
  { key: "last", formatFrom: "unit" },
  { key: "trend" },
  { key: "points" },
  { key: "gaps" },
];

/**
 * One row a metric: min, avg, max, last value, trend, number of points and of points without a value. `metrics`
 * left out means all that occur; one without any value keeps its row (0 points).
 */
export function summariseSeries(
  points: readonly Point[],
  metrics: readonly string[] = metricsOf(points),
): Table {
  const rows = metrics.map((metric) => {
    const values = points.flatMap((point) => {
      const value = asNumber(point[metric]);
      return value === undefined ? [] : [[asNumber(point.time) ?? 0, value] as const];
    });
    const gaps = points.length - values.length || null;
    if (values.length === 0) return { metric, points: 0, gaps };
    const plain = values.map(([, value]) => value);
    const sum = plain.reduce((a, b) => a + b, 0);
    return {
      metric,
      unit: metricUnit(metric),
      min: round(plain.reduce((a, b) => Math.min(a, b))),
      avg: round(sum / plain.length),
      max: round(plain.reduce((a, b) => Math.max(a, b))),
      last: round(plain[plain.length - 1] ?? 0),
      trend: trendOf(values),
      points: values.length,
      gaps,
    };
  });
  return { kind: "table", columns: SUMMARY_COLUMNS, rows };
}

/** The newest `limit` points as they are, oldest first; points without any of the metrics are left out. */
export function rawSeries(
  points: readonly Point[],
  metrics: readonly string[] = metricsOf(points),
  limit = 100,
): Table {
  const rows = points.flatMap((point) => {
    const values = metrics.map((metric) => [metric, asNumber(point[metric])] as const);
    if (values.every(([, value]) => value === undefined)) return [];
    return [{ time: asNumber(point.time), ...Object.fromEntries(values) }];
  });
  const shown = limit > 0 ? rows.slice(-limit) : [];
  return {
    kind: "table",
    columns: [
      { key: "time", format: "time" },
      ...metrics.map((metric) => ({ key: metric, format: metricUnit(metric) })),
    ],
    rows: shown,
    ...(shown.length < rows.length ? { total: rows.length, more: `limit: ${rows.length}` } : {}),
  };
}
