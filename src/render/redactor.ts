import { REDACTED, redactPatterns } from "./redact-patterns.ts";

/** From this length a secret is found anywhere, under it as a whole word only, under the second not at all. */
const ANYWHERE = 8;
const SHORTEST = 4;
/** What must be left of a secret without its white space and escapes to look for that. */
const BARE = 6;
const REPLACEMENTS = [REDACTED, "[removed]", "[***]"] as const;

/** A way in which text may carry a secret: what the pattern matches stands for what `decode` makes of it. */
interface Form {
  /** Texts without this cannot be in this form. */
  readonly marker: string;
  readonly pattern: RegExp;
  readonly decode: (match: string) => string;
  /** The secret itself as it reads in this form. */
  readonly bare: (secret: string) => string;
}

// Wrapped or decorated text: white space, colour sequences, whatever is invisible.
const GAP = String.raw`\x1b\[[\d;]*[A-Za-z]|[\s\p{Cf}\p{Cc}]+`;
const GAPS = new RegExp(GAP, "gu");
const URL_GAPS = new RegExp(String.raw`${GAP}|\++`, "gu");
const WRAPPED = GAPS;
// One encoded character a match, so that its neighbours stay.
const URL_ENCODED = new RegExp(String.raw`%[0-7][\da-f]|%[c-f][\da-f](?:%[89ab][\da-f])+|\++|${GAP}`, "giu");
const JSON_ESCAPED = new RegExp(String.raw`\\+u[\da-f]{4}|\\+[nrtbf]|\\+|${GAP}`, "giu");

function decodeUrl(match: string): string {
  if (!match.startsWith("%")) return "";
  try {
    return decodeURIComponent(match).replace(URL_GAPS, "");
  } catch {
    return match;
  }
}

function decodeJson(match: string): string {
  const code = /^\\+u([\da-f]{4})$/i.exec(match)?.[1];
  return code === undefined ? "" : String.fromCharCode(Number.parseInt(code, 16)).replace(GAPS, "");
}

const FORMS: readonly Form[] = [
  { marker: "", pattern: WRAPPED, decode: () => "", bare: (s) => s.replace(GAPS, "") },
  { marker: "%", pattern: URL_ENCODED, decode: decodeUrl, bare: (s) => s.replace(URL_GAPS, "") },
  {
    marker: "\\",
    pattern: JSON_ESCAPED,
    decode: decodeJson,
    bare: (s) => s.replace(JSON_ESCAPED, decodeJson),
  },
];

/** The text as it reads in a form, and for each of its UTF-16 units where in the text it came from. */
function trace(text: string, form: Form): { plain: string; from: number[]; to: number[] } {
  let plain = "";
  const from: number[] = [];
  const to: number[] = [];
  const add = (chars: string, start: number, end: number, each: number) => {
    for (let i = 0; i < chars.length; i += 1) {
      from.push(start + i * each);
      to.push(each === 1 ? start + i + 1 : end);
    }
    plain += chars;
  };
  let at = 0;
  for (const match of text.matchAll(form.pattern)) {
    add(text.slice(at, match.index), at, match.index, 1);
    at = match.index + match[0].length;
    add(form.decode(match[0]), match.index, at, 0);
  }
  add(text.slice(at), at, text.length, 1);
  return { plain, from, to };
}

/** Replaces the secrets that the text carries in a form, together with what stands between their characters. */
function redactForm(text: string, form: Form, secrets: readonly string[], replacement: string): string {
  if (!text.includes(form.marker)) return text;
  const quick = text.replace(form.pattern, form.decode);
  const found = secrets.filter((secret) => quick.includes(secret));
  if (found.length === 0) return text;
  const { plain, from, to } = trace(text, form);
  const spans = found.flatMap((secret) => {
    const out: [number, number][] = [];
    for (let i = plain.indexOf(secret); i >= 0; i = plain.indexOf(secret, i + secret.length)) {
      out.push([from[i] ?? 0, to[i + secret.length - 1] ?? text.length]);
    }
    return out;
  });
  spans.sort(([a], [b]) => a - b);
  let out = "";
  let at = 0;
  for (const [start, end] of spans) {
    if (start >= at) out += text.slice(at, start) + replacement;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}

/** "…" after at least eight characters of a secret: a cut that left most of it. */
function redactCutOff(text: string, secret: string, replacement: string): string {
  let out = text;
  for (let at = out.indexOf("…"); at >= 0; at = out.indexOf("…", at + 1)) {
    for (let n = Math.min(secret.length - 1, at); n >= ANYWHERE; n -= 1) {
      if (!out.endsWith(secret.slice(0, n), at)) continue;
      out = out.slice(0, at - n) + replacement + out.slice(at);
      at += replacement.length - n;
      break;
    }
  }
  return out;
}

function wholeWord(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, "g");
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64").replace(/=+$/, "");
}

/**
 * A function that takes configured secret values and everything that looks like a secret out of any text: results,
 * errors, logs. Finds them plain, URL- and JSON-escaped, in Base64, broken by white space or invisible characters,
 * and cut off by "…". Secrets under four characters are ignored (they would take the text apart); those under eight
 * are found as whole words only.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets.map((secret) => secret.trim()))].filter((s) => s.length >= SHORTEST);
  const long = values.filter((s) => s.length >= ANYWHERE);
  const short = values.filter((s) => s.length < ANYWHERE).map(wholeWord);
  const sought = [...long, ...long.map(base64)].sort((a, b) => b.length - a.length);
  const forms = FORMS.map((form) => ({ form, bare: sought.map(form.bare).filter((s) => s.length >= BARE) }));
  const replacement = REPLACEMENTS.find((r) => !values.some((s) => r.includes(s))) ?? "";

  return (text) => {
    let out = redactPatterns(text);
    for (const secret of sought) out = out.replaceAll(secret, replacement);
    for (const word of short) out = out.replace(word, replacement);
    for (const { form, bare } of forms) if (bare.length > 0) out = redactForm(out, form, bare, replacement);
    for (const secret of long) out = redactCutOff(out, secret, replacement);
    // A replacement can complete a secret together with its neighbours; removing shortens, so this ends.
    for (let before = ""; before !== out; ) {
      before = out;
      for (const secret of long) out = out.replaceAll(secret, "");
    }
    return out;
  };
}
