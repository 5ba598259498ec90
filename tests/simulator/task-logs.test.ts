import { describe, expect, it } from "vitest";
import { progressOf } from "../../src/pve/jobs/task-progress.ts";
import { verdictOf } from "../../src/pve/jobs/task-verdict.ts";
import { loseTasks } from "../../src/simulator/tasks.ts";
import { simulated } from "../support/simulated.ts";

type Params = Readonly<Record<string, string | number | readonly string[]>>;
type Sim = ReturnType<typeof simulated>;

const lines = async ({ call }: Sim, upid: string): Promise<string[]> => {
  const { data } = await call(`GET /nodes/${upid.split(":")[1]}/tasks/${upid}/log`, { limit: 0 });
  return data.map((line: { t: string }) => line.t);
};

/** The percents that the log of a call's task tells, looked at twice a second until it ends. */
async function percents(request: string, params: Params): Promise<(number | undefined)[]> {
  const sim = simulated();
  const { data: upid, message } = await sim.call(request, params);
  expect(message).toBeUndefined();
  const [, node = "", , , , type = ""] = upid.split(":");
  const told: (number | undefined)[] = [];
  for (let looks = 0; looks < 60; looks++) {
    told.push(progressOf(type, await lines(sim, upid)).percent);
    const { data } = await sim.call(`GET /nodes/${node}/tasks/${upid}/status`);
    if (data.status === "stopped") {
      expect(data.exitstatus).toBe("OK");
      return told;
    }
    sim.clock.advance(0.5);
  }
  throw new Error("the task did not end");
}

const ARCHIVE = "backup:backup/vzdump-qemu-100-2026_03_31-02_30_00.vma.zst";

describe("a task's log tells how far it is", () => {
  it.each<[string, string, Params]>([
    ["a clone", "POST /nodes/pve1/qemu/103/clone", { newid: 500 }],
    ["a clone of a running VM", "POST /nodes/pve1/qemu/100/clone", { newid: 500 }],
    ["a move", "POST /nodes/pve1/qemu/103/move_disk", { disk: "scsi0", storage: "ceph-vm" }],
    ["a mirror", "POST /nodes/pve1/qemu/100/move_disk", { disk: "scsi0", storage: "ceph-vm" }],
    ["a live migration", "POST /nodes/pve2/qemu/108/migrate", { target: "pve1", online: 1 }],
    ["a restore", "POST /nodes/pve1/qemu", { vmid: 500, archive: ARCHIVE, storage: "local-lvm" }],
    ["a backup", "POST /nodes/pve1/vzdump", { vmid: "100,107", storage: "backup" }],
    [
      "a download",
      "POST /nodes/pve1/storage/nas-iso/download-url",
      {
        url: "https://example.com/installer.iso",
        filename: "installer.iso",
        content: "iso",
      },
    ],
  ])("%s", async (_, request, params) => {
    const told = (await percents(request, params)).filter((percent) => percent !== undefined);
    expect(new Set(told).size).toBeGreaterThan(3);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(100);
  });

  it("but not of a container, and not of a copy by dd", async () => {
    const move = await percents("POST /nodes/pve1/lxc/203/migrate", { target: "pve2", restart: 1 });
    expect(new Set(move)).toEqual(new Set([undefined]));
    const offline = await percents("POST /nodes/pve1/qemu/103/migrate", { target: "pve2" });
    expect(new Set(offline)).toEqual(new Set([undefined]));
  });
});

describe("a copy that is stopped", () => {
  it.each<[string, Params]>([
    ["POST /nodes/pve1/qemu/103/clone", { newid: 500 }],
    ["POST /nodes/pve1/qemu/103/move_disk", { disk: "scsi0", storage: "ceph-vm" }],
    ["POST /nodes/pve1/qemu", { vmid: 500, archive: ARCHIVE, storage: "local-lvm" }],
  ])("leaves nothing behind: %s", async (request, params) => {
    const { world, call, clock } = simulated();
    const [volumes, guests] = [world.volumes.size, world.guests.size];
    const { data: upid } = await call(request, params);
    clock.advance(1);
    expect(world.volumes.size).toBe(volumes + 1);
    await call(`DELETE /nodes/pve1/tasks/${upid}`);
    expect([world.volumes.size, world.guests.size]).toEqual([volumes, guests]);
  });
});

describe("a start", () => {
  it("warns of settings that do not do what they say", async () => {
    const { call, finish } = simulated();
    const desktop = "/nodes/pve2/qemu/106";
    await finish((await call(`POST ${desktop}/status/stop`)).data);
    const { exitstatus, log } = await finish((await call(`POST ${desktop}/status/start`)).data);
    expect(exitstatus).toBe("WARNINGS: 1");
    expect(log[0]).toMatch(/^WARN: EFI disk without 'ms-cert=2023k' option/);
    expect(verdictOf("qmstart", exitstatus, log)).toEqual({
      ending: "warnings",
      warnings: 1,
      exit: "WARNINGS: 1",
    });
    expect((await call(`GET ${desktop}/status/current`)).data.status).toBe("running");
    const again = await finish((await call(`POST ${desktop}/status/start`)).data);
    expect(again).toEqual({
      exitstatus: "VM 106 already running",
      log: ["TASK ERROR: VM 106 already running"],
    });
  });

  it("warns of each of several", async () => {
    const { call, finish } = simulated();
    const change = {
      scsihw: "virtio-scsi-pci",
      bios: "ovmf",
      net0: "e1000=BC:24:11:00:00:67,bridge=vmbr0,mtu=9000",
    };
    await call("PUT /nodes/pve1/qemu/103/config", change);
    const { exitstatus, log } = await finish((await call("POST /nodes/pve1/qemu/103/status/start")).data);
    expect(exitstatus).toBe("WARNINGS: 3");
    expect(log.filter((line) => line.startsWith("WARN: "))).toEqual([
      "WARN: no efidisk configured! Using temporary efivars disk.",
      "WARN: iothread is only valid with virtio disk or virtio-scsi-single controller, ignoring",
      "WARN: netdev net0: ignoring MTU '9000', not using VirtIO",
    ]);
  });
});

describe("a node that goes down", () => {
  it("leaves its tasks without an end, and the lock of one", async () => {
    const sim = simulated();
    const { world, call, clock } = sim;
    const node = world.nodes.get("pve1");
    if (!node) throw new Error("no node pve1");
    const { data: upid } = await call("POST /nodes/pve1/vzdump", { vmid: "107", storage: "backup" });
    clock.advance(2);
    node.online = false;
    loseTasks(world, "pve1", clock.now());
    clock.advance(300);
    expect((await call(`GET /nodes/pve1/tasks/${upid}/status`)).status).toBe(595);
    node.online = true;
    const { data } = await call(`GET /nodes/pve1/tasks/${upid}/status`);
    expect(data).toMatchObject({ status: "stopped", exitstatus: "unexpected status" });
    const log = await lines(sim, upid);
    expect(log.at(-1)).not.toMatch(/^TASK /);
    expect(verdictOf("vzdump", data.exitstatus, log)).toMatchObject({
      ending: "failed",
      done: [],
      missing: [{ vmid: 107, why: "the job ended before its turn", ours: true }],
    });
    expect(world.guests.get(107)?.config.lock).toBe("backup");
    const failed = (await call("GET /nodes/pve1/tasks", { errors: 1, limit: 1 })).data;
    expect(failed[0]).toMatchObject({ upid, status: "unexpected status" });
  });
});

describe("actions on many guests", () => {
  it("of the cluster fail with those that failed", async () => {
    const { call, finish } = simulated();
    const run = { vms: ["104", "107"], timeout: 5 };
    const { data } = await call("POST /cluster/bulk-action/guest/shutdown", run);
    const { exitstatus, log } = await finish(data);
    expect(verdictOf("bulk-shutdown", exitstatus, log)).toEqual({
      ending: "failed",
      exit: "Some guests failed to shutdown 104",
      done: [107],
      missing: [{ vmid: 104, why: "VM is locked (backup)" }],
    });
  });

  it("of a node end well whatever becomes of the guests", async () => {
    const { world, call, finish } = simulated();
    const mail = world.guests.get(103);
    if (mail) mail.config.lock = "clone";
    const start = await finish((await call("POST /nodes/pve1/startall")).data);
    expect(start).toEqual({
      exitstatus: "OK",
      log: ["Starting VM 103", "Starting VM 103 failed: VM is locked (clone)", "TASK OK"],
    });
    expect(verdictOf("startall", "OK", start.log).missing).toEqual([
      { vmid: 103, why: "VM is locked (clone)" },
    ]);
    const move = await finish((await call("POST /nodes/pve1/migrateall", { target: "pve2" })).data);
    expect(move.exitstatus).toBe("OK");
    expect(move.log).toContain("Check VM 100: skip VM 100 - precondition check failed:");
    expect(verdictOf("migrateall", "OK", move.log, { guests: [100, 200] }).missing).toEqual([
      { vmid: 100, why: "Has local disks: local-lvm:vm-100-disk-0" },
      { vmid: 103, why: "VM is locked (clone)" },
    ]);
  });
});
