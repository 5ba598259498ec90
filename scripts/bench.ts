/**
 * Measures the built server: what a model reads, start-up, calls, memory. Prints a table, with `--json` JSON. Times
 * depend on the machine and are noisy, so a missed target is printed and does not fail.
 */
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

const pve = await startFakePve();
try {
  const times = [...(await measureStart(pve.port)), ...(await measureCalls(pve.port))];
  const lines = [...[...listSizes(), ...(await answerSizes())].map(ofSize), ...times];
  const report = lines.map((line) => ({ ...line, pass: passes(line) }));
  console.log(process.argv.includes("--json") ? JSON.stringify(report, null, 2) : formatTable(lines));
} finally {
  await pve.close();
}
