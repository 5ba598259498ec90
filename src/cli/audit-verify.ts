import { readFileSync } from "node:fs";
import { NODE_FILES } from "../record/files.ts";
import { RecordError, reason } from "../record/record-error.ts";
import { standStill } from "../record/stand-still.ts";
import { type VerifyReport, verifyRecord } from "../record/verify.ts";
import { cleanLine } from "../render/clean.ts";
import { printLines } from "./print.ts";
import type { ProcessLike } from "./process.ts";
import { UsageError } from "./usage-error.ts";

/** The options of the command, as given. */
interface Options {
  readonly expect?: string | undefined;
  readonly after?: string | undefined;
  readonly "key-file"?: string | undefined;
}

const EXIT: Readonly<Record<VerifyReport["verdict"], number>> = { intact: 0, broken: 1, "needs key": 2 };
/** How many open entries are named. */
const OPEN_SHOWN = 20;

/** Checks a record and prints what was found; the exit code. Throws a UsageError or a RecordError. */
export async function verify(proc: ProcessLike, file: string, options: Options): Promise<number> {
  const keyFile = options["key-file"] ?? (proc.env.PVE_AUDIT_KEY_FILE || undefined);
  const expect = hashOf("--expect", options.expect);
  const after = hashOf("--after", options.after);
  const report = verifyRecord(
    NODE_FILES,
    file,
    {
      ...(keyFile === undefined ? {} : { key: readKey(keyFile) }),
      ...(expect === undefined ? {} : { expect }),
      ...(after === undefined ? {} : { after }),
    },
    standStill,
  );
  await printLines(proc.stdout, [...verdictLines(file, report), ...expectLines(expect, report)]);
  return EXIT[report.verdict];
}

/** A hash or its beginning, in lower case. */
function hashOf(option: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const hash = given.toLowerCase();
  if (!/^[0-9a-f]{12,64}$/.test(hash)) throw new UsageError(`${option} takes 12 to 64 hexadecimal digits.`);
  return hash;
}

/** The key, as the configuration reads it. */
function readKey(path: string): string {
  let key: string;
  try {
    key = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new RecordError("unreadable", `The key file cannot be read: ${reason(error)}.`, error);
  }
  if (key === "") throw new RecordError("unreadable", "The key file is empty.");
  return key;
}

function verdictLines(file: string, report: VerifyReport): string[] {
  const { verdict, problem, lines } = report;
  if (verdict === "needs key") {
    return [
      `${cleanLine(file)} is chained with a key: without it nothing can be told. Give it with --key-file PATH or PVE_AUDIT_KEY_FILE.`,
    ];
  }
  if (problem === undefined)
    return [`${cleanLine(file)} is intact.`, ...factLines(report), ...limitLines(report)];
  const where = cleanLine(problem.file) + (problem.line === 0 ? "" : `, line ${problem.line}`);
  return [
    `${cleanLine(file)} is broken. ${where} ${cleanLine(problem.what, 400)}`,
    ...(lines === 0 ? ["No line before it is intact."] : ["Intact before it:", ...factLines(report)]),
  ];
}

function factLines({ files, lines, changes, first, last, head, open, torn }: VerifyReport): string[] {
  const cut = open.length > OPEN_SHOWN ? `, … (${open.length} in all)` : "";
  return [
    `lines: ${lines} (${changes} changes) in ${files === 1 ? "1 file" : `${files} files`}`,
    ...(first === undefined || last === undefined ? [] : [`from ${cleanLine(first)} to ${cleanLine(last)}`]),
    `head: ${head}`,
    ...(open.length === 0
      ? []
      : [`open: ${open.slice(0, OPEN_SHOWN).join(", ")}${cut}, nothing says how it ended`]),
    ...(torn === 0
      ? []
      : [`cut off by a crash and accounted for: ${torn === 1 ? "1 line" : `${torn} lines`}`]),
  ];
}

/** What an intact chain does not prove. */
function limitLines({ keyed }: VerifyReport): string[] {
  return [
    keyed
      ? "Chained with a key: nobody without it could have written or changed a line."
      : "Chained without a key: that shows accident, not intent; whoever can write the file can write a new chain. PVE_AUDIT_KEY_FILE makes one that they cannot.",
    "Lines removed from the end leave no trace: keep count and head elsewhere, and give the head as --expect next time.",
  ];
}

function expectLines(expect: string | undefined, { verdict, sinceExpected }: VerifyReport): string[] {
  if (expect === undefined || verdict !== "intact" || sinceExpected === undefined) return [];
  if (sinceExpected === 0) return ["The head is the expected one."];
  const grown = sinceExpected === 1 ? "1 line" : `${sinceExpected} lines`;
  return [`The expected head is in the chain; the record has grown by ${grown} since.`];
}
