import { isSecretName, REDACTED, redactPatterns } from "./redact-patterns.ts";

type TextRule = (text: string) => string;

interface RouteRule {
  readonly route: RegExp;
  /** Fields of this route that are secret although their name does not tell. */
  readonly fields?: readonly string[];
  /** For answers that are a document. */
  readonly text?: TextRule;
  /** Field names are names of settings here, not of values: only what looks like a secret goes. */
  readonly describes?: true;
}

/** Routes whose secrets only the route tells. Routes are templates or real paths, `METHOD /path`. */
const ROUTES: readonly RouteRule[] = [
  // The DNS provider's credentials, shown in clear.
  { route: /^\w+ \/cluster\/acme\/plugins/, fields: ["data"] },
  { route: /^GET \/cluster\/acme\/challenge-schema/, describes: true },
  { route: /^\w+ \/nodes\/[^/]+\/qemu\/[^/]+\/cloudinit\/dump/, text: redactCloudInit },
  { route: /^(?:POST|PUT) \/access\/users\/[^/]+\/token\/[^/]+/, fields: ["value"] },
  // Old second factors: the key string of a user may be an OATH secret.
  { route: /^\w+ \/access\/users/, fields: ["keys"] },
  { route: /^\w+ \/access\/tfa\//, fields: ["challenge", "value", "totp", "recovery"] },
  { route: /^\w+ \/cluster\/notifications\/endpoints\/webhook/, fields: ["header"] },
  { route: /^\w+ \/cluster\/sdn\/dns/, fields: ["key"] },
  { route: /^\w+ \/nodes\/[^/]+\/subscription/, fields: ["key"] },
  { route: /^\w+ \/nodes\/[^/]+\/certificates\/custom/, fields: ["key"] },
];

// The name may stand in a flow mapping; what follows it on the line goes whole.
const CLOUD_INIT_LINE =
  /((?:^|[\s{,"'])(?:password|passwd|hashed_passwd|hashed-password|plain_text_passwd|admin_pass)["']?[ \t]*:[ \t]*)\S.*$/gim;

/** A cloud-init document without its password values: `password:` and the like, and `chpasswd` lists. */
export function redactCloudInit(text: string): string {
  let list = -1;
  const lines = text.replace(CLOUD_INIT_LINE, `$1${REDACTED}`).split("\n");
  let chpasswd = -1;
  const out = lines.map((line) => {
    const indent = line.search(/\S/);
    if (indent < 0) return line;
    if (list >= 0 && (indent > list || (indent === list && line.trimStart().startsWith("-")))) {
      return `${line.slice(0, indent)}${REDACTED}`;
    }
    list = -1;
    if (/^\s*chpasswd\s*:/.test(line)) {
      chpasswd = indent;
      return line.replace(/(:\s*)\{.*$/, `$1${REDACTED}`);
    }
    if (chpasswd >= 0 && indent <= chpasswd) chpasswd = -1;
    if (chpasswd < 0 || !/^\s*list\s*:/.test(line)) return line;
    list = indent;
    return line.replace(/(:\s*)(?![|>][-+\d]*\s*$)\S.*$/, `$1${REDACTED}`);
  });
  return redactPatterns(out.join("\n"));
}

/** A secret field's value, gone; what tells how it is set (0/1, true, the name of a webhook secret) stays. */
function hide(value: unknown): unknown {
  if (value === null || value === undefined || value === "" || typeof value === "boolean") return value;
  if (value === 0 || value === 1) return value;
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value === "object") {
    return mapFields(value, (name, field) => (name === "name" ? field : hide(field)));
  }
  const named = typeof value === "string" ? /^name=([^,=]+)(?:,|$)/.exec(value) : null;
  return named === null ? REDACTED : `name=${named[1]},value=${REDACTED}`;
}

function mapFields(value: object, map: (name: string, field: unknown) => unknown): object {
  const entries = Object.entries(value).map(([name, field]) => [name, map(name, field)] as const);
  return Object.fromEntries(entries);
}

/** The setting that a row is about: `{key: "cipassword"}`, `{name: "mgr/dashboard/PASSWORD"}`; of a path its end. */
function namedBy(row: object, field: "key" | "name"): string {
  const name = field in row ? (row as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof name === "string" ? name.slice(name.lastIndexOf("/") + 1) : "";
}

/** The fields of such rows, `{key: "cipassword", value, pending}`, that carry what is named. */
const ROW_VALUES = new Set(["value", "pending", "old", "new", "now", "after", "current"]);

/**
 * A copy of an answer's data without its secrets: by route and field first, then by field name, then by what text
 * looks like. `also` runs on every text (the configured secrets). Takes structured answers too (route ""): redacting
 * those before they become JSON keeps the JSON valid. Never apply it to PVE's `errors` maps: their
 * values are sentences under the names of the fields.
 */
export function redactData(route: string, data: unknown, also: TextRule = (text) => text): unknown {
  const rules = ROUTES.filter((rule) => rule.route.test(route));
  const fields = new Set(rules.flatMap((rule) => rule.fields ?? []));
  const describes = rules.some((rule) => rule.describes === true);
  const textRules = rules.flatMap((rule) => (rule.text === undefined ? [] : [rule.text]));
  const text: TextRule = (input) => also(redactPatterns(textRules.reduce((out, rule) => rule(out), input)));

  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== "object") return value;
    const about = [namedBy(value, "key"), namedBy(value, "name")].some((name) => isSecretName(name));
    return mapFields(value, (name, field) => {
      const secret =
        !describes && (fields.has(name) || isSecretName(name) || (about && ROW_VALUES.has(name)));
      return secret ? hide(field) : walk(field);
    });
  };
  return walk(data);
}
