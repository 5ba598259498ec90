import type { Parsed } from "../parsed.ts";
import { optional, withDefault } from "../setting.ts";
import { parseAbsolutePath, parseBoolean, parseChoice, parseEach, parseWholeNumber } from "../values.ts";
import {
  parseAllowedHost,
  parseIssuer,
  parseJwksUrl,
  parseListenHost,
  parseOrigin,
  parsePublicUrl,
  parseScopes,
} from "./http-values.ts";

const asWritten = (text: string): Parsed<string> => ({ value: text });
const LAST_PORT = 65_535;

/** The part of SETTINGS that says how MCP is served over HTTP; of no effect over stdio, but for the first. */
export const HTTP_SETTINGS = {
  MCP_TRANSPORT: withDefault(
    "stdio",
    {
      group: "http",
      type: "`stdio`, `http`",
      meaning:
        "How MCP is served: over standard input and output to the program that started this one, or over HTTP. The other variables of this table are for `http` only.",
    },
    parseChoice("transport", ["stdio", "http"] as const),
  ),
  MCP_HOST: withDefault(
    "127.0.0.1",
    {
      group: "http",
      type: "address or host name",
      meaning:
        "Where to listen. Off loopback (127.0.0.0/8, `::1`, `localhost`) TLS is needed, ours or a reverse proxy's, and the names that clients use.",
    },
    parseListenHost,
  ),
  MCP_PORT: withDefault(
    "3000",
    { group: "http", type: "port", meaning: "The port to listen at; `0` is any free one." },
    parseWholeNumber(0, LAST_PORT),
  ),
  MCP_TLS_CERT_FILE: optional(
    {
      group: "http",
      type: "path",
      meaning: "A PEM file with the certificate to serve HTTPS with, its chain behind it.",
    },
    asWritten,
  ),
  MCP_TLS_KEY_FILE: optional(
    {
      group: "http",
      type: "path",
      meaning: "A PEM file with the private key of `MCP_TLS_CERT_FILE`, without a passphrase.",
    },
    asWritten,
  ),
  MCP_BEHIND_PROXY: withDefault(
    "false",
    {
      group: "http",
      type: "boolean",
      meaning: "A reverse proxy in front does TLS, and nobody else reaches the port.",
    },
    parseBoolean,
  ),
  MCP_PUBLIC_URL: optional(
    {
      group: "http",
      type: "URL",
      meaning:
        "The address that clients use, e.g. `https://mcp.example.com/mcp`. Its host and its origin are allowed ones.",
    },
    parsePublicUrl,
  ),
  MCP_ALLOWED_HOSTS: optional(
    {
      group: "http",
      type: "list of hosts",
      meaning:
        "Further hosts that the `Host` header of a request may name, on any port. On loopback `localhost`, `127.0.0.1` and `[::1]` always are.",
    },
    parseEach(parseAllowedHost),
  ),
  MCP_ALLOWED_ORIGINS: optional(
    {
      group: "http",
      type: "list of origins",
      meaning:
        "Further origins that a browser may call from, e.g. `https://app.example.com`. On loopback those of `localhost`, `127.0.0.1` and `[::1]` always are, on any port.",
    },
    parseEach(parseOrigin),
  ),
  MCP_AUTH: withDefault(
    "bearer",
    {
      group: "http",
      type: "`bearer`, `none`",
      meaning:
        "How callers are told from each other: by a token of `MCP_TOKENS_FILE` or of `MCP_OAUTH_ISSUER`, at least one of which is needed; or not at all, on loopback only: whoever reaches the port then has the whole tier.",
    },
    parseChoice("way to tell callers", ["bearer", "none"] as const),
  ),
  MCP_TOKENS_FILE: optional(
    {
      group: "http",
      type: "absolute path",
      meaning:
        "A file with the tokens that are accepted, as `mcp-pve token NAME` makes them; changes take effect within a second.",
    },
    parseAbsolutePath,
  ),
  MCP_OAUTH_ISSUER: optional(
    {
      group: "http",
      type: "URL",
      meaning:
        "The issuer of OAuth access tokens (JWT), exactly as they name it. `https`, or `http` on loopback.",
    },
    parseIssuer,
  ),
  MCP_OAUTH_AUDIENCE: optional(
    {
      group: "http",
      type: "text",
      default: "`MCP_PUBLIC_URL`",
      meaning: "What access tokens for this server name as their audience.",
    },
    asWritten,
  ),
  MCP_OAUTH_JWKS_URL: optional(
    {
      group: "http",
      type: "URL",
      default: "as the issuer's metadata say",
      meaning: "Where the issuer's public keys are. `https`, or `http` on loopback.",
    },
    parseJwksUrl,
  ),
  MCP_OAUTH_SCOPES: withDefault(
    "pve:read=read-only,pve:execute=read-execute,pve:full=full",
    {
      group: "http",
      type: "list of `scope=tier`",
      meaning:
        "The tier that a scope of an access token grants; the highest counts, and `PVE_ACCESS_TIER` bounds it. A token with none of these scopes is refused.",
    },
    parseScopes,
  ),
  MCP_RATE_LIMIT: withDefault(
    "600",
    {
      group: "http",
      type: "whole number",
      meaning: "Requests a minute that one caller may make, 1 to 100000.",
    },
    parseWholeNumber(1, 100_000),
  ),
  MCP_MAX_CALLS: withDefault(
    "32",
    {
      group: "http",
      type: "whole number",
      meaning: "Requests of one caller that may be under way at once, 1 to 1000.",
    },
    parseWholeNumber(1, 1000),
  ),
  MCP_METRICS_PORT: optional(
    {
      group: "http",
      type: "port",
      meaning: "A port on loopback that serves metrics for Prometheus; `0` is any free one.",
    },
    parseWholeNumber(0, LAST_PORT),
  ),
  MCP_STATE_KEY_FILE: optional(
    {
      group: "http",
      type: "path",
      meaning:
        "A file with a secret of at least 32 bytes. Codes of confirmation and ids of tasks are then good on every replica that has the same, and after a restart.",
    },
    asWritten,
  ),
};
