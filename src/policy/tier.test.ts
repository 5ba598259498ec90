import { describe, expect, test } from "vitest";
import { TIERS, type Tier } from "../config/settings.ts";
import { decide, includes, tierFor } from "./tier.ts";

const READ = "GET /nodes";
const EXECUTE = "POST /nodes/{node}/qemu/{vmid}/status/start";
const WRITE = "DELETE /nodes/{node}/qemu/{vmid}";

test("each tier includes the ones before it", () => {
  for (const [rank, tier] of TIERS.entries()) {
    expect(TIERS.filter((other) => includes(tier, other))).toEqual(TIERS.slice(0, rank + 1));
  }
});

test("the lowest tier of each effect", () => {
  expect([tierFor("read"), tierFor("execute"), tierFor("write")]).toEqual(TIERS);
});

describe("decide", () => {
  test.each<[Tier, string, boolean]>([
    ["read-only", READ, true],
    ["read-only", EXECUTE, false],
    ["read-only", WRITE, false],
    ["read-execute", READ, true],
    ["read-execute", EXECUTE, true],
    ["read-execute", WRITE, false],
    ["full", READ, true],
    ["full", EXECUTE, true],
    ["full", WRITE, true],
  ])("tier %s, %s: %s", (tier, route, allowed) => {
    expect(decide(tier, route, {}).allowed).toBe(allowed);
  });

  test("a refusal names the tier that is needed, and the argument that raised it", () => {
    expect(decide("read-only", EXECUTE, {})).toEqual({
      allowed: false,
      needs: "read-execute",
      effect: "execute",
      risk: "none",
    });
    expect(decide("read-execute", EXECUTE, { skiplock: true })).toMatchObject({
      allowed: false,
      needs: "full",
      reason: "skiplock ignores the guest's lock",
    });
  });

  test("an admitted call carries its class", () => {
    expect(decide("full", WRITE, {})).toEqual({ allowed: true, effect: "write", risk: "loss" });
  });

  test.each<[string, Record<string, unknown>]>([
    ["POST /nodes/{node}/vzdump", { "prune-backups": "keep-last=1" }],
    ["POST /nodes/{node}/vzdump", { remove: 1 }],
    ["POST /nodes/{node}/vzdump", { script: "/root/x" }],
    ["POST /nodes/{node}/lxc/{vmid}/status/stop", { skiplock: 1 }],
  ])("at read-execute no argument deletes or overrides: %s %j", (route, params) => {
    expect(decide("read-execute", route, {}).allowed).toBe(true);
    expect(decide("read-execute", route, params).allowed).toBe(false);
  });
});
