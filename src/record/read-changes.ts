import { type Intent, type RecordedChange, type RecordedOutcome, VERDICTS, type Verdict } from "./change.ts";
import type { Files } from "./files.ts";
import { isIntact, isObject, type Line, parseLine, type Seal } from "./line.ts";
import { piecesBackward } from "./read-lines.ts";
import { RecordError, reason } from "./record-error.ts";
import { recordFiles } from "./record-files.ts";

/** A line with where it was found. */
interface FoundLine {
  readonly line: Line;
  readonly bytes: Buffer;
  readonly path: string;
}

/** The lines of all files, newest first; `skipped` is told of what is none. Throws a RecordError when a file cannot be read. */
function* linesBackward(files: Files, path: string, skipped: () => void): Generator<FoundLine> {
  try {
    for (const file of recordFiles(files, path, "newest first")) {
      for (const { bytes } of piecesBackward(files, file.fd)) {
        const line = parseLine(bytes);
        if (line === undefined) skipped();
        else yield { line, bytes, path: file.path };
      }
    }
  } catch (error) {
    throw new RecordError("unreadable", `The record ${path} cannot be read: ${reason(error)}.`, error);
  }
}

/**
 * Every change of a record, newest first, with its outcome; the chain is not checked. Throws a RecordError when a file
 * cannot be read.
 * @param skipped told of each line that is no entry
 */
export function* changesBackward(
  files: Files,
  path: string,
  skipped: () => void = () => {},
): Generator<RecordedChange> {
  const outcomes = new Map<number, RecordedOutcome>();
  for (const { line } of linesBackward(files, path, skipped)) {
    if (line.kind === "outcome") {
      const { of } = line.fields;
      const outcome = outcomeOf(line);
      if (typeof of === "number" && outcome !== undefined) outcomes.set(of, outcome);
      else skipped();
    } else {
      const change = changeOf(line, outcomes.get(line.seq));
      outcomes.delete(line.seq);
      if (change === undefined) skipped();
      else yield change;
    }
  }
}

/** The line of a number, unchecked; undefined when the files that are there do not reach back to it. */
export function lineAt(files: Files, path: string, seq: number): Line | undefined {
  for (const { line } of linesBackward(files, path, () => {})) {
    if (line.seq <= seq) return line.seq === seq ? line : undefined;
  }
  return undefined;
}

/**
 * The change of a number, undefined when the record has none. Throws a RecordError when a file cannot be read or when
 * one of its two lines is not as it was written.
 */
export function findChange(files: Files, path: string, seal: Seal, id: number): RecordedChange | undefined {
  let outcome: RecordedOutcome | undefined;
  for (const found of linesBackward(files, path, () => {})) {
    const { line } = found;
    if (line.kind === "outcome" && line.fields.of === id) outcome = outcomeOf(checked(found, seal));
    if (line.seq > id) continue;
    return line.seq === id && line.kind === "change" ? changeOf(checked(found, seal), outcome) : undefined;
  }
  return undefined;
}

/** A line that is as it was written. */
function checked({ line, bytes, path }: FoundLine, seal: Seal): Line {
  if (isIntact(seal, bytes, line)) return line;
  const key =
    line.keyed === seal.keyed ? "" : seal.keyed ? " (it has no key)" : " (it needs PVE_AUDIT_KEY_FILE)";
  throw new RecordError(
    "broken",
    `Entry ${line.seq} in ${path} is not as it was written${key}; \`mcp-pve audit verify\` says more.`,
  );
}

function changeOf(
  { seq, time, writer, fields }: Line,
  outcome?: RecordedOutcome,
): RecordedChange | undefined {
  const { caller, client, cluster, tool, route, params, plan, confirmed, before, undoes } = fields;
  if (!areTexts(caller, cluster, tool, route, confirmed) || !isObject(params)) return undefined;
  const intent: Intent = {
    caller: String(caller),
    ...(typeof client === "string" ? { client } : {}),
    cluster: String(cluster),
    tool: String(tool),
    route: String(route),
    params,
    ...(typeof plan === "string" ? { plan } : {}),
    confirmed: String(confirmed),
    ...(before === undefined ? {} : { before }),
    ...(typeof undoes === "number" ? { undoes } : {}),
  };
  return { id: seq, time, writer, intent, ...(outcome === undefined ? {} : { outcome }) };
}

function outcomeOf({ time, fields }: Line): RecordedOutcome | undefined {
  const { verdict, upid, detail, after, durationMs } = fields;
  if (!isVerdict(verdict)) return undefined;
  return {
    time,
    verdict,
    ...(typeof upid === "string" ? { upid } : {}),
    ...(typeof detail === "string" ? { detail } : {}),
    ...(after === undefined ? {} : { after }),
    ...(typeof durationMs === "number" ? { durationMs } : {}),
  };
}

const areTexts = (...values: readonly unknown[]): boolean =>
  values.every((value) => typeof value === "string");

const isVerdict = (value: unknown): value is Verdict => VERDICTS.some((verdict) => verdict === value);
