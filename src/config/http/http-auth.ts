import { fromFile, type ReadFile } from "../from-file.ts";
import type { Present, Reading } from "../read-settings.ts";
import type { HttpAuth, OAuthConfig } from "./http-config.ts";

/** Settings that say how the tokens of an issuer are judged. */
const OF_ISSUER = ["MCP_OAUTH_AUDIENCE", "MCP_OAUTH_JWKS_URL", "MCP_OAUTH_SCOPES"] as const;

/**
 * How callers are told from each other, or undefined with every reason added to `problems`.
 * @param local whether the server listens on loopback; undefined when that is not known
 */
export function readHttpAuth(
  values: Reading["values"],
  set: Present,
  local: boolean | undefined,
  readFile: ReadFile,
  problems: string[],
): HttpAuth | undefined {
  const before = problems.length;
  const without = OF_ISSUER.filter((name) => set.has(name));
  if (!set.has("MCP_OAUTH_ISSUER") && without.length > 0)
    problems.push(`${without.join(" and ")}: no use without MCP_OAUTH_ISSUER, so set that too`);
  if (values.MCP_AUTH === "none") {
    checkNobody(values, set, local, problems);
    return problems.length > before ? undefined : { kind: "none" };
  }
  if (!set.has("MCP_TOKENS_FILE") && !set.has("MCP_OAUTH_ISSUER")) {
    problems.push(
      "MCP_AUTH=bearer (the default) needs to know whom to accept: set MCP_TOKENS_FILE (mcp-pve token NAME makes an entry), MCP_OAUTH_ISSUER, or both; on loopback also MCP_AUTH=none",
    );
  }
  const tokensFile = values.MCP_TOKENS_FILE;
  // What it says is read by the server, again and again; here only whether it can be.
  if (tokensFile !== undefined)
    fromFile("MCP_TOKENS_FILE", tokensFile, readFile, problems, () => ({ value: true }));
  const oauth = readOAuth(values, set, problems);
  if (values.MCP_AUTH === undefined || problems.length > before) return undefined;
  if (tokensFile === undefined && oauth === undefined) return undefined;
  return {
    kind: "bearer",
    ...(tokensFile === undefined ? {} : { tokensFile }),
    ...(oauth === undefined ? {} : { oauth }),
  };
}

/** What forbids that everybody is anonymous. */
function checkNobody(
  values: Reading["values"],
  set: Present,
  local: boolean | undefined,
  problems: string[],
): void {
  const tellers = ["MCP_TOKENS_FILE", "MCP_OAUTH_ISSUER"].filter((name) => set.has(name));
  if (tellers.length > 0) {
    problems.push(
      `MCP_AUTH=none contradicts ${tellers.join(" and ")}: leave MCP_AUTH unset to have tokens asked for`,
    );
  }
  if (local === false) {
    problems.push(
      "MCP_AUTH=none is for loopback only: leave MCP_AUTH unset and set MCP_TOKENS_FILE or MCP_OAUTH_ISSUER, or leave MCP_HOST unset",
    );
  }
  if (values.MCP_BEHIND_PROXY === true) {
    problems.push(
      "MCP_AUTH=none contradicts MCP_BEHIND_PROXY: everybody behind the proxy would have the whole tier; leave MCP_AUTH unset and set MCP_TOKENS_FILE or MCP_OAUTH_ISSUER",
    );
  }
}

function readOAuth(values: Reading["values"], set: Present, problems: string[]): OAuthConfig | undefined {
  const { MCP_OAUTH_ISSUER: issuer, MCP_OAUTH_JWKS_URL: jwksUrl, MCP_OAUTH_SCOPES: scopes } = values;
  const audience = values.MCP_OAUTH_AUDIENCE ?? values.MCP_PUBLIC_URL;
  if (set.has("MCP_OAUTH_ISSUER") && !set.has("MCP_OAUTH_AUDIENCE") && !set.has("MCP_PUBLIC_URL")) {
    problems.push(
      "MCP_OAUTH_ISSUER needs to know which tokens are for this server: set MCP_PUBLIC_URL, or MCP_OAUTH_AUDIENCE to what they name as their audience",
    );
  }
  if (issuer === undefined || audience === undefined || scopes === undefined) return undefined;
  return { issuer, audience, ...(jwksUrl === undefined ? {} : { jwksUrl }), scopes };
}
