import { constants } from "node:fs";
import { type Files, readRange } from "./files.ts";
import {
  digest,
  endsWhole,
  GENESIS,
  isIntact,
  LINE_MAX,
  LINE_START,
  type Line,
  parseLine,
  type Seal,
} from "./line.ts";
import { piecesBackward } from "./read-lines.ts";
import { RecordError } from "./record-error.ts";
import { rotatedNumbers, rotatedPath } from "./record-files.ts";

/** The end of a record: what the next line follows. */
export interface Tail {
  readonly seq: number;
  readonly hash: string;
}

/** The end of a file. */
export interface FileTail {
  /** Its last line; undefined when it has none. */
  readonly last?: Line;
  /** SHA-256 of the bytes behind it that a crash cut off. */
  readonly torn?: string;
  /** Something stands there without a line break behind it. */
  readonly open: boolean;
}

/**
 * The end of an open file. Throws a RecordError when what stands there is neither a line that this seal made nor the
 * beginning of one, and the system's errors.
 */
export function fileTail(files: Files, fd: number, path: string, seal: Seal): FileTail {
  const { size } = files.state(fd);
  let tornFrom: number | undefined;
  let tornTo = size;
  let open = false;
  for (const { bytes, start, ended } of piecesBackward(files, fd)) {
    if (!ended) open = true;
    const line = parseLine(bytes);
    if (line !== undefined && isIntact(seal, bytes, line)) {
      return { last: line, open, ...tornBytes(files, fd, tornFrom, tornTo) };
    }
    if (line !== undefined || endsWhole(bytes) || !isBeginning(bytes) || size - start > 2 * LINE_MAX) {
      throw new RecordError("broken", whatIsWrong(path, line, seal));
    }
    if (tornFrom === undefined && ended) tornTo = size - 1;
    tornFrom = start;
  }
  return { open, ...tornBytes(files, fd, tornFrom, tornTo) };
}

/** Whether a crash may have left these bytes: the beginning of a line, or blocks that were never filled. */
function isBeginning(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, LINE_START.length);
  return bytes.length > 0 && (bytes[0] === 0 || LINE_START.startsWith(start));
}

function tornBytes(files: Files, fd: number, from: number | undefined, to: number): { torn?: string } {
  return from === undefined ? {} : { torn: digest(readRange(files, fd, from, to)) };
}

function whatIsWrong(path: string, line: Line | undefined, seal: Seal): string {
  const move =
    "or begin a new record: move this one away with its rotated files, or name another PVE_AUDIT_LOG.";
  if (line?.keyed && !seal.keyed) {
    return `${path} is chained with a key: set PVE_AUDIT_KEY_FILE, ${move}`;
  }
  if (line && !line.keyed && seal.keyed) {
    return `${path} is chained without a key, and PVE_AUDIT_KEY_FILE is set: unset it, ${move}`;
  }
  const what = line ? "its last line is not as it was written" : "its end is not what this program wrote";
  const key = line && seal.keyed ? ", or was written with another key" : "";
  return `${path} cannot be continued: ${what}${key}; \`mcp-pve audit verify\` says more. Repair that, ${move}`;
}

/** The end of the newest full file, for a file that has no line yet. Throws as fileTail does. */
export function tailBefore(files: Files, path: string, seal: Seal): Tail {
  const newest = rotatedNumbers(files, path).at(-1);
  if (newest === undefined) return { seq: 0, hash: GENESIS };
  const full = rotatedPath(path, newest);
  const fd = files.open(full, constants.O_RDONLY);
  try {
    const { last, torn, open } = fileTail(files, fd, full, seal);
    if (last === undefined || torn !== undefined || open) {
      throw new RecordError("broken", whatIsWrong(full, undefined, seal));
    }
    return last;
  } finally {
    files.close(fd);
  }
}
