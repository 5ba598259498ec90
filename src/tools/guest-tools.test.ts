import { describe, expect, it } from "vitest";
import { cannedSession } from "../../tests/support/canned.ts";
import { guestSession, upid } from "../../tests/support/canned-guests.ts";
import { tierFor } from "../policy/tier.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import { inputsOf } from "./input-schema.ts";
import { lxcTools } from "./lxc.ts";
import { qemuTools } from "./qemu.ts";
import type { Tool } from "./tool.ts";

describe("finding the guest", () => {
  const start = { "POST /nodes/pve1/qemu/101/status/start": upid("pve1", "qmstart", 101) };

  it("sends to the node the guest is on, whatever node is given", async () => {
    const { call, sent } = guestSession(start);
    expect(await call("pve_start_qemu_vm", { vmid: 101, node: "pve2" })).toContain(
      "Started: Start of VM 101 (web1) on pve1.",
    );
    expect(sent).toEqual(["GET /cluster/resources type=vm", "POST /nodes/pve1/qemu/101/status/start"]);
  });

  it("takes a name, and the node is optional", async () => {
    const { call } = guestSession(start);
    expect(await call("pve_start_qemu_vm", { vmid: "web1" })).toContain("VM 101 (web1) on pve1");
  });

  it("lists all guests of an ambiguous name and does nothing", async () => {
    const { call, sent } = guestSession();
    const text = await call("pve_stop_qemu_vm", { vmid: "twin" });
    expect(text).toContain("2 guests are named twin");
    expect(text).toMatch(/103 \| twin \| qemu \| pve1[\s\S]*104 \| twin \| qemu \| pve3/);
    expect(text).toContain("Nothing was changed.");
    expect(sent).toEqual(["GET /cluster/resources type=vm"]);
  });

  it("names the right tool for a guest of the other type", async () => {
    const { call, sent } = guestSession();
    expect(await call("pve_shutdown_qemu_vm", { vmid: 201 })).toContain(
      "201 is a container, not a VM (node pve2). Use pve_shutdown_lxc_container.",
    );
    expect(await call("pve_get_lxc_config", { vmid: "web1" })).toContain("Use pve_get_qemu_config.");
    expect(sent.filter((line) => !line.includes("/cluster/resources"))).toEqual([]);
  });

  it.each([100.5, -3, "-3", "100.5", 99, 0, "1e3x!", "../101", "101#", ""])(
    "never sends the VMID %j",
    async (vmid) => {
      const { call, sent } = guestSession();
      expect(await call("pve_stop_qemu_vm", { vmid })).toContain("Nothing was changed.");
      expect(sent.filter((line) => !line.startsWith("GET /cluster/resources"))).toEqual([]);
    },
  );

  it.each(["../access/users?userid=x@pve#", "pve1/qemu/101?x=1#", "%2e%2e%2f", "..", ""])(
    "keeps the node %j in its segment",
    async (node) => {
      const hidden = cannedSession({ "GET /cluster/resources": [] });
      await hidden.call("pve_start_qemu_vm", { vmid: 101, node });
      await hidden.call("pve_list_qemu_vms", { node });
      await hidden.call("pve_create_lxc_container", {
        node,
        vmid: 300,
        ostemplate: "local:vztmpl/x.tar.zst",
      });
      expect(hidden.sent.filter((line) => !line.startsWith("GET /cluster/resources"))).toEqual([]);
    },
  );

  it("keeps the snapshot's name in its segment", async () => {
    const { call, sent } = guestSession();
    const text = await call("pve_delete_qemu_snapshot", { vmid: 101, snapname: "../../102?purge=1#" });
    expect(text).toContain("Nothing was changed.");
    expect(sent).toEqual([]);
  });
});

describe("lists", () => {
  it("lists all nodes' guests of the type without a node", async () => {
    const { call, sent } = guestSession();
    const text = await call("pve_list_qemu_vms");
    expect(text.split("\n").slice(0, 4)).toEqual([
      "5 VMs in the cluster.",
      "VMID | name | node | status | template | lock | CPU | cores | memory | disk | uptime | tags",
      "101 | web1 | pve1 | running |  |  | 25% | 2 | 1/4 GiB | 32 GiB | 1d 1h | prod, web",
      "102 | db | pve2 | stopped |  | backup |  | 4 | 0/8 GiB | 64 GiB",
    ]);
    expect(text).toContain("900 | base | pve1 | stopped | yes");
    expect(sent).toEqual(["GET /cluster/resources type=vm"]);
  });

  it("lists and pages those of a node", async () => {
    const { call, sent } = guestSession({
      "GET /nodes/pve2/lxc": [
        { vmid: 202, name: "b", status: "stopped", cpus: 1, mem: 0, maxmem: 2 ** 29, maxdisk: 2 ** 33 },
        {
          vmid: 201,
          name: "proxy",
          status: "running",
          cpus: 1,
          cpu: 0.5,
          mem: 2 ** 28,
          maxmem: 2 ** 29,
          disk: 2 ** 30,
          maxdisk: 2 ** 33,
          uptime: 60,
        },
      ],
    });
    const text = await call("pve_list_lxc_containers", { node: "pve2", limit: 1 });
    expect(text).toContain("1 of 2 containers on pve2.");
    expect(text).toContain("201 | proxy | running | 50% | 1 | 256/512 MiB | 1/8 GiB | 1m");
    expect(text).toContain("start: 1");
    expect(sent).toEqual(["GET /nodes/pve2/lxc"]);
  });

  it("says why a list may be empty", async () => {
    const { call } = guestSession({ "GET /nodes/pve3/lxc": [] });
    expect(await call("pve_list_lxc_containers", { node: "pve3" })).toMatch(
      /^No containers on pve3\.\n.*VM\.Audit/,
    );
  });
});

describe("power, migration, deletion", () => {
  it.each([
    ["pve_stop_qemu_vm", {}, "POST /nodes/pve1/qemu/101/status/stop", "Stop of VM 101 (web1) on pve1."],
    [
      "pve_shutdown_qemu_vm",
      { timeout: 30, forceStop: true },
      "POST /nodes/pve1/qemu/101/status/shutdown timeout=30&forceStop=1",
      "Shutdown of VM 101",
    ],
    [
      "pve_reboot_qemu_vm",
      { timeout: 60 },
      "POST /nodes/pve1/qemu/101/status/reboot timeout=60",
      "Reboot of VM 101",
    ],
    [
      "pve_suspend_qemu_vm",
      { todisk: true },
      "POST /nodes/pve1/qemu/101/status/suspend todisk=1",
      "Suspension of VM 101",
    ],
    ["pve_resume_qemu_vm", {}, "POST /nodes/pve1/qemu/101/status/resume", "Resumption of VM 101"],
    ["pve_reset_qemu_vm", {}, "POST /nodes/pve1/qemu/101/status/reset", "Reset of VM 101"],
    [
      "pve_start_qemu_vm",
      { params: { timeout: 90 } },
      "POST /nodes/pve1/qemu/101/status/start timeout=90",
      "Start of VM 101",
    ],
    [
      "pve_migrate_qemu_vm",
      { target: "pve2", online: true, "with-local-disks": true },
      "POST /nodes/pve1/qemu/101/migrate target=pve2&online=1&with-local-disks=1",
      "Migration of VM 101 (web1) on pve1 to pve2.",
    ],
  ])("%s %j at tier read-execute", async (name, args, request, said) => {
    const { call, sent } = guestSession(
      { [request.split(" ").slice(0, 2).join(" ")]: upid("pve1", "qmx", 101) },
      "read-execute",
    );
    expect(await call(name, { vmid: 101, ...args })).toContain(said);
    expect(sent.at(-1)).toBe(request);
  });

  it("deletes a container with its options", async () => {
    const { call, sent } = guestSession({ "DELETE /nodes/pve2/lxc/201": upid("pve2", "vzdestroy", 201) });
    expect(
      await call("pve_delete_lxc_container", {
        vmid: 201,
        purge: true,
        force: true,
        "destroy-unreferenced-disks": true,
      }),
    ).toContain("Deletion of CT 201 (proxy) on pve2.");
    expect(sent.at(-1)).toBe("DELETE /nodes/pve2/lxc/201 purge=1&force=1&destroy-unreferenced-disks=1");
  });
});

describe("the catalogue's guests", () => {
  const tiers = (tools: readonly Tool[]) =>
    ["read-only", "read-execute", "full"].map((tier) => tools.filter((tool) => tool.tier === tier).length);

  it("has the tools of both types, each at the tier its effect needs", () => {
    expect(tiers(qemuTools)).toEqual([5, 8, 7]);
    expect(tiers(lxcTools)).toEqual([5, 6, 7]);
    for (const tool of [...qemuTools, ...lxcTools])
      expect([tool.name, tool.tier]).toEqual([tool.name, tierFor(tool.effect)]);
  });

  it("has no tool narrower than PVE, but for what no token may send", () => {
    const rootOnly = new Set(["skiplock", "keepActive", "nocheck", "migratedfrom"]);
    for (const tool of [...qemuTools, ...lxcTools].filter((one) => one.effect !== "read" && !one.more)) {
      const listed = new Set(inputsOf(tool).map((input) => input.of));
      const missing = Object.keys(endpointOf(tool.route).params).filter(
        (name) => !listed.has(name) && !rootOnly.has(name),
      );
      expect([tool.name, missing]).toEqual([tool.name, []]);
    }
  });
});
