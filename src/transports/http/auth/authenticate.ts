import type { Caller, HttpAuth } from "../../../config/http/http-config.ts";
import { type Authenticated, invalidToken, type Refused } from "./authenticated.ts";
import { createTokenVerifier } from "./oauth.ts";
import { findCaller } from "./static-tokens.ts";
import { createTokenFile } from "./token-file.ts";

export type { Authenticated, Refused };

/** What it takes from outside. */
export interface AuthenticatorDeps {
  /** Writes a line; none holds anything of a token. */
  readonly log: (line: string) => void;
  /** Milliseconds since 1970; absent: the system's clock. */
  readonly now?: () => number;
}

/** Tells who makes a request. */
export interface Authenticator {
  /** By the value of its `Authorization` header. Throws nothing. */
  readonly authenticate: (authorizationHeader: string | undefined) => Promise<Authenticated>;
}

const ANONYMOUS: Caller = { name: "anonymous", bounds: { tier: "full" } };
const MOST_HEADER = 8 * 1024;
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const SCHEME = /^bearer(?: |$)/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** RFC 6750: a request without a token is told no error code. */
const NO_TOKEN: Refused = {
  kind: "refused",
  status: 401,
  description: "A token is needed: Authorization: Bearer TOKEN.",
};

/** Tells callers by what is configured: a tokens file, an issuer of access tokens, both, or nothing. */
export function createAuthenticator(auth: HttpAuth, deps: AuthenticatorDeps): Authenticator {
  if (auth.kind === "none") return { authenticate: async () => ({ kind: "caller", caller: ANONYMOUS }) };
  const now = deps.now ?? Date.now;
  const { log } = deps;
  const file = auth.tokensFile === undefined ? undefined : createTokenFile(auth.tokensFile, { log, now });
  const verify = auth.oauth === undefined ? undefined : createTokenVerifier(auth.oauth, { log, now });
  // A fault is said at the start, not to whoever comes first.
  file?.entries();
  return {
    authenticate: async (header) => {
      const token = tokenOf(header);
      if (typeof token !== "string") return token;
      const found = findCaller(file?.entries() ?? [], token, now());
      if (found === "expired") return invalidToken("The token has expired.");
      if (found !== undefined) return { kind: "caller", caller: found };
      if (verify !== undefined && JWT.test(token)) return verify(token);
      return invalidToken("The token is not known.");
    },
  };
}

/** The token of a header, or what is wrong with it. */
function tokenOf(header: string | undefined): string | Refused {
  if (header === undefined || header === "") return NO_TOKEN;
  if (header.length > MOST_HEADER) return invalidToken("The Authorization header is longer than 8 KiB.");
  if (!SCHEME.test(header)) return NO_TOKEN;
  return BEARER.exec(header)?.[1] ?? invalidToken("The Authorization header is not Bearer and a token.");
}

/** A quoted string of HTTP; what cannot be in one is left out. */
const quoted = (text: string): string => `"${text.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;

/**
 * The value of `WWW-Authenticate` (RFC 6750 and 9728) for a refused request; undefined with 503, which another token
 * does not help.
 */
export function challenge(
  { status, error, description, scope }: Refused,
  resourceMetadataUrl?: string,
): string | undefined {
  if (status === 503) return undefined;
  const fields = {
    realm: "mcp-pve",
    error,
    error_description: error === undefined ? undefined : description,
    scope,
    resource_metadata: resourceMetadataUrl,
  };
  const told = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  );
  return `Bearer ${told.join(", ")}`;
}
