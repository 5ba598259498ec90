import { validateHostHeader } from "@modelcontextprotocol/server";
import type { HttpConfig } from "../../config/http/http-config.ts";
import { isAllowedOrigin } from "../../config/http/origin.ts";

/** A name or an address and a port: nothing that a URL could have besides. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** Why a request is refused for where it says it goes or comes from; undefined when it is not. */
export function foreignHost(
  { allowedHosts, allowedOrigins }: Pick<HttpConfig, "allowedHosts" | "allowedOrigins">,
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
): string | undefined {
  // A browser that was lured here by another name must get nothing (DNS rebinding).
  if (!HOST.test(headers.host ?? "") || !validateHostHeader(headers.host, [...allowedHosts]).ok)
    return "The Host header names no host of this server: MCP_PUBLIC_URL and MCP_ALLOWED_HOSTS say which it has.";
  const { origin } = headers;
  if (origin === undefined || isAllowedOrigin(origin, allowedOrigins)) return undefined;
  return "Calls from that Origin are not admitted: MCP_ALLOWED_ORIGINS names those that are.";
}
