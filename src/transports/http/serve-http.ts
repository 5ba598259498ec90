import { readFileSync, statSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { HttpConfig } from "../../config/http/http-config.ts";
import type { Host } from "../../mcp/host.ts";
import { createMcpServer } from "../../mcp/server.ts";
import { RunningCalls } from "../calls.ts";
import { createAuthenticator } from "./auth/authenticate.ts";
import { createCallerLimits } from "./caller-limits.ts";
import { createFront, MCP_PATH, type Readiness } from "./front.ts";
import { createMcpEndpoint } from "./mcp-endpoint.ts";

/** MCP as it is served over HTTP. */
export interface HttpSession {
  /** Where it is served, `http://127.0.0.1:3000/mcp`. */
  readonly url: string;
  /** Begins nothing new, lets what runs end for a while, cancels the rest. */
  readonly close: () => Promise<void>;
}

/** Makes the server of one request. */
export type MakeServer = typeof createMcpServer;

/** What serving takes from outside. */
interface HttpParts {
  readonly ready: () => Promise<Readiness>;
  readonly log: (line: string) => void;
  /** Absent: the server of this project. */
  readonly makeServer?: MakeServer;
}

/** How long running calls may take to answer when the process ends, in milliseconds. */
const DRAIN_MS = 10_000;
/** What was cancelled may still say so, in milliseconds. */
const LAST_MS = 500;
/** A request's headers, and all of it, must have come after so long, in milliseconds. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const HEADER_BYTES = 16 * 1024;
const CONNECTIONS = 2_000;
/** How often renewed certificates are looked for, in milliseconds. */
const RENEWAL_MS = 30_000;

/** Serves MCP over HTTP. Resolves once it listens; rejects when it cannot. */
export async function serveHttp(
  host: Host,
  config: HttpConfig,
  { ready, log, makeServer = createMcpServer }: HttpParts,
): Promise<HttpSession> {
  const calls = new RunningCalls();
  let draining = false;
  const endpoint = createMcpEndpoint(
    ({ caller, id }) => makeServer(host.appFor(caller.bounds), calls, { name: caller.name, request: id }),
    (error) => log(`MCP: ${error.message}`),
  );
  const front = createFront({
    config,
    endpoint,
    authenticator: createAuthenticator(config.auth, { log }),
    limits: createCallerLimits(config),
    ready,
    draining: () => draining,
    log,
  });
  const server = listener(config, front, log);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host.replace(/^\[(.*)\]$/, "$1"), () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  return {
    url: addressOf(server, config),
    close: async () => {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await calls.settle(DRAIN_MS);
      await Promise.race([closed, new Promise((done) => setTimeout(done, LAST_MS))]);
      await endpoint.close();
      server.closeAllConnections();
    },
  };
}

function addressOf(server: Server, { tls }: HttpConfig): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${tls ? "https" : "http"}://${family === "IPv6" ? `[${address}]` : address}:${port}${MCP_PATH}`;
}

/** The server with limits on what it takes before anybody looks at a request. */
function listener(
  { tls }: HttpConfig,
  front: RequestListener,
  log: (line: string) => void,
): Server | TlsServer {
  const options = {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 5_000,
  };
  const server = tls
    ? createTlsServer({ ...options, ...readPair(tls) }, front)
    : createServer(options, front);
  server.maxConnections = CONNECTIONS;
  if (tls && "setSecureContext" in server) watchPair(server, tls, log);
  return server;
}

type PairFiles = NonNullable<HttpConfig["tls"]>;

const readPair = ({ certFile, keyFile }: PairFiles) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
});

/** Takes a renewed certificate without a restart; one that cannot be used leaves the old one in place, and is told. */
function watchPair(server: TlsServer, files: PairFiles, log: (line: string) => void): void {
  const stamp = () => [files.certFile, files.keyFile].map((path) => statSync(path).mtimeMs).join(" ");
  let seen = stamp();
  const timer = setInterval(() => {
    try {
      const now = stamp();
      if (now === seen) return;
      server.setSecureContext(readPair(files));
      seen = now;
      log("The renewed certificate of MCP_TLS_CERT_FILE is in use.");
    } catch (error) {
      log(
        `Warning: the certificate of MCP_TLS_CERT_FILE could not be renewed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }, RENEWAL_MS);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}
