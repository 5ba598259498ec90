import { CATEGORIES, GROUPS, type Selection, selectionOf } from "../../../config/categories.ts";
import { CLUSTER_NAME } from "../../../config/file/cluster.ts";
import type { CallerBounds } from "../../../config/http/http-config.ts";
import type { Parsed } from "../../../config/parsed.ts";
import { TIERS, type Tier } from "../../../config/tiers.ts";
import { parseChoice, parseChoices } from "../../../config/values.ts";
import { isObject } from "../../../record/line.ts";
import { parseExpiry } from "./expiry.ts";

/** A token that is accepted. */
export interface TokenEntry {
  /** Whose it is, without `token:`. */
  readonly name: string;
  /** The SHA-256 of the token, 32 bytes. */
  readonly sha256: Uint8Array;
  readonly bounds: CallerBounds;
  /** From then on it is not accepted, in milliseconds since 1970. */
  readonly expires?: number;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const SHA256 = /^[0-9a-f]{64}$/i;

type Fields = Readonly<Record<string, unknown>>;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");

const matching =
  (pattern: RegExp, problem: string) =>
  (value: unknown): Parsed<string> =>
    typeof value === "string" && pattern.test(value) ? { value } : { problem };

/** How the value of each key is read; a problem follows the key. */
const READ = {
  name: matching(NAME, "must be 1 to 64 letters, digits and . _ @ -, a letter or digit first"),
  sha256: matching(SHA256, "must be the token's SHA-256 in 64 hexadecimal digits"),
  tier: (value: unknown): Parsed<Tier> =>
    parseChoice("tier", TIERS)(typeof value === "string" ? value : typeof value),
  categories: (value: unknown): Parsed<Selection> => {
    if (!isTexts(value)) return { problem: "must be a list of at least one category" };
    const chosen = parseChoices("category", [...CATEGORIES, ...GROUPS])(value.join(","));
    return "value" in chosen ? { value: selectionOf(chosen.value) } : chosen;
  },
  clusters: (value: unknown): Parsed<readonly string[]> =>
    isTexts(value) && value.every((name) => CLUSTER_NAME.test(name))
      ? { value: [...new Set(value)] }
      : { problem: "must be a list of at least one cluster's name" },
  expires: (value: unknown): Parsed<number> => {
    const end = typeof value === "string" ? parseExpiry(value) : undefined;
    return end === undefined
      ? { problem: "must be a date, or a time with its zone, as in 2027-01-01 or 2027-01-01T00:00:00Z" }
      : { value: end };
  },
};
const REQUIRED = ["name", "sha256", "tier"] as const;

/**
 * The tokens that the text of a tokens file names: `{"tokens":[{"name":…,"sha256":…,"tier":…}]}`, with `categories`,
 * `clusters` and `expires` where wanted. One fault makes the whole file faulty; the problem follows the file's name,
 * and repeats no value that may be a token.
 */
export function parseTokenList(text: string): Parsed<readonly TokenEntry[]> {
  const document = parseDocument(text);
  if ("problem" in document) return document;
  const entries: TokenEntry[] = [];
  const seen = new Set<string>();
  for (const [at, fields] of document.value.entries()) {
    const entry = parseTokenEntry(fields);
    if ("problem" in entry) return { problem: `has an entry ${at + 1} ${entry.problem}` };
    const { name, sha256 } = entry.value;
    // A name has no colon, so that it is no hash.
    for (const [what, key] of [
      ["name", name],
      ["sha256", `:${Buffer.from(sha256).toString("hex")}`],
    ] as const) {
      if (seen.has(key)) return { problem: `has an entry ${at + 1} whose ${what} an earlier one has` };
      seen.add(key);
    }
    entries.push(entry.value);
  }
  return { value: entries };
}

/** The text of a tokens file with one entry more; absent: of a new file. The whole is checked as above. */
export function withEntry(text: string | undefined, entry: Fields): Parsed<string> {
  const before = text === undefined ? { value: [] } : parseDocument(text);
  if ("problem" in before) return before;
  const after = `${JSON.stringify({ tokens: [...before.value, entry] }, undefined, 2)}\n`;
  const checked = parseTokenList(after);
  return "problem" in checked ? checked : { value: after };
}

function parseDocument(text: string): Parsed<readonly unknown[]> {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's own message repeats what it stumbled over.
    return { problem: "is not JSON" };
  }
  if (!isObject(document) || !Array.isArray(document.tokens))
    return { problem: 'must be an object with a list "tokens"' };
  const tokens: readonly unknown[] = document.tokens;
  return Object.keys(document).length === 1
    ? { value: tokens }
    : { problem: 'has other keys than "tokens", which have no meaning' };
}

/** An entry of the list, or what is wrong with it, to follow "an entry". */
export function parseTokenEntry(fields: unknown): Parsed<TokenEntry> {
  if (!isObject(fields)) return { problem: "that is no object" };
  const problems = Object.keys(fields).every((key) => Object.hasOwn(READ, key))
    ? []
    : [`with an unknown key; valid: ${Object.keys(READ).join(", ")}`];
  const read = <T>(key: string, parse: (value: unknown) => Parsed<T>): T | undefined => {
    if (!Object.hasOwn(fields, key)) return undefined;
    const parsed = parse(fields[key]);
    if ("value" in parsed) return parsed.value;
    problems.push(`whose ${key} ${parsed.problem}`);
    return undefined;
  };
  const name = read("name", READ.name);
  const sha256 = read("sha256", READ.sha256);
  const tier = read("tier", READ.tier);
  const selection = read("categories", READ.categories);
  const clusters = read("clusters", READ.clusters);
  const expires = read("expires", READ.expires);
  const [problem] = problems;
  if (problem !== undefined) return { problem };
  if (name === undefined || sha256 === undefined || tier === undefined) {
    const absent = REQUIRED.filter((key) => !Object.hasOwn(fields, key));
    return { problem: `without ${absent.join(" and ")}` };
  }
  return {
    value: {
      name,
      sha256: Buffer.from(sha256, "hex"),
      bounds: {
        tier,
        ...(selection === undefined ? {} : { selection }),
        ...(clusters === undefined ? {} : { clusters }),
      },
      ...(expires === undefined ? {} : { expires }),
    },
  };
}
