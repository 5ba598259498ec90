import { describe, expect, test } from "vitest";
import { bounded } from "../../../tests/support/bounded.ts";
import { stateRaises } from "../../policy/effect.ts";
import type { World } from "../../simulator/world.ts";
import type { Json } from "../data.ts";
import { PveError } from "../errors.ts";
import type { GuardRead } from "../guard.ts";
import { classifyCall } from "./classify.ts";

type Given = Readonly<Record<string, unknown>>;
const QEMU = "/nodes/{node}/qemu/{vmid}";
const LXC = "/nodes/{node}/lxc/{vmid}";

/** The class of a call on the demo cluster, which `change` has altered before. */
async function classOn(route: string, params: Given, change: (world: World) => void = () => {}) {
  const cluster = bounded({});
  change(cluster.world);
  const found = await classifyCall((read, given) => cluster.read(read, given), route, params);
  return { ...found, looks: cluster.sent() };
}
const setting = (vmid: number, more: Record<string, Json>) => (world: World) => {
  const guest = world.guests.get(vmid);
  if (guest) guest.config = { ...guest.config, ...more };
};
const failing =
  (error: PveError): GuardRead =>
  async () => {
    throw error;
  };

describe("a migration", () => {
  const VM = `POST ${QEMU}/migrate`;
  const BULK = "POST /cluster/bulk-action/guest/migrate";
  const HA = "POST /cluster/ha/resources/{sid}/migrate";
  test.each<[string, Given, RegExp]>([
    [VM, { node: "pve1", vmid: 103, target: "pve2" }, /copies volumes on local-lvm .*VM 103/],
    [`POST ${LXC}/migrate`, { node: "pve1", vmid: 203, target: "pve2" }, /local-lvm .*CT 203/],
    [BULK, { vms: [101, "103"], target: "pve3" }, /VM 103/],
    [BULK, { target: "pve3" }, /local-lvm/],
    [HA, { sid: "vm:103", node: "pve2" }, /VM 103/],
  ])("of local volumes risks loss, whatever is said of them: %s %j", async (route, params, reason) => {
    expect(await classOn(route, params)).toMatchObject({
      effect: "execute",
      risk: "loss",
      reason: expect.stringMatching(reason),
    });
  });

  test.each<[string, Given]>([
    [VM, { node: "pve2", vmid: 108, target: "pve3", online: true }],
    [BULK, { vms: [101, 108], target: "pve3" }],
    // It is there already, and so passed over.
    [BULK, { vms: [103, 108], target: "pve1" }],
    [HA, { sid: "vm:101", node: "pve1" }],
  ])("of shared ones does not: %s %j", async (route, params) => {
    expect(await classOn(route, params)).toMatchObject({ effect: "execute", risk: "none" });
  });

  test("sees disks that are unused, pending, or in a snapshot only; images of no guest do not count", async () => {
    const call: Given = { node: "pve2", vmid: 108, target: "pve3" };
    const disk = "local-lvm:vm-108-disk-7";
    const risk = async (change: (world: World) => void) => (await classOn(VM, call, change)).risk;
    expect(await risk(setting(108, { unused0: disk }))).toBe("loss");
    expect(
      await risk((world) => {
        const guest = world.guests.get(108);
        if (guest) guest.pending = { scsi3: `${disk},size=1G` };
      }),
    ).toBe("loss");
    expect(
      await risk((world) => {
        const guest = world.guests.get(108);
        guest?.snapshots.set("old", {
          name: "old",
          time: 1,
          description: "",
          vmstate: true,
          config: { vmstate: disk },
        });
      }),
    ).toBe("loss");
    expect(await risk(setting(108, { ide2: "local:iso/a.iso,media=cdrom", ide0: "none,media=cdrom" }))).toBe(
      "none",
    );
  });

  test("takes along what HA keeps together: its volumes, and containers, which are restarted", async () => {
    const together = (resources: string) => (world: World) => {
      world.ha.rules.set("together", {
        rule: "together",
        type: "resource-affinity",
        config: { resources, affinity: "positive" },
      });
    };
    const call: Given = { node: "pve2", vmid: 101, target: "pve3", online: true };
    expect(await classOn(VM, call, together("vm:101,vm:103"))).toMatchObject({ risk: "loss" });
    expect(await classOn(VM, call, together("vm:101,ct:201"))).toMatchObject({
      risk: "loss",
      reason: expect.stringMatching(/CT 201.*restart/),
    });
    expect(await classOn(VM, call, together("vm:101,vm:102"))).toMatchObject({ risk: "none" });
  });

  test("risks loss where it cannot be told", async () => {
    expect(await classOn(VM, { node: "pve1", vmid: 777, target: "pve2" })).toMatchObject({ risk: "loss" });
    expect(await classOn(BULK, { vms: { odd: 1 }, target: "pve2" })).toMatchObject({ risk: "loss" });
    const found = await classifyCall(failing(new PveError("permission", "no")), VM, {
      node: "pve1",
      vmid: 101,
      target: "pve2",
    });
    expect(found).toMatchObject({ risk: "loss", reason: expect.stringMatching(/could not be read/) });
  });

  test("that loses by its arguments is not looked at", async () => {
    const { risk, looks } = await classOn(VM, {
      node: "pve1",
      vmid: 103,
      target: "pve2",
      "with-local-disks": 1,
    });
    expect(risk).toBe("loss");
    expect(looks).toEqual([]);
  });
});

describe("a disk that is set", () => {
  const CONFIG = `PUT ${QEMU}/config`;
  const CT = `PUT ${LXC}/config`;
  const on = (params: Given): Given => ({ node: "pve1", vmid: 103, ...params });
  const ct = (params: Given): Given => ({ node: "pve1", vmid: 203, ...params });
  const SAME = "local-lvm:vm-103-disk-0,iothread=1,size=40G";

  test.each<[string, Given, RegExp]>([
    [CONFIG, on({ scsi0: "local-lvm:8" }), /scsi0 takes the place of local-lvm:vm-103-disk-0/],
    [`POST ${QEMU}/config`, on({ scsi0: "none,media=cdrom" }), /scsi0/],
    [CONFIG, on({ scsi0: { file: "ceph-vm:8" } }), /scsi0/],
    [CONFIG, on({ scsi0: ["local-lvm:vm-103-disk-1"] }), /scsi0/],
    [CONFIG, on({ scsi0: "local-lvm:vm-103-disk-0,import-from=local-lvm:vm-103-disk-1" }), /scsi0/],
    [CONFIG, on({ scsi0: { odd: { file: "x" } } }), /scsi0/],
    [CT, ct({ rootfs: "local-lvm:8" }), /rootfs takes the place of local-lvm:vm-203-disk-0/],
    // The volume stays, what becomes of its content changes.
    [CONFIG, on({ scsi0: `${SAME},backup=0` }), /backup/],
    [CONFIG, on({ scsi0: `${SAME},replicate=0` }), /replicate/],
    [CONFIG, on({ scsi0: `${SAME},shared=1` }), /shared/],
    [CONFIG, on({ scsi0: `${SAME},snapshot=1` }), /snapshot/],
    [CONFIG, on({ scsi0: `${SAME},cache=unsafe` }), /cache/],
    [CONFIG, on({ scsi0: `${SAME},media=cdrom` }), /media/],
    [CONFIG, on({ scsi0: `${SAME},not-yet-known=1` }), /not-yet-known/],
  ])("risks loss where it takes another's place, or a protection: %s %j", async (route, params, reason) => {
    expect(await classOn(route, params)).toMatchObject({
      effect: "write",
      risk: "loss",
      reason: expect.stringMatching(reason),
    });
  });

  test.each<[string, Given]>([
    [CONFIG, on({ scsi1: "local-lvm:8" })],
    [CONFIG, on({ scsi0: "local-lvm:vm-103-disk-0,discard=on" })],
    [CONFIG, on({ scsi0: "file=local-lvm:vm-103-disk-0,ssd=1,iothread=0" })],
    [CONFIG, on({ scsi0: `${SAME},backup=1,replicate=yes,shared=0,snapshot=off,cache=none` })],
    [CONFIG, on({ ide2: "nas-iso:iso/a.iso,media=cdrom" })],
    // A new disk falls out of no backup.
    [CONFIG, on({ scsi1: "local-lvm:8,backup=0" })],
    [CT, ct({ mp5: "local-lvm:8,mp=/srv" })],
    [CT, ct({ rootfs: "volume=local-lvm:vm-203-disk-0,size=50G,quota=1" })],
  ])("does not where it is new, or only changes how it is used: %s %j", async (route, params) => {
    expect(await classOn(route, params)).toMatchObject({ effect: "write", risk: "none" });
  });

  test("is compared with what waits for a reboot, too", async () => {
    const pending = (world: World) => {
      const guest = world.guests.get(103);
      if (guest) guest.pending = { scsi4: "local-lvm:vm-103-disk-9,size=1G" };
    };
    const risk = async (scsi4: string) => (await classOn(CONFIG, on({ scsi4 }), pending)).risk;
    expect(await risk("local-lvm:8")).toBe("loss");
    expect(await risk("local-lvm:vm-103-disk-9,discard=on")).toBe("none");
  });

  test("may take the place of an image, but not of cloud-init's", async () => {
    const drive = (ide2: string) => (world: World) => setting(107, { ide2 })(world);
    const risk = async (now: string, then: Given) =>
      (await classOn(CONFIG, { node: "pve1", vmid: 107, ...then }, drive(now))).risk;
    expect(await risk("nas-iso:iso/a.iso,media=cdrom", { ide2: "none,media=cdrom" })).toBe("none");
    expect(await risk("none,media=cdrom", { ide2: "nas-iso:iso/b.iso,media=cdrom" })).toBe("none");
    expect(await risk("local-lvm:vm-107-cloudinit,media=cdrom", { ide2: "none,media=cdrom" })).toBe("loss");
    expect(
      await risk("local-lvm:vm-107-cloudinit,media=cdrom", { cdrom: "nas-iso:iso/b.iso,media=cdrom" }),
    ).toBe("loss");
  });

  test("of a container falls out of backups where that is no longer said", async () => {
    const mounted = setting(203, { mp0: "local-lvm:vm-203-disk-1,mp=/srv,backup=1,size=8G" });
    const risk = async (mp0: string) => (await classOn(CT, ct({ mp0 }), mounted)).risk;
    expect(await risk("local-lvm:vm-203-disk-1,mp=/srv,size=8G")).toBe("loss");
    expect(await risk("local-lvm:vm-203-disk-1,mp=/srv,backup=1,acl=1")).toBe("none");
    expect(await risk("local-lvm:vm-203-disk-1,mp=/elsewhere,backup=1")).toBe("loss");
  });

  test("is taken for one that loses where nothing can be read; other settings are not looked at", async () => {
    const read = failing(new PveError("timeout", "No answer within 30 s."));
    expect(await classifyCall(read, CONFIG, on({ scsi5: "local-lvm:8" }))).toMatchObject({ risk: "loss" });
    expect(await classifyCall(read, CONFIG, on({ cores: 2 }))).toMatchObject({ risk: "none" });
    await expect(
      classifyCall(failing(new PveError("cancelled", "x")), CONFIG, on({ scsi5: "local-lvm:8" })),
    ).rejects.toMatchObject({ kind: "cancelled" });
  });
});

describe("a shutdown", () => {
  test("of a VM that HA manages ends in a cut, of one that it does not in a refusal", async () => {
    const stop = (node: string, vmid: number) => classOn(`POST ${QEMU}/status/shutdown`, { node, vmid });
    expect(await stop("pve2", 101)).toMatchObject({
      effect: "execute",
      risk: "loss",
      reason: expect.stringMatching(/HA .*cuts the power/),
    });
    expect(await stop("pve1", 100)).toMatchObject({ effect: "execute", risk: "none" });
    expect(await stop("pve1", 777)).toMatchObject({ risk: "loss" });
  });

  test("of a container does only where it gets no time", async () => {
    const stop = async (timeout?: unknown) =>
      (await classOn(`POST ${LXC}/status/shutdown`, { node: "pve2", vmid: 201, timeout })).risk;
    expect(await stop()).toBe("none");
    expect(await stop(60)).toBe("none");
    expect(await stop(0)).toBe("loss");
    expect(await stop("x")).toBe("loss");
  });
});

describe("a backup", () => {
  const VZDUMP = "POST /nodes/{node}/vzdump";
  const defaults =
    (data: Json): GuardRead =>
    async () => ({ data });

  test("that does not say how it is made goes by the node's defaults", async () => {
    const given: Given = { node: "pve1", vmid: "100", storage: "local", remove: 0 };
    const stopping = defaults({ mode: "stop", storage: "local" });
    expect(await classifyCall(stopping, VZDUMP, given)).toMatchObject({
      effect: "execute",
      risk: "loss",
      reason: expect.stringMatching(/stop/),
    });
    expect(await classifyCall(stopping, VZDUMP, { ...given, mode: "snapshot" })).toMatchObject({
      risk: "none",
    });
    expect(await classifyCall(defaults({ mode: "snapshot" }), VZDUMP, given)).toMatchObject({ risk: "none" });
    expect(await classifyCall(defaults({}), VZDUMP, given)).toMatchObject({ risk: "none" });
  });

  test("that removes older ones is a write, which comes before other reasons", async () => {
    const read = defaults({ mode: "stop", storage: "nas", "prune-backups": "keep-last=1" });
    expect(await classifyCall(read, VZDUMP, { node: "pve1", vmid: "100" })).toMatchObject({
      effect: "write",
      risk: "loss",
      reason: expect.stringMatching(/older backups/),
    });
  });
});

test("only what the arguments leave open hangs on PVE's state", () => {
  const dependsOnState = (route: string, params: Given) => stateRaises(route, params).length > 0;
  const at = { node: "pve1", vmid: 100 };
  expect(dependsOnState(`POST ${QEMU}/status/shutdown`, at)).toBe(true);
  expect(dependsOnState(`POST ${QEMU}/status/shutdown`, { ...at, forceStop: 1 })).toBe(false);
  expect(dependsOnState(`PUT ${QEMU}/config`, { ...at, cores: 2 })).toBe(false);
  expect(dependsOnState(`PUT ${QEMU}/config`, { ...at, scsi0: "a:1" })).toBe(true);
  expect(dependsOnState("POST /nodes/{node}/vzdump", { vmid: 100, remove: 0, mode: "snapshot" })).toBe(false);
  // It would be a write besides.
  expect(dependsOnState("POST /nodes/{node}/vzdump", { vmid: 100, mode: "stop" })).toBe(true);
  expect(dependsOnState("GET /nodes", {})).toBe(false);
});
