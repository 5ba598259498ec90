import type { OAuthConfig } from "../../../config/http/http-config.ts";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** What RFC 9728 has a protected resource say of itself. */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly ["header"];
  readonly resource_name: string;
}

/** @param resource the address that clients use, `https://mcp.example.com/mcp` */
export const resourceMetadata = ({ issuer, scopes }: OAuthConfig, resource: string): ResourceMetadata => ({
  resource,
  authorization_servers: [issuer],
  scopes_supported: [...scopes.keys()],
  bearer_methods_supported: ["header"],
  resource_name: "mcp-pve",
});

/** Where that document is looked for: the well-known part comes between host and path. */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname.replace(/\/+$/, "")}`;
}
