import { readBackupLog } from "./backup-log.ts";

/** How far a task is, as far as its log tells. */
export interface Progress {
  /** 0 to 100. Can fall when a further disk begins, whose size was not known before. */
  readonly percent?: number;
  /** The last line with text, trimmed, at most 200 characters. PVE's, a command's or a guest's words. */
  readonly line?: string;
}

type Reader = (lines: readonly string[]) => number | undefined;

const LINE_MAX = 200;
const POWERS = ["B", "K", "M", "G", "T", "P", "E"];

/** Bytes of a size such as `1.2 GiB` (PVE::Format render_bytes) or `1.2G` (zfs); 0 for none. */
function bytes(text: string): number {
  const [, value = "0", unit = "B"] = /^([\d.]+) ?([BKMGTPE])?/.exec(text) ?? [];
  return (Number.parseFloat(value) || 0) * 1024 ** POWERS.indexOf(unit);
}

/** What is copied as one: a disk, an image. */
interface Part {
  /** Bytes; 0 where unknown. */
  total: number;
  percent: number;
}

/** Parts of which several can run at once, told apart by a name, and unnamed ones that follow each other. */
class Parts {
  readonly #parts = new Map<string, Part>();
  #unnamed = 0;

  get #current(): string {
    return `#${this.#unnamed}`;
  }

  /** Notes how far a named part is. */
  set(name: string, total: number, percent: number): void {
    this.#parts.set(name, { total, percent: Math.min(100, percent) });
  }

  /** Notes how far the part in progress is: a smaller share or another size is the next one's. */
  add(total: number, percent: number, sameSize: boolean): void {
    const part = this.#parts.get(this.#current);
    if (part && (percent < part.percent || (sameSize && total !== part.total))) this.#unnamed++;
    this.set(this.#current, total, percent);
  }

  /** Ends the unnamed part in progress. */
  close(): void {
    const part = this.#parts.get(this.#current);
    if (part) part.percent = 100;
    this.#unnamed++;
  }

  /** The share of all, by size; undefined when nothing has begun. */
  percent(): number | undefined {
    const all = [...this.#parts.values()];
    const total = all.reduce((sum, part) => sum + part.total, 0);
    if (total <= 0) return all.at(-1)?.percent;
    return all.reduce((sum, part) => sum + part.total * part.percent, 0) / total;
  }
}

/**
 * Lines that tell how far a copy is: qemu-img (PVE::QemuServer::QemuImage), block jobs (PVE::QemuServer::BlockJob), vma
 * and pbs-restore (pve-qemu), zfs send.
 */
const COPIES: readonly {
  readonly pattern: RegExp;
  readonly note: (parts: Parts, said: readonly string[]) => void;
}[] = [
  {
    pattern: /^(?:([\w.-]+): )?transferred [\d.]+ \w+ of ([\d.]+ \w+) \(([\d.]+)%\)/,
    note: (parts, [job, total = "", percent = "0"]) => {
      if (job === undefined) parts.add(bytes(total), Number.parseFloat(percent) || 0, true);
      else parts.set(job, bytes(total), Number.parseFloat(percent) || 0);
    },
  },
  {
    pattern: /^progress (\d+)% \(read (\d+) bytes/,
    note: (parts, [percent = "0", read = "0"]) => {
      const share = Number(percent);
      parts.add(share > 0 ? (Number(read) * 100) / share : Number(read), share, false);
    },
  },
  { pattern: /^restore image complete \(/, note: (parts) => parts.close() },
];
const ZFS_ESTIMATE = /\btotal estimated size is ([\d.]+[BKMGTPE]?)$/;
/** `12:00:01   1.30G   rpool/data/vm-100-disk-0@__migration__`, after the estimate. */
const ZFS_SENT = /\b\d\d:\d\d:\d\d +([\d.]+[BKMGTPE]?) +\S+@\S+$/;

function copied(lines: readonly string[]): number | undefined {
  const parts = new Parts();
  let estimate = 0;
  for (const line of lines) {
    for (const { pattern, note } of COPIES) {
      const [found, ...said] = pattern.exec(line) ?? [];
      if (found !== undefined) note(parts, said);
    }
    const estimated = ZFS_ESTIMATE.exec(line)?.[1];
    if (estimated !== undefined) {
      estimate = bytes(estimated);
      parts.close();
      parts.add(estimate, 0, false);
    }
    const sent = ZFS_SENT.exec(line)?.[1];
    if (sent !== undefined && estimate > 0) parts.add(estimate, (bytes(sent) / estimate) * 100, true);
  }
  return parts.percent();
}

const RAM = /migration (?:active|device), transferred ([\d.]+ \w+) of ([\d.]+ \w+) VM-state/;
const RAM_SENT = /migration (?:completed, transferred |status: completed)/;
/** Memory that changes is sent again: more than its size can go over before all is there. */
const RAM_MAX = 99;

/** Disks first, then memory (PVE::QemuMigrate phase1, phase2). */
function migrated(lines: readonly string[]): number | undefined {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] ?? "";
    if (RAM_SENT.test(line)) return 100;
    const [, sent, total] = RAM.exec(line) ?? [];
    if (sent !== undefined && total !== undefined && bytes(total) > 0)
      return Math.min(RAM_MAX, (bytes(sent) / bytes(total)) * 100);
  }
  return copied(lines);
}

/** A row of wget's `--progress=dot:giga` (PVE::Tools download_file_from_url). */
const WGET_ROW = /^\s*\d+K[ .]+\s(\d{1,3})%(?:\s|$)/;

function downloaded(lines: readonly string[]): number | undefined {
  const row = lines.findLast((line) => WGET_ROW.test(line));
  return row === undefined ? undefined : Number(WGET_ROW.exec(row)?.[1]);
}

/**
 * Guests done and the share of the current one, of those the job names; undefined for a pool or all, whose number the
 * log does not tell, and for a single container.
 */
function backedUp(lines: readonly string[]): number | undefined {
  const { named, external, done, failed, share, begun } = readBackupLog(lines);
  if (named === undefined || !begun) return undefined;
  const ours = named.filter((vmid) => !external.includes(vmid));
  const over = ours.filter((vmid) => done.includes(vmid) || failed.has(vmid)).length;
  if (over >= ours.length) return 100;
  if (ours.length === 1) return share;
  return ((over * 100 + (share ?? 0)) / (ours.length * 100)) * 100;
}

const READERS: ReadonlyMap<string, Reader> = new Map([
  ["vzdump", backedUp],
  ["download", downloaded],
  ["qmigrate", migrated],
  ["vzmigrate", migrated],
  ...["qmcreate", "qmrestore", "qmclone", "qmmove", "qmconfig", "qmdelsnapshot"].map(
    (type) => [type, copied] as const,
  ),
]);

/**
 * How far a task of that type is by its log so far. What tells no percent (containers' backups and copies, pulls from
 * a registry, uploads, actions on many guests) has its last line only. Any text is taken; nothing throws.
 */
export function progressOf(type: string, lines: readonly string[]): Progress {
  const told = READERS.get(type)?.(lines);
  const last = lines.findLast((line) => line.trim() !== "");
  return {
    ...(told === undefined || !Number.isFinite(told) ? {} : { percent: Math.min(100, Math.max(0, told)) }),
    ...(last === undefined ? {} : { line: last.trim().slice(0, LINE_MAX) }),
  };
}
