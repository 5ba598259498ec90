/**
 * Measures the built server: what a model reads, start-up, calls, memory. Prints a table, with `--json` JSON. Times
 * depend on the machine and are noisy, so a missed target is printed and does not fail.
 */

import { intentsOf, SETS, searchFigures } from "../tests/support/search-figures.ts";
import { measureCalls } from "./bench-calls.ts";
import { formatTable, type Line, passes } from "./bench-line.ts";
import { startFakePve } from "./bench-processes.ts";
import { measureStart } from "./bench-start.ts";
import { answerSizes, listSizes, type Size } from "./measures.ts";

const ofSize = ({ name, bytes, limit, tools }: Size): Line => ({
  name,
  value: bytes,
  unit: "bytes",
  ...(limit === undefined ? {} : { atMost: limit }),
  ...(tools === undefined ? {} : { note: `${tools} tools` }),
});

/** How well the search of operations finds, in percent of each set's intents. */
const searchLines = (): readonly Line[] =>
  SETS.flatMap((set) => {
    const { intents, top1, top5 } = searchFigures(intentsOf(set));
    const share = (name: string, value: number, atLeast: number): Line => ({
      name: `search: ${name}, ${set}`,
      value: value * 100,
      unit: "%",
      atLeast,
      note: `${intents} intents`,
    });
    return [share("first hit", top1, 85), share("first five", top5, 97)];
  });

const pve = await startFakePve();
try {
  const times = [...(await measureStart(pve.port)), ...(await measureCalls(pve.port))];
  const lines = [...[...listSizes(), ...(await answerSizes())].map(ofSize), ...searchLines(), ...times];
  const report = lines.map((line) => ({ ...line, pass: passes(line) }));
  console.log(process.argv.includes("--json") ? JSON.stringify(report, null, 2) : formatTable(lines));
} finally {
  await pve.close();
}
