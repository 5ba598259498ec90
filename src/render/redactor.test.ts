import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.ts";

const R = "[redacted]";

describe("createRedactor", () => {
  const secret = "0f9a8b7c-1111-2222-3333-0123456789ab";
  const redact = createRedactor([secret, "p+ss/w&rd=ü", "short1"]);

  it.each([
    [`token ${secret}.`, `token ${R}.`],
    [encodeURIComponent("p+ss/w&rd=ü"), R],
    [new URLSearchParams({ password: "p+ss/w&rd=ü" }).toString(), `password=${R}`],
    ["p%2bss%2fw%26rd%3d%c3%bc", R],
    [JSON.stringify({ a: "p+ss/w&rd=ü" }), `{"a":"${R}"}`],
    [String.raw`p+ss\/w&rd=\u00fc`, R],
    [`x ${secret.slice(0, 10)}\n  ${secret.slice(10)} y`, `x ${R} y`],
    [`${secret.slice(0, 4)}\x1b[31m${secret.slice(4, 9)}\u200b${secret.slice(9)}`, R],
    [JSON.stringify(`${secret.slice(0, 9)}\n${secret.slice(9)}`), `"${R}"`],
    [`Basic ${btoa(secret)}`, `Basic ${R}=`.replace("==", "=")],
    [`cut ${secret.slice(0, 20)}… end`, `cut ${R}… end`],
    ["short1 and ashort1b", `${R} and ashort1b`],
    ["nothing here", "nothing here"],
  ])("%j", (text, expected) => {
    expect(redact(text).replace(/\]=+$/, "]")).toBe(expected.replace(/\]=+$/, "]"));
  });

  it("ignores what is too short to hide", () => {
    expect(createRedactor(["", " ", "a", "abc"])("abc a")).toBe("abc a");
  });

  const value = fc.oneof(
    fc.string({ minLength: 8, maxLength: 40 }),
    fc.string({ unit: "binary", minLength: 8, maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom("a", "b", "\\", " ", "%", "…", "[", "]", "-", "\n"),
      minLength: 8,
      maxLength: 20,
    }),
    fc.uuid(),
    fc.constantFrom("redacted", "[redacted]", "x[redact", "ed][redacted", "aaaaaaaa", "removed][***]"),
  );
  const secrets = fc.array(
    value.filter((s) => s.trim().length >= 8),
    { minLength: 1, maxLength: 4 },
  );

  it("lets no secret of eight or more characters survive, whatever surrounds it", () => {
    fc.assert(
      fc.property(
        secrets,
        fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 6 }),
        (all, around) => {
          const text = around.map((part, i) => part + (all[i % all.length] ?? "")).join("");
          const out = createRedactor(all)(text);
          for (const s of all) expect(out.includes(s)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("finds every encoded form", () => {
    fc.assert(
      fc.property(secrets, (all) => {
        const run = createRedactor(all);
        for (const s of all) {
          if (/\p{Surrogate}/u.test(s) || s.replace(/[\s\p{C}\\+]/gu, "").length < 8) continue;
          expect(run(encodeURIComponent(s))).not.toContain(encodeURIComponent(s.trim()));
          const json = JSON.stringify(s.trim()).slice(1, -1);
          expect(run(`"${json}"`)).not.toContain(json);
        }
      }),
    );
  });

  it("takes long hostile input in reasonable time", () => {
    const started = performance.now();
    const run = createRedactor(["aaaa aaaa\\\\aaaa", secret, "a b c d e f g h"]);
    for (const unit of ["a", " ", "\n", "\\", "\\n", "a \\", "a ", "%20", "…", "aaaaaaaa…"])
      run(unit.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
