import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";
import { startTask } from "../../simulator/tasks.ts";
import { shutdownAttempt } from "./shutdown-attempt.ts";

const vm = (verb: string) => `POST /nodes/{node}/qemu/{vmid}/status/${verb}` as never;
const ct = (verb: string) => `POST /nodes/{node}/lxc/{vmid}/status/${verb}` as never;

describe("stopping at once", () => {
  it("tells a shutdown that was tried and how it ended", async () => {
    expect(await planned().points(vm("stop"), { node: "pve2", vmid: 108 })).toEqual([
      "VM 108 (dev) on pve2: running, up 1d.",
      "The power of VM 108 is cut: what it has not written to its disks is lost.",
      "A shutdown of VM 108 was tried 2026-03-31 13:00 UTC (20h ago) and ended: “VM quit/powerdown failed - got timeout”.",
    ]);
  });

  it("of what HA manages is HA's", async () => {
    const { points } = planned();
    expect(await points(vm("stop"), { node: "pve2", vmid: 101, "overrule-shutdown": true })).toEqual([
      "VM 101 (web-02) on pve2: running, up 12d.",
      "PVE would refuse this for VM 101, the plan ends there: overrule-shutdown is not for what HA manages.",
      "The power of VM 101 is cut: what it has not written to its disks is lost.",
      "HA stops it and keeps it stopped: vm:101 (started) becomes stopped.",
      "No shutdown of VM 101 was tried lately.",
    ]);
  });

  it("of what does not run is nothing for a VM, and refused for a container", async () => {
    const { points } = planned();
    expect(await points(vm("stop"), { node: "pve1", vmid: 103 })).toEqual([
      "VM 103 (mail) on pve1: stopped.",
      "VM 103 does not run: there is nothing to stop.",
    ]);
    expect(await points(ct("stop"), { node: "pve3", vmid: 204 })).toEqual([
      "CT 204 (wiki) on pve3: stopped.",
      "PVE would refuse this for CT 204, the plan ends there: it does not run.",
    ]);
  });

  it("while it shuts down waits, or aborts that", async () => {
    const { world, points } = planned();
    startTask(
      world,
      "root@pam",
      { node: "pve1", type: "qmshutdown", id: "107", seconds: 60, done: () => undefined },
      world.clock.now(),
    );
    const where = { node: "pve1", vmid: 107 };
    expect((await points(vm("stop"), where)).slice(2)).toEqual([
      "A shutdown of VM 107 is under way since 2026-04-01 09:00 UTC (0s ago).",
      "The stop may have to wait for that; overrule-shutdown aborts it.",
    ]);
    expect((await points(vm("stop"), { ...where, "overrule-shutdown": true })).at(-1)).toBe(
      "That is aborted (overrule-shutdown).",
    );
  });

  it("hangs on HA and on the tasks there were", async () => {
    const { world, state } = planned();
    const where = { node: "pve1", vmid: 100 };
    const before = await state(vm("stop"), where);
    world.ha.resources.set("vm:100", { sid: "vm:100", config: { state: "started" } });
    const managed = await state(vm("stop"), where);
    expect(managed).not.toEqual(before);
    startTask(
      world,
      "root@pam",
      { node: "pve1", type: "qmshutdown", id: "100", seconds: 1 },
      world.clock.now(),
    );
    expect(await state(vm("stop"), where)).not.toEqual(managed);
  });
});

describe("an attempt to shut down", () => {
  const task = (type: string, starttime: number, more = {}) => ({
    type,
    starttime,
    endtime: starttime + 1,
    status: "OK",
    ...more,
  });
  it("counts since the guest started", () => {
    const tasks = [task("qmshutdown", 50, { status: "got timeout" }), task("qmstart", 10)];
    expect(shutdownAttempt(tasks, undefined)).toEqual({ type: "qmshutdown", start: 50, end: "got timeout" });
    expect(shutdownAttempt(tasks, 60)).toBeUndefined();
    expect(shutdownAttempt([task("qmstart", 60), ...tasks], undefined)).toBeUndefined();
    expect(shutdownAttempt([], 1)).toBeUndefined();
  });
});

describe("the other ways to stop", () => {
  it("a reset", async () => {
    const { points } = planned();
    expect(await points(vm("reset"), { node: "pve2", vmid: 101 })).toEqual([
      "VM 101 (web-02) on pve2: running, up 12d.",
      "VM 101 starts anew without a shutdown: what it has not written to its disks is lost.",
      "HA takes no part in a reset of VM 101.",
      "No shutdown of VM 101 was tried lately.",
    ]);
    expect((await points(vm("reset"), { node: "pve1", vmid: 103 }))[1]).toBe(
      "PVE would refuse this for VM 103, the plan ends there: it does not run.",
    );
  });

  it("a shutdown, with an agent and without, with force and without", async () => {
    const { points } = planned();
    expect(await points(vm("shutdown"), { node: "pve1", vmid: 100, timeout: 90, forceStop: true })).toEqual([
      "VM 100 (web-01) on pve1: running, up 12d.",
      "VM 100 is asked to shut down through the guest agent or, where that does not answer, by the ACPI power button.",
      "If VM 100 still runs after 90 s, its power is cut and what it has not written is lost.",
    ]);
    expect(await points(vm("shutdown"), { node: "pve2", vmid: 108 })).toEqual([
      "VM 108 (dev) on pve2: running, up 1d.",
      "VM 108 has no guest agent: it is asked by the ACPI power button, which it may ignore.",
      "If VM 108 still runs after 60 s, the job fails and it runs on.",
      "A shutdown of VM 108 was tried 2026-03-31 13:00 UTC (20h ago) and ended: “VM quit/powerdown failed - got timeout”.",
    ]);
    expect(await points(ct("shutdown"), { node: "pve2", vmid: 201 })).toEqual([
      "CT 201 (proxy) on pve2: running, up 42d.",
      "The init of CT 201 is asked to shut down.",
      "HA stops it and keeps it stopped: ct:201 (started) becomes stopped.",
    ]);
  });

  it("a shutdown takes the guest's own time, and no paused VM", async () => {
    const { world, points } = planned();
    const web = world.guests.get(100);
    if (web) {
      web.config.startup = "order=2,down=300";
      web.status = "paused";
    }
    const paused = await points(vm("shutdown"), { node: "pve1", vmid: 100 });
    expect(paused[1]).toBe(
      "PVE would refuse this for VM 100, the plan ends there: it is paused: resume it first.",
    );
    if (web) web.status = "running";
    expect((await points(vm("shutdown"), { node: "pve1", vmid: 100 })).at(-1)).toBe(
      "If VM 100 still runs after 300 s, the job fails and it runs on.",
    );
  });

  it("a reboot brings what waits into force", async () => {
    const { points } = planned();
    expect(await points(vm("reboot"), { node: "pve3", vmid: 105 })).toEqual([
      "VM 105 (analytics) on pve3: running, up 21d.",
      "VM 105 is asked to shut down through the guest agent or, where that does not answer, by the ACPI power button.",
      "If VM 105 still runs after 60 s, the job fails and it runs on.",
      "Changes that wait for a start take effect: cores, memory.",
    ]);
    expect((await points(ct("reboot"), { node: "pve3", vmid: 202 })).at(-1)).toBe(
      "If CT 202 still runs after 60 s, its power is cut and what it has not written is lost.",
    );
  });
});
