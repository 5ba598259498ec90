import { NODE_FILES } from "../record/files.ts";
import { changesBackward } from "../record/read-changes.ts";
import type { RecordedChange } from "../record/record.ts";
import { cleanLine } from "../render/clean.ts";
import { decimal, duration } from "../render/units.ts";
import { parseSince, SINCE_FORMS } from "../tools/since.ts";
import { printLines } from "./print.ts";
import type { ProcessLike } from "./process.ts";
import { UsageError } from "./usage-error.ts";

/** The options of the command, as given. */
interface Options {
  readonly last?: string | undefined;
  readonly tool?: string | undefined;
  readonly guest?: string | undefined;
  readonly failed?: boolean | undefined;
  readonly since?: string | undefined;
  readonly json?: boolean | undefined;
}

type Filter = (change: RecordedChange) => boolean;

const LAST = 50;
/** Verdicts of what is no reason to look: of a job that nobody waited for the UPID tells. */
const WELL: ReadonlySet<string> = new Set(["ok", "warnings", "running"]);
/** Parameters that name guests. */
const GUEST_PARAMS = ["vmid", "newid", "vms"] as const;

/** Prints the changes that the options leave, the newest last; the exit code. Throws a UsageError or a RecordError. */
export async function show(proc: ProcessLike, file: string, options: Options): Promise<number> {
  const last = lastOf(options.last);
  const filters = filtersOf(options);
  const shown: RecordedChange[] = [];
  let skipped = 0;
  let more = false;
  for (const change of changesBackward(NODE_FILES, file, () => {
    skipped += 1;
  })) {
    if (!filters.every((filter) => filter(change))) continue;
    if (shown.length === last) {
      more = true;
      break;
    }
    shown.push(change);
  }
  shown.reverse();
  await printLines(proc.stdout, options.json === true ? shown.map(jsonLine) : table(shown));
  if (shown.length === 0) proc.log("No changes.");
  if (more) proc.log(`These are the newest ${last}; --last shows more.`);
  if (skipped > 0)
    proc.log(`Lines that are no entries: ${skipped}. \`mcp-pve audit verify\` checks the chain.`);
  return 0;
}

function lastOf(given: string | undefined): number {
  if (given === undefined) return LAST;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new UsageError("--last takes a number from 1 on.");
  return Number(given);
}

function filtersOf({ tool, guest, failed, since }: Options): Filter[] {
  const filters: Filter[] = [];
  if (tool !== undefined) filters.push(({ intent }) => intent.tool === tool);
  if (guest !== undefined) {
    if (!/^\d{1,9}$/.test(guest)) throw new UsageError("--guest takes a VMID.");
    filters.push((change) => guestsOf(change).has(guest));
  }
  if (failed === true) filters.push(({ outcome }) => outcome === undefined || !WELL.has(outcome.verdict));
  if (since !== undefined) {
    const from = momentOf(since);
    filters.push(({ time }) => Date.parse(time) >= from);
  }
  return filters;
}

/** The VMIDs that a change names. */
function guestsOf({ intent: { params } }: RecordedChange): Set<string> {
  const named = GUEST_PARAMS.flatMap((name) => (Object.hasOwn(params, name) ? params[name] : []));
  return new Set(named.flatMap((value) => String(value).split(/[\s,;]+/)));
}

/** The Unix milliseconds of a moment. Throws a UsageError. */
function momentOf(text: string): number {
  const moment = parseSince(text, Date.now() / 1_000);
  if (moment === undefined) throw new UsageError(`--since takes a moment, ${SINCE_FORMS}.`);
  return moment * 1_000;
}

const HEADER = [
  "time (UTC)",
  "id",
  "caller",
  "tool",
  "route",
  "confirmed",
  "verdict",
  "took",
  "upid",
  "detail",
];

/** Columns as wide as their widest cell; empty ones are left out. */
function table(changes: readonly RecordedChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(cells);
  const used = HEADER.flatMap((label, i) => {
    const column = rows.map((row) => row[i] ?? "");
    return column.every((cell) => cell === "") ? [] : [{ label, column }];
  });
  const widths = used.map(({ label, column }) => Math.max(...[label, ...column].map((cell) => cell.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    line(used.map(({ label }) => label)),
    ...rows.map((_, i) => line(used.map(({ column }) => column[i] ?? ""))),
  ];
}

function cells({ id, time, intent, outcome }: RecordedChange): string[] {
  const { caller, client, tool, confirmed } = intent;
  return [
    time.replace("T", " ").replace(/(\.\d+)?Z$/, ""),
    String(id),
    client === undefined ? caller : `${caller} (${client})`,
    tool,
    filledRoute(intent),
    confirmed,
    outcome?.verdict ?? "open",
    outcome?.durationMs === undefined ? "" : took(outcome.durationMs),
    outcome?.upid ?? "",
    outcome?.detail ?? "",
  ].map((cell) => cleanLine(cell));
}

/** A route with the values that its path had. */
function filledRoute({ route, params }: RecordedChange["intent"]): string {
  return route.replace(/\{([\w-]+)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : placeholder;
  });
}

function took(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${decimal(ms / 1000, 1)} s` : duration(ms / 1000);
}

/** JSON that a terminal can show: what would steer it or hide in it is escaped, and the value stays the same. */
function jsonLine(change: RecordedChange): string {
  return JSON.stringify(change).replace(/[\x7f-\x9f\u2028\u2029]|\p{Cf}/gu, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
