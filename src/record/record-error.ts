/** Why the record could not be written or read. */
export type RecordErrorKind =
  | "busy" // another process holds the lock
  | "unwritable" // nothing of it is in the record, unless the message says so
  | "unreadable"
  | "broken"; // what is there is not what this program wrote, or needs another key

/** A record that cannot be written or read; `message` says which file, why and what to do, `cause` is the system's error. */
export class RecordError extends Error {
  override readonly name = "RecordError";
  readonly kind: RecordErrorKind;

  constructor(kind: RecordErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

/** An error's own words, for the end of a sentence: `ENOSPC: no space left on device, write`. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
