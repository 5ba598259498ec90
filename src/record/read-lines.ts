import { type Files, readRange } from "./files.ts";
import { LINE_MAX } from "./line.ts";

const NEWLINE = 0x0a;
const CHUNK = 64 * 1024;

/** A piece of a file between two line breaks. */
export interface Piece {
  readonly bytes: Buffer;
  /** Its first byte's place in the file. */
  readonly start: number;
  /** A line break follows; only the last piece of a file may have none. */
  readonly ended: boolean;
}

/** A piece longer than any line is cut to this, which no line is as long as. */
const TOO_LONG = LINE_MAX + 1;

/** The pieces of a file, last first, read from its end: as much as is asked for and no more. */
export function* piecesBackward(files: Files, fd: number): Generator<Piece> {
  let from = files.state(fd).size;
  let buffer: Buffer = Buffer.alloc(0);
  let ended = false;
  for (;;) {
    const at = buffer.lastIndexOf(NEWLINE);
    if (at >= 0) {
      if (ended || at + 1 < buffer.length) {
        yield { bytes: buffer.subarray(at + 1), start: from + at + 1, ended };
      }
      buffer = buffer.subarray(0, at);
      ended = true;
    } else if (from === 0 || buffer.length >= TOO_LONG) {
      if (ended || buffer.length > 0) yield { bytes: buffer, start: from, ended };
      return;
    } else {
      const size = Math.min(from, Math.max(CHUNK, buffer.length));
      buffer = Buffer.concat([readRange(files, fd, from - size, from), buffer]);
      from -= size;
    }
  }
}

/**
 * The pieces of a file from its beginning; ends after the first one that is longer than any line.
 * @param again at the end of the file, within a piece: whether to look for more of it, which another process may be writing
 */
export function* piecesForward(files: Files, fd: number, again: () => boolean): Generator<Piece> {
  const chunk = Buffer.alloc(CHUNK);
  let parts: Buffer[] = [];
  let start = 0;
  let position = 0;
  for (;;) {
    const count = files.read(fd, chunk, position);
    if (count === 0) {
      if (position === start) return;
      if (again()) continue;
      yield { bytes: Buffer.concat(parts), start, ended: false };
      return;
    }
    let begin = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < count; at = chunk.indexOf(NEWLINE, begin)) {
      yield { bytes: Buffer.concat([...parts, chunk.subarray(begin, at)]), start, ended: true };
      parts = [];
      begin = at + 1;
      start = position + begin;
    }
    parts.push(Buffer.from(chunk.subarray(begin, count)));
    position += count;
    if (position - start >= TOO_LONG) {
      yield { bytes: Buffer.concat(parts), start, ended: false };
      return;
    }
  }
}
