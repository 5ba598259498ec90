import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { HttpAuth, HttpConfig } from "../../src/config/http/http-config.ts";
import type { Transport, WireRequest } from "../../src/pve/line/transport.ts";
import type { World } from "../../src/simulator/world.ts";
import { type HttpSession, serveHttp } from "../../src/transports/http/serve-http.ts";
import {
  type Connection,
  type ConnectOptions,
  callsOf,
  contractClient,
  type Era,
  simulatedHost,
} from "./mcp.ts";

/** A token of a tokens file. */
export interface TestToken {
  readonly name: string;
  readonly token: string;
}

/** A new token. */
export const newToken = (name: string): TestToken => ({
  name,
  token: `mcp_${randomBytes(32).toString("base64url")}`,
});

/** What a tokens file says of a token besides its name and hash. */
export type TokenBounds = Readonly<Record<string, unknown>>;

/** Writes a tokens file; returns its path. */
export function tokensFile(
  entries: readonly (readonly [token: TestToken, bounds: TokenBounds])[],
  path = join(mkdtempSync(join(tmpdir(), "mcp-pve-tokens-")), "tokens.json"),
): string {
  const tokens = entries.map(([{ name, token }, bounds]) => ({
    name,
    sha256: createHash("sha256").update(token).digest("hex"),
    ...bounds,
  }));
  writeFileSync(path, JSON.stringify({ tokens }), { mode: 0o600 });
  return path;
}

/** A server over HTTP. */
export interface HttpServer extends HttpSession {
  /** Every request that left for PVE. */
  readonly requests: WireRequest[];
  readonly log: string[];
  readonly closeHost: () => void;
}

interface HttpOptions extends Omit<ConnectOptions, "era" | "person"> {
  readonly auth?: HttpAuth;
  readonly http?: Partial<HttpConfig>;
  readonly answering?: () => number;
  readonly through?: (transport: Transport) => Transport;
}

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/** The real server on a simulated world, over HTTP on a free port of loopback. */
export async function startHttp(
  world: World,
  token: { readonly id: string; readonly secret: string },
  { auth = { kind: "none" }, http = {}, answering = () => 1, ...options }: HttpOptions = {},
): Promise<HttpServer> {
  const log: string[] = [];
  const take = (line: string) => void log.push(line);
  const { host, requests } = simulatedHost(world, token, { ...options, log: take });
  const config: HttpConfig = {
    host: "127.0.0.1",
    port: 0,
    behindProxy: false,
    allowedHosts: LOCAL,
    allowedOrigins: ["http://localhost:*"],
    auth,
    perMinute: 100_000,
    atOnce: 100,
    ...http,
  };
  const ready = async () => ({ clusters: 1, answering: answering() });
  const session = await serveHttp(host, config, { ready, log: take });
  return { ...session, requests, log, closeHost: host.close };
}

/** Who calls, and how. */
interface HttpClientOptions {
  readonly era: Era;
  readonly token?: string;
  readonly person?: ConnectOptions["person"];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real client of a server over HTTP. */
export async function connectHttp(
  url: string,
  { era, token, person, headers = {} }: HttpClientOptions,
): Promise<Omit<Connection, "requests">> {
  const client = contractClient(era, person);
  const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...bearer, ...headers } } }),
  );
  return { client, ...callsOf(client), close: () => client.close() };
}

/** A message as no library would check it. */
export const rawPost = (
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body,
  });
