import { describe, expect, it } from "vitest";
import { cannedSession } from "../../tests/support/canned.ts";
import { HOSTILE } from "../../tests/support/hostile.ts";
import { testSession } from "../../tests/support/session.ts";
import { ROOT_TOKEN, smallWorld } from "../../tests/support/small-world.ts";

const start = () => testSession(smallWorld(), ROOT_TOKEN);
const node = "pve1";
const pending = (session: ReturnType<typeof start>, iface: string) =>
  session.world.nodes.get(node)?.pendingNetwork?.get(iface);

describe("pve_update_network", () => {
  it("keeps the address when a comment changes", async () => {
    const session = start();
    const args = { node, iface: "vmbr0", type: "bridge", comments: "changed" };
    const text = await session.call("pve_update_network", args);
    expect(text).toContain("Interface vmbr0 on pve1 changed. It is pending");
    expect(text).toContain("comments | “uplink” | “changed”");
    expect(text).not.toContain("method |");
    expect(text).toContain("pve_apply_network");
    expect(pending(session, "vmbr0")).toMatchObject({
      method: "static",
      cidr: "192.0.2.11/24",
      gateway: "192.0.2.1",
      bridge_ports: "eno1",
      autostart: 1,
    });
  });

  it("needs no type and keeps the netmask of a new address", async () => {
    const session = start();
    const text = await session.call("pve_update_network", { node, iface: "vmbr0", address: "192.0.2.12" });
    expect(text).toContain("cidr | 192.0.2.11/24 | 192.0.2.12/24");
    const body = new URLSearchParams(session.requests[1]?.body ?? "");
    expect(body.get("cidr")).toBe("192.0.2.12/24");
    expect(body.has("address") || body.has("netmask")).toBe(false);
    expect(body.get("type")).toBe("bridge");
  });

  it("deletes an address whole", async () => {
    const session = start();
    const text = await session.call("pve_update_network", {
      node,
      iface: "vmbr0",
      delete: "address,gateway",
    });
    expect(text).toContain("method | static | manual");
    expect(new URLSearchParams(session.requests[1]?.body ?? "").get("delete")).toBe("cidr,gateway");
    expect(pending(session, "vmbr0")).not.toHaveProperty("gateway");
  });

  it("takes the endpoint's other parameters", async () => {
    const session = start();
    const text = await session.call("pve_update_network", { node, iface: "vmbr0", params: { mtu: 9000 } });
    expect(text).toContain("mtu | (not set) | 9000");
    expect(pending(session, "vmbr0")).toMatchObject({ method: "static" });
  });

  it("does not end DHCP", async () => {
    const one = { type: "eth", method: "dhcp", method6: "manual" };
    const session = cannedSession({ "GET /nodes/pve1/network/eno1": one });
    const text = await session.call("pve_update_network", { node, iface: "eno1", comments: "x" });
    expect(text).toContain("by dhcp");
    expect(text).toContain("Nothing was changed.");
    expect(session.sent).toEqual(["GET /nodes/pve1/network/eno1"]);
  });

  it("still says that it changed when it cannot be read again", async () => {
    let reads = 0;
    const session = cannedSession({
      "GET /nodes/pve1/network/eno1": () => (reads++ === 0 ? { type: "eth", method: "manual" } : null),
      "PUT /nodes/pve1/network/eno1": null,
    });
    expect(await session.call("pve_update_network", { node, iface: "eno1", comments: "x" })).toMatch(
      /^Interface eno1/,
    );
  });
});

describe("pending changes", () => {
  it("are listed, applied and reverted", async () => {
    const session = start();
    expect(await session.call("pve_list_networks", { node })).not.toContain("pending");
    const created = await session.call("pve_create_network", {
      node,
      iface: "vmbr1",
      type: "bridge",
      address: "10.1.0.1",
      netmask: "255.255.255.0",
      autostart: true,
    });
    expect(created).toMatch(/^Interface vmbr1 on pve1 created\. It is pending/);
    expect(session.requests.at(-1)?.body).toBe("iface=vmbr1&type=bridge&autostart=1&cidr=10.1.0.1%2F24");
    const listed = await session.call("pve_list_networks", { node });
    expect(listed).toContain("vmbr1 | bridge |  | yes |  | 10.1.0.1/24");
    expect(listed).toContain("+iface vmbr1 inet static");
    expect(listed).toContain("pve_apply_network applies all pending changes, pve_revert_network drops them.");
    const applied = await session.call("pve_apply_network", { node });
    expect(applied).toMatch(/UPID:pve1:[^\n]*srvreload/);
    expect(applied).toContain("+iface vmbr1 inet static");
    await session.call("pve_delete_network", { node, iface: "vmbr0" });
    const reverted = await session.call("pve_revert_network", { node });
    expect(reverted).toMatch(/^Pending network changes of pve1 dropped\./);
    expect(session.world.nodes.get(node)?.pendingNetwork).toBeUndefined();
    expect(await session.call("pve_revert_network", { node })).toContain("No change was pending.");
  });

  it("show what a deleted interface was", async () => {
    const text = await start().call("pve_delete_network", { node, iface: "vmbr0" });
    expect(text).toMatch(/^Interface vmbr0 on pve1 deleted\. It is pending/);
    expect(text).toContain("cidr: 192.0.2.11/24");
  });
});

it("asks for the netmask that an address needs", async () => {
  const session = start();
  const text = await session.call("pve_create_network", {
    node,
    iface: "vmbr1",
    type: "bridge",
    address: "10.1.0.1",
  });
  expect(text).toContain("address needs netmask");
  expect(session.requests.map(({ path }) => path)).toEqual([]);
});

it("shows one interface", async () => {
  const text = await start().call("pve_get_network", { node, iface: "vmbr0" });
  expect(text).toMatch(
    /^Interface vmbr0 on pve1:\n.*\ntype: bridge\nmethod: static\ncidr: 192\.0\.2\.11\/24/,
  );
  expect(text).toContain("autostart: yes");
});

it("never leads out of its path", async () => {
  for (const tool of ["pve_get_network", "pve_update_network", "pve_delete_network"]) {
    const session = start();
    for (const iface of HOSTILE) {
      expect((await session.answer(tool, { node, iface, comments: "x" })).failed, iface.slice(0, 40)).toBe(
        true,
      );
      expect((await session.answer(tool, { node: iface, iface: "vmbr0" })).failed, iface.slice(0, 40)).toBe(
        true,
      );
    }
    expect(session.requests.map(({ path }) => path)).toEqual([]);
  }
});
