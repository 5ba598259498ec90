/** A backup as retention sees it. `mark` is set for those retention leaves alone. */
export interface PruneEntry {
  readonly volid: string;
  /** Unix seconds. */
  readonly ctime: number;
  readonly vmid?: number;
  readonly type: string;
  mark?: "keep" | "remove" | "protected" | "renamed";
}

/** The retention options in the order PVE applies them, each with the period it counts by (local time is UTC here). */
const PERIODS: readonly (readonly [option: string, key: (time: Date) => string])[] = [
  ["keep-last", (time) => String(time.getTime())],
  ["keep-hourly", (time) => time.toISOString().slice(0, 13)],
  ["keep-daily", (time) => time.toISOString().slice(0, 10)],
  ["keep-weekly", isoWeek],
  ["keep-monthly", (time) => time.toISOString().slice(0, 7)],
  ["keep-yearly", (time) => time.toISOString().slice(0, 4)],
];

function isoWeek(time: Date): string {
  const day = (time.getUTCDay() + 6) % 7;
  const thursday = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() - day + 3));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${1 + Math.floor((thursday.getTime() - first) / 604_800_000)}/${thursday.getUTCFullYear()}`;
}

/** `keep-last=3,keep-weekly=2` as numbers; `keep-all=1` and an empty text keep everything. */
export function parseRetention(text: string): Record<string, number> {
  return Object.fromEntries(
    text
      .split(",")
      .filter((part) => part.includes("="))
      .map((part) => [part.slice(0, part.indexOf("=")), Number(part.slice(part.indexOf("=") + 1))]),
  );
}

/**
 * Marks the backups of one guest (PVE::Storage::prune_mark_backup_group). A period already covered by a
 * backup kept for a finer rule does not count again.
 */
function markGroup(group: PruneEntry[], keep: Readonly<Record<string, number>>): void {
  const rules = PERIODS.filter(([option]) => (keep[option] ?? 0) > 0);
  if (keep["keep-all"] || rules.length === 0) {
    for (const entry of group) entry.mark ??= "keep";
    return;
  }
  const newestFirst = [...group].sort((a, b) => b.ctime - a.ctime);
  for (const [option, key] of rules) {
    const covered = new Set(
      newestFirst.filter(({ mark }) => mark === "keep").map(({ ctime }) => key(new Date(ctime * 1000))),
    );
    const chosen = new Set<string>();
    for (const entry of newestFirst) {
      if (entry.mark !== undefined) continue;
      const period = key(new Date(entry.ctime * 1000));
      if (covered.has(period)) continue;
      if (chosen.has(period)) {
        entry.mark = "remove";
        continue;
      }
      if (chosen.size >= (keep[option] ?? 0)) break;
      chosen.add(period);
      entry.mark = "keep";
    }
  }
  for (const entry of newestFirst) entry.mark ??= "remove";
}

/** Marks every entry `keep`, `remove` or `protected`, guest by guest. */
export function markPruned(entries: PruneEntry[], keep: Readonly<Record<string, number>>): PruneEntry[] {
  const groups = new Map<string, PruneEntry[]>();
  for (const entry of entries) {
    if (entry.mark !== undefined) continue;
    const key = `${entry.type}/${entry.vmid ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const group of groups.values()) markGroup(group, keep);
  return entries;
}
