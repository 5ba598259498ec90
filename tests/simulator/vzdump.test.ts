import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

type Volume = { volid: string; vmid: number; ctime: number };

async function backups(call: ReturnType<typeof simulated>["call"], vmid: number): Promise<Volume[]> {
  return (await call("GET /nodes/pve1/storage/backup/content", { content: "backup", vmid })).data;
}

describe("backups", () => {
  it("leave a volume and a log, and drop what retention does not keep", async () => {
    const { call, finish } = simulated();
    const run = { vmid: "107", storage: "backup", compress: "zstd", "prune-backups": "keep-last=2" };
    for (let i = 0; i < 3; i++) await finish((await call("POST /nodes/pve1/vzdump", run)).data);
    expect(await backups(call, 107)).toHaveLength(2);
    const { exitstatus, log } = await finish((await call("POST /nodes/pve1/vzdump", run)).data);
    expect(exitstatus).toBe("OK");
    expect(log).toContain("INFO: Starting Backup of VM 107 (qemu)");
    expect(log).toContain("INFO: pruned 1 backup(s) not covered by keep-retention policy");
    expect(log).toContain("INFO: Backup job finished successfully");
  });

  it("keep older backups when told not to remove any", async () => {
    const { call, finish } = simulated();
    const run = { vmid: "107", storage: "backup", remove: 0 };
    for (let i = 0; i < 5; i++) await finish((await call("POST /nodes/pve1/vzdump", run)).data);
    expect((await backups(call, 107)).length).toBeGreaterThanOrEqual(5);
  });

  it("do nothing for guests of other nodes only, and pass over them among others", async () => {
    const { call, finish } = simulated();
    expect((await call("POST /nodes/pve1/vzdump", { vmid: "101", storage: "backup" })).data).toBe("OK");
    const { data } = await call("POST /nodes/pve1/vzdump", { vmid: "101,107", storage: "backup" });
    const { exitstatus, log } = await finish(data);
    expect([exitstatus, log[0]]).toEqual([
      "OK",
      "INFO: starting new backup job: vzdump 101 107 --storage backup --node pve1",
    ]);
    expect(log.filter((line) => line.includes("101"))).toHaveLength(1);
  });

  it("fail for locked and missing guests but save the others", async () => {
    const { call, finish } = simulated();
    const { data } = await call("POST /nodes/pve2/vzdump", { vmid: "104,108,999", storage: "backup" });
    const { exitstatus, log } = await finish(data);
    expect(exitstatus).toBe("job errors");
    expect(log).toContain("ERROR: Backup of VM 999 failed - unable to find VM '999'");
    expect(log.some((line) => line.startsWith("INFO: Finished Backup of VM 108"))).toBe(true);
  });

  it("lock the guest while they run, and stopping frees it", async () => {
    const { call, clock } = simulated();
    const { data: upid } = await call("POST /nodes/pve1/vzdump", { vmid: "107", storage: "backup" });
    clock.advance(0.5);
    const running = await call(`GET /nodes/pve1/tasks/${upid}/status`);
    expect(running.data.status).toBe("running");
    expect((await call("PUT /nodes/pve1/qemu/107/config", { cores: 1 })).message).toBe(
      "VM is locked (backup)\n",
    );
    await call(`DELETE /nodes/pve1/tasks/${upid}`);
    expect((await call(`GET /nodes/pve1/tasks/${upid}/status`)).data.exitstatus).toBe(
      "interrupted by signal",
    );
    expect((await call("PUT /nodes/pve1/qemu/107/config", { cores: 1 })).status).toBe(200);
  });

  it("come back as a guest of their own", async () => {
    const { call, finish } = simulated();
    await finish((await call("POST /nodes/pve1/vzdump", { vmid: "203", storage: "backup" })).data);
    const saved = (await backups(call, 203)).sort((a, b) => b.ctime - a.ctime)[0]?.volid ?? "";
    const restore = { vmid: 700, ostemplate: saved, restore: 1, storage: "local-lvm", unique: 1 };
    expect((await finish((await call("POST /nodes/pve1/lxc", restore)).data)).exitstatus).toBe("OK");
    const [before, after] = [
      (await call("GET /nodes/pve1/lxc/203/config")).data,
      (await call("GET /nodes/pve1/lxc/700/config")).data,
    ];
    expect(after.hostname).toBe(before.hostname);
    expect(after.memory).toBe(before.memory);
    expect(after.net0).not.toBe(before.net0);
    expect(after.rootfs).toContain("local-lvm:vm-700-disk-0");
  });

  it("need a selection", async () => {
    const { call } = simulated();
    expect((await call("POST /nodes/pve1/vzdump", {})).errors).toEqual({ vmid: "property is missing" });
    expect((await call("POST /nodes/pve1/vzdump", { vmid: "100", all: 1 })).errors).toEqual({
      all: "option conflicts with option 'vmid'",
    });
  });
});
