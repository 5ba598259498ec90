import { REDACTED, redactPatterns } from "./redact-patterns.ts";

// What may stand between two characters of a secret that was wrapped or decorated: white space, also as JSON
// escapes, colour sequences, and whatever is invisible. No text matches it in two ways, so it cannot backtrack.
const GAP = String.raw`(?:\x1b\[[\d;]*[A-Za-z]|[\s\p{Cf}\p{Cc}]|\\[nrt])*`;
const SPLIT_FROM = 8;
const SHORTEST = 4;
const REPLACEMENTS = [REDACTED, "[removed]", "[***]"] as const;

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** One character of a secret in the forms it may take: plain, escaped, URL-encoded, as a JSON escape. */
function charPattern(char: string): string {
  if (char === "\\") return String.raw`(?:\\|%5[Cc])+`;
  if (/\s/.test(char)) return String.raw`(?:\s|\\[nrt]|\+|%20|%0[9AaDd])+`;
  const hex = [...new TextEncoder().encode(char)].map((byte) => {
    const digits = byte.toString(16).padStart(2, "0");
    return `%${[...digits].map((d) => (/[a-f]/.test(d) ? `[${d}${d.toUpperCase()}]` : d)).join("")}`;
  });
  const units = [...Array(char.length).keys()].map((i) => {
    const digits = char.charCodeAt(i).toString(16).padStart(4, "0");
    return `\\\\{1,7}u${[...digits].map((d) => (/[a-f]/.test(d) ? `[${d}${d.toUpperCase()}]` : d)).join("")}`;
  });
  const plain = /[A-Za-z0-9]/.test(char) ? char : String.raw`\\{0,7}` + escapePlain(char);
  return `(?:${plain}|${hex.join("")}|${units.join("")})`;
}

// With the u flag only syntax characters may be escaped.
function escapePlain(char: string): string {
  if (/\p{Cc}|\p{Cs}/u.test(char)) {
    return [...Array(char.length).keys()]
      .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join("");
  }
  return char === "-" ? "-" : escapeRegex(char);
}

function secretPattern(secret: string): RegExp {
  const long = secret.length >= SPLIT_FROM;
  // Runs of white space or backslashes match as one, so that no two neighbours compete for the same text.
  const chars = [...secret.replace(/\s+/g, " ").replace(/\\+/g, "\\")];
  // White space matches any amount of itself already.
  const gap = (a: string, b: string | undefined) => (b === undefined || !long || /\s/.test(a + b) ? "" : GAP);
  const body = chars.map((char, i) => charPattern(char) + gap(char, chars[i + 1])).join("");
  return new RegExp(long ? body : `(?<![A-Za-z0-9])${body}(?![A-Za-z0-9])`, "gu");
}

/** "…" after at least eight characters of a secret: a cut that left most of it. */
function redactCutOff(text: string, secret: string, replacement: string): string {
  let out = text;
  for (let at = out.indexOf("…"); at >= 0; at = out.indexOf("…", at + 1)) {
    for (let n = Math.min(secret.length - 1, at); n >= SPLIT_FROM; n -= 1) {
      if (!out.endsWith(secret.slice(0, n), at)) continue;
      out = out.slice(0, at - n) + replacement + out.slice(at);
      at += replacement.length - n;
      break;
    }
  }
  return out;
}

/**
 * A function that takes configured secret values and everything that looks like a secret out of any text: results,
 * errors, logs. Finds them plain, URL- and JSON-escaped, in Base64, broken by white space or invisible characters,
 * and cut off by "…". Secrets under four characters are ignored (they would take the text apart); those under eight
 * are found as whole words only.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets.map((secret) => secret.trim()))].filter((s) => s.length >= SHORTEST);
  const encoded = values
    .filter((s) => s.length >= SPLIT_FROM)
    .map((s) => btoa(String.fromCharCode(...new TextEncoder().encode(s))).replace(/=+$/, ""));
  const longest = [...new Set([...values, ...encoded])].sort((a, b) => b.length - a.length);
  const patterns = longest.map(secretPattern);
  const replacement = REPLACEMENTS.find((r) => !values.some((s) => r.includes(s))) ?? "";

  return (text) => {
    let out = redactPatterns(text);
    for (const pattern of patterns) out = out.replace(pattern, replacement);
    for (const secret of values) if (secret.length > SPLIT_FROM) out = redactCutOff(out, secret, replacement);
    // A replacement can complete a secret together with its neighbours; removing shortens, so this ends.
    for (let again = true; again; ) {
      const before = out;
      for (const secret of values) if (secret.length >= SPLIT_FROM) out = out.replaceAll(secret, "");
      again = out !== before;
    }
    return out;
  };
}
