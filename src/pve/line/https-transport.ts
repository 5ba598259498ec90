import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import type { ClientCertificate, HttpProxy, Tls } from "../../config/config.ts";
import { usesProxy } from "../../config/proxy.ts";
import {
  type Dial,
  FingerprintMismatch,
  factsOfPeer,
  inspectCertificate,
  type Mistrust,
} from "./certificate.ts";
import { isMistrust } from "./network-errors.ts";
import { type Transport, type WireRequest, type WireResponse, withSending } from "./transport.ts";
import { openTunnel } from "./tunnel.ts";

/** Connections kept to one node where nothing else is said; further requests wait for one of them. */
export const MAX_CONNECTIONS = 12;
/** pveproxy closes an idle connection after 5 s; one of ours must be gone before. */
const IDLE_MS = 4_000;
/** A node that has not completed a connection by then is not there: its packets are dropped. */
const CONNECT_MS = 8_000;
/** Far above any answer of PVE's; an endless one must not fill the memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** For a look at a mistrusted certificate, besides the call that failed. */
const INSPECT_MS = 3_000;

/** How a node is reached besides its address. */
export interface Way {
  readonly trust: Tls;
  readonly proxy?: HttpProxy | undefined;
  /** Shown to a reverse proxy in front of PVE that asks for one. */
  readonly client?: ClientCertificate | undefined;
  readonly maxConnections?: number | undefined;
}

/** Always for this connection only, never for the process. */
function agentOptions({ trust, client, maxConnections = MAX_CONNECTIONS }: Way): https.AgentOptions {
  const pool = {
    keepAlive: true,
    maxSockets: maxConnections,
    timeout: IDLE_MS,
    scheduling: "lifo" as const,
    ...(client ? { cert: client.cert, key: client.key.reveal() } : {}),
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

/** Connects at once, or through a proxy's tunnel when that stands. */
type Opened = (error: Error | null, socket: Duplex) => void;

/** Knows connections by address alone: the trust is the same for all, and its PEM would be hashed at each request. */
class NodeAgent extends https.Agent {
  readonly #pins: readonly string[] | undefined;
  readonly #proxy: HttpProxy | undefined;
  constructor(way: Way) {
    super(agentOptions(way));
    this.#pins = way.trust.mode === "fingerprint" ? way.trust.sha256 : undefined;
    this.#proxy = way.proxy;
  }

  override getName({ host, port }: http.RequestOptions = {}): string {
    return `${host}:${port}`;
  }

  /** Without a proxy the socket is returned at once: the agent does not count one that comes later. */
  override createConnection(options: http.RequestOptions, opened?: Opened): Duplex | undefined {
    const given = options as tls.ConnectionOptions & { host: string; port: number };
    if (!this.#proxy) return this.#secured(given);
    openTunnel(this.#proxy, given.host, given.port, CONNECT_MS).then(
      (socket) => opened?.(null, this.#secured({ ...given, socket })),
      (error: Error) => opened?.(error, undefined as never),
    );
    return undefined;
  }

  /** With pins, nothing is sent over a connection before its leaf certificate has proved to be one of them. */
  #secured(options: tls.ConnectionOptions): Duplex {
    const pins = this.#pins;
    if (!pins) return tls.connect(options);
    const socket = tls.connect({ ...options, rejectUnauthorized: false });
    socket.cork();
    socket.once("secureConnect", () => {
      const seen = factsOfPeer(socket);
      if (pins.includes(seen.sha256)) socket.uncork();
      else socket.destroy(new FingerprintMismatch(seen, pins));
    });
    return socket;
  }
}

/**
 * The transport to one node, or to a reverse proxy in front of one: a pool of kept-alive connections. Its errors know
 * whether the request may have left (`unsent`), and for a mistrusted certificate what was shown (`mistrust`).
 * @param baseUrl scheme, host, port and optional path prefix, without a trailing slash
 */
export function httpsTransport(baseUrl: string, wanted: Way): Transport {
  const url = new URL(baseUrl);
  const secure = url.protocol === "https:";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const direct = wanted.proxy !== undefined && !usesProxy(wanted.proxy, hostname, port);
  const way = direct ? { ...wanted, proxy: undefined } : wanted;
  const { maxConnections = MAX_CONNECTIONS } = way;
  const agent = secure
    ? new NodeAgent(way)
    : new http.Agent({ keepAlive: true, maxSockets: maxConnections, timeout: IDLE_MS, scheduling: "lifo" });
  const prefix = url.pathname.replace(/\/+$/, "");
  const target = { hostname, port, agent };
  const request = secure ? https.request : http.request;
  let own: string | undefined;
  return {
    send: async (wire) => {
      if (wire.method !== "GET") await newsOfConnections();
      try {
        return await exchange(request, { ...target, path: prefix + wire.path }, wire, (address) => {
          own = address;
        });
      } catch (error) {
        throw await withMistrust(error, baseUrl, way, wire.signal);
      }
    },
    close: () => agent.destroy(),
    ownAddress: () => own,
  };
}

/**
 * Lets the event loop look at its sockets once, so that a change does not go over a connection whose end has arrived
 * already: between two rounds of immediates it polls.
 */
const newsOfConnections = async (): Promise<void> => {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
};

/** The error of a mistrusted certificate with what the server showed. */
async function withMistrust(
  error: unknown,
  baseUrl: string,
  way: Way,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (!(error instanceof Error) || !("code" in error) || !isMistrust(String(error.code))) return error;
  const { trust, proxy } = way;
  const dial: Dial = async (options) => {
    if (!proxy) return tls.connect(options);
    const socket = await openTunnel(proxy, options.host ?? "", options.port ?? 443, INSPECT_MS);
    return tls.connect({ ...options, socket });
  };
  const seen =
    error instanceof FingerprintMismatch
      ? error.certificate
      : await inspectCertificate(baseUrl, INSPECT_MS, { dial, signal });
  const mistrust: Mistrust | undefined = seen && { baseUrl, trust, code: String(error.code), seen };
  return Object.assign(error, mistrust ? { mistrust } : {});
}

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });

/** A connection that still has to come about: nothing has been sent over it. */
const isOpening = (socket: Socket): boolean =>
  socket.connecting || ("secureConnecting" in socket && socket.secureConnecting === true);

function exchange(
  request: typeof http.request,
  target: http.RequestOptions,
  { method, headers, body, signal, maxBytes = MAX_ANSWER_BYTES }: WireRequest,
  from: (address: string | undefined) => void,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    let unsent = true;
    let late: NodeJS.Timeout | undefined;
    const fail = (error: unknown) => {
      clearTimeout(late);
      reject(withSending(error, unsent));
    };
    const outgoing = request({ ...target, method, headers, ...(signal ? { signal } : {}) }, (incoming) => {
      const chunks: Buffer[] = [];
      from(incoming.socket.localAddress?.replace(/^::ffff:/, ""));
      const encoding = incoming.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity")
        incoming.destroy(
          coded(`the answer is compressed (${encoding}), which nobody asked for.`, "ANSWER_ENCODED"),
        );
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        chunks.length = 0;
        incoming.destroy(coded(`the answer is longer than ${maxBytes} bytes.`, "ANSWER_TOO_LONG"));
      });
      incoming.on("error", fail);
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
    outgoing.on("socket", (socket) => {
      if (socket.destroyed) return;
      if (!isOpening(socket)) {
        unsent = false;
        return;
      }
      late = setTimeout(
        () => outgoing.destroy(coded(`no connection within ${CONNECT_MS / 1000} s`, "ETIMEDOUT")),
        CONNECT_MS,
      );
      socket.once(socket instanceof tls.TLSSocket ? "secureConnect" : "connect", () => {
        clearTimeout(late);
        // A certificate that is not the pinned one has ended it already.
        unsent = socket.destroyed;
      });
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
