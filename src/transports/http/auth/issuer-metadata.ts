import { parseJwksUrl } from "../../../config/http/http-values.ts";
import { isObject } from "../../../record/line.ts";
import { IssuerUnavailable } from "./fetch-json.ts";

/** Where an issuer's metadata may be: RFC 8414 puts the path behind the well-known part, OpenID in front of it. */
export function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  return [
    ...new Set([
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}/.well-known/openid-configuration${path}`,
      `${origin}${path}/.well-known/openid-configuration`,
    ]),
  ];
}

/**
 * The address of an issuer's keys, from its metadata.
 * Throws an IssuerUnavailable when none of the documents names it, telling what is wrong with each.
 */
export async function discoverJwksUrl(
  issuer: string,
  getJson: (url: string) => Promise<unknown>,
): Promise<string> {
  const faults: string[] = [];
  for (const url of metadataUrls(issuer)) {
    try {
      return jwksUrlOf(await getJson(url), issuer, new URL(url).pathname);
    } catch (error) {
      if (!(error instanceof IssuerUnavailable)) throw error;
      faults.push(error.message);
    }
  }
  throw new IssuerUnavailable([...new Set(faults)].join("; "));
}

function jwksUrlOf(metadata: unknown, issuer: string, path: string): string {
  const { issuer: named, jwks_uri: url } = isObject(metadata) ? metadata : {};
  // Else one issuer of a server could speak for another one.
  if (named !== issuer)
    throw new IssuerUnavailable(`the metadata at ${path} are of another issuer than MCP_OAUTH_ISSUER names`);
  const parsed = parseJwksUrl(typeof url === "string" ? url : "");
  if ("problem" in parsed)
    throw new IssuerUnavailable(`the jwks_uri of the metadata at ${path} ${parsed.problem}`);
  return parsed.value;
}
