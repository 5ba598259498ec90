import { describe, expect, test } from "vitest";
import { flag, type Json, list, num, record, rows, str } from "./data.ts";

const row = {
  n: 1.5,
  text: "0.30",
  blank: " ",
  word: "abc",
  yes: 1,
  one: "1",
  true: true,
  no: 0,
  null: null,
  list: [1],
};

test("rows and record take what has the shape, and nothing else", () => {
  expect(rows([{ a: 1 }, null, 3, [1], "x", { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
  expect(record({ a: 1 })).toEqual({ a: 1 });
  for (const odd of [null, undefined, 1, "x", true] as (Json | undefined)[]) {
    expect(rows(odd)).toEqual([]);
    expect(record(odd)).toEqual({});
  }
  expect(rows({ a: 1 })).toEqual([]);
  expect(record([{ a: 1 }])).toEqual({});
});

describe("fields", () => {
  test("text: numbers become it", () => {
    expect([str(row, "word"), str(row, "n"), str(row, "yes")]).toEqual(["abc", "1.5", "1"]);
    for (const key of ["null", "true", "list", "absent"]) expect(str(row, key)).toBeUndefined();
  });

  test("numbers, also where PVE sends text", () => {
    expect([num(row, "n"), num(row, "text"), num(row, "no")]).toEqual([1.5, 0.3, 0]);
    for (const key of ["blank", "word", "null", "true", "list", "absent"])
      expect(num(row, key)).toBeUndefined();
  });

  test('PVE\'s booleans are 1, "1" and true', () => {
    expect(["yes", "one", "true"].map((key) => flag(row, key))).toEqual([true, true, true]);
    for (const key of ["no", "null", "n", "word", "absent"]) expect(flag(row, key)).toBe(false);
  });
});

test.each([
  ["a,b;c d\te", ["a", "b", "c", "d", "e"]],
  ["a b\0c", ["a b", "c"]],
  [" ,;a,,", ["a"]],
  ["", []],
  [undefined, []],
])("the list %j", (text, entries) => {
  expect(list(text)).toEqual(entries);
});
