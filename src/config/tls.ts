import { X509Certificate } from "node:crypto";
import type { Parsed } from "./parsed.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const SHA256_DIGITS = 64;

/** A SHA-256 certificate fingerprint, colons and a leading `sha256:` optional, as `AA:BB:…` of 32 bytes. */
export function parseFingerprint(text: string): Parsed<string> {
  const digits = text.replace(/^sha-?256(?: fingerprint)?[:=]\s*/i, "").replaceAll(":", "");
  if (!/^[0-9a-f]*$/i.test(digits)) {
    return { problem: "must be hexadecimal digits, colons between the bytes optional" };
  }
  if (digits.length !== SHA256_DIGITS) {
    const what = digits.length === 40 ? " (that is the length of SHA-1)" : "";
    return {
      problem: `must be a SHA-256 fingerprint of ${SHA256_DIGITS} hexadecimal digits, and has ${digits.length}${what}`,
    };
  }
  return { value: (digits.toUpperCase().match(/../g) ?? []).join(":") };
}

/** The certificates of a CA file, in PEM; other text around them is left out. */
export function parseCaFile(content: string): Parsed<string> {
  const blocks = content.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content);
    return {
      problem: key
        ? "names a file with a private key: give the CA's certificate in PEM form"
        : "names a file without a PEM certificate (-----BEGIN CERTIFICATE-----)",
    };
  }
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  if (damaged >= 0) {
    return { problem: `names a file whose certificate ${damaged + 1} of ${blocks.length} is damaged` };
  }
  return { value: `${blocks.join("\n")}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
