import { describe, expect, it } from "vitest";
import { PveError } from "../pve/errors.ts";
import { lookAfter } from "./compare.ts";

describe("lookAfter", () => {
  it("is undefined when PVE does not answer, and lets a fault of the program through", async () => {
    expect(await lookAfter(async () => ({ a: 1 }))).toEqual({ a: 1 });
    expect(
      await lookAfter(async () => {
        throw new PveError("timeout", "No answer within 30 s.");
      }),
    ).toBeUndefined();
    const fault = new TypeError("a fault of the program");
    await expect(
      lookAfter(async () => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });
});
