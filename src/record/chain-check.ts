import { createHash, type Hash } from "node:crypto";
import { endsWhole, GENESIS, isIntact, LINE_MAX, type Line, parseLine, type Seal } from "./line.ts";

/** The first thing that is wrong with a record. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong and what that means. */
  readonly what: string;
}

/** What the intact lines amount to. */
export interface Checked {
  readonly keyed: boolean;
  readonly lines: number;
  readonly changes: number;
  /** ISO 8601, of the first and last line. */
  readonly first?: string;
  readonly last?: string;
  /** Hash of the last line. */
  readonly head: string;
  /** Changes of which nothing says how they ended, by their number. */
  readonly open: readonly number[];
  /** Writes that a crash cut off, each accounted for by the line after it. */
  readonly torn: number;
}

/** Bytes that are no line, which the next line must account for. */
interface Torn {
  readonly hash: Hash;
  readonly line: number;
}

/** Follows a chain line by line, over all files. */
export class ChainCheck {
  readonly #seal: Seal;
  readonly #after: string | undefined;
  readonly #expect: string | undefined;
  readonly #open = new Set<number>();
  #file = "";
  #missing: string | undefined;
  #number = 0;
  #torn: Torn | undefined;
  #first: Line | undefined;
  #last: Line | undefined;
  #lines = 0;
  #changes = 0;
  #cuts = 0;
  #expectedAt: number | undefined;

  /** Hashes may be given by their first digits. */
  constructor(seal: Seal, known: { readonly after?: string; readonly expect?: string }) {
    this.#seal = seal;
    this.#after = known.after;
    this.#expect = known.expect;
    // Nothing but what is archived had been written when that was the head.
    if (known.after !== undefined && known.expect !== undefined && matches(known.after, known.expect)) {
      this.#expectedAt = 0;
    }
  }

  get found(): Checked {
    return {
      keyed: this.#seal.keyed,
      lines: this.#lines,
      changes: this.#changes,
      ...(this.#first && this.#last ? { first: this.#first.time, last: this.#last.time } : {}),
      head: this.#last?.hash ?? this.#after ?? GENESIS,
      open: [...this.#open],
      torn: this.#cuts,
    };
  }

  /** Lines after the expected one; undefined when that has not come. */
  get sinceExpected(): number | undefined {
    return this.#expectedAt === undefined ? undefined : this.#lines - this.#expectedAt;
  }

  /** The next file; `missing` says which one should have come before. */
  begin(file: string, missing: string | undefined): void {
    this.#file = file;
    this.#missing = missing;
    this.#number = 0;
  }

  /** The next bytes up to a line break, or up to the end of the file when `ended` is false. */
  take(bytes: Buffer, ended: boolean): Problem | "needs key" | undefined {
    this.#number += 1;
    if (bytes.length > LINE_MAX) return this.#problem("is longer than any line of a record.");
    const line = parseLine(bytes);
    if (line === undefined) return this.#noLine(bytes, ended);
    if (line.keyed && !this.#seal.keyed) {
      // A keyed line behind unkeyed ones is no record with a key.
      return this.#lines === 0
        ? "needs key"
        : this.#problem("has a key's mark, and the lines before it have none.");
    }
    const wrong = this.#seam(bytes, line) ?? this.#order(line) ?? this.#meaning(line);
    if (wrong !== undefined) return this.#problem(wrong);
    if (!ended) return this.#problem("has no line break: the end of the file was cut off.");
    this.#accept(line);
    return undefined;
  }

  /** The end of a file. */
  end(): Problem | undefined {
    if (this.#torn === undefined) return undefined;
    this.#number = this.#torn.line;
    return this.#problem(
      "is no whole line: a crash cut it off, or somebody did. The next line that mcp-pve writes will account for it; such a record is intact again.",
    );
  }

  /** The problem of a record that has lost the line whose hash is known. */
  expectedIsMissing(): Problem {
    return this.#problem(
      `ends the record, and no line has the hash ${this.#expect}: lines were removed from the end, or all was written anew.`,
    );
  }

  #problem(what: string): Problem {
    return { file: this.#file, line: this.#number, what };
  }

  /** Bytes that are no line are good when the next line names their digest. */
  #noLine(bytes: Buffer, ended: boolean): Problem | undefined {
    if (endsWhole(bytes)) return this.#problem("was edited: it is no line of a record any more.");
    const torn = this.#torn ?? { hash: createHash("sha256"), line: this.#number };
    if (this.#torn !== undefined) torn.hash.update("\n");
    torn.hash.update(bytes);
    this.#torn = torn;
    return ended ? undefined : this.end();
  }

  /** What is wrong with a line's own text, or with the bytes before it. */
  #seam(bytes: Buffer, line: Line): string | undefined {
    if (this.#seal.keyed && !line.keyed)
      return "was written without the key: it is forged, or the record has no key.";
    if (!isIntact(this.#seal, bytes, line)) {
      return this.#seal.keyed
        ? "was edited, or written with another key: its hash is not that of its text."
        : "was edited: its hash is not that of its text.";
    }
    const torn = this.#torn?.hash.copy().digest("hex");
    if (torn === line.torn) return undefined;
    if (torn === undefined) return "accounts for a cut-off line before it, which was removed.";
    this.#number = this.#torn?.line ?? this.#number;
    return line.torn === undefined
      ? "is no line of a record: it was edited or inserted."
      : "is not what was cut off here when the next line was written: it was edited.";
  }

  /** What is wrong with a line's place in the chain. */
  #order(line: Line): string | undefined {
    const { seq, prev } = line;
    const which = `is line ${seq} of the record`;
    const gone = this.#missing === undefined ? "" : `; ${this.#missing}`;
    if (this.#last === undefined) {
      if (this.#after !== undefined) {
        return matches(prev, this.#after)
          ? undefined
          : `does not follow ${this.#after}: lines between are missing${gone}.`;
      }
      if (seq === 1 && prev === GENESIS) return undefined;
      return `${which}: those before it are missing. When they are archived elsewhere, give the hash of their last with --after; it must be ${prev}.`;
    }
    const due = this.#last.seq + 1;
    if (seq > due) {
      return `${which}, and ${due} was due: ${count(seq - due)} missing, or the order was changed${gone}.`;
    }
    if (seq < due) return `${which}, and ${due} was due: lines were repeated, inserted or moved.`;
    if (prev === this.#last.hash) return undefined;
    return `does not follow the line before it: one of the two was replaced or inserted${gone}.`;
  }

  /** What is wrong with what a line says. */
  #meaning({ seq, kind, fields: { of } }: Line): string | undefined {
    if (kind === "change") return undefined;
    if (typeof of !== "number") return "says how a change ended, and not which.";
    // The change may be among the lines that are archived.
    if (this.#open.has(of) || of < (this.#first?.seq ?? seq)) return undefined;
    return `says how change ${of} ended, and that has ended already or is none.`;
  }

  #accept(line: Line): void {
    this.#first ??= line;
    this.#last = line;
    this.#lines += 1;
    this.#missing = undefined;
    if (this.#torn !== undefined) this.#cuts += 1;
    this.#torn = undefined;
    if (line.kind === "change") {
      this.#changes += 1;
      this.#open.add(line.seq);
    } else this.#open.delete(Number(line.fields.of));
    if (this.#expect !== undefined && line.hash.startsWith(this.#expect)) this.#expectedAt = this.#lines;
  }
}

const count = (lines: number): string => (lines === 1 ? "1 line is" : `${lines} lines are`);

/** Whether two hashes are the same, as far as both have digits. */
const matches = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
