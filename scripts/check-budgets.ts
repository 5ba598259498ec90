/** Compares the bytes that models read with tests/budgets.json. `--update` writes the file anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { answerSizes, EXPECTED_TOOLS, listSizes, type Size, TOOLS_LIMIT } from "./measures.ts";

const FILE = new URL("../tests/budgets.json", import.meta.url);
/** How much a size may grow over the file before that has to be decided on. */
const SLACK = 1.05;

const sizes = [...listSizes(), ...(await answerSizes())];

if (process.argv.includes("--update")) {
  const budgets = Object.fromEntries(sizes.map(({ name, bytes }) => [name, bytes]));
  writeFileSync(FILE, `${JSON.stringify(budgets, null, 2)}\n`);
  console.log(`Wrote ${sizes.length} budgets.`);
}
const budgets = JSON.parse(readFileSync(FILE, "utf8")) as Readonly<Record<string, number>>;
const problems = sizes.flatMap(problemsOf);
const gone = Object.keys(budgets).filter((name) => !sizes.some((size) => size.name === name));
for (const name of gone) problems.push(`${name}: has a budget and is not measured any more.`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error("A growth that is wanted and within the limits: npm run budgets -- --update");
  process.exit(1);
}
console.log(`${sizes.length} sizes within their budgets.`);

function problemsOf({ name, bytes, limit, tools, most = TOOLS_LIMIT }: Size): string[] {
  const found: string[] = [];
  const budget = budgets[name];
  if (budget === undefined) found.push(`${name}: ${bytes} bytes, and no budget.`);
  else if (bytes > budget * SLACK) {
    found.push(`${name}: ${bytes} bytes are ${percent(bytes, budget)} above the budget of ${budget}.`);
  }
  if (limit !== undefined && bytes > limit) found.push(`${name}: ${bytes} bytes, at most ${limit}.`);
  if (tools !== undefined && tools > most) found.push(`${name}: ${tools} tools, at most ${most}.`);
  const expected = EXPECTED_TOOLS.get(name);
  if (expected !== undefined && tools !== expected) {
    found.push(`${name}: ${tools} tools instead of ${expected}; scripts/measures.ts names the later ones.`);
  }
  return found;
}

function percent(bytes: number, budget: number): string {
  return `${((bytes / budget - 1) * 100).toFixed(1)} %`;
}
