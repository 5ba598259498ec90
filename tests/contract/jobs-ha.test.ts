import { describe, expect, it } from "vitest";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { demo, upidIn } from "../support/jobs.ts";
import { linesOf, newPath } from "../support/records.ts";

const BY_OPERATOR = { token: DEMO_TOKENS.operator, env: { PVE_CONFIRM: "off" } };
/** Lets the operators move guests: what they may see does not change. */
const mayMove = ({ access }: World) => {
  access.roles.get("Operator")?.privs.push("VM.Migrate");
};

describe("a job that HA is asked for", () => {
  const migration = { vmid: 101, target: "pve1", online: true };
  const disarm = (world: World) => {
    world.ha.disarmed = "freeze";
  };

  it("is not done before HA has begun: it is told as requested, and recorded as running", async () => {
    const file = newPath();
    const { connected, world } = await demo({ env: { PVE_AUDIT_LOG: file } });
    const { text, isError } = await connected.call("pve_migrate_qemu_vm", { ...migration, wait: 3 });
    expect(world.guests.get(101)?.node).toBe("pve2");
    expect(isError).toBe(false);
    expect(text).toMatch(
      /^Requested of HA, not seen to act yet after 3s: Migration of VM 101 \(web-02\) on pve2 to pve1\.\n/,
    );
    expect(text).toMatch(/\nUPID: UPID:pve2:\S+:hamigrate:101:/);
    expect(text).toMatch(/\nNext: pve_wait_task with upids \[that UPID\] waits on\./);
    expect(linesOf(file)[1]).toMatchObject({ verdict: "running", upid: upidIn(text) });
    await connected.close();
  });

  it("is followed by the UPID of the request, as long as is waited", async () => {
    const { connected, clock } = await demo();
    const { text } = await connected.call("pve_migrate_qemu_vm", { ...migration, wait: 3 });
    const upids = [upidIn(text)];
    const status = await connected.call("pve_get_task_status", { upid: upids[0] });
    expect(status.text).toMatch(/^Requested of HA, not seen to act yet: hamigrate of 101 on pve2\./);
    const early = await connected.call("pve_wait_task", { upids, wait: 6 });
    expect(early.text).toMatch(
      /^Still running after \ds.*: hamigrate of 101 on pve2\.\n[\s\S]*:qmigrate:101:/,
    );
    const done = await connected.call("pve_wait_task", { upids, wait: 60 });
    expect(done.text).toMatch(/^Done in 1\ds: hamigrate of 101 on pve2\.\n[\s\S]*:qmigrate:101:root@pam:/);
    clock.advance(3_600);
    expect((await connected.call("pve_get_task_status", { upid: upids[0] })).text).toMatch(/^Done in 1\ds: /);
    await connected.close();
  });

  it.each([
    ["pve_shutdown_qemu_vm", { vmid: 101 }, "is stopped"],
    ["pve_stop_lxc_container", { vmid: 201 }, "is stopped"],
    ["pve_migrate_qemu_vm", migration, "is on pve1"],
  ])("and whose own task the token may not see is proved by the guest: %s", async (tool, args, is) => {
    const { connected } = await demo(BY_OPERATOR, mayMove);
    const { text, isError } = await connected.call(tool, { ...args, wait: 120 });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in [12]\ds: /);
    expect(text).toContain(`Told by the guest's own state, not by a task of HA's: guest ${args.vmid} ${is}.`);
    await connected.close();
  });

  it("and whose own task the token may see on the guest's node alone is followed", async () => {
    const { connected } = await demo(BY_OPERATOR, (world) => {
      mayMove(world);
      const { acl } = world.access;
      acl.push({
        path: "/nodes/pve2",
        type: "user",
        ugid: "operator@pve",
        roleid: "PVEAuditor",
        propagate: true,
      });
    });
    const { text } = await connected.call("pve_migrate_qemu_vm", { ...migration, wait: 120 });
    expect(text).toMatch(/^Done in [12]\ds: [^\n]*\nUPID: UPID:pve2:\S+:qmigrate:101:root@pam:/);
    await connected.close();
  });

  it.each(["pve_start_qemu_vm", "pve_shutdown_qemu_vm"])(
    "is never called done while nothing shows it, however long is waited: %s",
    async (tool) => {
      const status = tool === "pve_start_qemu_vm" ? ("stopped" as const) : ("running" as const);
      const { connected } = await demo({ env: { PVE_CONFIRM: "off" } }, (world) => {
        disarm(world);
        const guest = world.guests.get(101);
        if (guest) guest.status = status;
      });
      const { text, isError } = await connected.call(tool, { vmid: 101, wait: 300 });
      expect(isError).toBe(false);
      expect(text).toMatch(/^Requested of HA, not seen to act yet after 5m/);
      await connected.close();
    },
  );

  it("is done at once where the guest already is so", async () => {
    const { connected } = await demo();
    const { text } = await connected.call("pve_start_qemu_vm", { vmid: 101, wait: 30 });
    expect(text).toMatch(/^Done in \ds: Start of VM 101 \(web-02\) on pve2\./);
    expect(text).toContain("guest 101 is running.");
    await connected.close();
  });

  it("fails when HA's own task does", async () => {
    const { connected } = await demo({ env: { PVE_CONFIRM: "off" } }, (world) => {
      const guest = world.guests.get(101);
      if (guest) guest.config.lock = "backup";
    });
    const { text, isError } = await connected.call("pve_shutdown_qemu_vm", { vmid: 101, wait: 60 });
    expect(isError).toBe(true);
    expect(text).toMatch(
      /^FAILED: Shutdown of VM 101 .*: “VM is locked \(backup\)”\.[\s\S]*:qmshutdown:101:root@pam:/,
    );
    await connected.close();
  });

  it("says with wait: 0 that it is only asked for", async () => {
    const { connected } = await demo();
    const { text } = await connected.call("pve_migrate_qemu_vm", { ...migration, wait: 0 });
    expect(text).toMatch(/^Started: Migration of VM 101/);
    expect(text).toContain("HA manages the guest: this job only hands the request over.");
    await connected.close();
  });
});
