import { isIP } from "node:net";
import * as tls from "node:tls";
import type { Tls } from "../../config/config.ts";
import { cleanLine } from "../../render/clean.ts";

/** What a server shows of its certificate; times as OpenSSL writes them. */
export interface CertificateFacts {
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** The names it is made out to, e.g. `DNS:pve1, IP Address:192.0.2.1`. */
  readonly names: string;
}

/** A certificate that was not trusted, and by what measure. */
export interface Mistrust {
  readonly baseUrl: string;
  readonly trust: Tls;
  readonly code: string;
  readonly seen: CertificateFacts;
}

/** Characters of the names that are shown. */
const NAMES_CHARS = 400;

/** The facts of the certificate at the other end of a connection. */
export function factsOfPeer(socket: tls.TLSSocket): CertificateFacts {
  const cert = socket.getPeerCertificate();
  const name = (part: tls.PeerCertificate["subject"] | undefined) =>
    cleanLine([part?.CN ?? part?.O ?? ""].flat().join(", "));
  return {
    sha256: cert.fingerprint256,
    subject: name(cert.subject),
    issuer: name(cert.issuer),
    validFrom: cert.valid_from,
    validTo: cert.valid_to,
    names: cleanLine(cert.subjectaltname ?? "", NAMES_CHARS),
  };
}

/** A certificate other than the pinned ones. */
export class FingerprintMismatch extends Error {
  readonly code = "FINGERPRINT_MISMATCH";
  readonly seen: string;
  readonly certificate: CertificateFacts;
  constructor(certificate: CertificateFacts, expected: readonly string[]) {
    super(
      `The server's certificate has the SHA-256 fingerprint ${certificate.sha256}, expected ${expected.join(" or ")}.`,
    );
    this.seen = certificate.sha256;
    this.certificate = certificate;
  }
}

/** How to open a connection to the same place: through the proxy, if there is one. */
export type Dial = (options: tls.ConnectionOptions) => Promise<tls.TLSSocket>;

interface InspectParts {
  readonly dial?: Dial;
  /** Ends the look. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks at a server's certificate for an error message: connects, reads it, sends nothing. */
export function inspectCertificate(
  baseUrl: string,
  timeoutMs: number,
  { dial = async (options) => tls.connect(options), signal }: InspectParts = {},
): Promise<CertificateFacts | undefined> {
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(undefined), timeoutMs);
    signal?.addEventListener("abort", () => resolve(undefined), { once: true });
    const finish = (socket?: tls.TLSSocket, facts?: CertificateFacts) => {
      clearTimeout(late);
      socket?.destroy();
      resolve(facts);
    };
    dial({
      host,
      port: Number(url.port || 443),
      // As requests do: a proxy may show another certificate for another name.
      servername: isIP(host) ? "" : host,
      rejectUnauthorized: false,
    }).then(
      (socket) => {
        socket.setTimeout(timeoutMs, () => finish(socket));
        // Only wanted for a message about a failure that is being reported already.
        socket.on("error", () => finish(socket));
        socket.once("secureConnect", () => finish(socket, factsOfPeer(socket)));
      },
      () => finish(),
    );
  });
}

/** What an operator needs to know of a mistrusted certificate, a line each: what it is, what is wrong, what to set. */
export function mistrustLines({ baseUrl, trust, code, seen }: Mistrust): readonly string[] {
  return [
    `Subject: ${seen.subject}; issuer: ${seen.issuer}; valid from ${seen.validFrom} to ${seen.validTo}; SHA-256: ${seen.sha256}`,
    reasonFor(baseUrl, trust, code, seen),
    `PVE_FINGERPRINT=${[...otherPins(trust), seen.sha256].join(",")}`,
  ];
}

/** Where several certificates are pinned, others than this one stay. */
const otherPins = (trust: Tls): readonly string[] =>
  trust.mode === "fingerprint" && trust.sha256.length > 1 ? trust.sha256 : [];

function reasonFor(baseUrl: string, trust: Tls, code: string, seen: CertificateFacts): string {
  if (code === "FINGERPRINT_MISMATCH")
    return "If it was renewed, check the new fingerprint on the node (pvenode cert info), then set:";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "");
    const address = isIP(host)
      ? `PVE_BASE_URL names the IP address ${host}, which is not among its names. `
      : "";
    return `${address}It is made out to: ${seen.names || seen.subject}. Use one of these names in PVE_BASE_URL, or pin it:`;
  }
  if (code === "CERT_HAS_EXPIRED")
    return "It has expired: renew it on the node (pvecm updatecerts --force, or your ACME setup), or pin it meanwhile:";
  if (code === "CERT_NOT_YET_VALID")
    return "It is not valid yet: compare the clocks of this machine and of the node, or pin it meanwhile:";
  if (trust.mode === "ca")
    return "PVE_CA_FILE does not vouch for it: give the CA that signed it (/etc/pve/pve-root-ca.pem), or pin it:";
  return "If this fingerprint is the node's (compare: pvenode cert info), add this line to the server's environment:";
}
