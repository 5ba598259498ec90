import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Pve } from "./client.ts";
import type { Json } from "./data.ts";
import { GuestInventory } from "./guests.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client that answers GET /cluster/resources with these, one after the other, and counts. */
function pveWith(...answers: (Json | Error)[]): Pve & { readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  return {
    calls,
    call: async (...call) => {
      calls.push(call);
      const answer = answers[Math.min(calls.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return { data: answer ?? null };
    },
  };
}

const web = { id: "qemu/100", type: "qemu", vmid: 100, node: "pve1", name: "web", status: "running" };

describe("what it makes of a row", () => {
  test("every field PVE gives, and none it does not", async () => {
    const full = { ...web, tags: "a;b c", lock: "backup", pool: "prod", template: 1, maxmem: 5 };
    const bare = { type: "lxc", vmid: "101", node: "pve2" };
    expect(await new GuestInventory(pveWith([full, bare])).all(false)).toEqual([
      {
        vmid: 100,
        type: "qemu",
        node: "pve1",
        name: "web",
        status: "running",
        lock: "backup",
        pool: "prod",
        template: true,
        tags: ["a", "b", "c"],
      },
      { vmid: 101, type: "lxc", node: "pve2", template: false, tags: [] },
    ]);
  });

  test("rows that are no guests are left out", async () => {
    const odd = [
      { type: "node", node: "pve1" },
      { type: "qemu", vmid: 1 },
      { ...web, type: "openvz" },
      null,
      3,
      web,
    ];
    expect(await new GuestInventory(pveWith(odd)).all(false)).toHaveLength(1);
    expect(await new GuestInventory(pveWith(null)).all(false)).toEqual([]);
  });
});

describe("how often it looks", () => {
  test("reads that come together share one look, for five seconds", async () => {
    const pve = pveWith([web]);
    const inventory = new GuestInventory(pve);
    await Promise.all([inventory.all(false), inventory.all(false)]);
    await vi.advanceTimersByTimeAsync(4_999);
    await inventory.all(false);
    expect(pve.calls).toEqual([["GET /cluster/resources", { type: "vm" }, { caller: undefined }]]);
    await vi.advanceTimersByTimeAsync(1);
    await inventory.all(false);
    expect(pve.calls).toHaveLength(2);
  });

  test("anything but a read looks anew, and reads use what it saw", async () => {
    const moved = { ...web, node: "pve2" };
    const inventory = new GuestInventory(pveWith([web], [moved]));
    await inventory.all(false);
    expect(await inventory.all(true)).toMatchObject([{ node: "pve2" }]);
    expect(await inventory.all(false)).toMatchObject([{ node: "pve2" }]);
  });

  test("what was seen before a write of ours is forgotten", async () => {
    const inventory = new GuestInventory(pveWith([web], []));
    await inventory.all(false);
    inventory.forget();
    expect(await inventory.all(false)).toEqual([]);
  });

  test("a look that failed is not kept", async () => {
    const inventory = new GuestInventory(pveWith(new Error("down"), [web]));
    await expect(inventory.all(false)).rejects.toThrow("down");
    expect(await inventory.all(false)).toHaveLength(1);
  });
});
