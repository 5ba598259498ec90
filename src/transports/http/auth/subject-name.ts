import { createHash } from "node:crypto";

const MOST = 100;
/** Without `~`, so that no subject can be named like a cleaned one. */
const CLEAN = /^[\x21-\x7d]{1,100}$/;
const HASH_DIGITS = 16;

/**
 * A subject as printable ASCII without blanks, at most 100 characters. One that is not so already is cut and cleaned,
 * and ends in a hash of the whole: no two subjects have one name.
 */
export function subjectName(subject: string): string {
  if (CLEAN.test(subject)) return subject;
  // As JSON, in which half a surrogate pair is told from another one.
  const hash = createHash("sha256").update(JSON.stringify(subject)).digest("hex").slice(0, HASH_DIGITS);
  const cleaned = subject.slice(0, MOST - HASH_DIGITS - 1).replace(/[^\x21-\x7d]/g, "?");
  return `${cleaned}~${hash}`;
}
