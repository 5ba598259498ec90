import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { subjectName } from "./subject-name.ts";

describe("a subject's name", () => {
  test.each(["alice", "auth0|5f7c", "8d7a-11", "x".repeat(100)])("%s stays", (subject) => {
    expect(subjectName(subject)).toBe(subject);
  });

  test.each([
    ["a b", /^a\?b~[0-9a-f]{16}$/],
    ["a\nb\u0000", /^a\?b\?~[0-9a-f]{16}$/],
    ["a~b", /^a\?b~[0-9a-f]{16}$/],
    ["x".repeat(101), /^x{83}~[0-9a-f]{16}$/],
  ])("%j is cleaned", (subject, name) => {
    expect(subjectName(subject)).toMatch(name);
  });

  test("halves of surrogate pairs are told from each other", () => {
    expect(subjectName("\ud800")).not.toBe(subjectName("\ud801"));
  });

  test("is printable, short and no other subject's", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 120 }), fc.string(), (one, other) => {
        expect(subjectName(one)).toMatch(/^[\x21-\x7e]{0,100}$/);
        if (one !== other) expect(subjectName(one)).not.toBe(subjectName(other));
        // Nor can a subject be called what another one's cleaned name is.
        const cleaned = subjectName(`${one} `);
        expect(subjectName(cleaned)).not.toBe(cleaned);
      }),
    );
  });
});
