import { describe, expect, it } from "vitest";
import { nearest, nearestFew } from "./nearest.ts";

const names = ["memory", "cores", "sockets", "target-storage", "targetstorage", "onboot", "net0"];

describe("nearest", () => {
  it.each([
    ["memmory", "memory"],
    ["core", "cores"],
    ["target_storage", "target-storage"],
    ["onBoot", "onboot"],
    ["target", "targetstorage"],
  ])("%s means %s", (word, meant) => expect(nearest(word, names)).toBe(meant));

  it.each(["bogus", "", "x".repeat(10_000), "description"])("%s means none", (word) =>
    expect(nearest(word, names)).toBeUndefined(),
  );

  it("lists several, best first", () => {
    expect(nearestFew("targetstorag", names)).toEqual(["targetstorage", "target-storage"]);
    expect(nearestFew("targetstorag", names, 1)).toEqual(["targetstorage"]);
  });
});
