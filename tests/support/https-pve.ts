import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** What the server does with a request. */
export interface Reaction {
  readonly status?: number;
  readonly reason?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, in place of JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Before the answer, in milliseconds. */
  readonly delayMs?: number;
  /** `hang`: never answer; `close`: drop the connection instead of answering. */
  readonly instead?: "hang" | "close";
}

export interface Seen {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly remotePort: number;
  /** The client left before it was answered. */
  dropped: boolean;
}

export type Behaviour = (request: Seen) => Reaction | undefined;

export type CertificateName = "self-signed" | "leaf" | "other-name" | "expired";

export interface HttpsPve {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** SHA-256 of the certificate shown, as PVE writes it. */
  readonly fingerprint: string;
  readonly seen: readonly Seen[];
  /** Resolves when a request whose `METHOD path` begins with the text has arrived. */
  readonly arrived: (start: string) => Promise<Seen>;
  readonly close: () => Promise<void>;
}

/** A file of the test certificates, e.g. `ca.pem`. */
export const tlsFile = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

const HEALTHY: Readonly<Record<string, unknown>> = {
  "GET /api2/json/version": { version: "9.2.11", release: "9.2", repoid: "test" },
  "GET /api2/json/access/permissions": { "/": { "Sys.Audit": 1, "VM.Audit": 1 } },
  "GET /api2/json/nodes": [{ node: "pve1", status: "online", type: "node", id: "node/pve1" }],
  "GET /api2/json/cluster/resources": [
    { id: "qemu/100", type: "qemu", vmid: 100, node: "pve1", name: "web", status: "running" },
  ],
};

/** What pveproxy answers to a wrong token: no JSON, and nothing in the body. */
export const REFUSED_TOKEN: Reaction = { status: 401, reason: "Authentication failed!", text: "" };

/** A PVE over HTTPS that answers a handful of reads, or what `behave` says. */
export async function startPve(
  behave: Behaviour = () => undefined,
  certificate: CertificateName = "self-signed",
  wantedPort = 0,
): Promise<HttpsPve> {
  const cert = readFileSync(tlsFile(`${certificate}.pem`));
  const seen: Seen[] = [];
  const waiting: { start: string; found: (seen: Seen) => void }[] = [];
  const server = https.createServer(
    { cert, key: readFileSync(tlsFile(`${certificate}.key`)), keepAliveTimeout: 5_000 },
    (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const entry: Seen = {
          method: incoming.method ?? "",
          path: incoming.url ?? "",
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString("utf8"),
          remotePort: incoming.socket.remotePort ?? 0,
          dropped: false,
        };
        seen.push(entry);
        outgoing.on("close", () => {
          entry.dropped = !outgoing.writableFinished;
        });
        for (const { start, found } of waiting) {
          if (`${entry.method} ${entry.path}`.startsWith(start)) found(entry);
        }
        const reaction = behave(entry) ?? healthy(entry);
        if (reaction.instead === "close") incoming.socket.destroy();
        else if (reaction.instead !== "hang") {
          setTimeout(() => answer(outgoing, reaction), reaction.delayMs ?? 0);
        }
      });
    },
  );
  // A client that mistrusts the certificate leaves in the middle of the handshake.
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(wantedPort, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    fingerprint: new X509Certificate(cert).fingerprint256,
    seen,
    arrived: (start) => {
      const earlier = seen.find(({ method, path }) => `${method} ${path}`.startsWith(start));
      return earlier
        ? Promise.resolve(earlier)
        : new Promise((found) => {
            waiting.push({ start, found });
          });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function healthy({ method, path }: Seen): Reaction {
  const route = `${method} ${path.split("?")[0]}`;
  return Object.hasOwn(HEALTHY, route)
    ? { json: { data: HEALTHY[route] } }
    : { status: 501, reason: `Method '${method} ${path}' not implemented`, json: { data: null } };
}

function answer(outgoing: import("node:http").ServerResponse, reaction: Reaction): void {
  const { status = 200, reason = "OK", json, text, headers } = reaction;
  const type = json === undefined ? {} : { "content-type": "application/json;charset=UTF-8" };
  outgoing.writeHead(status, reason, { ...type, ...headers });
  outgoing.end(text ?? JSON.stringify(json ?? { data: null }));
}
