import { isLoopback } from "./http/host-name.ts";
import type { Parsed } from "./parsed.ts";

const PREFIX = /^(?:\/[\w.~-]+)*$/;

/**
 * The address of a PVE, or of a reverse proxy's prefix in front of one: scheme, host, port as written and
 * path, without trailing slashes and without the `/api2/json` that the client appends itself.
 * A refusal names every fault and never repeats the value, which may hold credentials.
 */
export function parseBaseUrl(text: string): Parsed<string> {
  if (!/^https?:\/\/[^/]/i.test(text)) {
    return { problem: "must begin with https://, as in https://pve.example.com:8006" };
  }
  const faults: string[] = [];
  if (/[\s\p{Cc}\\]/u.test(text)) faults.push("must not contain blanks, control characters or backslashes");
  if (/^https?:\/\/[^/?#]*@/i.test(text)) {
    faults.push("must not contain a user or password: the token goes into PVE_TOKEN_ID and PVE_TOKEN_SECRET");
  }
  if (/[?#]/.test(text)) faults.push("must end before the first ? or # (take the address without that part)");
  if (faults.length > 0) return { problem: faults.join("; ") };
  return parseClean(text);
}

function parseClean(text: string): Parsed<string> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { problem: "is not a valid URL: check host and port, as in https://pve.example.com:8006" };
  }
  const faults: string[] = [];
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    faults.push(
      "must be https: http would send the token in clear (http is accepted for localhost, 127.0.0.0/8 and [::1])",
    );
  }
  const path = url.pathname
    .replace(/\/+$/, "")
    .replace(/\/api2(?:\/json)?$/, "")
    .replace(/\/+$/, "");
  if (!PREFIX.test(path)) {
    faults.push(
      "has a path that no reverse proxy prefix needs: letters, digits and . _ ~ - between single slashes",
    );
  }
  if (faults.length > 0) return { problem: faults.join("; ") };
  return { value: `${url.protocol}//${url.host}${path}` };
}
