import { describe, expect, it } from "vitest";
import { AREAS, CATEGORIES, isSelected, selectionOf } from "./categories.ts";

describe("PVE_CATEGORIES", () => {
  it.each([
    [["all"], { categories: CATEGORIES, core: false }],
    [["default"], { categories: CATEGORIES, core: false }],
    [["api"], { categories: ["api"], core: false }],
    [["core"], { categories: [], core: true }],
    [["core", "qemu"], { categories: ["qemu"], core: true }],
    [["api", "storage"], { categories: ["storage", "api"], core: false, reach: ["storage"] }],
    [["default", "storage"], { categories: CATEGORIES, core: false }],
    [["qemu", "nodes"], { categories: ["nodes", "qemu"], core: false, reach: ["nodes", "qemu"] }],
  ] as const)("%j", (chosen, selection) => {
    expect(selectionOf(chosen)).toEqual(selection);
  });

  it("bounds the API tools to each area alone", () => {
    for (const area of AREAS) expect(selectionOf([area, "api"]).reach).toEqual([area]);
  });

  it("offers a tool by its category or, where the lean set is chosen, by its place in it", () => {
    const lean = { category: "qemu", core: true } as const;
    expect(isSelected(selectionOf(["core"]), lean)).toBe(true);
    expect(isSelected(selectionOf(["core"]), { category: "qemu" })).toBe(false);
    expect(isSelected(selectionOf(["qemu"]), { category: "qemu" })).toBe(true);
    expect(isSelected(selectionOf(["api"]), lean)).toBe(false);
  });
});
