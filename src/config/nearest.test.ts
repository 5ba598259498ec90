import { expect, test } from "vitest";
import { CATEGORIES } from "./categories.ts";
import { isTypo, nearest } from "./nearest.ts";

test.each([
  ["nods", ["nodes"]],
  ["QEMU", ["qemu"]],
  ["networking", ["network"]],
  ["fire_wall", ["firewall"]],
  ["lxd", ["lxc"]],
  ["poosl", ["pools"]],
  ["zzz", []],
  ["", []],
  ["q".repeat(10_000), []],
])("%.20s is near %j", (value, names) => {
  expect(nearest(value, CATEGORIES)).toEqual(names);
});

test("a value with more in it than a name is no typo", () => {
  expect(isTypo("nods", CATEGORIES)).toBe(true);
  expect(isTypo("networkhunter2", CATEGORIES)).toBe(false);
});
