import { readFileSync } from "node:fs";
import { searchRoutes } from "../../src/schema/search/search.ts";

/** What somebody asks for, and the operations that answer it. */
export interface Intent {
  readonly intent: string;
  readonly routes: readonly string[];
}

/** How well the search finds a set of intents. */
export interface SearchFigures {
  readonly intents: number;
  /** Shares from 0 to 1: an accepted route is the first hit, is among the first five. */
  readonly top1: number;
  readonly top5: number;
  readonly misses: readonly {
    readonly intent: string;
    readonly found: readonly string[];
    readonly first: boolean;
  }[];
}

/** The set that the search was made with, one that was added to it, and the judge's, by somebody who has not seen the search. */
export const SETS = ["dev-intents", "intents", "operator-intents"] as const;

/** One of the sets in tests/search. */
export const intentsOf = (set: (typeof SETS)[number]): readonly Intent[] =>
  JSON.parse(readFileSync(new URL(`../search/${set}.json`, import.meta.url), "utf8")) as Intent[];

/** Searches for every intent. */
export function searchFigures(intents: readonly Intent[]): SearchFigures {
  let [top1, top5] = [0, 0];
  const misses: { intent: string; found: readonly string[]; first: boolean }[] = [];
  for (const { intent, routes } of intents) {
    const found = searchRoutes(intent, { limit: 5 }).map(({ route }) => route);
    const at = found.findIndex((route) => routes.includes(route));
    if (at === 0) top1 += 1;
    if (at >= 0) top5 += 1;
    if (at !== 0) misses.push({ intent, found, first: at < 0 });
  }
  return { intents: intents.length, top1: top1 / intents.length, top5: top5 / intents.length, misses };
}
