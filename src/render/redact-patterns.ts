/** What a secret is replaced by. */
export const REDACTED = "[redacted]";

/** Secrets that are known by their look, wherever they stand. The groups before and after stay; so does a closing ”. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A block ends before a fence, a cell border or a quotation mark; one without its end (a cut log) after its Base64.
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?:(?!-----BEGIN)[^<>|"“”]){0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*)/g,
    "",
  ],
  // PVEAPIToken=user@realm!name=SECRET, also URL-encoded; PBS writes a colon.
  [/(P[VBM][ESG]APIToken(?:=|:|%3D)[^\s=:"']+?(?:=|:|%3D))(?:[^\s"'”,;&\\]|\\[^\s"'”])+/gi, "$1"],
  [/(\bP[VBM][ESG](?:AuthCookie|AdminCookie)(?:=|%3D))(?:[^\s"'”,;&\\]|\\[^\s"'”])+/gi, "$1"],
  [/(\bAuthorization["']?\s*[:=]\s*["']?(?:Basic|Bearer|Digest)\s+)(?:[^\s"'”,;&\\]|\\[^\s"'”])+/gi, "$1"],
  // Tickets: PVE:user@realm:HEX::BASE64, PVEVNC:HEX::BASE64.
  [
    /\bP[VBM][ESG][A-Z]{0,12}(?::|%3A)(?:[^\s:"']{1,128}(?::|%3A))?[0-9A-F]{8}(?:::|%3A%3A)[A-Za-z0-9+/=%]{16,}/gi,
    "",
  ],
  // CSRFPreventionToken: HEX:BASE64 of a SHA-256.
  [/\b[0-9A-F]{8}:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])=?/g, ""],
  [/\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|sha1|argon2(?:id?|d))\$[A-Za-z0-9./$=,+-]{8,}/g, ""],
  // cephx keys.
  [/\bA[QR][A-Za-z0-9+/]{36}==/g, ""],
  // QEMU: -object secret,id=x,data=...
  [/(\bsecret(?:_keyring)?,[^\s"']{0,200}?\bdata=)(?:[^\s,"'”\\]|\\[^\s"'”])+/g, "$1"],
  // NAME=value on a command line or in an environment; a length keeps "password=1" readable.
  [
    /((?:pass(?:word|wd|phrase|code)|secret|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|token[_-]?(?:secret|value)|[_-]token)=)(?!\[redacted\])(?:[^\s"'”,;&\\\0]|\\[^\s"'”]){4,}/gi,
    "$1",
  ],
  // `password: value` in prose or JSON: only what has letters and digits and some length, as a sentence's next word has not.
  [
    /((?:pass(?:word|wd|phrase|code)|secret|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|token[_-]?(?:secret|value)|[_-]token)\\?["']?\s{0,8}:\s{0,8}\\?["']?)(?!\[redacted\])(?=[^\s"'\\]{0,256}\d)(?=[^\s"'\\]{0,256}[A-Za-z])(?:[^\s"'”,;&\\]|\\[^\s"'”]){8,}/gi,
    "$1",
  ],
  // user:password@host in a URL.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"']{0,128}:)(?:[^\s/@"'\\]|\\[^\s"'”])+(?=@)/gi, "$1"],
];

/** Every pattern needs one of these. */
const POSSIBLE = /[=$:%]|-----BEGIN/;

/** The text with everything that looks like a secret replaced: keys, tickets, token headers, password hashes. */
export function redactPatterns(text: string): string {
  if (!POSSIBLE.test(text)) return text;
  return PATTERNS.reduce((out, [pattern, before]) => out.replace(pattern, `${before}${REDACTED}`), text);
}

const NAMED =
  /pass(?:word|wd|phrase|code)$|^(?:vnc|tfa)?ticket$|secret(?:s|key)?$|(?:private|priv|preshared|shared|api|access|auth|hmac|encryption|client|signing)key$|^psk$|^(?:keyring|csrfpreventiontoken|token|tokenvalue|otp|totp|recovery|recoverykeys|otelheaders|hashedpasswd|plaintextpasswd|adminpass)$/;

const known = new Map<string, boolean>();

/** Whether a field of this name holds a secret: `cipassword`, `client-key`, `CSRFPreventionToken`, ... */
export function isSecretName(name: string): boolean {
  let secret = known.get(name);
  if (secret === undefined) {
    secret = NAMED.test(name.toLowerCase().replace(/[-_ ]/g, ""));
    // Names come from PVE's answers, where some are a user's: the memory stays bounded.
    if (known.size >= 5_000) known.clear();
    known.set(name, secret);
  }
  return secret;
}
