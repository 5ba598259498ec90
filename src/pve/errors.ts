import type { Tier } from "../config/settings.ts";
import type { Mistrust } from "./line/certificate.ts";

/** Why a call did not succeed. */
export type PveErrorKind =
  | "parameter" // a value was wrong; `errors` says which
  | "permission" // 403: the token lacks a privilege
  | "authentication" // 401: the token was refused
  | "not-found"
  | "exists"
  | "locked"
  | "no-quorum" // /etc/pve is read-only: too few nodes see each other
  | "modified" // digest mismatch
  | "not-implemented" // 501
  | "node-unreachable" // 595
  | "no-answer" // 596 and relatives: it may have run
  | "timeout"
  | "tls"
  | "network"
  | "not-pve" // the answer is not PVE's
  | "refused" // our policy: nothing was sent
  | "cancelled"
  | "server"; // any other refusal, PVE's text tells

/** What is known of a failure besides its kind; only what applies is there. */
export interface PveErrorDetail {
  readonly status?: number;
  readonly route?: string;
  /** PVE's per-parameter messages, or ours. */
  readonly errors?: Readonly<Record<string, string>>;
  readonly privilege?: string;
  /** ACL path the privilege is needed on. */
  readonly aclPath?: string;
  readonly lock?: string;
  /** Node error code such as ECONNREFUSED or CERT_HAS_EXPIRED. */
  readonly code?: string;
  /** The request may have reached PVE: what it asked for may have happened. */
  readonly mayHaveRun?: boolean;
  /** PVE refused it in the middle: a part of it may have been done. */
  readonly partial?: true;
  /** The guest whose lock refused the call. */
  readonly guest?: { readonly node: string; readonly vmid: number };
  /** What was found out about a write whose answer was lost: "not started", or why that is not known. */
  readonly fate?: string;
  /** The tier that would allow a refused call. */
  readonly needsTier?: Tier;
  /** What else would allow a refused call, as a sentence. */
  readonly allows?: string;
  /** The certificate that was not trusted. */
  readonly mistrust?: Mistrust;
  readonly cause?: unknown;
}

/** Every failure of a call to PVE, typed; `message` is PVE's own text where there is one. */
export class PveError extends Error {
  readonly kind: PveErrorKind;
  readonly detail: PveErrorDetail;
  constructor(kind: PveErrorKind, message: string, detail: PveErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "PveError";
    this.kind = kind;
    this.detail = detail;
  }
}

/** PVE answers nearly every refusal with status 500 and a text; the first pattern that matches decides. */
const TEXTS: readonly { readonly kind: PveErrorKind; readonly pattern: RegExp }[] = [
  {
    kind: "modified",
    pattern: /detected modified configuration|checksum mismatch \(file change by other user\?\)/,
  },
  // PVE::Cluster check_cfs_quorum, and cfs_lock where it cannot lock for lack of it.
  { kind: "no-quorum", pattern: /no quorum/ },
  {
    kind: "locked",
    pattern: /is locked \(|can't lock file|got lock request timeout|unable to acquire .*lock|cfs-lock/,
  },
  { kind: "permission", pattern: /only root can |only allowed for root@pam/ },
  // A program of the node's that is not installed: nothing that the call named is missing.
  { kind: "server", pattern: /exec of .* failed: No such file/ },
  { kind: "exists", pattern: /already (defined(?! in URI)|exists)|already used/ },
  { kind: "not-found", pattern: /hostname lookup '[^']*' failed/ },
  {
    kind: "not-found",
    pattern:
      /does not exist|no such |No such |not found|unable to find|no rule at position|cannot open .*No such file|doesn't exist/,
  },
  { kind: "timeout", pattern: /got timeout|timed out/ },
];

const kindOfText = (message: string): PveErrorKind | undefined =>
  TEXTS.find(({ pattern }) => pattern.test(message))?.kind;

/**
 * Kind of a failed answer by status and text.
 * @param named the answer has a map of messages by parameter
 */
export function classifyFailure(status: number, message: string, named: boolean): PveErrorKind {
  switch (status) {
    case 400:
      // Endpoints written in Rust (notifications) answer 400 where others answer 500.
      return named ? "parameter" : (kindOfText(message) ?? "parameter");
    case 401:
      return "authentication";
    case 403:
      return "permission";
    case 404:
      return "not-found";
    case 501:
      // pveproxy also says 501 to a request it does not like: "for data too large", "Unexpected content for method".
      return /not implemented|not available/.test(message) || message.startsWith("HTTP status")
        ? "not-implemented"
        : "server";
    case 595:
      return "node-unreachable";
    case 596:
    case 597:
    case 598:
    case 599:
    case 502:
    case 504:
      return "no-answer";
    default:
      return kindOfText(message) ?? "server";
  }
}

/** Privilege and path out of "Permission check failed (/vms/100, VM.Audit|VM.Config.Disk)". */
export function parsePermission(message: string): { privilege?: string; aclPath?: string } {
  const match = /Permission check failed \((\/[^,)]*), ([^)]+)\)/.exec(message);
  if (!match?.[1] || !match[2]) return {};
  return { aclPath: match[1].trim(), privilege: match[2].trim() };
}

/** The lock's name out of "VM is locked (backup)". */
export const parseLock = (message: string): string | undefined => /is locked \(([^)]+)\)/.exec(message)?.[1];
