import { unknownNames } from "../names.ts";
import type { Parsed } from "../parsed.ts";
import { TIERS, type Tier } from "../tiers.ts";
import { parseList } from "../values.ts";
import { hostName, isLoopback } from "./host-name.ts";

/** An address or host name to listen at, an IPv6 address without brackets. */
export function parseListenHost(text: string): Parsed<string> {
  const host = hostName(text);
  return host === undefined
    ? { problem: "must be an address or a host name without a port, as in 127.0.0.1 or ::1" }
    : { value: host.replace(/^\[(.*)\]$/, "$1") };
}

/** A host as a `Host` header names it, without a port. */
export function parseAllowedHost(text: string): Parsed<string> {
  const host = hostName(text);
  return host === undefined
    ? { problem: "must be a host name or an address without scheme and port, as in mcp.example.com" }
    : { value: host };
}

/** An origin as browsers send it: scheme, host, and the port that is not the scheme's own. */
export function parseOrigin(text: string): Parsed<string> {
  const url = /^https?:\/\/[^/?#@\\\s]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || hostName(url.hostname) === undefined
    ? {
        problem:
          "must be an origin: scheme, host and port, and nothing behind, as in https://app.example.com",
      }
    : { value: url.origin };
}

/** What a kind of URL may have. */
interface UrlRules {
  readonly example: string;
  /** `http` on other hosts than loopback. */
  readonly plain: boolean;
  readonly query: boolean;
}

/** A URL that is used as it is written, or what is wrong with it; the value itself may hold a password. */
function checkUrl(text: string, { example, plain, query }: UrlRules): Parsed<URL> {
  if (!/^https?:\/\/[^/\\\s\p{Cc}]+(?:\/[^\\\s\p{Cc}]*)?$/iu.test(text) || !URL.canParse(text))
    return { problem: `must be a URL, as in ${example}` };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return { problem: "must not contain a user or password" };
  if (text.includes("#") || (!query && text.includes("?")))
    return { problem: `must end before the first ${query ? "#" : "? or #"}` };
  if (!plain && url.protocol === "http:" && !isLoopback(url.hostname))
    return { problem: "must be https (http is accepted for localhost, 127.0.0.0/8 and [::1])" };
  return { value: url };
}

/** The address that clients use, without slashes at its end. */
export function parsePublicUrl(text: string): Parsed<string> {
  const url = checkUrl(text, { example: "https://mcp.example.com/mcp", plain: true, query: false });
  if ("problem" in url) return url;
  return { value: `${url.value.origin}${url.value.pathname.replace(/\/+$/, "")}` };
}

/** An issuer's identifier, exactly as written: tokens name it like that. */
export function parseIssuer(text: string): Parsed<string> {
  const url = checkUrl(text, { example: "https://login.example.com/realm", plain: false, query: false });
  return "problem" in url ? url : { value: text };
}

/** The address of a key set. */
export function parseJwksUrl(text: string): Parsed<string> {
  const url = checkUrl(text, { example: "https://login.example.com/jwks", plain: false, query: true });
  return "problem" in url ? url : { value: url.value.href };
}

const SCOPE_TIER = /^([\x21\x23-\x5b\x5d-\x7e]+)=([^=]*)$/;

/** Entries `scope=tier`: the tier that each scope grants. */
export function parseScopes(text: string): Parsed<ReadonlyMap<string, Tier>> {
  const list = parseList(text);
  if ("problem" in list) return list;
  const scopes = new Map<string, Tier>();
  for (const [at, entry] of list.value.entries()) {
    const [, scope, name = ""] = SCOPE_TIER.exec(entry) ?? [];
    if (scope === undefined)
      return { problem: `has an entry ${at + 1} that is not scope=tier, as in pve:read=read-only` };
    const tier = TIERS.find((one) => one === name);
    if (tier === undefined)
      return { problem: `${unknownNames("tier", [name], TIERS)}; valid: ${TIERS.join(", ")}` };
    if (scopes.has(scope)) return { problem: `has an entry ${at + 1} whose scope is named twice` };
    scopes.set(scope, tier);
  }
  return { value: scopes };
}
