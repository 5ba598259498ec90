import { PveError, type PveErrorKind } from "./errors.ts";

/** Codes of OpenSSL and Node for a certificate that was not trusted, or a handshake that failed. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|FINGERPRINT_MISMATCH)/;

interface ErrorFacts {
  readonly code?: string;
  readonly message: string;
}

function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { message: String(error) };
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // Node tries every address of a name and reports them together, without a message of its own.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    const first = factsOf(error.errors[0]);
    return {
      message: error.message || first.message,
      ...(own ? { code: own } : first.code ? { code: first.code } : {}),
    };
  }
  return { message: error.message, ...(own === undefined ? {} : { code: own }) };
}

/** A connection's error as a typed one. `reading`: the request could not have changed anything. */
export function connectionError(error: unknown, route: string, reading: boolean): PveError {
  const { code, message } = factsOf(error);
  const kind: PveErrorKind = code !== undefined && TLS_CODES.test(code) ? "tls" : "network";
  const neverSent =
    kind === "tls" ||
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(code ?? "");
  return new PveError(kind, message, {
    route,
    cause: error,
    ...(code === undefined ? {} : { code }),
    mayHaveRun: !reading && !neverSent,
  });
}
