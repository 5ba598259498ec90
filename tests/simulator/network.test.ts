import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("network", () => {
  const bridge = { iface: "vmbr9", type: "bridge", cidr: "198.51.100.1/24", autostart: 1, comments: "rec" };

  it("keeps a change waiting until it is applied", async () => {
    const { call, finish, world } = simulated();
    await call("POST /nodes/pve1/network", bridge);
    const { data, changes } = await call("GET /nodes/pve1/network");
    expect(data.find(({ iface }: { iface: string }) => iface === "vmbr9")).toEqual({
      iface: "vmbr9",
      type: "bridge",
      method: "static",
      method6: "manual",
      address: "198.51.100.1",
      netmask: "24",
      cidr: "198.51.100.1/24",
      autostart: 1,
      comments: "rec\n",
      bridge_ports: "",
      bridge_stp: "off",
      bridge_fd: "0",
      families: ["inet"],
      priority: 7,
    });
    expect(changes).toContain("+iface vmbr9 inet static\n+\taddress 198.51.100.1/24");
    expect(world.nodes.get("pve1")?.network.has("vmbr9")).toBe(false);
    const { data: upid } = await call("PUT /nodes/pve1/network");
    expect(upid).toContain(":srvreload:networking:");
    expect((await finish(upid)).exitstatus).toBe("OK");
    expect((await call("GET /nodes/pve1/network")).changes).toBeUndefined();
    expect((await call("GET /nodes/pve1/network/vmbr9")).data.active).toBe(1);
  });

  it("sets an interface to manual when a change leaves out the address", async () => {
    const { call } = simulated();
    await call("POST /nodes/pve1/network", bridge);
    await call("PUT /nodes/pve1/network/vmbr9", { type: "bridge", comments: "changed" });
    expect((await call("GET /nodes/pve1/network/vmbr9")).data).toMatchObject({
      method: "manual",
      address: "198.51.100.1",
      comments: "changed\n",
    });
  });

  it("reverts what waits", async () => {
    const { call } = simulated();
    await call("DELETE /nodes/pve1/network/vmbr1");
    expect((await call("GET /nodes/pve1/network/vmbr1")).errors).toEqual({
      iface: "interface does not exist",
    });
    await call("DELETE /nodes/pve1/network");
    expect((await call("GET /nodes/pve1/network/vmbr1")).status).toBe(200);
  });

  it.each([
    [{ iface: "vmbr0", type: "bridge" }, { iface: "interface already exists" }],
    [
      { ...bridge, gateway: "198.51.100.254" },
      { gateway: "Default gateway already exists on interface 'vmbr0'." },
    ],
    [{ ...bridge, bridge_ports: "nic1" }, { bridge_ports: "nic1 is already used on interface 'vmbr1'." }],
    [
      { ...bridge, address: "198.51.100.1", netmask: "255.255.255.0" },
      { address: "address conflicts with cidr" },
    ],
  ])("refuses %j", async (params, errors) => {
    const { call } = simulated();
    const answer = await call("POST /nodes/pve1/network", params);
    expect([answer.status, answer.errors]).toEqual([400, errors]);
  });
});
