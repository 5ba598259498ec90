import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a code is good, in milliseconds. */
export const CODE_MS = 300_000;
/** 48 bits say which call it is for, 80 bits hold off who would guess. */
const CALL_DIGITS = 12;
const STATE_DIGITS = 20;

/** A key that lives as long as the process. */
export const newKey = (): Buffer => randomBytes(32);

/** A digest of anything JSON can say, whatever the order of its keys. */
export const digestOf = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex");

/** JSON with sorted keys; absent values are left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(",")}}`;
}

/** What a code stands for, each as a digest. */
export interface Sealed {
  /** Caller, tool, arguments and cluster. */
  readonly call: string;
  /** The requests that would be sent and the state they were planned from. */
  readonly state: string;
}

const mac = (key: Buffer, purpose: string, expires: string, text: string, digits: number): string =>
  createHmac("sha256", key).update(`${purpose}\n${expires}\n${text}`).digest("hex").slice(0, digits);

/**
 * A code that is good for one call and one state until it expires.
 * @param now milliseconds, by a clock that nobody sets
 */
export function issueCode(key: Buffer, { call, state }: Sealed, now: number): string {
  const expires = Math.ceil((now + CODE_MS) / 1000).toString(36);
  return [
    expires,
    mac(key, "call", expires, call, CALL_DIGITS),
    mac(key, "state", expires, `${call}\n${state}`, STATE_DIGITS),
  ].join("-");
}

/** What is to say of a code: `call`: it is for another call (or made up), `state`: what it was made for has changed. */
export type CodeCheck = "good" | "expired" | "call" | "state";

/** Whether a code is good for this call and this state at `now`. */
export function checkCode(key: Buffer, code: string, { call, state }: Sealed, now: number): CodeCheck {
  const [, expires = "", forCall = "", forState = ""] =
    /^([0-9a-z]{1,9})-([0-9a-f]{12})-([0-9a-f]{20})$/.exec(code.trim()) ?? [];
  if (!same(forCall, mac(key, "call", expires, call, CALL_DIGITS))) return "call";
  if (Number.parseInt(expires, 36) * 1000 < now) return "expired";
  return same(forState, mac(key, "state", expires, `${call}\n${state}`, STATE_DIGITS)) ? "good" : "state";
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The codes that have been used; each is forgotten once it would have expired anyway. */
export class UsedCodes {
  readonly #until = new Map<string, number>();

  /** Takes a code; false when it was taken before. `now`: as for a code. */
  take(code: string, now: number): boolean {
    for (const [old, until] of this.#until) if (until < now) this.#until.delete(old);
    if (this.#until.has(code)) return false;
    this.#until.set(code, now + CODE_MS + 60_000);
    return true;
  }
}
