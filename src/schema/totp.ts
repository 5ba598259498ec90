import { createHmac } from "node:crypto";

/** A time-based one-time password's settings (RFC 6238). */
export interface Totp {
  readonly secret: Buffer;
  readonly digits: number;
  /** Seconds a code stands for. */
  readonly period: number;
  readonly algorithm: string;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function decodeBase32(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of text.toUpperCase().replace(/=+$/, "")) {
    const value = BASE32.indexOf(letter);
    if (value < 0) return undefined;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return bytes.length > 0 ? Buffer.from(bytes) : undefined;
}

/** Reads `otpauth://totp/label?secret=...`; undefined for anything else. */
export function parseTotp(uri: string): Totp | undefined {
  if (!/^otpauth:\/\/totp\//i.test(uri) || !URL.canParse(uri)) return undefined;
  const query = new URL(uri).searchParams;
  const secret = decodeBase32(query.get("secret") ?? "");
  const digits = Number(query.get("digits") ?? 6);
  const period = Number(query.get("period") ?? 30);
  const algorithm = (query.get("algorithm") ?? "SHA1").toLowerCase();
  if (!secret || !(digits > 0) || !(period > 0) || !/^sha(1|256|512)$/.test(algorithm)) return undefined;
  return { secret, digits, period, algorithm };
}

/** The code at a time (Unix seconds). */
export function totpCode({ secret, digits, period, algorithm }: Totp, time: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / period)));
  const hash = createHmac(algorithm, secret).update(counter).digest();
  const at = (hash[hash.length - 1] ?? 0) & 15;
  const code = hash.readUInt32BE(at) & 0x7fffffff;
  return String(code % 10 ** digits).padStart(digits, "0");
}

/** True when the code is the one of now, of a step before or of a step after. */
export const isTotpCode = (totp: Totp, code: string, now: number): boolean =>
  [-1, 0, 1].some((step) => totpCode(totp, now + step * totp.period) === code);
