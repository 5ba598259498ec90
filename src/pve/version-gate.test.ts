import { describe, expect, it, vi } from "vitest";
import { endpointOf } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { PveError } from "./errors.ts";
import type { GuardRead } from "./guard.ts";
import { createVersionGate } from "./version-gate.ts";

/** Nodes and the release each runs; "" is the connected one. */
const reading = (releases: Readonly<Record<string, string>>) =>
  vi.fn<GuardRead>(async (_, params) => {
    const release = releases[String(params.node ?? "")];
    if (release === undefined) throw new PveError("permission", "no");
    return { data: { release, version: `${release}.1` } };
  });

const RULES = "GET /cluster/ha/rules" as const;
const STOP = "POST /nodes/{node}/lxc/{vmid}/status/stop" as const;
const pass = async (
  route: Route,
  params: Record<string, unknown>,
  releases: Record<string, string>,
  describes?: boolean,
) => {
  const read = reading(releases);
  const gate = createVersionGate(() => 0, describes === undefined ? undefined : async () => describes);
  try {
    await gate(endpointOf(route), params, read);
    return { said: "sent", asked: read.mock.calls.length };
  } catch (error) {
    return { said: (error as Error).message, asked: read.mock.calls.length };
  }
};

describe("what a node is too old for", () => {
  it("is refused with the release that has it", async () => {
    expect((await pass(RULES, {}, { "": "8.4" })).said).toBe(
      "The operation needs PVE 9.0; the connected node runs 8.4.",
    );
    expect(
      (await pass(STOP, { node: "pve2", vmid: 200, "overrule-shutdown": true }, { pve2: "7.4" })).said,
    ).toBe("overrule-shutdown needs PVE 8.4; pve2 runs 7.4.");
  });

  it("goes by the node that executes, not by the connected one", async () => {
    const call = { node: "pve2", vmid: 200, "overrule-shutdown": true };
    expect((await pass(STOP, call, { "": "7.4", pve2: "9.2" })).said).toBe("sent");
    expect((await pass(STOP, call, { "": "9.2", pve2: "7.4" })).said).toContain("pve2 runs 7.4");
  });

  it("is sent where nobody knows: between two described releases, or a version that cannot be read", async () => {
    const call = { node: "pve2", vmid: 200, "overrule-shutdown": true };
    for (const release of ["8.1", "8.3"])
      expect((await pass(STOP, call, { pve2: release })).said).toBe("sent");
    expect((await pass(STOP, call, {})).said).toBe("sent");
    expect((await pass(RULES, {}, { "": "10.1" })).said).toBe("sent");
  });

  it("is sent where the node itself describes it", async () => {
    expect((await pass(RULES, {}, { "": "8.4" }, true)).said).toBe("sent");
    expect((await pass(RULES, {}, { "": "8.4" }, false)).said).toContain("needs PVE 9.0");
  });

  it("is asked only where it matters, and once for five minutes", async () => {
    expect(await pass("GET /nodes", {}, { "": "8.4" })).toEqual({ said: "sent", asked: 0 });
    let now = 0;
    const read = reading({ "": "9.2" });
    const gate = createVersionGate(() => now);
    for (const at of [0, 1_000, 299_000, 301_000]) {
      now = at;
      await gate(endpointOf(RULES), {}, read);
    }
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("looks into property strings", async () => {
    const params = { node: "pve1", vmid: 100, vga: "virtio,clipboard=vnc" };
    const { said } = await pass("PUT /nodes/{node}/qemu/{vmid}/config", params, { pve1: "7.4" });
    expect(said).toMatch(/^vga's key clipboard needs PVE 8\.\d; pve1 runs 7\.4\.$/);
  });

  it("a cancelled look is cancelled", async () => {
    const read: GuardRead = async () => {
      throw new PveError("cancelled", "The call was cancelled.");
    };
    await expect(createVersionGate(() => 0)(endpointOf(RULES), {}, read)).rejects.toMatchObject({
      kind: "cancelled",
    });
  });
});
