import { PveError, type PveErrorKind } from "../errors.ts";
import type { Mistrust } from "./certificate.ts";
import { wasUnsent } from "./transport.ts";

/** Codes of OpenSSL and Node for a certificate that was not trusted, or a handshake that failed. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|FINGERPRINT_MISMATCH)/;

/** True for the code of a certificate that was not trusted. */
export const isMistrust = (code: string): boolean =>
  TLS_CODES.test(code) && !/^(ERR_SSL_|EPROTO$)/.test(code);

/** Answers that were not read to their end because PVE sends none like them. */
const NOT_PVES: ReadonlySet<string> = new Set(["ANSWER_TOO_LONG", "ANSWER_ENCODED"]);
/** Errors that come before anything can be sent, whoever reports them. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

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
  const kind = kindOf(code);
  // The connection knows best; an error from elsewhere is judged by its code.
  const unsent = wasUnsent(error) ?? (kind === "tls" || BEFORE_SENDING.has(code ?? ""));
  const mistrust = mistrustOf(error);
  return new PveError(kind, message, {
    route,
    cause: error,
    ...(code === undefined ? {} : { code }),
    ...(mistrust === undefined ? {} : { mistrust }),
    mayHaveRun: !reading && !unsent,
  });
}

function kindOf(code: string | undefined): PveErrorKind {
  if (code === undefined) return "network";
  if (NOT_PVES.has(code)) return "not-pve";
  return TLS_CODES.test(code) ? "tls" : "network";
}

/** What the transport put there (https-transport.ts). */
const mistrustOf = (error: unknown): Mistrust | undefined =>
  error instanceof Error && "mistrust" in error ? (error.mistrust as Mistrust) : undefined;
