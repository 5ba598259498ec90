import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { fieldOf, rowFilter } from "./row-filter.ts";

const ROW = {
  name: "Web 01",
  status: "running",
  mem: 1024,
  onboot: 1,
  tags: ["a", "b"],
  cpu: { cores: 4 },
  gone: null,
};

describe("a filter", () => {
  it.each([
    ["status=running", true],
    ["status=stopped", false],
    ["status!=stopped", true],
    ["name~web", true],
    ['name="Web 01"', true],
    ['name~"b 0" status=running', true],
    ["name~web status=stopped", false],
    ["mem>1000 mem<2000", true],
    ["mem>=1024 mem<=1024", true],
    ["mem>1024", false],
    ["onboot=true", true],
    ["onboot=0", false],
    ["cpu.cores=4", true],
    ["tags~a", true],
    ["gone=", true],
    ["nothing=", true],
    ["nothing>1", false],
    ["", true],
  ])("%s: %s", (filter, holds) => {
    expect(rowFilter(filter)(ROW)).toBe(holds);
  });

  it.each(["status", "=x", "status==", "mem>much", "a b", '"'])("%s is none", (filter) => {
    if (filter === "status==") expect(rowFilter(filter)(ROW)).toBe(false);
    else expect(() => rowFilter(filter)).toThrow(Refusal);
  });
});

test("a field of a prototype is none", () => {
  expect(fieldOf(ROW, "constructor")).toBeUndefined();
  expect(fieldOf(ROW, "cpu.toString")).toBeUndefined();
});

test("whatever is written, it is a test or a Refusal", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (filter) => {
      try {
        expect(typeof rowFilter(filter)(ROW)).toBe("boolean");
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
});
