import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const WEB = "/nodes/pve1/qemu/100";

describe("disks", () => {
  it("grow, move with or without their source, and never shrink", async () => {
    const { world, call, finish } = simulated();
    const grow = async (size: string) =>
      finish((await call(`PUT ${WEB}/resize`, { disk: "scsi0", size })).data);
    expect((await grow("+8G")).exitstatus).toBe("OK");
    expect((await call(`GET ${WEB}/config`)).data.scsi0).toContain("size=40G");
    expect((await grow("1G")).exitstatus).toBe("shrinking disks is not supported");
    const moved = await call(`POST ${WEB}/move_disk`, { disk: "scsi0", storage: "ceph-vm", delete: 1 });
    expect((await finish(moved.data)).log.at(-2)).toBe(
      "removing source volume 'local-lvm:vm-100-disk-0' after successful copy",
    );
    expect(world.volumes.has("ceph-vm:vm-100-disk-0")).toBe(true);
    expect(world.volumes.has("pve1/local-lvm:vm-100-disk-0")).toBe(false);
    expect((await call(`POST ${WEB}/move_disk`, { disk: "scsi0", storage: "ceph-vm" })).message).toBe(
      "you can't move to the same storage with same format\n",
    );
  });
});

describe("migration", () => {
  it("moves a running VM on shared storage when asked to do it online", async () => {
    const { call, finish } = simulated();
    const vm = "/nodes/pve2/qemu/101";
    const to = { target: "pve1" };
    expect((await call(`POST ${vm}/migrate`, { target: "pve2" })).errors).toEqual({
      target: "target is local node.",
    });
    expect((await call(`POST ${vm}/migrate`, { target: "pve9" })).message).toBe(
      "no such cluster node 'pve9'\n",
    );
    const offline = await call("POST /nodes/pve2/qemu/108/migrate", to);
    expect(offline.message).toBe("can't migrate running VM without --online\n");
    await finish((await call("POST /nodes/pve2/qemu/108/migrate", { ...to, online: 1 })).data);
    expect((await call("GET /nodes/pve1/qemu/108/status/current")).data.status).toBe("running");
    expect((await call("GET /nodes/pve2/qemu/108/status/current")).status).toBe(500);
  });

  it("is left to HA for guests that HA manages", async () => {
    const { world, call, finish } = simulated();
    const { data } = await call("POST /nodes/pve2/qemu/101/migrate", { target: "pve1", online: 1 });
    expect(data).toContain(":hamigrate:101:");
    await finish(data);
    const moves = [...world.tasks.values()].filter((task) => task.type === "qmigrate" && task.id === "101");
    expect(moves.at(-1)).toMatchObject({ user: "root@pam", exitstatus: "OK" });
    expect(world.guests.get(101)?.node).toBe("pve1");
  });

  it("takes local disks along only when told to", async () => {
    const { world, call, finish } = simulated();
    const vm = "/nodes/pve1/qemu/107";
    const refused = await call(`POST ${vm}/migrate`, { target: "pve2", online: 1 });
    expect((await finish(refused.data)).exitstatus).toBe("migration aborted");
    const done = await call(`POST ${vm}/migrate`, { target: "pve2", online: 1, "with-local-disks": 1 });
    expect((await finish(done.data)).exitstatus).toBe("OK");
    expect(world.volumes.has("pve2/local-lvm:vm-107-disk-0")).toBe(true);
    expect(world.volumes.has("pve1/local-lvm:vm-107-disk-0")).toBe(false);
  });
});

describe("disks between guests", () => {
  it("are renamed after their new owner", async () => {
    const { world, call, finish } = simulated();
    await call("PUT /nodes/pve1/qemu/103/config", { scsi1: "local-lvm:4" });
    const hand = { disk: "scsi1", "target-vmid": 107, "target-disk": "scsi5" };
    const { data } = await call("POST /nodes/pve1/qemu/103/move_disk", hand);
    expect((await finish(data)).exitstatus).toBe("OK");
    const volid = String(world.guests.get(107)?.config.scsi5).split(",")[0] ?? "";
    expect(volid).toMatch(/^local-lvm:vm-107-disk-\d+$/);
    expect(world.volumes.get(`pve1/${volid}`)?.vmid).toBe(107);
    expect(world.guests.get(103)?.config.scsi1).toBeUndefined();
  });

  it("keep their source as unused when it is not deleted", async () => {
    const { call, finish } = simulated();
    const moved = await call("POST /nodes/pve1/qemu/103/move_disk", { disk: "scsi0", storage: "ceph-vm" });
    expect((await finish(moved.data)).log.at(-2)).toBe(
      "adding source volume 'local-lvm:vm-103-disk-0' as 'unused0' to config",
    );
  });
});
