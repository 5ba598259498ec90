import type { JWTPayload } from "jose";
import type { OAuthConfig } from "../../../config/http/http-config.ts";
import { type Authenticated, invalidToken, type Refused } from "./authenticated.ts";
import { createFaultLog } from "./fault-log.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import { leastScope, scopesOf, tierOf } from "./scopes.ts";
import { subjectName } from "./subject-name.ts";

/** Asymmetric ones only: with HS256 whoever knows the public key could make tokens. */
const ALGORITHMS: string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const CLOCK_TOLERANCE_S = 30;
/** Of access tokens, RFC 9068 and before it; others are made for something else. */
const TYPES = /^(?:(?:application\/)?at\+jwt|jwt)$/i;

/** What a claim that is missing or wrong makes of a token. */
const CLAIMS: Readonly<Record<string, string>> = {
  iss: "The token is of another issuer.",
  aud: "The token is for another audience.",
  exp: "The token says not when it expires (exp).",
  nbf: "The token is not valid yet.",
};
const CODES: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "The token has expired.",
  ERR_JOSE_ALG_NOT_ALLOWED: "The token's algorithm is not accepted: it must be an asymmetric one.",
  ERR_JWKS_NO_MATCHING_KEY: "The token is signed with a key that the issuer does not have.",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS:
    "The token does not say which of the issuer's keys it is signed with (kid).",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "The token's signature is wrong.",
};

/** What it takes from outside. */
export interface OAuthDeps {
  readonly log: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Tells whose an access token (JWT) is; the function it gives throws nothing. */
export function createTokenVerifier(
  config: OAuthConfig,
  { log, now }: OAuthDeps,
): (token: string) => Promise<Authenticated> {
  const faults = createFaultLog(log);
  let opened: ReturnType<typeof open> | undefined;

  async function open() {
    const jose = await import("jose");
    return { jose, keys: createIssuerKeys(jose, config) };
  }

  return async (token) => {
    try {
      opened ??= open();
      const { jose, keys } = await opened;
      try {
        const { payload, protectedHeader } = await jose.jwtVerify(token, keys, {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_S,
          requiredClaims: ["exp"],
          currentDate: new Date(now()),
        });
        faults.mended("Tokens of MCP_OAUTH_ISSUER can be checked again.");
        if (protectedHeader.typ !== undefined && !TYPES.test(protectedHeader.typ))
          return invalidToken("The token is no access token.");
        return granted(payload, config);
      } catch (error) {
        if (error instanceof jose.errors.JWTClaimValidationFailed)
          return invalidToken(CLAIMS[error.claim] ?? "The token has a claim that is not valid.");
        if (error instanceof jose.errors.JOSEError)
          return invalidToken(CODES[error.code] ?? "The token is not valid.");
        throw error;
      }
    } catch (error) {
      // What else is thrown here is about keys, such as one that is too short.
      const why = error instanceof Error ? error.message : String(error);
      faults.fault(`Tokens of MCP_OAUTH_ISSUER cannot be checked and are refused: ${why}.`);
      return UNAVAILABLE;
    }
  };
}

const UNAVAILABLE: Refused = {
  kind: "refused",
  status: 503,
  error: "temporarily_unavailable",
  description: "The token cannot be checked at the moment: try again later.",
};

/** What a token's claims, found genuine, let its subject do. */
function granted(claims: JWTPayload, { scopes: granting }: OAuthConfig): Authenticated {
  const { sub } = claims;
  if (typeof sub !== "string" || sub === "") return invalidToken("The token names no subject (sub).");
  const tier = tierOf(scopesOf(claims), granting);
  if (tier !== undefined)
    return { kind: "caller", caller: { name: `oauth:${subjectName(sub)}`, bounds: { tier } } };
  const scope = leastScope(granting);
  return {
    kind: "refused",
    status: 403,
    error: "insufficient_scope",
    description: `The token has none of the scopes that grant something: ${[...granting.keys()].join(", ")}.`,
    ...(scope === undefined ? {} : { scope }),
  };
}
