import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseRecording, percent, replay } from "../support/replay.ts";

const recording = parseRecording(readFileSync(new URL("./recorded-9.2.11.jsonl", import.meta.url), "utf8"));

test("answers like the recorded PVE 9.2.11", async () => {
  const report = await replay(recording);
  const { calls, errors, sameStatus, sameError, sameShape, mismatches } = report;
  const named = mismatches.map(({ id, kind, text }) => `${id} ${kind}: ${text}`).join("\n");
  expect(calls).toBe(recording.length);
  expect(percent(sameStatus, calls), named).toBe(100);
  expect(percent(sameError, errors), named).toBeGreaterThanOrEqual(95);
  expect(percent(sameShape, calls), named).toBeGreaterThanOrEqual(95);
});

test("a recording begins its world afresh", async () => {
  const [first, second] = [await replay(recording.slice(0, 40)), await replay(recording.slice(0, 40))];
  expect(second).toEqual(first);
});
