import type { JWTVerifyGetKey } from "jose";
import type { OAuthConfig } from "../../../config/http/http-config.ts";
import { isObject } from "../../../record/line.ts";
import { fetchJson, IssuerUnavailable } from "./fetch-json.ts";
import { discoverJwksUrl } from "./issuer-metadata.ts";

/** For all of the metadata, and for the keys. */
const TIME_LIMIT_MS = 5_000;
/** Keys are asked for again at most so often because a token names an unknown one. */
const COOLDOWN_MS = 30_000;
/** Keys that the issuer has taken back are good for so long. */
const MOST_AGE_MS = 600_000;
/** An issuer that failed is left alone for so long: requests without a good token must not make us knock. */
const RETRY_MS = 5_000;

type Jose = typeof import("jose");
type KeySet = ReturnType<Jose["createRemoteJWKSet"]>;

/**
 * Finds the issuer's key for a token. Found once, keys are kept, and asked for again when they are old or a token
 * names one that is not among them.
 * The function throws jose's errors of a key that is not there, and an IssuerUnavailable when keys cannot be had.
 */
export function createIssuerKeys(
  jose: Jose,
  { issuer, jwksUrl }: Pick<OAuthConfig, "issuer" | "jwksUrl">,
): JWTVerifyGetKey {
  const attempt = leavingAlone();
  let opened: Promise<KeySet> | undefined;

  const open = async () => {
    const url = jwksUrl ?? (await attempt(() => discover(issuer)));
    return jose.createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIME_LIMIT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: MOST_AGE_MS,
      [jose.customFetch]: async (address, { signal }) =>
        Response.json(await attempt(() => fetchKeys(address, signal))),
    });
  };

  return async (header, token) => {
    let keys: KeySet | undefined;
    try {
      opened ??= open();
      keys = await opened;
      return await keys(header, token);
    } catch (error) {
      // The metadata may name another place by now.
      if (keys === undefined || !keys.fresh) opened = undefined;
      if (error instanceof jose.errors.JWKSNoMatchingKey) throw error;
      if (error instanceof jose.errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof IssuerUnavailable) throw error;
      throw new IssuerUnavailable(`the keys cannot be used: ${messageOf(error)}`, { cause: error });
    }
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function discover(issuer: string): Promise<string> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  return discoverJwksUrl(issuer, (url) => fetchJson(url, signal));
}

async function fetchKeys(url: string, signal: AbortSignal): Promise<unknown> {
  const found = await fetchJson(url, signal);
  if (isObject(found) && Array.isArray(found.keys)) return found;
  throw new IssuerUnavailable(`${new URL(url).origin} answered with something else than a set of keys`);
}

/** Runs what it is given, unless something failed shortly before: then it fails the same way at once. */
function leavingAlone(): <T>(run: () => Promise<T>) => Promise<T> {
  let failed: { readonly at: number; readonly error: unknown } | undefined;
  return async (run) => {
    if (failed !== undefined && performance.now() - failed.at < RETRY_MS) throw failed.error;
    try {
      const outcome = await run();
      failed = undefined;
      return outcome;
    } catch (error) {
      failed = { at: performance.now(), error };
      throw error;
    }
  };
}
