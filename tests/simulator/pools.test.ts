import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const ids = (members: { id: string }[]) => members.map(({ id }) => id);

describe("pools", () => {
  it("reaches nested pools through the newer endpoints only", async () => {
    const { call } = simulated();
    expect((await call("POST /pools", { poolid: "web/blue" })).status).toBe(200);
    expect((await call("GET /pools", { poolid: "web/blue" })).data).toEqual([
      { poolid: "web/blue", members: [] },
    ]);
    expect((await call("POST /pools", { poolid: "none/blue" })).message).toBe(
      "create pool failed: parent 'none' of pool 'none/blue' does not exist\n",
    );
    expect((await call("DELETE /pools", { poolid: "web" })).message).toContain(
      "is not empty (contains pool 'web/",
    );
  });

  it("adds, moves and removes members", async () => {
    const { call } = simulated();
    expect((await call("PUT /pools", { poolid: "web/staging", vms: "100" })).message).toBe(
      "update pools failed: VM 100 belongs already to pool 'web' and 'allow-move' is not set\n",
    );
    await call("PUT /pools", { poolid: "web/staging", vms: "100", "allow-move": 1 });
    const { data } = await call("GET /pools", { poolid: "web/staging" });
    expect(ids(data[0].members).sort()).toEqual(["qemu/100", "qemu/107", "qemu/108"]);
    await call("PUT /pools", { poolid: "web/staging", vms: "100,107", delete: 1 });
    expect(ids((await call("GET /pools", { poolid: "web/staging" })).data[0].members)).toEqual(["qemu/108"]);
  });

  it("keeps nothing of a change that fails half-way", async () => {
    const { call, world } = simulated();
    await call("PUT /pools/web", { vms: "103,100", comment: "no" });
    expect(world.pools.get("web")?.vms.has(103)).toBe(false);
    expect(world.pools.get("web")?.comment).toBe("Everything behind www");
  });

  it("shows storages among the members", async () => {
    const { call } = simulated();
    const { data } = await call("GET /pools/web", { type: "storage" });
    expect(data.members).toMatchObject([{ type: "storage", storage: "nas-iso", shared: 1 }]);
  });
});
