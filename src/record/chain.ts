import { constants } from "node:fs";
import { dirname } from "node:path";
import type { RecordSettings } from "../config/config.ts";
import { type Files, hasCode, ifThere } from "./files.ts";
import { LINE_MAX, type LineHead, type Seal, writeLine } from "./line.ts";
import { type Lock, takeLock } from "./lock.ts";
import { lineAt } from "./read-changes.ts";
import { RecordError, reason } from "./record-error.ts";
import { rotatedNumbers, rotatedPath } from "./record-files.ts";
import { fileTail, type Tail, tailBefore } from "./tail.ts";

/** What the chain is written with. */
export interface ChainDeps {
  readonly files: Files;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly pause: (ms: number) => void;
  readonly writer: string;
  readonly seal: Seal;
  /** The last line that this process wrote: what comes after it must follow it. */
  readonly memory: { last?: Tail };
}

/** A line to be: its kind and its own fields. */
export interface Entry {
  readonly kind: LineHead["kind"];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where the next lines go. */
interface Place {
  readonly fd: number;
  readonly size: number;
  readonly seq: number;
  readonly hash: string;
  readonly torn?: string;
  /** What is there needs a line break first. */
  readonly open: boolean;
  /** The file's name may not be on disk yet. */
  readonly fresh: boolean;
}

const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;

/**
 * Appends lines to the record and returns the number of the first, when they are on disk. All of them are written or
 * none. Throws a RecordError; then the file is as it was, or the message says that it is not.
 */
export function append(settings: RecordSettings, deps: ChainDeps, entries: readonly Entry[]): number {
  const { path } = settings;
  let lock: Lock | undefined;
  let seq: number;
  try {
    lock = takeLock(path, deps);
    seq = appendLocked(settings, deps, entries, lock);
  } catch (error) {
    throw unwritable(path, withoutLock(lock, error));
  }
  try {
    lock.release();
  } catch (error) {
    const what = `Entry ${seq} is in the record ${path}, but its lock could not be given back: ${reason(error)}.`;
    throw new RecordError("unwritable", what, error);
  }
  return seq;
}

/** The error, with what went wrong while the lock was given back. */
function withoutLock(lock: Lock | undefined, error: unknown): unknown {
  try {
    lock?.release();
    return error;
  } catch (second) {
    return new AggregateError([error, second], `${reason(error)}; ${reason(second)}`);
  }
}

function unwritable(path: string, error: unknown): RecordError {
  if (error instanceof RecordError && error.kind !== "busy") return error;
  const kind = error instanceof RecordError ? error.kind : "unwritable";
  const why = hasCode(error, "ELOOP") ? "it is a symbolic link: name the file itself" : reason(error);
  return new RecordError(kind, `The record ${path} cannot be written: ${why}.`, error);
}

function appendLocked(
  settings: RecordSettings,
  deps: ChainDeps,
  entries: readonly Entry[],
  lock: Lock,
): number {
  const { files } = deps;
  const place = findPlace(settings, deps);
  try {
    const { bytes, last } = linesAt(place, deps, entries);
    // Stopped for long before this point, we are taken for dead, and somebody else writes.
    if (!lock.isHeld()) throw new Error("its lock was taken over while this process stood still");
    try {
      const count = files.write(place.fd, bytes);
      if (count < bytes.length) throw new Error(`only ${count} of ${bytes.length} bytes could be written`);
      files.sync(place.fd);
      if (place.fresh) files.syncFolder(dirname(settings.path));
    } catch (error) {
      takeBack(files, place, lock, error);
      throw error;
    }
    if (!lock.isHeld()) {
      throw new Error("its lock was taken over meanwhile; `mcp-pve audit verify` tells whether it is intact");
    }
    deps.memory.last = last;
    return place.seq + 1;
  } finally {
    files.close(place.fd);
  }
}

/** Makes the file what it was before a failed write. Throws an AggregateError when that fails too. */
function takeBack(files: Files, place: Place, lock: Lock, error: unknown): void {
  try {
    // What others wrote after a takeover must not be cut off.
    if (!lock.isHeld()) throw new Error("its lock was taken over meanwhile");
    files.truncate(place.fd, place.size);
    files.sync(place.fd);
  } catch (second) {
    const both = `${reason(error)}; what was written of it could not be taken back: ${reason(second)}`;
    throw new AggregateError([error, second], both);
  }
}

/** The lines as bytes, each chained to the one before, and the last of them. */
function linesAt(
  place: Place,
  deps: ChainDeps,
  entries: readonly Entry[],
): { readonly bytes: Buffer; readonly last: Tail } {
  const { writer, seal } = deps;
  const time = new Date(deps.now()).toISOString();
  let prev = place.hash;
  const lines = entries.map(({ kind, fields }, i) => {
    const torn = i === 0 && place.torn !== undefined ? { torn: place.torn } : {};
    const line = writeLine(seal, { seq: place.seq + 1 + i, prev, kind, time, writer, ...torn }, fields);
    const size = Buffer.byteLength(line.text);
    if (size > LINE_MAX) throw new Error(`the entry has ${size} bytes, and ${LINE_MAX} are the most`);
    prev = line.hash;
    return `${line.text}\n`;
  });
  return {
    bytes: Buffer.from(`${place.open ? "\n" : ""}${lines.join("")}`),
    last: { seq: place.seq + entries.length, hash: prev },
  };
}

/** Opens the file for the next lines, a new one when it is full or not there. */
function findPlace({ path, maxBytes }: RecordSettings, deps: ChainDeps): Place {
  const { files, seal } = deps;
  const fd = openOrMake(files, path);
  try {
    const { size, regular } = files.state(fd);
    if (!regular) throw new Error("it is not a regular file");
    const { last, torn, open } = fileTail(files, fd, path, seal);
    const before = last ?? tailBefore(files, path, seal);
    const follows = { seq: before.seq, hash: before.hash };
    refuseLoss(path, deps, follows);
    // Cut-off bytes and the line that accounts for them stay in one file.
    if (size < maxBytes || last === undefined || torn !== undefined || open) {
      // An empty file may be one whose maker crashed before its name was on disk.
      return { fd, size, ...follows, open, fresh: size === 0, ...(torn === undefined ? {} : { torn }) };
    }
    files.rename(path, rotatedPath(path, (rotatedNumbers(files, path).at(-1) ?? 0) + 1));
    const next = make(files, path);
    files.close(fd);
    return { fd: next, size: 0, ...follows, open: false, fresh: true };
  } catch (error) {
    files.close(fd);
    throw error;
  }
}

/** Throws a RecordError when what this process wrote last is not in the record any more. */
function refuseLoss(path: string, { files, memory: { last } }: ChainDeps, now: Tail): void {
  if (last === undefined || (now.seq === last.seq && now.hash === last.hash)) return;
  // What others have written since is followed back; older files may have been archived.
  const found = now.seq > last.seq ? lineAt(files, path, last.seq) : undefined;
  if (found === undefined ? now.seq > last.seq : found.hash === last.hash) return;
  throw new RecordError(
    "broken",
    `The record ${path} has lost lines that this server wrote: it was cut, replaced or removed. Look into that, and restart the server to begin from what is there.`,
  );
}

const openOrMake = (files: Files, path: string): number =>
  ifThere(() => files.open(path, APPEND)) ?? make(files, path);

const make = (files: Files, path: string): number =>
  files.open(path, APPEND | constants.O_CREAT | constants.O_EXCL);
