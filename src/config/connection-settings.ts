import { parseBaseUrl } from "./base-url.ts";
import type { Parsed } from "./parsed.ts";
import { parseProxy } from "./proxy.ts";
import { optional, required, withDefault } from "./setting.ts";
import { parseFingerprint } from "./tls.ts";
import { parseTokenId, parseTokenSecret, parseUser } from "./token.ts";
import { parseBoolean, parseEach, parseList, parseSeconds, parseWholeNumber } from "./values.ts";

const asWritten = (text: string): Parsed<string> => ({ value: text });

/** The part of SETTINGS that says which PVE is called, as whom and how; a simulated PVE does without. */
export const CONNECTION_SETTINGS = {
  PVE_BASE_URL: required(
    {
      group: "connection",
      type: "list of URLs",
      meaning:
        "Address of a PVE node, e.g. `https://pve.example.com:8006`, or of a reverse proxy's path in front of one. `https`, or `http` on loopback. Trailing slashes and `/api2/json` are ignored. Several, with commas between them, are nodes of one cluster: the first that answers is used.",
    },
    parseEach(parseBaseUrl),
  ),
  PVE_TOKEN_ID: optional(
    {
      group: "connection",
      type: "`user@realm!name`",
      default: "required, or `PVE_USER`",
      meaning: "The API token's id, e.g. `root@pam!mcp`.",
    },
    parseTokenId,
  ),
  PVE_TOKEN_SECRET: optional(
    {
      group: "connection",
      type: "text",
      default: "required, or the file",
      secret: true,
      verbatim: true,
      meaning: "The API token's secret, the UUID that PVE showed once.",
    },
    parseTokenSecret,
  ),
  PVE_TOKEN_SECRET_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning:
        "A file that holds the secret and nothing else, in place of `PVE_TOKEN_SECRET`. A line end is cut off.",
    },
    asWritten,
  ),
  PVE_USER: optional(
    {
      group: "connection",
      type: "`user@realm`",
      meaning:
        "A user to log in as, e.g. `root@pam`: beside a token for the few calls that PVE takes from no token, without one for all calls.",
    },
    parseUser,
  ),
  PVE_PASSWORD_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning: "A file that holds the password of `PVE_USER` and nothing else. A line end is cut off.",
    },
    asWritten,
  ),
  PVE_TOTP_SECRET_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning:
        "A file with the secret of the one-time passwords of `PVE_USER`, in base32 or as the `otpauth://totp/` address of the QR code; where the login asks for one.",
    },
    asWritten,
  ),
  PVE_VERIFY_SSL: withDefault(
    "true",
    {
      group: "connection",
      type: "boolean",
      meaning:
        "`false` accepts any certificate, for this connection only. `PVE_FINGERPRINT` does the same job safely; the two exclude each other.",
    },
    parseBoolean,
  ),
  PVE_CA_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning:
        "A PEM file with the CA to trust in place of the system's, e.g. a copy of `/etc/pve/pve-root-ca.pem`.",
    },
    asWritten,
  ),
  PVE_FINGERPRINT: optional(
    {
      group: "connection",
      type: "list of SHA-256",
      meaning:
        "Trust exactly the certificate with this SHA-256 fingerprint (64 hexadecimal digits, colons optional), as PVE shows it under the node's Certificates. Several, with commas between them: one for each node, or the old and the new one while a certificate is exchanged.",
    },
    parseEach(parseFingerprint),
  ),
  PVE_CLIENT_CERT_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning:
        "A PEM file with the certificate to show to a reverse proxy in front of PVE that asks for one.",
    },
    asWritten,
  ),
  PVE_CLIENT_KEY_FILE: optional(
    {
      group: "connection",
      type: "path",
      meaning: "A PEM file with the private key of `PVE_CLIENT_CERT_FILE`, without a passphrase.",
    },
    asWritten,
  ),
  PVE_DISCOVER_NODES: withDefault(
    "false",
    {
      group: "connection",
      type: "boolean",
      meaning:
        "Use the cluster's other nodes too, at the addresses that PVE tells (`/cluster/status`) and the port of `PVE_BASE_URL`, when those of `PVE_BASE_URL` do not answer.",
    },
    parseBoolean,
  ),
  HTTPS_PROXY: optional(
    {
      group: "connection",
      type: "URL",
      secret: true,
      meaning:
        "An HTTP proxy to reach PVE through (CONNECT), e.g. `http://proxy.example.com:3128`, with `user:password@` where it wants that. Loopback is reached without it. `https_proxy` is the same.",
    },
    parseProxy,
  ),
  NO_PROXY: optional(
    {
      group: "connection",
      type: "list of hosts",
      meaning:
        "Hosts, domains, addresses and networks (`192.0.2.0/24`) that are reached without the proxy; `*` is all. `no_proxy` is the same.",
    },
    parseList,
  ),
  PVE_TIMEOUT: withDefault(
    "30",
    {
      group: "connection",
      type: "seconds",
      meaning:
        "Time limit of a whole call, repetitions included: above 0, at most 3600. Calls that are slow by nature have longer, see [network.md](network.md).",
    },
    parseSeconds(3600),
  ),
  PVE_MAX_REQUESTS: withDefault(
    "12",
    {
      group: "connection",
      type: "whole number",
      meaning:
        "Requests to the cluster at once, 1 to 100; further ones wait their turn within their time limit.",
    },
    parseWholeNumber(1, 100),
  ),
};
