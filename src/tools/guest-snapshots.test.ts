import { describe, expect, it } from "vitest";
import { guestSession, upid } from "../../tests/support/canned-guests.ts";

describe("snapshots", () => {
  const SNAPSHOTS = "GET /nodes/pve1/qemu/101/snapshot";

  it("shows them as a chain, the current state's base marked", async () => {
    const { call } = guestSession({
      [SNAPSHOTS]: [
        { name: "b2", snaptime: 1_795_330_700, parent: "root", vmstate: 1, description: "second\nline" },
        { name: "root", snaptime: 1_795_330_600, vmstate: 0, description: "" },
        { name: "b1", snaptime: 1_795_330_650, parent: "root", vmstate: 0 },
        { name: "leaf", snaptime: 1_795_330_800, parent: "b1", vmstate: 0 },
        { name: "current", running: 1, parent: "b2", digest: "x", description: "You are here!" },
      ],
    });
    const text = await call("pve_list_qemu_snapshots", { vmid: 101 });
    expect(text).toContain("4 snapshots of VM 101 (web1) on pve1; the current state is based on b2.");
    const names = text
      .split("\n")
      .slice(3)
      .map((line) => line.split(" | ")[0]);
    expect(names).toEqual(["root", "b1", "leaf", "b2"]);
    expect(text).toMatch(/b2 \| .* UTC \| root \| yes \| yes \| “second line”/);
  });

  it("hints when there is none", async () => {
    const { call } = guestSession({ [SNAPSHOTS]: [{ name: "current", running: 1 }] });
    expect(await call("pve_list_qemu_snapshots", { vmid: 101 })).toMatch(
      /^No snapshots of VM 101 .*\nNext: pve_create_qemu_snapshot/,
    );
  });

  it("does not follow a ring of parents for ever", async () => {
    const { call } = guestSession({
      [SNAPSHOTS]: [
        { name: "a", parent: "b", snaptime: 1 },
        { name: "b", parent: "a", snaptime: 2 },
      ],
    });
    expect(await call("pve_list_qemu_snapshots", { vmid: 101 })).toContain("2 snapshots");
  });

  it("takes, deletes and returns to them", async () => {
    const { call, sent } = guestSession({
      "POST /nodes/pve2/lxc/201/snapshot": upid("pve2", "vzsnapshot", 201),
      "DELETE /nodes/pve2/lxc/201/snapshot/pre": upid("pve2", "vzdelsnapshot", 201),
      "POST /nodes/pve2/lxc/201/snapshot/pre/rollback": upid("pve2", "vzrollback", 201),
    });
    const args = { vmid: "proxy", snapname: "pre" };
    expect(await call("pve_create_lxc_snapshot", { ...args, description: "x" })).toContain(
      "Snapshot pre of CT 201 (proxy) on pve2.",
    );
    expect(await call("pve_delete_lxc_snapshot", { ...args, force: true })).toContain(
      "Deletion of snapshot pre of CT 201",
    );
    expect(await call("pve_rollback_lxc_snapshot", { ...args, start: 1 })).toContain(
      "Rollback of CT 201 (proxy) on pve2 to snapshot pre.",
    );
    expect(sent.filter((line) => !line.startsWith("GET"))).toEqual([
      "POST /nodes/pve2/lxc/201/snapshot snapname=pre&description=x",
      "DELETE /nodes/pve2/lxc/201/snapshot/pre force=1",
      "POST /nodes/pve2/lxc/201/snapshot/pre/rollback start=1",
    ]);
  });
});
