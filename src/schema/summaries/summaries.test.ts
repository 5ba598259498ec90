import { expect, test } from "vitest";
import { allRoutes } from "../endpoint-table.ts";
import { summaryOf } from "./summaries.ts";

const routes = allRoutes();
const withSummary = routes.flatMap((route) => {
  const summary = summaryOf(route);
  return summary === undefined ? [] : [{ route, summary }];
});

test("every route of the endpoint table has a summary", () => {
  expect(routes.filter((route) => summaryOf(route) === undefined)).toEqual([]);
});

test("a summary is one line of 10 to 90 characters, capitalised, without a full stop", () => {
  const odd = withSummary.filter(
    ({ summary }) => !/^[A-Z].{8,88}[^.\s]$/.test(summary) || /\s{2}/.test(summary),
  );
  expect(odd).toEqual([]);
});

test("no two routes have the same summary", () => {
  const routesBySummary = new Map<string, string[]>();
  for (const { route, summary } of withSummary) {
    const key = summary.toLowerCase();
    routesBySummary.set(key, [...(routesBySummary.get(key) ?? []), route]);
  }
  expect([...routesBySummary].filter(([, sharing]) => sharing.length > 1)).toEqual([]);
});

test("a route the table does not know has no summary", () => {
  expect(summaryOf("GET /no/such/path")).toBeUndefined();
  expect(summaryOf("toString")).toBeUndefined();
});
