import { describe, expect, it } from "vitest";
import { cannedSession, Refused } from "../../tests/support/canned.ts";
import { testSession } from "../../tests/support/session.ts";
import { VirtualClock } from "../simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../simulator/scenarios/cluster.ts";

const RESOURCES = "GET /cluster/resources";
const vm = (node: string) => [{ vmid: 101, type: "qemu", node, name: "web", status: "running" }];
const demo = () => testSession(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin);

describe("a guest that has moved since it was looked up", () => {
  it("is looked up anew when a read does not find it where it was", async () => {
    let looks = 0;
    const { call, sent } = cannedSession({
      [RESOURCES]: () => vm(looks++ === 0 ? "pve1" : "pve2"),
      "GET /nodes/pve1/qemu/101/snapshot": new Refused(
        500,
        "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist",
      ),
      "GET /nodes/pve2/qemu/101/snapshot": [{ name: "current", running: 1 }],
    });
    expect(await call("pve_list_qemu_snapshots", { vmid: "web" })).toMatch(
      /^No snapshots of VM 101 \(web\) on pve2/,
    );
    expect(sent).toEqual([
      "GET /cluster/resources type=vm",
      "GET /nodes/pve1/qemu/101/snapshot",
      "GET /cluster/resources type=vm",
      "GET /nodes/pve2/qemu/101/snapshot",
    ]);
  });

  it("is looked for once more and no further", async () => {
    const gone = new Refused(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist");
    const { call, sent } = cannedSession({
      [RESOURCES]: vm("pve1"),
      "GET /nodes/pve1/qemu/101/snapshot": gone,
    });
    expect(await call("pve_list_qemu_snapshots", { vmid: 101 })).toMatch(/^No VM 101 on node pve1\./);
    expect(sent).toHaveLength(4);
  });

  it("is not tried twice by a write", async () => {
    const gone = new Refused(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist");
    const { call, sent } = cannedSession({ [RESOURCES]: vm("pve1"), "DELETE /nodes/pve1/qemu/101": gone });
    expect(await call("pve_delete_qemu_vm", { vmid: 101 })).toMatch(
      /^No VM 101 on node pve1\.\n[\s\S]*Nothing was changed\.$/,
    );
    expect(sent).toEqual(["GET /cluster/resources type=vm", "DELETE /nodes/pve1/qemu/101"]);
  });
});

describe("a change that was accepted before something failed", () => {
  it("is never called unchanged", async () => {
    const { call } = cannedSession({
      "GET /nodes/pve1/network/vmbr1": (() => {
        let reads = 0;
        return () =>
          reads++ === 0 ? { type: "bridge", method: "manual" } : new Refused(595, "No route to host");
      })(),
      "PUT /nodes/pve1/network/vmbr1": null,
    });
    const text = await call("pve_update_network", {
      node: "pve1",
      iface: "vmbr1",
      type: "bridge",
      comments: "x",
    });
    expect(text).not.toContain("Nothing was changed");
  });
});

describe("params", () => {
  it("may hold a listed parameter, which is then checked and coerced like one", async () => {
    const { call, requests } = demo();
    await call("pve_update_qemu_config", { vmid: 100, params: { cores: "6", onboot: "off", tags: "a;b" } });
    const put = requests.find(({ method }) => method === "PUT");
    expect(Object.fromEntries(new URLSearchParams(put?.body))).toEqual({
      cores: "6",
      onboot: "0",
      tags: "a;b",
    });
  });

  it.each([
    [{ cores: "many" }, "cores must be an integer."],
    [{ node: "pve2" }, "node is an argument of its own, not one of params."],
    [{ vmid: 101 }, "vmid is an argument of its own, not one of params."],
    [{ name: "other" }, "name was given twice, as an argument and in params."],
  ])("%j is refused", async (params, message) => {
    const { call, requests } = demo();
    expect(await call("pve_update_qemu_config", { vmid: 100, name: "web", params })).toBe(
      `${message}\nNothing was changed.`,
    );
    expect(requests).toEqual([]);
  });

  it.each([
    { net0: { model: "virtio", bridge: "vmbr0" } },
    { params: { net0: { model: "virtio", bridge: "vmbr0" } } },
  ])("takes an object for a property string: %j", async (args) => {
    const { call, requests } = demo();
    await call("pve_update_qemu_config", { vmid: 100, ...args });
    const put = requests.find(({ method }) => method === "PUT");
    expect(new URLSearchParams(put?.body).get("net0")).toMatch(/^(model=)?virtio,bridge=vmbr0$/);
  });

  it.each([{ name: [{}] }, { name: { a: 1 } }])("refuses what is no text: %j", async (args) => {
    const { call, requests } = demo();
    expect(await call("pve_update_qemu_config", { vmid: 100, ...args })).toContain("name must be a string.");
    expect(requests).toEqual([]);
  });

  it("names a parameter that is called like something of JavaScript's", async () => {
    const { call } = demo();
    expect(await call("pve_update_qemu_config", { vmid: 100, params: { constructor: 2 } })).toContain(
      "'constructor'",
    );
  });

  it("cannot smuggle a name of JavaScript's own past the check", async () => {
    const { call, requests } = demo();
    const params = JSON.parse('{"__proto__":{"skiplock":true},"constructor":"x"}') as Record<string, unknown>;
    const text = await call("pve_update_qemu_config", { vmid: 100, params });
    expect(text).toContain("Nothing was changed.");
    expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("a name that several guests have", () => {
  it("is settled by the node, and by nothing else", async () => {
    const { call } = demo();
    expect(await call("pve_get_qemu_status", { vmid: "dev", node: "pve2" })).toMatch(
      /^VM 108 \(dev\) on pve2 is running\./,
    );
    expect(await call("pve_get_qemu_status", { vmid: "dev" })).toMatch(
      /^2 guests are named dev; give the VMID\./,
    );
    expect(await call("pve_get_qemu_status", { vmid: "dev", node: "pve3" })).toMatch(
      /^2 guests are named dev/,
    );
  });

  it("may stand behind a HA prefix", async () => {
    const { call, requests } = demo();
    await call("pve_create_ha_resource", { sid: "vm:mail" });
    expect(new URLSearchParams(requests.find(({ method }) => method === "POST")?.body).get("sid")).toBe(
      "vm:103",
    );
  });
});

describe("arguments beyond all measure", () => {
  it("are refused before each is looked at", async () => {
    const { call, requests } = demo();
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`x${n}`, 1]));
    expect(await call("pve_update_qemu_config", { vmid: 100, params: many })).toContain(
      "params has more than 1000 entries.",
    );
    const text = await call("pve_get_qemu_status", { vmid: 100, ...many });
    expect(text).toContain('Unknown argument "x9".');
    expect(text).not.toContain('"x10"');
    expect(requests).toEqual([]);
  });
});

describe("paging", () => {
  it.each([
    [{ limit: -3 }, "limit must be at least 1."],
    [{ limit: 0 }, "limit must be at least 1."],
    [{ start: -5 }, "start must be at least 0."],
  ])("%j is refused", async (page, message) => {
    const { call, requests } = demo();
    expect(await call("pve_list_qemu_vms", { node: "pve1", ...page })).toContain(message);
    expect(requests).toEqual([]);
  });

  it("refuses a position before the first too", async () => {
    const { call, requests } = demo();
    const text = await call("pve_create_firewall_rule", { action: "ACCEPT", type: "in", pos: -1 });
    expect(text).toContain("pos must be at least 0.");
    expect(requests).toEqual([]);
  });

  it("says how many there are and how to go on", async () => {
    const { call } = demo();
    expect(await call("pve_list_qemu_vms", { limit: 2 })).toMatch(
      /^2 of 10 VMs[\s\S]*2 of 10 shown; more: start: 2$/,
    );
    expect(await call("pve_list_qemu_vms", { start: 8, limit: 2 })).not.toContain("more:");
  });
});

describe("a cancelled call", () => {
  it("does not wait for the look-up it shares with others", async () => {
    const { world } = demo();
    expect(world.guests.size).toBe(16);
    const never = new Promise<never>(() => {});
    const { abortable } = cannedSession({ [RESOURCES]: never });
    const controller = new AbortController();
    const answer = abortable("pve_get_qemu_status", { vmid: 101 }, controller.signal);
    controller.abort();
    expect((await answer).headline).toBe("The call was cancelled.");
  });
});
