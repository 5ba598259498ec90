import { cleanLine } from "../render/clean.ts";
import { type Json, record, str } from "./data.ts";
import { PveError } from "./errors.ts";
import { mistrustLines } from "./line/certificate.ts";
import { NoNode } from "./line/fail-over.ts";
import { connectionError } from "./line/network-errors.ts";
import type { Transport } from "./line/transport.ts";
import { API } from "./path.ts";
import { readReply } from "./reply.ts";

/** How start-up reaches PVE; `timeoutMs` is for each of its calls. */
export interface StartupCall {
  readonly transport: Transport;
  readonly authorization: string;
  readonly timeoutMs: number;
}

/** A read that start-up makes before the endpoint table is loaded; the path is one of ours, without parameters. */
async function read(
  route: "GET /version" | "GET /access/permissions",
  { transport, authorization, timeoutMs }: StartupCall,
): Promise<Json> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await transport.send({
      method: "GET",
      path: API + route.slice("GET ".length),
      headers: { authorization, accept: "application/json" },
      signal,
    });
    return readReply(route, response).data;
  } catch (error) {
    if (error instanceof PveError) throw error;
    if (signal.aborted) {
      throw new PveError("timeout", `No answer within ${timeoutMs / 1000} s.`, { route, cause: error });
    }
    throw connectionError(error, route, true);
  }
}

/** PVE's version, which proves address, trust and token at once (GET /version). Throws a PveError. */
export async function probeVersion(call: StartupCall): Promise<string> {
  const version = str(record(await read("GET /version", call)), "version");
  if (version === undefined)
    throw new PveError("not-pve", "The answer names no PVE version.", { route: "GET /version" });
  return cleanLine(version);
}

/** True when the token has no privilege at all (GET /access/permissions is empty). */
export async function hasNoPrivileges(call: StartupCall): Promise<boolean> {
  return Object.keys(record(await read("GET /access/permissions", call))).length === 0;
}

/** What an empty list means for a token without privileges, and the line that gives it some. */
export const noPrivilegesText = (tokenId: string): string =>
  tokenId.includes("!")
    ? `This token has no privileges here: with privilege separation a token gets none from its user. On a node: pveum acl modify / --tokens '${tokenId}' --roles PVEAuditor`
    : `The user ${tokenId} has no privileges here. On a node: pveum acl modify / --users '${tokenId}' --roles PVEAuditor`;

/** A message for the operator about a start-up check that failed: the cause, and what to do. Holds no secret. */
export function explainStartup(error: unknown, to: { baseUrl: string; tokenId: string }): string {
  const told = explain(error, to);
  const cause = error instanceof PveError ? error.detail.cause : undefined;
  return cause instanceof NoNode ? `${told}\nAltogether ${cleanLine(cause.message)}` : told;
}

function explain(error: unknown, { baseUrl, tokenId }: { baseUrl: string; tokenId: string }): string {
  if (!(error instanceof PveError))
    return `The connection check failed: ${error instanceof Error ? error.message : String(error)}`;
  const { detail } = error;
  // What the other side said stays on one line of ours.
  const message = cleanLine(error.message);
  const port = new URL(baseUrl).port;
  const portHint =
    port === "8006" ? "" : ` PVE listens on port 8006; PVE_BASE_URL names ${port === "" ? "no port" : port}.`;
  switch (error.kind) {
    case "authentication":
      if (!tokenId.includes("!"))
        return `${baseUrl}: ${message}\nCheck PVE_USER, PVE_PASSWORD_FILE and, where the login asks for a one-time password, PVE_TOTP_SECRET_FILE.`;
      return [
        `${baseUrl} refused the token ${tokenId} (${message}).`,
        "Check PVE_TOKEN_ID and PVE_TOKEN_SECRET; the secret was shown once, when the token was made.",
        `A new one, on a node: ${newTokenLine(tokenId)}`,
      ].join("\n");
    case "timeout":
      return `${baseUrl} did not answer: ${message}\nA firewall that drops packets or a wrong address is the usual cause.${portHint}`;
    case "tls":
      return explainTls(error, baseUrl, portHint);
    case "not-pve":
      return `${baseUrl} answers, but not as Proxmox VE: ${message}${portHint}\nPVE_BASE_URL must name a PVE node, or a proxy that passes /api2/json on to one.`;
    case "network":
      return explainNetwork(detail.code, message, baseUrl, portHint);
    default:
      return `${baseUrl} answered GET /version with ${detail.status ?? "an error"}: ${message}.${portHint}`;
  }
}

const newTokenLine = (tokenId: string): string => {
  const [user = "", name = ""] = tokenId.split("!");
  return `pveum user token add ${user} ${name} --privsep 1`;
};

function explainNetwork(
  code: string | undefined,
  message: string,
  baseUrl: string,
  portHint: string,
): string {
  const host = new URL(baseUrl).hostname;
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens at ${baseUrl} (ECONNREFUSED).${portHint}\nCheck the address, and that pveproxy runs on the node: systemctl status pveproxy`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host name ${host} cannot be resolved (${code}). Check PVE_BASE_URL and the DNS of this machine.`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return `${host} cannot be reached from this machine (${code}). Check the network, a VPN, and firewalls.`;
    default: {
      const plain = baseUrl.startsWith("http:") ? " PVE speaks https only; PVE_BASE_URL says http." : "";
      return `The connection to ${baseUrl} failed: ${message}${code ? ` (${code})` : ""}.${plain}${portHint}`;
    }
  }
}

/** TLS spoken to something else: the handshake never got as far as a certificate. */
const NOT_TLS = /wrong version number|packet length too long|EPROTO|unexpected message|http request/;

function explainTls(error: PveError, baseUrl: string, portHint: string): string {
  const { code, mistrust } = error.detail;
  if (code === "EPROTO" && NOT_TLS.test(error.message)) {
    return `${baseUrl} does not speak TLS (wrong port, or plain HTTP).${portHint}`;
  }
  const address = mistrust?.baseUrl ?? baseUrl;
  const first =
    code === "FINGERPRINT_MISMATCH"
      ? `The certificate of ${address} is not the pinned one: ${error.message}`
      : `The certificate of ${address} is not trusted: ${error.message} (${code}).`;
  return [first, ...(mistrust ? mistrustLines(mistrust) : [])].join("\n");
}
