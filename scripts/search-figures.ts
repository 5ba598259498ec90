/**
 * Prints how well the search of operations finds: the share of intents whose first hit, and whose first five hits, hold
 * an accepted route.
 *
 *   npm run search             both sets, and what is missed of the one that the search is made with
 */
import { intentsOf, SETS, searchFigures } from "../tests/support/search-figures.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

for (const set of SETS) {
  const { intents, top1, top5, misses } = searchFigures(intentsOf(set));
  console.log(`${set}: ${intents} intents, top-1 ${percent(top1)}, top-5 ${percent(top5)}`);
  if (set !== "dev-intents") continue;
  for (const { intent, found } of misses) console.log(`  ${intent}\n    ${found.join("\n    ")}`);
}
