import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { createSimulator } from "../../src/simulator/server.ts";
import type { World } from "../../src/simulator/world.ts";
import { type CertificateName, tlsFile } from "./https-pve.ts";

export interface SimulatedHttps {
  readonly url: string;
  readonly port: number;
  readonly fingerprint: string;
  /** What arrived whole, as `METHOD path body`. */
  readonly handled: readonly string[];
  /** Shows another certificate from now on, and drops the connections that saw the old one. */
  readonly showCertificate: (name: CertificateName) => string;
  readonly server: http.Server;
  readonly close: () => Promise<void>;
}

const pair = (name: CertificateName) => ({
  cert: readFileSync(tlsFile(`${name}.pem`)),
  key: readFileSync(tlsFile(`${name}.key`)),
});
const fingerprintOf = (name: CertificateName) => new X509Certificate(pair(name).cert).fingerprint256;

/**
 * A simulated cluster behind a real socket, as pveproxy serves it: idle connections end after 5 s, of which it says
 * nothing in advance; refused requests end theirs.
 */
export async function startSimulatedHttps(
  world: World,
  { secure = true, port: wanted = 0 }: { readonly secure?: boolean; readonly port?: number } = {},
): Promise<SimulatedHttps> {
  const simulator = createSimulator(world);
  const handled: string[] = [];
  const served = new WeakMap<object, number>();
  const listener: http.RequestListener = (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const { method = "", url = "" } = incoming;
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
      const body = Buffer.concat(chunks).toString("utf8");
      handled.push(`${method} ${url} ${body}`.trimEnd());
      const number = (served.get(incoming.socket) ?? 0) + 1;
      served.set(incoming.socket, number);
      const last = number === server.maxRequestsPerSocket;
      const answer = await simulator.handle({ method, path: url, headers, ...(body ? { body } : {}) });
      const type = answer.headers["content-type"];
      const { date } = answer.headers;
      outgoing.writeHead(answer.status, answer.reason.replace(/[^\x20-\x7e]/g, "?"), {
        ...(type === undefined ? {} : { "content-type": type }),
        ...(date === undefined ? {} : { date }),
        "content-length": Buffer.byteLength(answer.body),
        connection: answer.status >= 400 || last ? "close" : "Keep-Alive",
      });
      outgoing.end(answer.body);
    });
  };
  const options = { keepAliveTimeout: 5_000 };
  const tlsServer = secure ? https.createServer({ ...options, ...pair("leaf") }, listener) : undefined;
  const server: http.Server = tlsServer ?? http.createServer(options, listener);
  server.on("tlsClientError", () => {});
  server.on("clientError", (_, socket) => void socket.destroy());
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    fingerprint: fingerprintOf("leaf"),
    handled,
    server,
    showCertificate: (name) => {
      tlsServer?.setSecureContext(pair(name));
      server.closeAllConnections();
      return fingerprintOf(name);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
