/** What the log of a vzdump job tells (PVE::VZDump exec_backup, its plugins of qemu-server and pve-container). */
export interface BackupLog {
  /** The VMIDs on the job's command line; absent where it takes a pool or all, or has not been logged. */
  readonly named?: readonly number[];
  /** A scheduled job that is bound to no node: every node has a task of its own for the guests it holds. */
  readonly everyNode: boolean;
  /** Guests left out because they are on other nodes. */
  readonly external: readonly number[];
  readonly done: readonly number[];
  /** Why, by VMID: the first line of what PVE says. */
  readonly failed: ReadonlyMap<number, string>;
  /** Percent of the guest that is being backed up; containers tell none, and between two guests there is none. */
  readonly share?: number;
  /** A backup has begun. */
  readonly begun: boolean;
  /** What a finished backup lacks, in our own words. */
  readonly notes: readonly string[];
}

const JOB = /^INFO: starting new backup job: vzdump((?: \d+)*)((?: .*)?)$/;
const EXTERNAL = /^INFO: skip external VMs: ([\d, ]+)$/;
const BEGIN = /^INFO: Starting Backup of VM (\d+) \(/;
const SHARE = /^INFO: +(\d{1,3})% \(/;
const DONE = /^INFO: Finished Backup of VM (\d+) \(/;
const FAILED = /^ERROR: Backup of VM (\d+) failed - (.*)$/;

/** Lines of a guest's backup that leave something out of it; `said` is what the pattern's groups held. */
const LACKS: readonly {
  readonly pattern: RegExp;
  readonly text: (vmid: number, said: readonly string[]) => string;
}[] = [
  {
    pattern: /^INFO: exclude disk '(\w+)' '[^']*' \(([\w= -]+)\)$/,
    text: (vmid, [key, reason]) => `VM ${vmid}: disk ${key} is not in the backup (${reason}).`,
  },
  {
    pattern: /^INFO: excluding \w+ mount point (\w+) \('.*'\) from backup \(([\w ]+)\)$/,
    text: (vmid, [key, reason]) => `CT ${vmid}: mount point ${key} is not in the backup (${reason}).`,
  },
  {
    pattern: /^INFO: backup contains no disks$/,
    text: (vmid) => `VM ${vmid}: the backup holds its configuration only.`,
  },
  {
    pattern: /^ERROR: .*guest-fsfreeze-freeze/,
    text: (vmid) => `VM ${vmid}: its filesystems could not be frozen, so the backup is as after a power cut.`,
  },
];
const NOT_NOTIFIED = /^ERROR: could not notify /;

/** VMIDs of a list such as `100, 101`. */
export const vmids = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

/** Reads a vzdump log, whole or so far. */
export function readBackupLog(lines: readonly string[]): BackupLog {
  let named: readonly number[] | undefined;
  let everyNode = false;
  let current: number | undefined;
  let share: number | undefined;
  const external: number[] = [];
  const done: number[] = [];
  const failed = new Map<number, string>();
  const notes = new Set<string>();
  for (const line of lines) {
    const job = JOB.exec(line);
    if (job) {
      const [, listed = "", options = ""] = job;
      if (listed !== "") named = vmids(listed);
      // The scheduler runs its jobs with quiet (PVE::Jobs::VZDump).
      everyNode = / --quiet 1\b/.test(options) && !/ --node /.test(options);
    }
    external.push(...vmids(EXTERNAL.exec(line)?.[1] ?? ""));
    const begin = BEGIN.exec(line)?.[1];
    if (begin !== undefined) [current, share] = [Number(begin), undefined];
    share = number(SHARE.exec(line)?.[1]) ?? share;
    const ended = number(DONE.exec(line)?.[1]);
    if (ended !== undefined && !done.includes(ended)) done.push(ended);
    const [, lost, why = ""] = FAILED.exec(line) ?? [];
    if (lost !== undefined) failed.set(Number(lost), why.trim());
    if (ended !== undefined || lost !== undefined) share = undefined;
    for (const note of lacking(line, current)) notes.add(note);
  }
  return {
    ...(named === undefined ? {} : { named }),
    everyNode,
    external,
    done,
    failed,
    ...(share === undefined ? {} : { share }),
    begun: current !== undefined,
    notes: [...notes],
  };
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** What a line says is missing from the backup of the guest that is being made. */
function lacking(line: string, vmid: number | undefined): string[] {
  if (NOT_NOTIFIED.test(line)) return ["PVE could not send its notification about the job."];
  if (vmid === undefined) return [];
  return LACKS.flatMap(({ pattern, text }) => {
    const [found, ...said] = pattern.exec(line) ?? [];
    return found === undefined ? [] : [text(vmid, said)];
  });
}
