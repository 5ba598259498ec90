import { expect, it } from "vitest";
import { absence, inPart, listing, listings, pointText } from "./point.ts";

const GUESTS = Array.from({ length: 130 }, (_, at) => `VM ${2000 + at}`);

it("a list is whole, or its first entries and exactly how many more", () => {
  const point = listing("Stops 130 guests", GUESTS);
  expect(pointText(point)).toBe(`Stops 130 guests: ${GUESTS.join(", ")}.`);
  for (const max of [40, 60, 100, 300, 900]) {
    const text = pointText(point, max);
    expect(text.length).toBeLessThanOrEqual(max);
    const [, names = "", more] = /^Stops 130 guests: (.*) and (\d+) more\.$/.exec(text) ?? [];
    expect(names.split(", ").length + Number(more)).toBe(130);
  }
  expect(pointText({ says: "Lost", entries: ["a", "b"], end: ". 3 GiB in all." })).toBe(
    "Lost: a, b. 3 GiB in all.",
  );
});

it("an entry that does not fit is cut, and the number still said", () => {
  const long = ["x".repeat(500), "y"];
  expect(pointText({ says: "Goes", entries: long }, 100)).toMatch(/^Goes: 2 in all, the first x+…$/);
  expect(pointText({ says: "Goes", entries: long.slice(0, 1) }, 100)).toMatch(/^Goes: x+…$/);
  expect(pointText("x".repeat(500), 100)).toHaveLength(100);
});

it("nothing to list is said, or no point at all", () => {
  expect(pointText(listing("Groups", []))).toBe("Groups: none.");
  expect(pointText(absence("guest", "is on vmbr0."))).toBe("No guest is on vmbr0.");
  expect(listings("Groups", [])).toEqual([]);
});

it("nothing is said to be nowhere where a part is hidden", () => {
  expect(inPart(listing("Used by", [], "no rule"))).toBe("Used by: nothing inside PVE_ALLOWED.");
  expect(inPart(absence("guest", "is on vmbr0."))).toBe("No guest inside PVE_ALLOWED is on vmbr0.");
  const some = listing("Used by", ["rule 1"]);
  expect(inPart(some)).toBe(some);
});
