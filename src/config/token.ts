import type { Parsed } from "./parsed.ts";
import { Secret } from "./secret.ts";
import { mayBeSecret } from "./show.ts";

/** PVE's own form (pve-access-control, `PVE::AccessControl`): user without blanks, `:` and `/`, realm, token name. */
const TOKEN_ID = /^[^\s\p{Cc}:/=]+@[A-Za-z][\w.-]+![A-Za-z][\w.-]+$/u;
const FORM = "user@realm!name, as in root@pam!mcp";

/** A token's id. A refusal tells which part is missing and never repeats the value. */
export function parseTokenId(text: string): Parsed<string> {
  if (text.includes("=")) {
    return {
      problem: `must be split at the "=": the part before it, ${FORM}, stays here; the part behind it goes into PVE_TOKEN_SECRET`,
    };
  }
  if (TOKEN_ID.test(text)) return { value: text };
  if (!text.includes("@") && !text.includes("!") && mayBeSecret(text)) {
    return { problem: `looks like the secret, which belongs into PVE_TOKEN_SECRET; this one is ${FORM}` };
  }
  if (!text.includes("!")) return { problem: `has no token name behind a "!": it is ${FORM}` };
  if (!/@[^!]*!/.test(text)) return { problem: `has no realm between "@" and "!": it is ${FORM}` };
  return { problem: `is not a token id: it is ${FORM}` };
}

/** A token's secret. A refusal never repeats it. */
export function parseTokenSecret(text: string): Parsed<Secret> {
  if (/[\s\p{Cc}]/u.test(text)) {
    return { problem: "contains blanks, line breaks or control characters: give the secret alone" };
  }
  if (/[^\x21-\x7e]/.test(text)) return { problem: "contains characters that no token secret has" };
  if (text.includes("=") && text.includes("!")) {
    return { problem: 'contains the token id too: give only the part behind the "="' };
  }
  return { value: new Secret(text) };
}

/** A user's id, `user@realm`. A refusal never repeats the value. */
export function parseUser(text: string): Parsed<string> {
  if (text.includes("!")) return { problem: 'names a token: the user is the part before the "!"' };
  return /^[^\s\p{Cc}:/=]+@[A-Za-z][\w.-]+$/u.test(text)
    ? { value: text }
    : { problem: "is not a user: it is user@realm, as in root@pam" };
}
