import { createHash, timingSafeEqual } from "node:crypto";
import type { Caller } from "../../../config/http/http-config.ts";
import type { TokenEntry } from "./token-list.ts";

/** The SHA-256 of a token, 32 bytes, as entries have it. */
export const hashOfToken = (token: string): Uint8Array => createHash("sha256").update(token).digest();

/**
 * Whose token it is; `expired` when it was good before `now` (milliseconds since 1970), undefined when nobody's.
 * Takes as long for a wrong token as for a right one, wherever in the list that is.
 */
export function findCaller(
  entries: readonly TokenEntry[],
  token: string,
  now: number,
): Caller | "expired" | undefined {
  const hash = hashOfToken(token);
  let found: TokenEntry | undefined;
  for (const entry of entries) {
    const same = timingSafeEqual(entry.sha256, hash);
    found = same ? entry : found;
  }
  if (found === undefined) return undefined;
  if (found.expires !== undefined && now >= found.expires) return "expired";
  return { name: `token:${found.name}`, bounds: found.bounds };
}
