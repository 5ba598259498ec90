import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const VM = "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback";
const CT = "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback";
const DB = { node: "pve3", vmid: 102, snapname: "before-upgrade" };

describe("a rollback", () => {
  it("tells since when everything is lost, and that a running VM is cut off", async () => {
    const plan = await planned().plan(VM, DB);
    expect(plan.points).toEqual([
      "VM 102 (db-01) on pve3: running, up 40d, protection flag set.",
      "Back to snapshot before-upgrade of 2026-03-12 09:00 UTC (20d ago), “Before the upgrade to PostgreSQL 17”.",
      "Lost, everything written since to: scsi0 ceph-vm:vm-102-disk-0 (200 GiB), scsi1 ceph-vm:vm-102-disk-1 (100 GiB, not backed up).",
      "VM 102 runs now: its power is cut, without a shutdown; then it stays stopped.",
      "HA (state started) then starts VM 102 again.",
      "Later snapshots stay: after-upgrade (2026-03-13 09:00 UTC).",
    ]);
    expect(plan.final).toEqual(["what db-01 wrote to its disks since 2026-03-12 09:00 UTC is gone."]);
  });

  it("tells what goes back in the configuration, disks that came and went, and what waits", async () => {
    const { world, plan } = planned();
    const db = world.guests.get(102);
    if (!db) throw new Error("no guest");
    db.pending = { balloon: 2048 };
    db.config = {
      ...db.config,
      cores: 16,
      memory: "32768",
      description: "new notes",
      scsi0: "ceph-vm:vm-102-disk-0,iothread=1,size=250G",
      scsi2: "ceph-vm:vm-102-disk-5,size=10G",
    };
    delete db.config.scsi1;
    const { points } = await plan(VM, DB);
    expect(points.slice(2)).toEqual([
      "Lost, everything written since to: scsi0 ceph-vm:vm-102-disk-0 (200 GiB), scsi1 ceph-vm:vm-102-disk-1 (100 GiB, not backed up).",
      "Not in the snapshot, kept as unused: scsi2 ceph-vm:vm-102-disk-5 (10 GiB).",
      "Attached again: scsi1 ceph-vm:vm-102-disk-1 (100 GiB, not backed up).",
      "VM 102 runs now: its power is cut, without a shutdown; then it stays stopped.",
      "HA (state started) then starts VM 102 again.",
      "Later snapshots stay: after-upgrade (2026-03-13 09:00 UTC).",
      "The configuration of VM 102 goes back too, 5 settings: cores: 16 → 8; memory: 32768 MiB → 16384 MiB; scsi0: ceph-vm:vm-102-disk-0,iothread=1,size=250G → ceph-vm:vm-102-disk-0,iothread=1,size=200G; scsi1: not set → ceph-vm:vm-102-disk-1,backup=0,iothread=1,size=100G; scsi2: ceph-vm:vm-102-disk-5,size=10G → removed.",
      "Changes that wait for a start are dropped: balloon.",
    ]);
  });

  it("goes on from a kept memory, or starts where it is told to", async () => {
    const { world, points } = planned();
    const snapshot = world.guests.get(102)?.snapshots.get("after-upgrade");
    if (!snapshot) throw new Error("no snapshot");
    world.guests.get(102)?.snapshots.set("after-upgrade", { ...snapshot, vmstate: true });
    expect(await points(VM, { ...DB, snapname: "after-upgrade" })).toContain(
      "VM 102 runs now: its power is cut, without a shutdown; then it runs on from its memory of 2026-03-13 09:00 UTC.",
    );
    expect(await points(VM, { ...DB, start: true })).toContain(
      "VM 102 runs now: its power is cut, without a shutdown; then it is started.",
    );
    const git = world.guests.get(203);
    if (git) git.status = "stopped";
    expect(await points(CT, { node: "pve1", vmid: 203, snapname: "pre-migration" })).toContain(
      "Afterwards CT 203 is stopped.",
    );
  });

  it("is refused for a later snapshot on ZFS, and for one that is not there", async () => {
    const { world, plan, points } = planned();
    const ceph = world.storages.get("ceph-vm");
    if (ceph) world.storages.set("ceph-vm", { ...ceph, type: "zfspool" });
    expect((await points(VM, DB))[1]).toBe(
      "PVE would refuse this for VM 102, the plan ends there: on ceph-vm only the newest snapshot can be rolled back to, and there is after-upgrade (2026-03-13 09:00 UTC).",
    );
    const { final } = await plan(VM, { ...DB, snapname: "gone" });
    expect(final).toEqual([]);
    expect((await points(VM, { ...DB, snapname: "gone" }))[1]).toBe(
      "PVE would refuse this for VM 102, the plan ends there: VM 102 (db-01) has no snapshot gone; it has before-upgrade (2026-03-12 09:00 UTC), after-upgrade (2026-03-13 09:00 UTC).",
    );
  });

  it("hangs on the snapshots that there are", async () => {
    const { world, state } = planned();
    const before = await state(VM, DB);
    world.guests.get(102)?.snapshots.delete("after-upgrade");
    expect(await state(VM, DB)).not.toEqual(before);
  });
});
