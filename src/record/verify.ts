import { ChainCheck, type Checked, type Problem } from "./chain-check.ts";
import type { Files } from "./files.ts";
import { createSeal } from "./line.ts";
import { piecesForward } from "./read-lines.ts";
import { RecordError, reason } from "./record-error.ts";
import { recordFiles, rotatedPath } from "./record-files.ts";

/** How often, and how long each time, an unfinished last line is waited for: somebody may be writing it. */
const LOOKS = 5;
const LOOK_MS = 100;

/** What is known of a record besides its files. */
export interface VerifyOptions {
  /** The chain's key. */
  readonly key?: string;
  /** A hash, or its first digits, that must be in the chain. */
  readonly expect?: string;
  /** The hash of the last line that is archived elsewhere, or its first digits. */
  readonly after?: string;
}

/** What verification found. */
export interface VerifyReport extends Checked {
  /** `needs key`: there is a key, it was not given, and nothing can be told without it. */
  readonly verdict: "intact" | "broken" | "needs key";
  readonly problem?: Problem;
  readonly files: number;
  /** Lines that came after the expected hash; undefined when that was not found or not asked for. */
  readonly sinceExpected?: number;
}

/**
 * Checks the chain of a record over all its files, line by line, up to its first problem. Throws a RecordError when
 * there is no record or a file cannot be read.
 * @param pause stands still for so many milliseconds
 */
export function verifyRecord(
  files: Files,
  path: string,
  options: VerifyOptions,
  pause: (ms: number) => void,
): VerifyReport {
  const check = new ChainCheck(createSeal(options.key), options);
  let count = 0;
  const report = (verdict: VerifyReport["verdict"], problem?: Problem): VerifyReport => {
    const since = check.sinceExpected;
    return {
      verdict,
      ...(problem === undefined ? {} : { problem }),
      files: count,
      ...(since === undefined ? {} : { sinceExpected: since }),
      ...check.found,
    };
  };
  try {
    let before = 0;
    for (const file of recordFiles(files, path, "oldest first")) {
      count += 1;
      const gap = file.number === undefined ? 0 : file.number - before - 1;
      const missing = gap > 0 && before > 0 ? `${rotatedPath(path, before + 1)} is not there` : undefined;
      before = file.number ?? before;
      let looks = file.number === undefined ? LOOKS : 0;
      const again = () => {
        looks -= 1;
        if (looks < 0) return false;
        pause(LOOK_MS);
        return true;
      };
      check.begin(file.path, missing);
      for (const { bytes, ended } of piecesForward(files, file.fd, again)) {
        const problem = check.take(bytes, ended);
        if (problem === "needs key") return report("needs key");
        if (problem !== undefined) return report("broken", problem);
      }
      const problem = check.end();
      if (problem !== undefined) return report("broken", problem);
    }
  } catch (error) {
    throw new RecordError("unreadable", `The record ${path} cannot be read: ${reason(error)}.`, error);
  }
  if (count === 0) throw new RecordError("unreadable", `There is no record ${path}.`);
  const lost = options.expect !== undefined && check.sinceExpected === undefined;
  return report(lost ? "broken" : "intact", lost ? check.expectedIsMissing() : undefined);
}
