import { expect, test } from "vitest";
import { clusterInstructions, INSTRUCTIONS } from "./instructions.ts";

test("the clusters are named, and what a call without one means", () => {
  expect(clusterInstructions(["prod", "lab"], "prod")).toBe(
    "There are 2 clusters; cluster says which a call is for: prod, lab. Without it a read goes to prod; name it for anything that changes. Overviews take * for all of them; pve_list_clusters tells how they stand.",
  );
  expect(clusterInstructions(["prod", "lab"], undefined)).toContain("Every call must name one.");
  expect(clusterInstructions(["prod", "lab"], "gone")).toContain("Every call must name one.");
});

test("however many there are, the instructions stay within what clients read", () => {
  const names = Array.from({ length: 200 }, (_, n) => `cluster-${n}`);
  const text = clusterInstructions(names, "cluster-7");
  expect(text).toMatch(/cluster-0, .* and \d+ more\./);
  expect(Buffer.byteLength(`${INSTRUCTIONS} ${text}`)).toBeLessThan(2_048);
});
