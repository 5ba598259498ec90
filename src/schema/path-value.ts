/** Values that may stand in a path: one segment each, whatever a server decodes. */

/** Placeholders whose value may contain slashes, by the end of the route they stand in. */
const WITH_SLASH: readonly (readonly [
  route: string,
  name: string,
  check: (value: string) => string | undefined,
])[] = [
  ["/storage/{storage}/content/{volume}", "volume", checkVolume],
  ["/firewall/ipset/{name}/{cidr}", "cidr", checkCidr],
];

/** Percent signs encode nothing further after this many rounds; deeper nesting is refused. */
const MOST_ROUNDS = 8;
/** No name of PVE's is longer, nor a UPID or a volume id. */
const LONGEST = 512;

/** The value with every percent-encoding undone, or undefined when it never ends or is no valid encoding. */
function decoded(value: string): string | undefined {
  let text = value;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === text) return text;
    text = next;
  }
  return undefined;
}

function checkSegment(value: string): string | undefined {
  if (value === "") return "it is empty";
  return value === "." || value === ".." ? `'${value}' would change the path` : undefined;
}

/** A volume id: slashes allowed, but no segment that is empty or leads elsewhere. */
function checkVolume(value: string): string | undefined {
  for (const segment of value.split("/")) {
    const reason = checkSegment(segment);
    if (reason) return `a part between slashes is not allowed: ${reason}`;
  }
  return undefined;
}

/** An address with at most one slash, before the prefix length. */
function checkCidr(value: string): string | undefined {
  if (!value.includes("/")) return undefined;
  return /^[^/]+\/\d{1,3}$/.test(value) ? undefined : "only one slash, before a prefix length, is allowed";
}

/**
 * Why a value may not stand for a placeholder of a route's path, or undefined when it may. `route` is the template
 * with or without method (`GET /nodes/{node}/status`), `name` the placeholder without braces, `value` not yet encoded.
 */
export function checkPathValue(route: string, name: string, value: string): string | undefined {
  if (value.length > LONGEST) return "it is too long";
  const plain = decoded(value);
  if (plain === undefined) return "it is percent-encoded too deeply";
  const empty = checkSegment(plain);
  if (empty) return empty;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(plain)) return "it contains control characters";
  if (/[\ud800-\udfff]/u.test(plain)) return "it contains half a character";
  if (plain.includes("\\")) return "it contains a backslash";
  if (/[?#]/.test(plain)) return "it contains ? or #";
  if (!plain.includes("/")) return undefined;
  const exception = WITH_SLASH.find(([end, placeholder]) => placeholder === name && route.endsWith(end));
  if (!exception) return "it contains a slash";
  // An encoded slash hides from the reader what an exception may only allow in the open.
  if (plain !== value && /%/.test(value)) return "it contains an encoded slash";
  return exception[2](value);
}
