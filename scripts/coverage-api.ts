/**
 * Prints how every operation of PVE's API fares: described, called on the simulated cluster, or refused and why.
 *
 *   npm run coverage:api            the counts, and what is not answered with its reason
 *   npm run coverage:api -- --all   every operation
 */
import { apiCoverage, type Fate } from "../tests/support/api-coverage.ts";

const FATES: Readonly<Record<Fate, string>> = {
  answered: "modelled, answered",
  refused: "modelled, refused with a reason",
  "not for tokens": "not for tokens",
  "never sent": "never sent",
  "schema-checked only": "schema-checked only",
};

const covered = await apiCoverage();
const all = process.argv.includes("--all");
for (const [fate, title] of Object.entries(FATES)) {
  const those = covered.filter((one) => one.fate === fate);
  if (those.length === 0) continue;
  console.log(`${title}: ${those.length}`);
  for (const { route, says } of those)
    if (all || fate !== "answered")
      console.log(`  ${route}${fate === "answered" ? "" : `: ${says.slice(0, 160)}`}`);
}
const described = covered.filter(({ route, described }) => described.startsWith(route)).length;
console.log(`${covered.length} operations, ${described} described.`);
if (described < covered.length) process.exitCode = 1;
