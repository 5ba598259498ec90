import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExpiry } from "./expiry.ts";
import { parseTokenList, withEntry } from "./token-list.ts";

const HASH = "0123456789abcdef".repeat(4);
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const ALICE = { name: "alice", sha256: HASH, tier: "read-execute" };
const list = (...tokens: unknown[]) => parseTokenList(JSON.stringify({ tokens }));

describe("a list of tokens", () => {
  test("what is not given bounds nothing", () => {
    expect(list(ALICE)).toEqual({
      value: [{ name: "alice", sha256: Buffer.from(HASH, "hex"), bounds: { tier: "read-execute" } }],
    });
    expect(list()).toEqual({ value: [] });
  });

  test("every key is honoured", () => {
    const entry = {
      name: "ops@example.com",
      sha256: HASH.toUpperCase(),
      tier: "full",
      categories: ["qemu", "nodes"],
      clusters: ["prod", "lab", "prod"],
      expires: "2027-01-01T02:00:00+02:00",
    };
    expect(list(entry)).toEqual({
      value: [
        {
          name: "ops@example.com",
          sha256: Buffer.from(HASH, "hex"),
          bounds: {
            tier: "full",
            selection: { categories: ["nodes", "qemu"], core: false, reach: ["nodes", "qemu"] },
            clusters: ["prod", "lab"],
          },
          expires: Date.UTC(2027, 0, 1),
        },
      ],
    });
  });

  test.each([
    ["", "is not JSON"],
    ["{", "is not JSON"],
    ["[]", 'must be an object with a list "tokens"'],
    ["null", 'must be an object with a list "tokens"'],
    ['{"tokens":{}}', 'must be an object with a list "tokens"'],
    ['{"tokens":[],"token":[]}', 'has other keys than "tokens", which have no meaning'],
  ])("%s", (text, problem) => {
    expect(parseTokenList(text)).toEqual({ problem });
  });

  test.each<[unknown, string]>([
    ["alice", "that is no object"],
    [{ ...ALICE, tier: undefined }, "without tier"],
    [{ tier: "full" }, "without name and sha256"],
    [
      { ...ALICE, teir: "full" },
      "with an unknown key; valid: name, sha256, tier, categories, clusters, expires",
    ],
    [
      { ...ALICE, name: "-a" },
      "whose name must be 1 to 64 letters, digits and . _ @ -, a letter or digit first",
    ],
    [
      { ...ALICE, name: "token:a" },
      "whose name must be 1 to 64 letters, digits and . _ @ -, a letter or digit first",
    ],
    [{ ...ALICE, sha256: "abc" }, "whose sha256 must be the token's SHA-256 in 64 hexadecimal digits"],
    [
      { ...ALICE, tier: "ful" },
      'whose tier has an unknown tier: "ful" (nearest: full); valid: read-only, read-execute, full',
    ],
    [
      { ...ALICE, tier: null },
      'whose tier has an unknown tier: "object"; valid: read-only, read-execute, full',
    ],
    [{ ...ALICE, categories: [] }, "whose categories must be a list of at least one category"],
    [{ ...ALICE, categories: "qemu" }, "whose categories must be a list of at least one category"],
    [{ ...ALICE, clusters: [] }, "whose clusters must be a list of at least one cluster's name"],
    [{ ...ALICE, clusters: ["a b"] }, "whose clusters must be a list of at least one cluster's name"],
    ...[null, "", "soon", "2027-02-30", "2027-13-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z", 1].map(
      (expires): [unknown, string] => [
        { ...ALICE, expires },
        "whose expires must be a date, or a time with its zone, as in 2027-01-01 or 2027-01-01T00:00:00Z",
      ],
    ),
  ])("%j", (entry, problem) => {
    const good = { ...ALICE, name: "bob", sha256: hashOf("b") };
    expect(list(good, entry)).toEqual({ problem: `has an entry 2 ${problem}` });
  });

  test("an unknown category is told", () => {
    expect(list({ ...ALICE, categories: ["qemo"] })).toEqual({
      problem: expect.stringMatching(
        /^has an entry 1 whose categories has an unknown category: "qemo" \(near/,
      ),
    });
  });

  test("two of one name, two of one hash", () => {
    expect(list(ALICE, { ...ALICE, sha256: hashOf("b") })).toEqual({
      problem: "has an entry 2 whose name an earlier one has",
    });
    expect(list(ALICE, { ...ALICE, name: "bob", sha256: HASH.toUpperCase() })).toEqual({
      problem: "has an entry 2 whose sha256 an earlier one has",
    });
  });

  test("any text is a list or a problem, and what it holds is not repeated", () => {
    const secret = "mcp_0a1b2c3d4e5f6a7b8c9d";
    const value = fc.oneof(
      fc.constantFrom(secret, HASH, "full", "alice", `${secret}=`),
      fc.jsonValue(),
      fc.array(fc.constantFrom("qemu", secret)),
    );
    const key = fc.constantFrom("name", "sha256", "tier", "categories", "clusters", "expires", secret);
    const entry = fc.oneof(fc.dictionary(key, value), fc.jsonValue());
    const document = fc.oneof(
      fc.array(entry).map((tokens) => JSON.stringify({ tokens })),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(document, (text) => {
        const parsed = parseTokenList(text);
        if ("problem" in parsed) expect(parsed.problem).not.toContain("0a1b2c3d4e5f");
        else for (const { name } of parsed.value) expect(text).toContain(name);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("an entry more", () => {
  test("in a new file, and behind others, which stay as they are", () => {
    const first = withEntry(undefined, ALICE);
    expect(first).toEqual({ value: expect.stringMatching(/"alice"[\s\S]*\n$/) });
    const bob = { name: "bob", sha256: hashOf("b"), tier: "full", expires: "2027-01-01" };
    const second = withEntry("value" in first ? first.value : "", bob);
    expect("value" in second && JSON.parse(second.value)).toEqual({ tokens: [ALICE, bob] });
  });

  test("is checked, and so is the file", () => {
    const text = JSON.stringify({ tokens: [ALICE] });
    expect(withEntry(text, { ...ALICE, sha256: hashOf("b") })).toHaveProperty("problem");
    expect(withEntry("{}", ALICE)).toHaveProperty("problem");
    expect(withEntry(undefined, { name: "alice" })).toHaveProperty("problem");
  });
});

describe("when something expires", () => {
  test.each([
    ["2027-01-01", "2027-01-02T00:00:00.000Z"],
    ["2028-02-29", "2028-03-01T00:00:00.000Z"],
    ["2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["2027-01-01T00:00:00.5-01:30", "2027-01-01T01:30:00.500Z"],
  ])("%s: %s", (text, time) => {
    expect(new Date(parseExpiry(text) ?? 0).toISOString()).toBe(time);
  });

  test.each([
    "2027-02-29",
    "2027-01-01T24:00:00Z",
    "2027-01-01T00:60:00Z",
    "27-01-01",
    "2027-01-01Z",
    " 2027-01-01",
  ])("%s is no time", (text) => expect(parseExpiry(text)).toBeUndefined());

  test("any time of a clock is read as it is", () => {
    const date = fc.date({
      min: new Date("1970-01-01T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (time) => {
        expect(parseExpiry(time.toISOString())).toBe(time.getTime());
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseExpiry(text)).not.toBeNaN();
      }),
    );
  });
});
