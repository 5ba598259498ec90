import { readFileSync } from "node:fs";
import { parseRecording, percent, replay } from "../tests/support/replay.ts";

const USAGE = "Usage: npm run replay -- FILE.jsonl";

async function main(file: string | undefined): Promise<number> {
  if (file === undefined) {
    console.error(USAGE);
    return 1;
  }
  const report = await replay(parseRecording(readFileSync(file, "utf8")));
  const line = (label: string, part: number, whole: number) =>
    console.log(`${label}: ${part} of ${whole} (${percent(part, whole)} %)`);
  console.log(`calls: ${report.calls}`);
  line("same status", report.sameStatus, report.calls);
  line("same error text", report.sameError, report.errors);
  line("same shape", report.sameShape, report.calls);
  for (const { id, kind, text } of report.mismatches) console.log(`${id} ${kind}: ${text}`);
  return 0;
}

process.exitCode = await main(process.argv[2]);
