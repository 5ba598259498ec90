import { describe, expect, it } from "vitest";
import { planned, pointTexts } from "../../../tests/support/guest-plan.ts";
import { addVolume } from "../../simulator/volumes.ts";

const VM = "DELETE /nodes/{node}/qemu/{vmid}";
const CT = "DELETE /nodes/{node}/lxc/{vmid}";

describe("deleting a guest", () => {
  it("names disks, snapshots, backups, jobs and HA, and what PVE refuses", async () => {
    const plan = await planned().plan(VM, { node: "pve3", vmid: 102 });
    expect(plan.points).toEqual([
      "VM 102 (db-01) on pve3: running, up 40d, protection flag set.",
      "PVE would refuse this for VM 102, the plan ends there: the protection flag is set; it is running; HA has vm:102 (started) and purge is not set.",
      "Disks destroyed: scsi0 ceph-vm:vm-102-disk-0 (200 GiB), scsi1 ceph-vm:vm-102-disk-1 (100 GiB, not backed up). 300 GiB in all.",
      "Snapshots that go with it: before-upgrade (2026-03-12 09:00 UTC), after-upgrade (2026-03-13 09:00 UTC).",
      "Last backup of VM 102: backup:backup/vzdump-qemu-102-2026_03_31-02_32_00.vma.zst of 2026-03-31 02:32 UTC (1d 6h ago), 40.4 GiB.",
      "Backup jobs: backup-nightly (02:30, all guests, without scsi1).",
      "HA resource vm:102 (started).",
      "Its firewall rules and the permissions on /vms/102 go.",
    ]);
    expect(plan.name).toBe("db-01");
    expect(plan.final).toEqual(["VM 102 (db-01) and its disks are gone; only a backup brings them back."]);
  });

  it("tells what purge does to HA, its rules and the pool", async () => {
    const { world, points } = planned();
    world.guests.get(101)?.snapshots.clear();
    expect(await points(VM, { node: "pve2", vmid: 101, purge: true })).toEqual([
      "VM 101 (web-02) on pve2: running, up 12d.",
      "PVE would refuse this for VM 101, the plan ends there: it is running.",
      "Disks destroyed: scsi0 ceph-vm:vm-101-disk-0 (32 GiB).",
      "Last backup of VM 101: backup:backup/vzdump-qemu-101-2026_04_01-02_31_00.vma.zst of 2026-04-01 02:31 UTC (6h 29m ago), 8.5 GiB.",
      "Backup jobs: backup-nightly (02:30, all guests).",
      "HA resource vm:101 (started) is removed and taken out of rule web-apart.",
      "It leaves pool web. Its firewall rules and the permissions on /vms/101 go.",
    ]);
    expect((await points(VM, { node: "pve3", vmid: 102, purge: true })).join("\n")).toContain(
      "HA resource vm:102 (started) is removed and taken out of rule db-home (which goes, it names nothing else), web-apart.",
    );
  });

  it("tells what purge does to jobs and replication of a container that is stopped by force", async () => {
    expect(await planned().points(CT, { node: "pve1", vmid: 203, purge: true, force: true })).toEqual([
      "CT 203 (git) on pve1: running, up 30d.",
      "CT 203 (git) is running: its power is cut first (force).",
      "Disks destroyed: rootfs local-lvm:vm-203-disk-0 (50 GiB).",
      "Snapshots that go with it: pre-migration (2026-03-26 09:00 UTC).",
      "Last backup of CT 203: backup:backup/vzdump-lxc-203-2026_04_01-02_39_00.tar.zst of 2026-04-01 02:39 UTC (6h 21m ago), 12.1 GiB.",
      "Backup jobs: backup-nightly (02:30, all guests), backup-git (sun 05:00, names it, disabled).",
      "Of these purge deletes backup-git, as nothing is left in it.",
      "Replication: 203-0 to pve2 (*/15): removed; its copies on pve2 stay.",
      "Its firewall rules and the permissions on /vms/203 go.",
    ]);
  });

  it("tells jobs that go on naming a guest, and that PVE wants purge for replication", async () => {
    const { world, points } = planned();
    const git = world.guests.get(203);
    if (git) git.status = "stopped";
    const found = await points(CT, { node: "pve1", vmid: 203 });
    expect(found).toContain(
      "PVE would refuse this for CT 203, the plan ends there: it is replicated (203-0) and purge is not set.",
    );
    expect(found).toContain("Of these backup-git will go on naming it (no purge).");
  });

  it("says so where there is no backup, no job and no disk of its own", async () => {
    const { world, plan } = planned();
    world.backupJobs.delete("backup-nightly");
    const guest = world.guests.get(204);
    if (guest) guest.config = { hostname: "wiki", mp0: "/srv/data,mp=/data", lock: "disk" };
    const { points, final, name } = await plan(CT, { node: "pve3", vmid: 204 });
    expect(points).toEqual([
      "CT 204 (wiki) on pve3: stopped, locked (disk).",
      "PVE would refuse this for CT 204, the plan ends there: it is locked (disk).",
      "No disk is destroyed: it has none of its own.",
      "Not destroyed, as it is not its own: mp0 /srv/data.",
      "No backup of CT 204 found on backup, local.",
      "CT 204 (wiki) is in no backup job.",
      "Its firewall rules and the permissions on /vms/204 go.",
    ]);
    expect(final).toEqual(["CT 204 (wiki) and its disks are gone; no backup of it was found."]);
    expect(name).toBe("wiki");
  });

  it("asks for the VMID of a guest without a name", async () => {
    const { world, plan } = planned();
    delete world.guests.get(103)?.config.name;
    expect((await plan(VM, { node: "pve1", vmid: 103 })).name).toBe("103");
  });

  it("names the linked clones of a template, which keep it", async () => {
    const { world, points } = planned();
    const template = world.guests.get(9000);
    if (template) template.config.scsi0 = "ceph-vm:base-9000-disk-0,size=8G";
    const volume = (volid: string, vmid: number, parent?: string) =>
      addVolume(world, "pve1", {
        volid,
        vmid,
        content: "images",
        format: "raw",
        size: 8 * 1024 ** 3,
        ctime: 0,
        ...(parent === undefined ? {} : { parent }),
      });
    volume("ceph-vm:base-9000-disk-0", 9000);
    volume("ceph-vm:base-9000-disk-0/vm-108-disk-7", 108, "base-9000-disk-0@__base__");
    const found = await points(VM, { node: "pve1", vmid: 9000 });
    expect(found[1]).toBe(
      "PVE would refuse this for VM 9000, the plan ends there: linked clones stand on it (VM 108 (dev)).",
    );
  });

  it("names what the configuration does not, only where that is to be destroyed", async () => {
    const { world, points } = planned();
    addVolume(world, "pve1", {
      volid: "local-lvm:vm-103-disk-9",
      vmid: 103,
      content: "images",
      format: "raw",
      size: 5 * 1024 ** 3,
      ctime: 0,
    });
    const where = { node: "pve1", vmid: 103 };
    expect((await points(VM, where)).join()).not.toContain("disk-9");
    expect(await points(VM, { ...where, "destroy-unreferenced-disks": true })).toContain(
      "Destroyed besides, as its configuration does not name them: local-lvm:vm-103-disk-9 (5 GiB).",
    );
  });

  it("asks storages for the size of unused disks", async () => {
    const { world, points } = planned();
    const mail = world.guests.get(103);
    if (mail) mail.config.unused0 = "local-lvm:vm-103-disk-4";
    addVolume(world, "pve1", {
      volid: "local-lvm:vm-103-disk-4",
      vmid: 103,
      content: "images",
      format: "raw",
      size: 7 * 1024 ** 3,
      ctime: 0,
    });
    expect(await points(VM, { node: "pve1", vmid: 103 })).toContain(
      "Disks destroyed: scsi0 local-lvm:vm-103-disk-0 (40 GiB), unused0 local-lvm:vm-103-disk-4 (7 GiB). 47 GiB in all.",
    );
  });

  it("asks six storages for backups and names the others", async () => {
    const { world, points } = planned();
    for (let n = 1; n <= 6; n += 1)
      world.storages.set(`nas-${n}`, {
        storage: `nas-${n}`,
        type: "nfs",
        config: { content: "backup", shared: 1, path: `/mnt/${n}` },
        capacity: { total: 1, used: 0 },
      });
    expect(await points(VM, { node: "pve1", vmid: 9000 })).toContain(
      "No backup of VM 9000 found on backup, local, nas-1, nas-2, nas-3, nas-4. Not read: nas-5, nas-6.",
    );
  });

  it("says what could not be read", async () => {
    const { lookAs } = planned();
    const { deletion } = await import("./delete-guest.ts");
    const { look } = lookAs("empty");
    const found = await deletion({ route: VM, params: { node: "pve1", vmid: 103 } }, look);
    expect(pointTexts(found?.points ?? [])).toEqual([
      "The disks of VM 103 could not be read: they are destroyed.",
      "The snapshots of VM 103 could not be read: they go with it.",
      "No backup of VM 103 found: no storage could be asked.",
      "Which backup jobs include VM 103 could not be read.",
      "Whether HA manages VM 103 could not be read.",
      "Its firewall rules and the permissions on /vms/103 go.",
    ]);
    expect(found?.name).toBe("103");
  });
});

describe("the state of a deletion", () => {
  const where = { node: "pve1", vmid: 103 };
  const CHANGES: readonly (readonly [string, (world: ReturnType<typeof planned>["world"]) => void])[] = [
    [
      "a disk",
      (world) => Object.assign(world.guests.get(103)?.config ?? {}, { scsi1: "local-lvm:vm-103-disk-1" }),
    ],
    ["HA", (world) => world.ha.resources.set("vm:103", { sid: "vm:103", config: { state: "started" } })],
    ["replication", (world) => world.replication.push({ id: "103-0", target: "pve2", guest: 103 })],
    ["a backup job", (world) => world.backupJobs.set("x", { type: "vzdump", vmid: "103", schedule: "1:00" })],
    ["a pool", (world) => world.pools.get("web")?.vms.add(103)],
    [
      "a backup",
      (world) =>
        addVolume(world, "pve1", {
          volid: "backup:backup/vzdump-qemu-103-2026_04_01-08_00_00.vma.zst",
          vmid: 103,
          content: "backup",
          format: "vma.zst",
          size: 1,
          ctime: 1_775_030_400,
        }),
    ],
  ];
  it.each(CHANGES)("changes with %s", async (_, change) => {
    const { world, state } = planned();
    const before = await state(VM, where);
    change(world);
    expect(await state(VM, where)).not.toEqual(before);
  });
});
