import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import { type Files, hasCode, ifThere } from "./files.ts";
import { RecordError } from "./record-error.ts";

/** How long another writer is waited for, in milliseconds. */
const PATIENCE_MS = 2_000;
/** A holder needs milliseconds; one that has had it for so long has crashed. */
const STALE_MS = 10_000;
/** A lock is not taken over before it was seen unchanged for so long: clocks and time stamps may be wrong. */
const WATCH_MS = 500;

/** What a lock is made of; `monotonic` in milliseconds. */
export interface LockDeps {
  readonly files: Files;
  readonly monotonic: () => number;
  readonly pause: (ms: number) => void;
}

/** A lock that is ours. */
export interface Lock {
  /** False when somebody took it over, thinking that we had crashed. */
  isHeld(): boolean;
  /** Throws the system's errors. */
  release(): void;
}

/**
 * Takes the lock of a file. It is a folder beside it with one file in it, named after the holder. Nobody can take it
 * twice: it is made elsewhere and moved into place, which fails while the place has a holder. Nobody can take away the
 * wrong one: what is removed is removed by its holder's name. A lock file made with O_EXCL cannot do the latter.
 * Throws a RecordError when others keep it for 2 s, and the system's errors.
 */
export function takeLock(path: string, deps: LockDeps): Lock {
  const { files } = deps;
  const place = `${path}.lock`;
  const owner = randomBytes(8).toString("hex");
  const made = `${place}.${owner}`;
  files.makeFolder(made);
  try {
    files.close(files.open(join(made, owner), constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY));
    wait(made, place, files.modified(join(made, owner)), deps);
  } catch (error) {
    ifThere(() => files.remove(join(made, owner)));
    files.removeFolder(made);
    throw error;
  }
  const mine = join(place, owner);
  return {
    isHeld: () => ifThere(() => files.modified(mine)) !== undefined,
    release: () => {
      ifThere(() => files.remove(mine));
      removeEmpty(files, place);
    },
  };
}

/**
 * Moves our lock into place as soon as that is free.
 * @param born when ours was made, by the file system's clock, which also stamped the others
 */
function wait(made: string, place: string, born: number, { files, monotonic, pause }: LockDeps): void {
  const begun = monotonic();
  let seen = { holder: "", since: 0 };
  for (;;) {
    if (moved(files, made, place)) return;
    const waited = monotonic() - begun;
    const holder = ifThere(() => files.names(place))?.[0];
    if (holder !== undefined && holder !== seen.holder) seen = { holder, since: waited };
    if (holder !== undefined && waited - seen.since >= WATCH_MS) {
      const since = ifThere(() => files.modified(join(place, holder)));
      // A time stamp from the future is as wrong as one from long ago.
      if (since !== undefined && Math.abs(born + waited - since) > STALE_MS) {
        ifThere(() => files.remove(join(place, holder)));
        continue;
      }
    }
    if (waited >= PATIENCE_MS) {
      throw new RecordError(
        "busy",
        `another process has been writing to the record for ${PATIENCE_MS / 1000} s (${place}); a lock that a crash left is taken over after ${STALE_MS / 1000} s`,
      );
    }
    // Not all at once, or the same one would lose every time.
    pause(1 + Math.random() * 4);
  }
}

/** Whether the folder could be moved: over nothing, or over an empty folder. */
function moved(files: Files, made: string, place: string): boolean {
  try {
    files.rename(made, place);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY", "EEXIST")) return false;
    throw error;
  }
}

/** Removes the place of a lock, unless the next holder is there already. */
function removeEmpty(files: Files, place: string): void {
  try {
    files.removeFolder(place);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error;
  }
}
