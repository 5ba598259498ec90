import { expect, test } from "vitest";
import { findEndpoint } from "../../src/schema/endpoint-table.ts";
import { intentsOf, SETS, searchFigures } from "../support/search-figures.ts";

/** What the search reaches at least; the set it is not made with is the judge. */
const FLOORS = {
  "dev-intents": { top1: 0.94, top5: 0.985 },
  intents: { top1: 0.9, top5: 0.98 },
  "operator-intents": { top1: 0.85, top5: 0.97 },
} as const;

test.each(SETS)("%s: an accepted operation comes first, or among the first five", (set) => {
  const { top1, top5 } = searchFigures(intentsOf(set));
  expect(top1).toBeGreaterThanOrEqual(FLOORS[set].top1);
  expect(top5).toBeGreaterThanOrEqual(FLOORS[set].top5);
});

test.each(SETS)("%s: whole and about what there is", (set) => {
  const intents = intentsOf(set);
  expect(intents.length).toBeGreaterThanOrEqual(150);
  expect(new Set(intents.map(({ intent }) => intent.toLowerCase())).size).toBe(intents.length);
  for (const { intent, routes } of intents) {
    expect(routes.length, intent).toBeGreaterThan(0);
    for (const route of routes) expect(findEndpoint(route), `${intent}: ${route}`).toBeDefined();
  }
});
