import { describe, expect, it } from "vitest";
import type { World } from "../../src/simulator/world.ts";
import { simulated } from "../support/simulated.ts";

describe("high availability", () => {
  it("manages a resource", async () => {
    const { call } = simulated();
    await call("POST /cluster/ha/resources", { sid: "vm:100", state: "started", comment: "x" });
    expect((await call("POST /cluster/ha/resources", { sid: "100" })).message).toBe(
      "create resource failed: resource ID 'vm:100' already defined\n",
    );
    const { digest } = (await call("GET /cluster/ha/resources/vm:100")).data;
    await call("PUT /cluster/ha/resources/vm:100", { max_restart: 2, delete: "comment", digest });
    expect((await call("GET /cluster/ha/resources/vm:100")).data).toMatchObject({
      max_restart: 2,
      state: "started",
    });
    await call("DELETE /cluster/ha/resources/vm:100");
    expect((await call("GET /cluster/ha/resources/vm:100")).message).toBe("no such resource 'vm:100'\n");
    expect((await call("DELETE /cluster/ha/resources/vm:100")).message).toContain("not HA managed!");
  });

  it.each([
    ["vm:999", "resource 'vm:999' does not exist in cluster\n"],
    ["vm:200", "resource 'vm:200' does not exist in cluster\n"],
    ["xx:1", "unknown section type 'xx'\n"],
    ["999", "unable to detect SID from VMID - VM/CT 999 does not exist\n"],
  ])("refuses %s", async (sid, message) => {
    const { call } = simulated();
    expect((await call("POST /cluster/ha/resources", { sid })).message).toBe(message);
  });

  it("has rules instead of groups", async () => {
    const { call } = simulated();
    expect((await call("GET /cluster/ha/groups")).message).toBe(
      "cannot index groups: ha groups have been migrated to rules\n",
    );
    expect((await call("POST /cluster/ha/resources", { sid: "vm:100", group: "old-group" })).message).toBe(
      "invalid parameter 'group': ha groups have been migrated to rules\n",
    );
  });

  it("checks a rule against managed resources, nodes and other rules", async () => {
    const { call } = simulated();
    const add = (params: Record<string, string>) =>
      call("POST /cluster/ha/rules", { rule: "r1", type: "node-affinity", nodes: "pve1", ...params });
    expect((await add({ resources: "vm:100" })).message).toBe(
      "create ha rule failed: cannot use unmanaged resource(s) vm:100.\n",
    );
    expect((await add({ resources: "vm:101", nodes: "pve9" })).message).toBe(
      "create ha rule failed: cannot use non-existent node(s) pve9.\n",
    );
    expect((await add({ resources: "vm:102" })).errors).toEqual({
      resources: "resource 'vm:102' is already used in another node affinity rule",
    });
    expect((await add({ resources: "vm:101" })).status).toBe(200);
    expect((await call("PUT /cluster/ha/rules/r1", { type: "node-affinity", comment: "x" })).status).toBe(
      200,
    );
    expect((await call("GET /cluster/ha/rules/r1")).data).toMatchObject({
      order: 3,
      strict: 0,
      comment: "x",
    });
    await call("DELETE /cluster/ha/rules/r1");
    expect((await call("GET /cluster/ha/rules/r1")).message).toBe("no such ha rule 'r1'\n");
  });

  it("purges a resource from its rules", async () => {
    const { call } = simulated();
    await call("DELETE /cluster/ha/resources/vm:102");
    const { data } = await call("GET /cluster/ha/rules");
    expect(data).toMatchObject([{ rule: "web-apart", resources: "vm:101" }]);
  });

  it("is disarmed and armed again", async () => {
    const { call } = simulated();
    const fencing = async () =>
      (await call("GET /cluster/ha/status/current")).data.find(
        ({ type }: { type: string }) => type === "fencing",
      );
    await call("POST /cluster/ha/status/disarm-ha", { "resource-mode": "freeze" });
    expect(await fencing()).toMatchObject({ "armed-state": "disarmed", resource_mode: "freeze" });
    await call("POST /cluster/ha/status/arm-ha");
    expect(await fencing()).toMatchObject({ "armed-state": "armed" });
  });

  const tasksOf = (world: World, vmid: number) =>
    [...world.tasks.values()].filter(({ id, type }) => id === String(vmid) && !type.startsWith("ha"));

  it("acts on a request in a task of root@pam, some rounds after it was asked", async () => {
    const { call, clock, world } = simulated();
    const before = tasksOf(world, 101).length;
    await call("POST /nodes/pve2/qemu/101/migrate", { target: "pve1", online: 1 });
    clock.advance(4);
    await call("GET /cluster/tasks");
    expect(tasksOf(world, 101)).toHaveLength(before);
    clock.advance(6);
    await call("GET /cluster/tasks");
    expect(tasksOf(world, 101).at(-1)).toMatchObject({ type: "qmigrate", node: "pve2", user: "root@pam" });
    expect(world.guests.get(101)?.node).toBe("pve2");
    clock.advance(60);
    await call("GET /cluster/tasks");
    expect(world.guests.get(101)?.node).toBe("pve1");
  });

  it("does nothing while it is disarmed, and does it then", async () => {
    const { call, clock, world } = simulated();
    await call("POST /cluster/ha/status/disarm-ha", { "resource-mode": "freeze" });
    await call("POST /nodes/pve2/qemu/101/status/shutdown");
    clock.advance(120);
    await call("GET /cluster/tasks");
    expect(world.guests.get(101)?.status).toBe("running");
    await call("POST /cluster/ha/status/arm-ha");
    clock.advance(120);
    await call("GET /cluster/tasks");
    expect(world.guests.get(101)?.status).toBe("stopped");
  });

  it("forgets a request that another has overtaken", async () => {
    const { call, clock, world } = simulated();
    const before = tasksOf(world, 101).length;
    await call("PUT /cluster/ha/resources/vm:101", { state: "stopped" });
    await call("PUT /cluster/ha/resources/vm:101", { state: "started" });
    clock.advance(120);
    await call("GET /cluster/tasks");
    expect(tasksOf(world, 101)).toHaveLength(before);
  });

  it.each(["migrate", "relocate"])("moves a resource by a task of its own: %s", async (verb) => {
    const { call, clock, world } = simulated();
    await call(`POST /cluster/ha/resources/vm:101/${verb}`, { node: "pve1" });
    expect(world.guests.get(101)?.node).toBe("pve2");
    clock.advance(120);
    await call("GET /cluster/tasks");
    expect(world.guests.get(101)?.node).toBe("pve1");
    expect(tasksOf(world, 101).at(-1)).toMatchObject({ type: "qmigrate", user: "root@pam" });
  });
});
