import type { Caller } from "../../../config/http/http-config.ts";

/** A request that is not served, and how it is answered. */
export interface Refused {
  readonly kind: "refused";
  /** 401: who are you; 403: not with this token; 503: cannot tell at the moment. */
  readonly status: 401 | 403 | 503;
  /** The code of RFC 6750; absent where the request has no token at all. */
  readonly error?: "invalid_token" | "insufficient_scope" | "temporarily_unavailable";
  /** A sentence for the caller, without anything of the token. */
  readonly description: string;
  /** The scope that would do. */
  readonly scope?: string;
}

/** Who makes a request, or why it is not served. */
export type Authenticated = { readonly kind: "caller"; readonly caller: Caller } | Refused;

/** A token that is not accepted. */
export const invalidToken = (description: string): Refused => ({
  kind: "refused",
  status: 401,
  error: "invalid_token",
  description,
});
