import { beforeEach, describe, expect, it } from "vitest";
import { type TestSession, testSession } from "../../tests/support/session.ts";
import { ROOT_TOKEN, smallWorld } from "../../tests/support/small-world.ts";
import { VirtualClock } from "../simulator/clock.ts";

let session: TestSession;
beforeEach(() => {
  session = testSession(smallWorld(), ROOT_TOKEN);
});

const later = (seconds: number) => {
  const { clock } = session.world;
  if (clock instanceof VirtualClock) clock.advance(seconds);
};
const call = (name: string, args: Record<string, unknown>) => session.call(name, args);

describe("guests of a simulated cluster", () => {
  it("start, change and wait for a restart", async () => {
    expect(await call("pve_start_qemu_vm", { vmid: "web1" })).toContain("Start of VM 100 (web1) on pve1.");
    later(60);
    const status = await call("pve_get_qemu_status", { vmid: 100 });
    expect(status).toMatch(/^VM 100 \(web1\) on pve1 is running\./);
    expect(status).toContain("No IP addresses: guest agent not enabled.");
    expect(await call("pve_update_qemu_config", { vmid: 100, memory: 4096, onboot: true })).toContain(
      "memory, onboot set; memory waits for a restart.",
    );
    const config = await call("pve_get_qemu_config", { vmid: 100 });
    expect(config).toContain("1 pending change.");
    expect(config).toContain("memory: 2048 MiB");
    expect(config).toContain("memory | 2048 MiB | 4096 MiB");
  });

  it("refuses a change made on a configuration that is no longer so", async () => {
    const before = await call("pve_get_lxc_config", { vmid: 101 });
    const digest = /digest: (\w+)/.exec(before)?.[1];
    expect(await call("pve_update_lxc_config", { vmid: 101, cores: 3, digest })).toContain("cores set.");
    const late = await call("pve_update_lxc_config", { vmid: 101, cores: 4, digest });
    expect(late).toContain("has changed since it was read");
    expect(late).toContain("Nothing was changed.");
  });

  it("are created with the next free VMID, and cloned", async () => {
    expect(await call("pve_create_qemu_vm", { node: "pve1", name: "new", memory: 512 })).toContain(
      "Creation of VM 102 (new) on pve1.",
    );
    later(60);
    expect(await call("pve_clone_qemu_vm", { vmid: "new", name: "copy" })).toContain(
      "Clone of VM 102 (new) on pve1 to VM 103 (copy).",
    );
    later(60);
    expect(await call("pve_list_qemu_vms", {})).toContain("3 VMs in the cluster.");
    await call("pve_delete_qemu_vm", { vmid: "new" });
    later(60);
    expect(await call("pve_list_qemu_vms", { node: "pve1" })).toContain("2 VMs on pve1.");
  });

  it("get a VMID each when they are created at the same time", async () => {
    const answers = await Promise.all(
      ["a", "b", "c"].map((name) => call("pve_create_qemu_vm", { node: "pve1", name })),
    );
    expect(answers.map((text) => /VMID: (\d+)/.exec(text)?.[1]).sort()).toEqual(["102", "103", "104"]);
  });

  it("have snapshots", async () => {
    await call("pve_create_qemu_snapshot", { vmid: 100, snapname: "pre", description: "before" });
    later(60);
    const list = await call("pve_list_qemu_snapshots", { vmid: 100 });
    expect(list).toContain("1 snapshot of VM 100 (web1) on pve1; the current state is based on pre.");
    await call("pve_rollback_qemu_snapshot", { vmid: 100, snapname: "pre" });
    later(60);
    await call("pve_delete_qemu_snapshot", { vmid: 100, snapname: "pre" });
    later(60);
    expect(await call("pve_list_qemu_snapshots", { vmid: 100 })).toContain("No snapshots of VM 100");
  });

  it("take no other request than those that the tools declare", async () => {
    await call("pve_get_lxc_status", { vmid: "db1", node: "nosuch" });
    await call("pve_list_lxc_snapshots", { vmid: "db1" });
    expect(session.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api2/json/cluster/resources?type=vm",
      "GET /api2/json/nodes/pve1/lxc/101/status/current",
      "GET /api2/json/nodes/pve1/lxc/101/snapshot",
    ]);
  });
});
