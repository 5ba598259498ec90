import { describe, expect, it } from "vitest";
import type { Param } from "./endpoint.ts";
import { allRoutes, endpointOf } from "./endpoint-table.ts";
import { perlPattern } from "./perl-pattern.ts";
import type { Route } from "./routes.gen.ts";

/** Every pattern of the table, those of list entries, alternatives and property-string keys included. */
function tablePatterns(): Set<string> {
  const patterns = new Set<string>();
  const visit = (fact: Param) => {
    if (fact.pattern !== undefined) patterns.add(fact.pattern);
    if (fact.items) visit(fact.items);
    for (const one of fact.oneOf ?? []) visit(one);
    if (typeof fact.format === "object") for (const key of Object.values(fact.format)) visit(key);
  };
  for (const route of allRoutes())
    for (const fact of Object.values(endpointOf(route as Route).params)) visit(fact);
  return patterns;
}

describe("perlPattern on the endpoint table", () => {
  const patterns = [...tablePatterns()];

  it("makes every pattern work", () => {
    expect(patterns.length).toBeGreaterThan(60);
    expect(patterns.filter((source) => perlPattern(source) === undefined)).toEqual([]);
  });

  it("answers at once, whatever the text", () => {
    const near = ["a", "0", "a-", "a.", "1:", "net0=1,", "[", "00:", "acl;", "\0", "x=", "/"].flatMap(
      (unit) => [`${unit.repeat(5000)}\u0001`, `x${unit.repeat(5000)}!`],
    );
    for (const source of patterns) {
      const pattern = perlPattern(source);
      const start = performance.now();
      for (const text of near) pattern?.test(text);
      expect(performance.now() - start, source).toBeLessThan(1500);
    }
  });

  it.each([
    ["(?^:[A-Za-z][A-Za-z0-9\\.\\-_]+)", ["tok", "a.b-c_1"], ["1a", "a", "a b"]],
    [
      "(?^i:[a-z0-9_][a-z0-9_\\-\\+\\.]*)(?:;(?^i:[a-z0-9_][a-z0-9_\\-\\+\\.]*))*",
      ["Prod;B-2"],
      ["", ";a", "ä"],
    ],
    ["(?^i:[\\(\\)-_.\\w\\d\\s]{0,256})", ["My Net (x)", "", "Büro 1"], ["a`", "a~"]],
    ["[A-Za-z0-9\\-_\\s]{,8}", ["", "QEMU HD"], ["123456789"]],
    ["(/dev/[^,]+|socket)", ["socket", "/dev/ttyS0"], ["/dev/", "sockets"]],
    ["/dev/parport\\d+|/dev/usb/lp\\d+", ["/dev/parport0"], ["/dev/lp0"]],
    [
      "(?^:(?:\\w+=[^\\x00-\\x08\\x0a-\\x1F\\x7F]*)(?:\\0\\w+=[^\\x00-\\x08\\x0a-\\x1F\\x7F]*)*)",
      ["A=b\0C=d"],
      ["=b"],
    ],
    ["(?^u:[a-zA-Z0-9]{1,12})", ["AuthenticAMD"], ["Authentic AMD"]],
  ] as const)("%s", (source, good, bad) => {
    const pattern = perlPattern(source);
    for (const text of good) expect(pattern?.test(text), text).toBe(true);
    for (const text of bad) expect(pattern?.test(text), text).toBe(false);
  });

  it("anchors as PVE does, not tighter", () => {
    // m/^a|b$/ lets anything after the first and before the last alternative pass.
    expect(perlPattern("/dev/parport\\d+|/dev/usb/lp\\d+")?.test("/dev/parport0 and more")).toBe(true);
  });
});

describe("perlPattern", () => {
  it("folds case only where the pattern says so", () => {
    const pattern = perlPattern("a(?^i:b[c-f]\\x41)c");
    expect(pattern?.test("aBDAc")).toBe(true);
    expect(pattern?.test("ABDAc")).toBe(false);
    expect(pattern?.test("aBDAC")).toBe(false);
  });

  it("starts from Perl's defaults again inside (?^:…)", () => {
    const pattern = perlPattern("(?^i:a(?^:b)(?:c))");
    expect(pattern?.test("AbC")).toBe(true);
    expect(pattern?.test("aBc")).toBe(false);
  });

  it.each(["(?>a+)b", "\\A\\w\\z", "[[:alpha:]]+", "a++b", "\\p{L}", "(?^x: a b )", "(?<n>a)", "("])(
    "leaves %s to PVE",
    (source) => {
      expect(perlPattern(source)).toBeUndefined();
    },
  );

  it("compiles once", () => {
    expect(perlPattern("\\d+x")).toBe(perlPattern("\\d+x"));
  });
});
