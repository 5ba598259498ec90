import type { Connection, Tls } from "./config.ts";
import type { Parsed } from "./parsed.ts";
import type { Present, Reading } from "./read-settings.ts";
import type { Secret } from "./secret.ts";
import { showPath } from "./show.ts";
import { parseCaFile } from "./tls.ts";
import { parseTokenSecret } from "./token.ts";

/** Gives a file's text or throws an error with a `code`, as `fs.readFileSync` does. */
export type ReadFile = (path: string) => string;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
};

/** The connection's part of the configuration, or undefined with every reason added to `problems`. */
export function readConnection(
  set: Present,
  { values, missing }: Reading,
  readFile: ReadFile,
  problems: string[],
): Connection | undefined {
  const open = missing.map((name): string => name);
  if (!set.has("PVE_TOKEN_SECRET") && !set.has("PVE_TOKEN_SECRET_FILE")) {
    open.push("PVE_TOKEN_SECRET (or PVE_TOKEN_SECRET_FILE)");
  }
  if (open.length > 0) {
    problems.unshift(
      `Not set: ${open.join(", ")}. They name the PVE and the API token to use; without a PVE at hand, try "mcp-pve demo".`,
    );
  }
  const tokenSecret = readSecret(set, values, readFile, problems);
  const tls = readTls(set, values, readFile, problems);
  const { PVE_BASE_URL: baseUrls, PVE_TOKEN_ID: tokenId, PVE_TIMEOUT: timeout } = values;
  const { PVE_MAX_REQUESTS: maxRequests } = values;
  if (!baseUrls || !tokenId || !tokenSecret || !tls || timeout === undefined || maxRequests === undefined)
    return undefined;
  return { baseUrls, tokenId, tokenSecret, tls, timeout, maxRequests };
}

function readSecret(
  set: Present,
  values: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): Secret | undefined {
  if (set.has("PVE_TOKEN_SECRET") && set.has("PVE_TOKEN_SECRET_FILE")) {
    problems.push("PVE_TOKEN_SECRET and PVE_TOKEN_SECRET_FILE are both set: choose one");
    return undefined;
  }
  const path = values.PVE_TOKEN_SECRET_FILE;
  if (path === undefined) return values.PVE_TOKEN_SECRET;
  return fromFile("PVE_TOKEN_SECRET_FILE", path, readFile, problems, (content) => {
    const secret = content.replace(/^\uFEFF/, "").trim();
    if (secret === "") return { problem: "names a file that is empty" };
    const outcome = parseTokenSecret(secret);
    return "value" in outcome ? outcome : { problem: `names a file whose text ${outcome.problem}` };
  });
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

/** What a setting's file says, or undefined with the reason added to `problems`. */
export function fromFile<T>(
  name: string,
  path: string,
  readFile: ReadFile,
  problems: string[],
  parse: (content: string) => Parsed<T>,
): T | undefined {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    problems.push(`${name}: cannot read ${showPath(path)}: ${cause(error)}`);
    return undefined;
  }
  const outcome = parse(content);
  if ("value" in outcome) return outcome.value;
  problems.push(`${name} ${outcome.problem}`);
  return undefined;
}

/** Why a file could not be used. Only the code: an error's own message repeats the path, which may be a secret in the wrong variable. */
export function cause(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return "unknown cause";
  const words = CAUSES[code];
  return words === undefined ? code : `${words} (${code})`;
}
