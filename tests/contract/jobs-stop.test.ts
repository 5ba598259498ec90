import { describe, expect, it } from "vitest";
import { demo, running, upidIn } from "../support/jobs.ts";

describe("pve_stop_task", () => {
  it("stops the task and tells what came of it", async () => {
    const { connected, world, clock } = await demo({ env: { PVE_CONFIRM: "off" } });
    const upid = running(world, 500);
    clock.advance(5);
    const { text, isError } = await connected.call("pve_stop_task", { upid });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Stopped: the vzdump of 101 on pve2\.\n/);
    expect(world.tasks.get(upid)?.exitstatus).toMatch(/interrupt/);
    await connected.close();
  });

  it.each(["migration aborted", "clone failed: interrupted by signal", "no space left"])(
    "says of one that ran and ended badly that it was stopped, whatever PVE calls its end: %s",
    async (interrupted) => {
      const { connected, world, clock } = await demo({ env: { PVE_CONFIRM: "off" } });
      const upid = running(world, 500, { interrupted });
      clock.advance(5);
      const { text, isError } = await connected.call("pve_stop_task", { upid });
      expect(isError, text).toBe(false);
      expect(text).toMatch(/^Stopped: the vzdump of 101 on pve2\.\n/);
      await connected.close();
    },
  );

  it.each(["unexpected status", "received interrupt"])(
    "says of one that had died before that it had ended: %s",
    async (exitstatus) => {
      const { connected, world, clock } = await demo({ env: { PVE_CONFIRM: "off" } });
      const upid = running(world, 2, { exitstatus });
      clock.advance(5);
      const { text, isError } = await connected.call("pve_stop_task", { upid });
      expect(isError, text).toBe(false);
      expect(text).toMatch(/^It had ended before it could be stopped\. FAILED: vzdump of 101 on pve2/);
      await connected.close();
    },
  );

  it("says of a request to HA that it had ended, and how HA stands to it", async () => {
    const { connected, clock } = await demo({ env: { PVE_CONFIRM: "off" } });
    const args = { vmid: 101, target: "pve1", online: true, wait: 3 };
    const upid = upidIn((await connected.call("pve_migrate_qemu_vm", args)).text);
    const early = await connected.call("pve_stop_task", { upid });
    expect(early.isError, early.text).toBe(false);
    expect(early.text).toMatch(
      /^It had ended before it could be stopped\. Requested of HA, not seen to act yet: hamigrate/,
    );
    clock.advance(6);
    const late = await connected.call("pve_stop_task", { upid });
    expect(late.text).toMatch(/^It had ended before it could be stopped\. Still running/);
    const acting = upidIn(late.text);
    expect(acting).toContain(":qmigrate:101:");
    expect((await connected.call("pve_stop_task", { upid: acting })).text).toMatch(/^Stopped: the qmigrate/);
    await connected.close();
  });

  it("says when it had ended before", async () => {
    const { connected, world, clock } = await demo({ env: { PVE_CONFIRM: "off" } });
    const upid = running(world, 2);
    clock.advance(5);
    const { text, isError } = await connected.call("pve_stop_task", { upid });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^It had ended before it could be stopped\. Done in 2s: vzdump of 101 on pve2\./);
    await connected.close();
  });
});
