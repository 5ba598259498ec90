import { createHash, createHmac } from "node:crypto";

/** `prev` of the first line of a record. */
export const GENESIS = "0".repeat(64);
/** The longest line that is written, in bytes; a longer one is none of ours. */
export const LINE_MAX = 4 * 1024 ** 2;
/** How every line begins: what is cut off in the middle still shows that it was one. */
export const LINE_START = '{"seq":';

/** How lines are hashed: by SHA-256, or by HMAC-SHA-256 where there is a key. */
export interface Seal {
  readonly keyed: boolean;
  /** 64 hexadecimal digits. */
  hash(bytes: Uint8Array): string;
}

/** What every line has before its own fields. */
export interface LineHead {
  /** Number of the line in the whole record, from 1. */
  readonly seq: number;
  /** Hash of the line before. */
  readonly prev: string;
  readonly kind: "change" | "outcome";
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Which process wrote it: a random name of its own, since process ids repeat across containers. */
  readonly writer: string;
  /** SHA-256 of the cut-off bytes that stand before this line. */
  readonly torn?: string;
}

/** A line as it was read. */
export interface Line extends LineHead {
  readonly keyed: boolean;
  readonly hash: string;
  /** All of it, the head included. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const HASH = /^[0-9a-f]{64}$/;
const END = /^,"hash":"([0-9a-f]{64})"\}$/;
const END_LENGTH = `,"hash":"${GENESIS}"}`.length;

/** The seal of a key; without one, of nobody in particular. */
export function createSeal(key: string | undefined): Seal {
  return {
    keyed: key !== undefined,
    hash: (bytes) =>
      (key === undefined ? createHash("sha256") : createHmac("sha256", key)).update(bytes).digest("hex"),
  };
}

/** SHA-256 of cut-off bytes, in hexadecimal. */
export const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A line's text without its line break, and its hash. Throws a TypeError for fields that JSON does not know. */
export function writeLine(
  seal: Seal,
  head: LineHead,
  fields: Readonly<Record<string, unknown>>,
): { text: string; hash: string } {
  const { seq, prev, kind, time, writer, torn } = head;
  const mac = seal.keyed ? { mac: true } : {};
  const body = JSON.stringify({ seq, prev, kind, time, writer, ...mac, torn, ...fields });
  const hash = seal.hash(Buffer.from(body));
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** Whether bytes end as a line does: then nothing is cut off. */
export const endsWhole = (bytes: Buffer): boolean =>
  END.test(bytes.toString("latin1", Math.max(0, bytes.length - END_LENGTH)));

/** The line that the bytes are, whatever its hash is worth; undefined when they are none. */
export function parseLine(bytes: Buffer): Line | undefined {
  const [, hash] = END.exec(bytes.toString("latin1", Math.max(0, bytes.length - END_LENGTH))) ?? [];
  if (hash === undefined) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined; // Says it all: no line.
  }
  if (!isObject(fields)) return undefined;
  const { seq, prev, kind, time, writer, mac, torn } = fields;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  if (typeof prev !== "string" || !HASH.test(prev)) return undefined;
  if ((kind !== "change" && kind !== "outcome") || typeof time !== "string" || typeof writer !== "string") {
    return undefined;
  }
  if (torn !== undefined && (typeof torn !== "string" || !HASH.test(torn))) return undefined;
  const cut = torn === undefined ? {} : { torn };
  return { seq, prev, kind, time, writer, ...cut, keyed: mac === true, hash, fields };
}

/** Whether a line's hash is that of its text, byte by byte. */
export function isIntact(seal: Seal, bytes: Buffer, line: Line): boolean {
  const body = Buffer.concat([bytes.subarray(0, bytes.length - END_LENGTH), Buffer.from("}")]);
  return line.keyed === seal.keyed && seal.hash(body) === line.hash;
}

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
