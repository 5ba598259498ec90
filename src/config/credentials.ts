import type { ClientCertificate, Login } from "./config.ts";
import { fromFile, type ReadFile } from "./from-file.ts";
import { readKeyPair } from "./key-pair.ts";
import type { Parsed } from "./parsed.ts";
import type { Present, Reading } from "./read-settings.ts";
import { Secret } from "./secret.ts";
import { parseTokenSecret } from "./token.ts";

/** An API token. */
interface Token {
  readonly id: string;
  readonly secret: Secret;
}

/** The API token, or undefined where none is set or something is wrong with it. */
export function readToken(
  set: Present,
  values: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): Token | undefined {
  const secret = readSecret(set, values, readFile, problems);
  const id = values.PVE_TOKEN_ID;
  if (!set.has("PVE_USER")) return id && secret ? { id, secret } : undefined;
  const has = {
    id: set.has("PVE_TOKEN_ID"),
    secret: set.has("PVE_TOKEN_SECRET") || set.has("PVE_TOKEN_SECRET_FILE"),
  };
  if (has.id !== has.secret)
    problems.push("PVE_TOKEN_ID and its secret go together: set both, or none beside PVE_USER");
  return id && secret ? { id, secret } : undefined;
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

/** A user's login, or undefined where none is set or something is wrong with it. */
export function readLogin(
  set: Present,
  values: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): Login | undefined {
  const { PVE_USER: user, PVE_PASSWORD_FILE: passwordFile, PVE_TOTP_SECRET_FILE: totpFile } = values;
  const has = (name: string) => set.has(name);
  if (has("PVE_USER") !== has("PVE_PASSWORD_FILE"))
    problems.push("PVE_USER and PVE_PASSWORD_FILE go together: set both, or none");
  else if (has("PVE_TOTP_SECRET_FILE") && !has("PVE_USER"))
    problems.push("PVE_TOTP_SECRET_FILE is for a login: set PVE_USER and PVE_PASSWORD_FILE too");
  const password =
    passwordFile === undefined
      ? undefined
      : fromFile("PVE_PASSWORD_FILE", passwordFile, readFile, problems, parsePassword);
  const totp =
    totpFile === undefined
      ? undefined
      : fromFile("PVE_TOTP_SECRET_FILE", totpFile, readFile, problems, parseTotpSecret);
  return user && password ? { user, password, ...(totp ? { totp } : {}) } : undefined;
}

/** A file's password; a line end is no part of it, blanks are. */
function parsePassword(content: string): Parsed<Secret> {
  const password = content.replace(/^\uFEFF/, "").replace(/\r?\n$/, "");
  if (password === "") return { problem: "names a file that is empty" };
  if (/[\r\n]/.test(password))
    return { problem: "names a file with more than one line: give the password alone" };
  return { value: new Secret(password) };
}

/** The secret of one-time passwords as an `otpauth://totp/` address; the bare secret in base32 becomes one. */
function parseTotpSecret(content: string): Parsed<Secret> {
  const text = content.replace(/^\uFEFF/, "").trim();
  if (/^otpauth:\/\/totp\/\S+[?&]secret=[A-Za-z2-7]+/.test(text)) return { value: new Secret(text) };
  const bare = text.replace(/[\s-]/g, "").toUpperCase();
  return /^[A-Z2-7]{16,}=*$/.test(bare)
    ? { value: new Secret(`otpauth://totp/pve?secret=${bare}`) }
    : { problem: "names a file without a secret in base32 or an otpauth://totp/ address" };
}

/** The certificate to show to a reverse proxy; undefined where none is set or the pair does not fit together. */
export const readClientCertificate = (
  values: Reading["values"],
  readFile: ReadFile,
  problems: string[],
): ClientCertificate | undefined =>
  readKeyPair(
    { name: "PVE_CLIENT_CERT_FILE", path: values.PVE_CLIENT_CERT_FILE },
    { name: "PVE_CLIENT_KEY_FILE", path: values.PVE_CLIENT_KEY_FILE },
    readFile,
    problems,
  );
