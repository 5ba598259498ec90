import type { ReadFile } from "../from-file.ts";
import { readKeyFile } from "../key-file.ts";
import { readKeyPair } from "../key-pair.ts";
import type { Present, Reading } from "../read-settings.ts";
import { hostName, isLoopback } from "./host-name.ts";
import { readHttpAuth } from "./http-auth.ts";
import type { HttpConfig } from "./http-config.ts";
import { withAnyPort } from "./origin.ts";

/** Shorter ones can be guessed by trying. */
const LEAST_KEY_BYTES = 32;
/** What a browser or client on this machine calls us. */
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"] as const;

/**
 * How MCP is served over HTTP, or undefined: with `problems` as they were, because it is served over stdio;
 * otherwise with every reason added to them.
 */
export function readHttp(
  values: Reading["values"],
  set: Present,
  { readFile }: { readonly readFile: ReadFile },
  problems: string[],
): HttpConfig | undefined {
  if (values.MCP_TRANSPORT !== "http") return undefined;
  const { MCP_HOST: host, MCP_PORT: port, MCP_BEHIND_PROXY: behindProxy } = values;
  const { MCP_RATE_LIMIT: perMinute, MCP_MAX_CALLS: atOnce, MCP_METRICS_PORT: metricsPort } = values;
  const local = host === undefined ? undefined : isLoopback(hostName(host) ?? host);
  const tls = readTls(values, readFile, problems);
  if (local === false) checkReachable(set, behindProxy === true, problems);
  if (metricsPort !== undefined && metricsPort !== 0 && metricsPort === port)
    problems.push("MCP_METRICS_PORT is the port of MCP_PORT: choose another one");
  const auth = readHttpAuth(values, set, local, readFile, problems);
  const stateKey = readKeyFile(
    "MCP_STATE_KEY_FILE",
    values.MCP_STATE_KEY_FILE,
    LEAST_KEY_BYTES,
    readFile,
    problems,
  );
  if (host === undefined || port === undefined || behindProxy === undefined || auth === undefined)
    return undefined;
  if (perMinute === undefined || atOnce === undefined) return undefined;
  const publicUrl = values.MCP_PUBLIC_URL;
  return {
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    behindProxy,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...allowed(values, local === true),
    auth,
    perMinute,
    atOnce,
    ...(metricsPort === undefined ? {} : { metricsPort }),
    ...(stateKey === undefined ? {} : { stateKey }),
  };
}

/** Paths of a certificate and its key that fit together; the server reads them again, so that they can be renewed. */
function readTls(
  { MCP_TLS_CERT_FILE: certFile, MCP_TLS_KEY_FILE: keyFile }: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): HttpConfig["tls"] {
  const pair = readKeyPair(
    { name: "MCP_TLS_CERT_FILE", path: certFile },
    { name: "MCP_TLS_KEY_FILE", path: keyFile },
    readFile,
    problems,
  );
  if (pair === undefined || certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile };
}

/** What a port needs that others than this machine reach. */
function checkReachable(set: Present, behindProxy: boolean, problems: string[]): void {
  if (!behindProxy && !set.has("MCP_TLS_CERT_FILE") && !set.has("MCP_TLS_KEY_FILE")) {
    problems.push(
      "MCP_HOST is not loopback, and tokens would travel in clear: set MCP_TLS_CERT_FILE and MCP_TLS_KEY_FILE, or MCP_BEHIND_PROXY=true where a reverse proxy does TLS",
    );
  }
  if (!set.has("MCP_PUBLIC_URL") && !set.has("MCP_ALLOWED_HOSTS")) {
    problems.push(
      "MCP_HOST is not loopback, and the Host header of requests could not be checked: set MCP_PUBLIC_URL to the address that clients use, or MCP_ALLOWED_HOSTS",
    );
  }
}

/** The hosts and origins that requests may name. */
function allowed(
  values: Reading["values"],
  local: boolean,
): Pick<HttpConfig, "allowedHosts" | "allowedOrigins"> {
  const own = values.MCP_PUBLIC_URL === undefined ? undefined : new URL(values.MCP_PUBLIC_URL);
  const hosts = [
    ...(own === undefined ? [] : [own.hostname]),
    ...(values.MCP_ALLOWED_HOSTS ?? []),
    ...(local ? LOOPBACK_HOSTS : []),
  ];
  const origins = [
    ...(own === undefined ? [] : [own.origin]),
    ...(values.MCP_ALLOWED_ORIGINS ?? []),
    ...(local
      ? LOOPBACK_HOSTS.flatMap((host) => [withAnyPort("http", host), withAnyPort("https", host)])
      : []),
  ];
  return { allowedHosts: [...new Set(hosts)], allowedOrigins: [...new Set(origins)] };
}
