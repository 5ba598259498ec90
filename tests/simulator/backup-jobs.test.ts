import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("backup jobs", () => {
  it("creates a job with an id of its own and says when it runs next", async () => {
    const { call } = simulated();
    await call("POST /cluster/backup", {
      schedule: "sun 01:00",
      vmid: "100",
      storage: "backup",
      comment: "weekly",
    });
    const { data } = await call("GET /cluster/backup");
    const job = data.find(({ comment }: { comment: string }) => comment === "weekly");
    expect(job).toMatchObject({ type: "vzdump", enabled: 1, "next-run": Date.UTC(2026, 3, 5, 1) / 1000 });
    await call(`PUT /cluster/backup/${job.id}`, { all: 1, enabled: 0 });
    const changed = (await call(`GET /cluster/backup/${job.id}`)).data;
    expect(changed).toMatchObject({ all: 1, enabled: 0 });
    expect(changed.vmid).toBeUndefined();
    await call(`DELETE /cluster/backup/${job.id}`);
    expect((await call(`GET /cluster/backup/${job.id}`)).errors).toEqual({ id: `No such job '${job.id}'` });
  });

  it.each([
    [{ schedule: "02:00" }, { vmid: "property is missing" }],
    [{ schedule: "02:00", all: 1, vmid: "100" }, { all: "option conflicts with option 'vmid'" }],
    [{ vmid: "100" }, { schedule: "neither 'starttime' nor 'schedule' were set" }],
  ])("refuses %j", async (params, errors) => {
    const { call } = simulated();
    expect((await call("POST /cluster/backup", params)).errors).toEqual(errors);
  });

  it("shows what a job takes and what no job does", async () => {
    const { call } = simulated();
    const { data } = await call("GET /cluster/backup/backup-nightly/included_volumes");
    const db = data.children.find(({ id }: { id: number }) => id === 102);
    expect(db.children).toMatchObject([
      { id: "102:scsi0", included: 1, reason: "backup=yes" },
      { id: "102:scsi1", included: 0, reason: "backup=no" },
    ]);
    expect((await call("GET /cluster/backup-info/not-backed-up")).data).toEqual([
      { vmid: 106, type: "qemu", name: "win-desktop" },
    ]);
  });
});

describe("replication", () => {
  it.each([
    [{ id: "999-0", target: "pve2" }, "Guest '999' does not exist.\n"],
    [{ id: "203-1", target: "nosuch" }, "Target 'nosuch' does not exist.\n"],
    [{ id: "203-1", target: "pve1" }, "Source and target must not be identical\n"],
    [{ id: "203-0", target: "pve3" }, "replication job '203-0' already exists\n"],
  ])("refuses %j", async (params, message) => {
    const { call } = simulated();
    expect((await call("POST /cluster/replication", { type: "local", ...params })).message).toBe(message);
  });

  it("reports a job on the guest's node", async () => {
    const { call } = simulated();
    expect((await call("GET /nodes/pve1/replication")).data).toMatchObject([
      { id: "203-0", target: "pve2", fail_count: 0 },
    ]);
    expect((await call("GET /nodes/pve2/replication")).data).toEqual([]);
  });
});
