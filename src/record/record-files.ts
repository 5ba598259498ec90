import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Files, ifThere } from "./files.ts";

/** One of the files that a record is in, open for reading. */
export interface RecordFile {
  readonly path: string;
  /** What it was numbered when it was full; undefined for the file that is written to. */
  readonly number?: number;
  readonly fd: number;
}

/** The numbers of a record's full files, `FILE.1` and so on, the oldest first. */
export function rotatedNumbers(files: Files, path: string): number[] {
  const start = `${basename(path)}.`;
  return files
    .names(dirname(path))
    .flatMap((name) => (name.startsWith(start) ? [name.slice(start.length)] : []))
    .filter((end) => /^[1-9]\d{0,8}$/.test(end))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Where a full file is kept. */
export const rotatedPath = (path: string, number: number): string =>
  join(dirname(path), `${basename(path)}.${number}`);

/**
 * The files of a record as they are at one moment, whoever goes on writing. Each is open until the next one is asked
 * for. Throws the system's errors.
 */
export function* recordFiles(
  files: Files,
  path: string,
  order: "oldest first" | "newest first",
): Generator<RecordFile> {
  // Opened before the others are listed: one that is full by then is among them, and known by its inode.
  const current = ifThere(() => files.open(path, constants.O_RDONLY));
  try {
    const older = numbersBefore(files, path, current);
    const latest: RecordFile[] = current === undefined ? [] : [{ path, fd: current }];
    if (order === "newest first") yield* latest;
    for (const number of order === "newest first" ? older.reverse() : older) {
      const name = rotatedPath(path, number);
      const fd = files.open(name, constants.O_RDONLY);
      try {
        yield { path: name, number, fd };
      } finally {
        files.close(fd);
      }
    }
    if (order === "oldest first") yield* latest;
  } finally {
    if (current !== undefined) files.close(current);
  }
}

/** The full files older than the open one. */
function numbersBefore(files: Files, path: string, current: number | undefined): number[] {
  const numbers = rotatedNumbers(files, path);
  if (current === undefined) return numbers;
  const { identity } = files.state(current);
  // From the newest on: it is the open one only when it became full a moment ago.
  let kept = numbers.length;
  for (let i = numbers.length - 1; i >= 0 && i >= numbers.length - RECENT; i -= 1) {
    if (identityOf(files, rotatedPath(path, numbers[i] ?? 0)) === identity) kept = i;
  }
  return numbers.slice(0, kept);
}

/** More files than can become full between two system calls. */
const RECENT = 8;

function identityOf(files: Files, path: string): string {
  const fd = files.open(path, constants.O_RDONLY);
  try {
    return files.state(fd).identity;
  } finally {
    files.close(fd);
  }
}
