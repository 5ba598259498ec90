import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";
import { addVolume } from "../../simulator/volumes.ts";

const vm = (verb: string) => `POST /nodes/{node}/qemu/{vmid}/status/${verb}` as never;
const ct = (verb: string) => `POST /nodes/{node}/lxc/{vmid}/status/${verb}` as never;
const MAIL = { node: "pve1", vmid: 103 };

describe("starting", () => {
  it("brings what waits into force, through HA where that manages the guest", async () => {
    const { world, points } = planned();
    const mail = world.guests.get(103);
    if (mail) mail.pending = { cores: 8 };
    world.ha.resources.set("vm:103", { sid: "vm:103", config: { state: "stopped" } });
    expect(await points(vm("start"), MAIL)).toEqual([
      "VM 103 (mail) on pve1: stopped.",
      "HA starts it: vm:103 (stopped) becomes started.",
      "Changes that wait for a start take effect: cores.",
    ]);
  });

  it("is refused for a template, what runs and what is locked", async () => {
    const { points } = planned();
    const reason = async (node: string, vmid: number) => (await points(vm("start"), { node, vmid }))[1];
    expect(await reason("pve1", 9000)).toBe(
      "PVE would refuse this for VM 9000, the plan ends there: a template cannot be started.",
    );
    expect(await reason("pve2", 104)).toBe(
      "PVE would refuse this for VM 104, the plan ends there: it runs already; it is locked (backup).",
    );
  });

  it("goes on from a memory on disk", async () => {
    const { world, points } = planned();
    const mail = world.guests.get(103);
    const volid = "local-lvm:vm-103-state-suspend-2026-03-01";
    if (mail) Object.assign(mail.config, { lock: "suspended", vmstate: volid });
    addVolume(world, "pve1", {
      volid,
      vmid: 103,
      content: "images",
      format: "raw",
      size: 9 * 1024 ** 3,
      ctime: 0,
    });
    const line = `VM 103 goes on from its memory vmstate ${volid} (9 GiB), which is removed then.`;
    expect((await points(vm("start"), MAIL)).slice(1)).toEqual([line]);
    expect((await points(vm("resume"), MAIL)).slice(1)).toEqual([line.replace("goes on", "starts")]);
  });
});

describe("sleeping and waking", () => {
  it("in memory", async () => {
    const { world, points } = planned();
    const where = { node: "pve1", vmid: 100 };
    expect((await points(vm("suspend"), where)).slice(1)).toEqual([
      "VM 100 is paused: it keeps its memory, answers nobody, and goes on with resume.",
    ]);
    const web = world.guests.get(100);
    if (web) web.status = "paused";
    expect((await points(vm("resume"), where)).slice(1)).toEqual(["VM 100 goes on where it was paused."]);
    expect((await points(vm("resume"), MAIL))[1]).toBe(
      "PVE would refuse this for VM 103, the plan ends there: it does not run.",
    );
  });

  it("on disk, but not under HA nor with devices of the node", async () => {
    const { world, points } = planned();
    const disk = { todisk: true, statestorage: "ceph-vm" };
    expect((await points(vm("suspend"), { node: "pve1", vmid: 100, ...disk })).slice(1)).toEqual([
      "The memory of VM 100 (8192 MiB) is saved on ceph-vm, then it stops; the next start goes on from there.",
    ]);
    const web = world.guests.get(101);
    if (web) web.config.hostpci0 = "0000:01:00.0";
    expect((await points(vm("suspend"), { node: "pve2", vmid: 101, ...disk }))[1]).toBe(
      "PVE would refuse this for VM 101, the plan ends there: HA manages it (vm:101 (started)), so it cannot be suspended to disk; passed-through devices cannot be saved (hostpci0).",
    );
  });

  it("of containers is an experiment", async () => {
    const { points } = planned();
    expect((await points(ct("suspend"), { node: "pve1", vmid: 200 })).slice(1)).toEqual([
      "CT 200 is frozen into a checkpoint; PVE's support for that is experimental and needs CRIU.",
    ]);
    expect((await points(ct("resume"), { node: "pve1", vmid: 200 }))[1]).toBe(
      "PVE would refuse this for CT 200, the plan ends there: it runs already.",
    );
  });
});
