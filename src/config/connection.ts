import type { Connection, Tls } from "./config.ts";
import { readClientCertificate, readLogin, readToken } from "./credentials.ts";
import { fromFile, type ReadFile } from "./from-file.ts";
import type { Present, Reading } from "./read-settings.ts";
import { parseCaFile } from "./tls.ts";

/** The connection's part of the configuration, or undefined with every reason added to `problems`. */
export function readConnection(
  set: Present,
  { values, missing }: Reading,
  readFile: ReadFile,
  problems: string[],
): Connection | undefined {
  const open = missing.map((name): string => name);
  if (!set.has("PVE_USER")) {
    if (!set.has("PVE_TOKEN_ID")) open.push("PVE_TOKEN_ID");
    if (!set.has("PVE_TOKEN_SECRET") && !set.has("PVE_TOKEN_SECRET_FILE"))
      open.push("PVE_TOKEN_SECRET (or PVE_TOKEN_SECRET_FILE)");
  }
  if (open.length > 0) {
    problems.unshift(
      `Not set: ${open.join(", ")}. They name the PVE and the API token to use; without a PVE at hand, try "mcp-pve demo".`,
    );
  }
  const token = readToken(set, values, readFile, problems);
  const login = readLogin(set, values, readFile, problems);
  const client = readClientCertificate(values, readFile, problems);
  const tls = readTls(set, values, readFile, problems);
  const { PVE_BASE_URL: baseUrls, PVE_TIMEOUT: timeout, PVE_MAX_REQUESTS: maxRequests } = values;
  const tokenId = token?.id ?? login?.user;
  if (!baseUrls || !tokenId || !tls || timeout === undefined || maxRequests === undefined) return undefined;
  const proxy = values.HTTPS_PROXY;
  return {
    baseUrls,
    tokenId,
    ...(token ? { tokenSecret: token.secret } : {}),
    ...(login ? { login } : {}),
    tls,
    ...(client ? { client } : {}),
    ...(proxy ? { proxy: { ...proxy, except: values.NO_PROXY ?? [] } } : {}),
    discover: values.PVE_DISCOVER_NODES === true,
    timeout,
    maxRequests,
  };
}

function readTls(
  set: Present,
  values: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): Tls | undefined {
  const trust = ["PVE_CA_FILE", "PVE_FINGERPRINT"].filter((name) => set.has(name));
  if (values.PVE_VERIFY_SSL === false && trust.length > 0) {
    problems.push(
      `PVE_VERIFY_SSL=false contradicts ${trust.join(" and ")}: leave PVE_VERIFY_SSL unset to have the certificate checked`,
    );
  }
  if (trust.length > 1) problems.push(`${trust.join(" and ")} are both set: choose one`);
  const pem =
    values.PVE_CA_FILE === undefined
      ? undefined
      : fromFile("PVE_CA_FILE", values.PVE_CA_FILE, readFile, problems, parseCaFile);
  if (values.PVE_VERIFY_SSL === false) return { mode: "off" };
  if (pem !== undefined) return { mode: "ca", pem };
  if (values.PVE_FINGERPRINT !== undefined) return { mode: "fingerprint", sha256: values.PVE_FINGERPRINT };
  return trust.length === 0 ? { mode: "system" } : undefined;
}
