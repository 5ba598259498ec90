import { randomBytes } from "node:crypto";
import type { RecordSettings } from "../config/config.ts";
import { append, type ChainDeps, type Entry } from "./chain.ts";
import type { Intent, Outcome, RecordedChange } from "./change.ts";
import { type Files, NODE_FILES } from "./files.ts";
import { createSeal } from "./line.ts";
import { changesBackward, findChange } from "./read-changes.ts";
import { RecordError, reason } from "./record-error.ts";
import { standStill } from "./stand-still.ts";

export type { Intent, Outcome, RecordedChange, RecordedOutcome, Verdict } from "./change.ts";
export { RecordError } from "./record-error.ts";

/** A change that is recorded and has not ended. */
export interface OpenEntry {
  /** Number of its first line. */
  readonly id: number;
  /** Writes the second line; false when it could not be written. Never throws; a second call does nothing and returns the same. */
  close(outcome: Outcome): boolean;
}

/** The file that changes are recorded in, for one process; others may share the file. */
export interface ChangeRecord {
  /** Writes the first line, fsynced. Throws a RecordError when it cannot: then the change must not be sent. */
  open(intent: Intent): OpenEntry;
  /**
   * Gives every entry that is still open the verdict `interrupted`, for shutdown; an outcome that could not be written
   * is tried again. Synchronous. Never throws.
   */
  interrupt(): void;
  /**
   * The pair of lines of an entry, from the current or a full file; undefined when there is none. Throws a RecordError
   * when the record cannot be read or the pair is not as it was written.
   */
  find(id: number): RecordedChange | undefined;
  /** The newest changes first, at most `limit`; not checked against the chain. Throws a RecordError when unreadable. */
  recent(limit: number): readonly RecordedChange[];
}

/** What tests replace, and who is told of what the callers cannot be. */
export interface RecordDeps {
  readonly files?: Files;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** Milliseconds from some moment on; never goes back. */
  readonly monotonic?: () => number;
  /** Stands still for so many milliseconds. */
  readonly pause?: (ms: number) => void;
  /** A name for this process. */
  readonly writer?: string;
  /** Told why `close` and `interrupt` could not write. */
  readonly fault?: (error: RecordError) => void;
}

/** An entry whose second line is not in the file. */
interface Unfinished {
  readonly id: number;
  /** By the monotonic clock. */
  readonly begun: number;
  /** How it ended, once that is known. */
  outcome?: Outcome;
  durationMs?: number;
  /** Whether the second line was written; undefined before it was tried. */
  written?: boolean;
}

/** The record of the settings. Touches no file before the first call. */
export function createRecord(settings: RecordSettings, deps: RecordDeps = {}): ChangeRecord {
  const { files = NODE_FILES, fault = () => {} } = deps;
  const seal = createSeal(settings.key?.reveal());
  const chain: ChainDeps = {
    files,
    seal,
    now: deps.now ?? Date.now,
    monotonic: deps.monotonic ?? (() => performance.now()),
    pause: deps.pause ?? standStill,
    writer: deps.writer ?? randomBytes(6).toString("hex"),
    memory: {},
  };
  const unfinished = new Set<Unfinished>();

  const end = (entry: Unfinished, outcome: Outcome): void => {
    entry.outcome = outcome;
    entry.durationMs = Math.round(chain.monotonic() - entry.begun);
  };
  const finish = (entries: readonly Unfinished[]): void => {
    let written = true;
    try {
      append(settings, chain, entries.map(outcomeEntry));
    } catch (error) {
      written = false;
      fault(error instanceof RecordError ? error : new RecordError("unwritable", reason(error), error));
    }
    for (const entry of entries) {
      entry.written = written;
      if (written) unfinished.delete(entry);
    }
  };
  /** A line whose write failed may be there all the same: what came after the write went wrong. */
  const isThere = ({ id, written }: Unfinished): boolean => {
    try {
      return written === false && findChange(files, settings.path, seal, id)?.outcome !== undefined;
    } catch {
      return false; // What cannot be read cannot be written either, and that is told.
    }
  };

  return {
    open: (intent) => {
      const id = append(settings, chain, [{ kind: "change", fields: intentFields(intent) }]);
      const entry: Unfinished = { id, begun: chain.monotonic() };
      unfinished.add(entry);
      return {
        id,
        close: (outcome) => {
          if (entry.outcome === undefined) {
            end(entry, outcome);
            finish([entry]);
          }
          return entry.written === true;
        },
      };
    },
    interrupt: () => {
      const left = [...unfinished].filter((entry) => !isThere(entry));
      for (const entry of left) if (entry.outcome === undefined) end(entry, { verdict: "interrupted" });
      if (left.length > 0) finish(left);
    },
    find: (id) => findChange(files, settings.path, seal, id),
    recent: (limit) => {
      const changes: RecordedChange[] = [];
      if (limit < 1) return changes;
      for (const change of changesBackward(files, settings.path)) {
        if (changes.push(change) >= limit) break;
      }
      return changes;
    },
  };
}

/** The fields of a first line, in their order; anything else that the object has is not recorded. */
function intentFields(intent: Intent): Entry["fields"] {
  const { caller, client, cluster, tool, route, params, plan, confirmed, before, undoes } = intent;
  return { caller, client, cluster, tool, route, params, plan, confirmed, before, undoes };
}

function outcomeEntry({ id, outcome, durationMs }: Unfinished): Entry {
  const { verdict, upid, detail, after } = outcome ?? { verdict: "unknown" };
  return { kind: "outcome", fields: { of: id, verdict, upid, detail, after, durationMs } };
}
