import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import type { Tls } from "../config/config.ts";
import type { Transport, WireRequest, WireResponse } from "./transport.ts";

/** Connections kept to one cluster; further calls wait for one of them. */
export const MAX_CONNECTIONS = 12;
/** pveproxy closes an idle connection after 5 s; one of ours must be gone before. */
const IDLE_MS = 4_000;

/** A certificate other than the pinned one. */
class FingerprintMismatch extends Error {
  readonly code = "FINGERPRINT_MISMATCH";
  readonly seen: string;
  constructor(seen: string, expected: string) {
    super(`The server's certificate has the SHA-256 fingerprint ${seen}, expected ${expected}.`);
    this.seen = seen;
  }
}

/** Always for this connection only, never for the process. */
function agentOptions(trust: Tls): https.AgentOptions {
  const pool = {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS,
    timeout: IDLE_MS,
    scheduling: "lifo" as const,
  };
  // Where no chain is judged, an empty list spares reading the system's roots: as much time as starting Node.
  const unjudged = { ca: [], rejectUnauthorized: false };
  // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off behind the operator's back.
  const judged = { rejectUnauthorized: true };
  switch (trust.mode) {
    case "system":
      return { ...pool, ...judged };
    case "ca":
      return { ...pool, ...judged, ca: trust.pem };
    case "off":
      return { ...pool, ...unjudged };
    case "fingerprint":
      // The chain is not asked: the pin below decides. Sessions are not resumed, a resumed one shows no certificate.
      return { ...pool, ...unjudged, maxCachedSessions: 0 };
  }
}

/** Knows connections by address alone: the trust is the same for all, and its PEM would be hashed at each request. */
class PoolAgent extends https.Agent {
  override getName({ host, port }: http.RequestOptions = {}): string {
    return `${host}:${port}`;
  }
}

/** Sends nothing over a connection before its leaf certificate has proved to be the pinned one. */
class PinnedAgent extends PoolAgent {
  readonly #sha256: string;
  constructor(options: https.AgentOptions, sha256: string) {
    super(options);
    this.#sha256 = sha256;
  }
  /** Returns the socket at once: the agent does not count one that comes later, and would open too many. */
  override createConnection(options: http.RequestOptions): Duplex {
    const socket = tls.connect({ ...(options as tls.ConnectionOptions), rejectUnauthorized: false });
    socket.cork();
    socket.once("secureConnect", () => {
      const seen = socket.getPeerCertificate().fingerprint256;
      if (seen === this.#sha256) socket.uncork();
      else socket.destroy(new FingerprintMismatch(seen, this.#sha256));
    });
    return socket;
  }
}

/**
 * The transport to a real PVE: one pool of kept-alive connections.
 * @param baseUrl scheme, host, port and optional path prefix, without a trailing slash
 */
export function httpsTransport(baseUrl: string, trust: Tls): Transport {
  const url = new URL(baseUrl);
  const secure = url.protocol === "https:";
  const options = agentOptions(trust);
  const agent = secure
    ? trust.mode === "fingerprint"
      ? new PinnedAgent(options, trust.sha256)
      : new PoolAgent(options)
    : new http.Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_MS, scheduling: "lifo" });
  const prefix = url.pathname.replace(/\/+$/, "");
  const target = {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    agent,
  };
  const request = secure ? https.request : http.request;
  let own: string | undefined;
  return {
    send: (wire) =>
      exchange(request, { ...target, path: prefix + wire.path }, wire, (address) => {
        own = address;
      }),
    close: () => agent.destroy(),
    ownAddress: () => own,
  };
}

function exchange(
  request: typeof http.request,
  target: http.RequestOptions,
  { method, headers, body, signal, maxBytes }: WireRequest,
  from: (address: string | undefined) => void,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, method, headers, ...(signal ? { signal } : {}) }, (incoming) => {
      const chunks: Buffer[] = [];
      from(incoming.socket.localAddress?.replace(/^::ffff:/, ""));
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (maxBytes !== undefined && bytes > maxBytes)
          incoming.destroy(new Error(`the answer is longer than ${maxBytes} bytes`));
      });
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? "",
          headers: {
            "content-type": incoming.headers["content-type"],
            location: incoming.headers.location,
            date: incoming.headers.date,
          },
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What a server shows of its certificate. */
export interface CertificateFacts {
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: string;
  readonly names: string;
}

/** Looks at a server's certificate for an error message: connects, reads it, sends nothing. */
export function inspectCertificate(
  baseUrl: string,
  timeoutMs: number,
): Promise<CertificateFacts | undefined> {
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = tls.connect({
      host,
      port: Number(url.port || 443),
      // As requests do: a proxy may show another certificate for another name.
      servername: isIP(host) ? "" : host,
      rejectUnauthorized: false,
    });
    const finish = (facts?: CertificateFacts) => {
      socket.destroy();
      resolve(facts);
    };
    socket.setTimeout(timeoutMs, () => finish());
    // Only wanted for a message about a failure that is being reported already.
    socket.once("error", () => finish());
    socket.once("secureConnect", () => {
      const cert = socket.getPeerCertificate();
      const name = (part: tls.PeerCertificate["subject"] | undefined) => [part?.CN].flat().join(", ");
      finish({
        sha256: cert.fingerprint256,
        subject: name(cert.subject),
        issuer: name(cert.issuer),
        validTo: cert.valid_to,
        names: cert.subjectaltname ?? "",
      });
    });
  });
}
