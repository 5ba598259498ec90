import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { cause } from "../../../config/from-file.ts";
import type { Parsed } from "../../../config/parsed.ts";
import { showPath } from "../../../config/show.ts";
import { createFaultLog } from "./fault-log.ts";
import { parseTokenList, type TokenEntry } from "./token-list.ts";

/** How often the file is looked at, at most. */
const LOOK_MS = 1_000;
/** A file that changed so shortly before it was read may change again without its times telling. */
const FRESH_MS = 2_000;
/** Thousands of entries. */
const MOST_BYTES = 1024 ** 2;
/** Times of files in nanoseconds: those in milliseconds are rounded. */
const STATS = { bigint: true } as const;
const WRITABLE_BY_OTHERS = 0o022;

/** The tokens that are accepted at the moment. */
export interface TokenFile {
  /** None while the file is missing or faulty. Throws nothing. */
  readonly entries: () => readonly TokenEntry[];
}

/** What it takes from outside. */
export interface TokenFileDeps {
  readonly log: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The tokens file at `path`: looked at when asked, at most once a second, and read anew when it has changed. */
export function createTokenFile(path: string, { log, now }: TokenFileDeps): TokenFile {
  const faults = createFaultLog(log);
  let entries: readonly TokenEntry[] = [];
  let stamp: string | undefined;
  let looked: number | undefined;
  const look = () => {
    const outcome = read(path, stamp, now());
    if (outcome === "unchanged") return;
    stamp = outcome.stamp;
    if ("value" in outcome.parsed) {
      entries = outcome.parsed.value;
      faults.mended(`MCP_TOKENS_FILE is good again; it names ${entries.length} tokens.`);
    } else {
      entries = [];
      faults.fault(
        `MCP_TOKENS_FILE ${outcome.parsed.problem}. No token of it is accepted until that is mended.`,
      );
    }
  };
  return {
    entries: () => {
      const time = now();
      // A clock that was set back must not keep the file from being looked at.
      if (looked === undefined || time >= looked + LOOK_MS || time < looked) {
        looked = time;
        look();
      }
      return entries;
    },
  };
}

/** What reading gave; without a stamp it is read again at the next look. */
interface Read {
  readonly parsed: Parsed<readonly TokenEntry[]>;
  readonly stamp?: string;
}

/** The file as it is now, unless it is still that of `stamp`. Throws nothing. */
function read(path: string, stamp: string | undefined, now: number): Read | "unchanged" {
  let file: number | undefined;
  try {
    if (stamp !== undefined && stamp === stampOf(statSync(path, STATS))) return "unchanged";
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Of what is open: another file may be at the path by now.
    const stats = fstatSync(file, STATS);
    const problem = problemOf(stats, path);
    const parsed = problem === undefined ? parseTokenList(readFileSync(file, "utf8")) : { problem };
    const settled = now - Number(stats.ctimeMs) > FRESH_MS;
    return { parsed, ...(settled ? { stamp: stampOf(stats) } : {}) };
  } catch (error) {
    return { parsed: { problem: `cannot be read: ${cause(error)}` } };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Equal as long as the file is. */
const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(" ");

/** Why a file must not be used, to follow its name. */
function problemOf(stats: BigIntStats, path: string): string | undefined {
  if (!stats.isFile()) return "is no regular file";
  // Windows has no such bits.
  if ((Number(stats.mode) & WRITABLE_BY_OTHERS) !== 0 && process.platform !== "win32")
    return `can be written by others than its owner, who could let themselves in: chmod go-w ${showPath(path)}`;
  return stats.size > MOST_BYTES ? "is larger than 1 MiB" : undefined;
}
