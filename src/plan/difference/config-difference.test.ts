import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulated } from "../../../tests/support/simulated.ts";
import { request } from "../../../tests/support/simulated-look.ts";
import type { Row } from "../../pve/data.ts";
import { clusterWorld } from "../../simulator/scenarios/cluster.ts";
import { type ConfigDifference, configDifference } from "./config-difference.ts";
import { CONFIG_ROUTE, type GuestType } from "./guest-disk.ts";

const VM: Row = {
  name: "web",
  cores: 2,
  memory: "4096",
  numa: 0,
  ostype: "l26",
  agent: "1",
  boot: "order=scsi0;net0",
  scsihw: "virtio-scsi-single",
  scsi0: "local-lvm:vm-100-disk-0,iothread=1,size=32G",
  scsi1: "local-lvm:vm-100-disk-1,size=8G",
  ide2: "local:iso/debian.iso,media=cdrom,size=600M",
  net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1",
  tags: "prod;web",
  unused0: "local-lvm:vm-100-disk-7",
  cipassword: "**********",
  digest: "d",
};
const CT: Row = {
  hostname: "db",
  cores: 2,
  memory: 1024,
  swap: 512,
  unprivileged: 1,
  rootfs: "local-lvm:vm-200-disk-0,size=8G",
  mp0: "local-lvm:vm-200-disk-1,mp=/data,size=4G",
  net0: "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02,ip=dhcp,type=veth",
};

interface Options {
  readonly running?: boolean;
  readonly now?: Row;
  readonly pending?: readonly Row[];
}
const vm = (params: Row, { running = true, now = {}, pending = [] }: Options = {}): ConfigDifference =>
  configDifference({
    type: "qemu",
    now: { ...VM, ...now },
    pending,
    params: { node: "n", vmid: 100, ...params },
    running,
  });
const ct = (params: Row, { running = true, now = {}, pending = [] }: Options = {}): ConfigDifference =>
  configDifference({
    type: "lxc",
    now: { ...CT, ...now },
    pending,
    params: { node: "n", vmid: 200, ...params },
    running,
  });
const timings = ({ changes }: ConfigDifference): Record<string, string> =>
  Object.fromEntries(
    changes.map(({ key, when, fails }) => [key, fails === undefined ? when : `${when}: ${fails}`]),
  );

describe("what is the same", () => {
  it.each([
    ["a number as text", { cores: "2" }],
    ["memory by its key", { memory: "current=4096" }],
    ["a switch", { numa: false }],
    ["a switch with a key", { agent: "enabled=1" }],
    ["keys in another order", { net0: "firewall=1,bridge=vmbr0,virtio=bc:24:11:00:00:01" }],
    [
      "another way to name the card",
      { net0: "model=virtio,macaddr=BC:24:11:00:00:01,firewall=on,bridge=vmbr0" },
    ],
    ["tags in another order and case", { tags: "Web,prod" }],
    ["a disk without its size", { scsi0: "file=local-lvm:vm-100-disk-0,iothread=yes" }],
    ["the image in the drive", { ide2: "local:iso/debian.iso,media=cdrom" }],
    ["the drive's other name", { cdrom: "local:iso/debian.iso" }],
    ["deleting what is not there", { delete: "args,scsi5" }],
  ])("%s", (_, params) => {
    const { changes, unchanged } = vm(params as Row);
    expect(changes).toEqual([]);
    expect(unchanged.length).toBeGreaterThan(0);
  });

  it("what is in force already, of every guest of the demo", () => {
    for (const guest of clusterWorld().guests.values()) {
      const params = Object.fromEntries(
        Object.entries(guest.config).filter(([key]) => key !== "cipassword" && key !== "meta"),
      );
      for (const running of [true, false])
        expect(
          configDifference({
            type: guest.type,
            now: guest.config,
            pending: [],
            params: { ...params, vmid: guest.vmid },
            running,
          }).changes,
        ).toEqual([]);
    }
  });

  it("a property string, whatever the order of its keys", () => {
    const parts = ["bridge=vmbr0", "firewall=1", "tag=5", "rate=10", "queues=4", "mtu=1500"];
    fc.assert(
      fc.property(fc.shuffledSubarray(parts), fc.boolean(), (some, first) => {
        const stored = ["virtio=BC:24:11:00:00:01", ...some].join(",");
        const card = "virtio=bc:24:11:00:00:01";
        const wanted = (first ? [card, ...some.toReversed()] : [...some.toReversed(), card]).join(",");
        expect(vm({ net0: wanted }, { now: { net0: stored } }).changes).toEqual([]);
      }),
    );
  });

  it("never a value that differs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 1, max: 512 }), (a, b) => {
        const { changes, unchanged } = vm({ cores: b }, { now: { cores: a } });
        expect([changes.length, unchanged.length]).toEqual(a === b ? [0, 1] : [1, 0]);
      }),
    );
  });
});

describe("what differs", () => {
  it("of a property string, key by key; a card without a MAC address gets another", () => {
    expect(vm({ net0: "virtio,bridge=vmbr1" }).changes).toMatchObject([
      {
        key: "net0",
        parts: [
          { key: "macaddr", before: "BC:24:11:00:00:01", after: "(new)" },
          { key: "bridge", before: "vmbr0", after: "vmbr1" },
          { key: "firewall", before: "1" },
        ],
        note: "PVE makes a new MAC address",
      },
    ]);
    expect(
      ct({ net0: "name=eth0,bridge=vmbr0,ip=dhcp,hwaddr=BC:24:11:00:00:02,tag=7" }).changes,
    ).toMatchObject([{ parts: [{ key: "tag", after: "7" }], when: "now" }]);
  });

  it("hides passwords", () => {
    const difference = vm({ cipassword: "geheim" });
    expect(difference.changes).toMatchObject([
      { key: "cipassword", before: "(hidden)", after: "(hidden)", when: "now" },
    ]);
    const args = vm({ args: "-object secret,id=s0,data=geheim" });
    expect(JSON.stringify([difference, args])).not.toContain("geheim");
  });

  it("of disks: a new one, one that is kept, one that is destroyed", () => {
    expect(vm({ scsi2: "local-lvm:8,discard=on" }).changes).toMatchObject([
      { after: "local-lvm:8,discard=on", note: "new disk of 8 GiB on local-lvm", when: "now" },
    ]);
    const detach = vm({ delete: "scsi1" });
    expect(detach).toMatchObject({
      destroyed: [],
      detached: [{ key: "scsi1", volume: "local-lvm:vm-100-disk-1", as: "unused1" }],
    });
    expect(detach.changes).toMatchObject([
      { key: "scsi1", deleted: true, note: "kept as unused1", when: "now" },
    ]);
    expect(vm({ delete: "scsi1", force: true }).destroyed).toEqual([
      { key: "scsi1", volume: "local-lvm:vm-100-disk-1" },
    ]);
    expect(vm({ delete: "unused0" })).toMatchObject({
      destroyed: [{ key: "unused0", volume: "local-lvm:vm-100-disk-7" }],
      detached: [],
    });
    expect(vm({ scsi1: "local-lvm:4" })).toMatchObject({
      detached: [{ key: "scsi1", as: "unused1" }],
      changes: [{ note: "new disk of 4 GiB on local-lvm; the present disk is kept as unused1" }],
    });
    const foreign = { scsi1: "local-lvm:vm-999-disk-0,size=1G" };
    expect(vm({ delete: "scsi1", force: true }, { now: foreign })).toMatchObject({
      destroyed: [],
      detached: [],
    });
    expect(ct({ delete: "mp0" })).toMatchObject({
      detached: [{ as: "unused0" }],
      changes: [{ when: "reboot" }],
    });
    expect(ct({ delete: "unused0" }, { now: { unused0: "local-lvm:vm-200-disk-3" } }).destroyed).toHaveLength(
      1,
    );
  });

  it("of drives: ejecting an image destroys nothing", () => {
    expect(vm({ ide2: "none,media=cdrom", boot: "order=scsi0;net0" })).toMatchObject({
      changes: [{ key: "ide2", note: "ejects local:iso/debian.iso", when: "now" }],
      destroyed: [],
      detached: [],
    });
  });

  it("of the boot order when a drive comes or goes", () => {
    expect(timings(vm({ delete: "net0" }))).toEqual({ net0: "now", boot: "reboot" });
    expect(vm({ delete: "net0" }).changes[1]).toMatchObject({ key: "boot", after: "order=scsi0" });
    expect(vm({ ide0: "none,media=cdrom" }).changes).toMatchObject([
      { key: "ide0" },
      { after: "order=scsi0;net0;ide0" },
    ]);
    expect(timings(vm({ delete: "net0", boot: "order=scsi0" }))).toEqual({ net0: "now", boot: "reboot" });
  });
});

describe("when a running VM takes it", () => {
  const without = (features: string) => ({ now: { hotplug: features } });
  it.each<[string, Row, Options, string]>([
    ["cores", { cores: 4 }, {}, "reboot"],
    ["description", { description: "x" }, {}, "now"],
    ["tags", { tags: "x" }, {}, "now"],
    ["cpulimit", { cpulimit: 1 }, {}, "now"],
    ["ipconfig0", { ipconfig0: "ip=dhcp" }, {}, "now"],
    ["memory", { memory: 8192 }, {}, "reboot"],
    ["memory", { memory: 8192 }, { now: { hotplug: "network,disk,usb,memory", numa: 1 } }, "now"],
    ["vcpus", { vcpus: 1 }, {}, "reboot"],
    ["vcpus", { vcpus: 1 }, without("cpu"), "now"],
    ["balloon", { balloon: 1024 }, {}, "now"],
    ["balloon", { balloon: 0 }, {}, "reboot"],
    ["hotplug", { hotplug: "network" }, {}, "now"],
    ["hotplug", { hotplug: "memory" }, {}, "reboot"],
    ["tablet", { tablet: false }, {}, "now"],
    ["tablet", { tablet: false }, without("disk"), "reboot"],
    ["usb0", { usb0: "spice" }, {}, "now"],
    ["usb0", { usb0: "spice" }, { now: { ostype: "win7" } }, "reboot"],
    ["usb0", { usb0: "spice" }, { now: { machine: "pc-i440fx-6.2" } }, "reboot"],
    ["net1", { net1: "virtio,bridge=vmbr0" }, {}, "now"],
    ["net1", { net1: "virtio,bridge=vmbr0" }, without("disk"), "reboot"],
    ["net0", { net0: "virtio=BC:24:11:00:00:01,bridge=vmbr1" }, without("0"), "now"],
    ["net0", { net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,link_down=1" }, without("0"), "now"],
    ["net0", { net0: "e1000=BC:24:11:00:00:01,bridge=vmbr0" }, without("0"), "reboot"],
    ["net0", { net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,mtu=9000" }, without("0"), "reboot"],
    ["net0", { net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,mtu=9000" }, {}, "now"],
    ["scsi2", { scsi2: "local-lvm:8" }, without("0"), "reboot"],
    ["sata0", { sata0: "local-lvm:8" }, {}, "reboot"],
    ["scsi0", { scsi0: "local-lvm:vm-100-disk-0,iothread=1,mbps_rd=50" }, {}, "now"],
    ["scsi0", { scsi0: "local-lvm:vm-100-disk-0,iothread=1,backup=0" }, without("0"), "now"],
    ["scsi0", { scsi0: "local-lvm:vm-100-disk-0,discard=on,iothread=1" }, {}, "reboot"],
    ["scsi0", { scsi0: "local-lvm:8" }, {}, "reboot: can't unplug bootdisk 'scsi0'"],
    ["scsi1", { scsi1: "none,media=cdrom" }, {}, "reboot: unable to change media type"],
    ["ide2", { ide2: "local:iso/other.iso,media=cdrom" }, without("0"), "now"],
    ["agent", { agent: "0" }, {}, "reboot"],
    ["agent", { agent: "1,fstrim_cloned_disks=1" }, {}, "now"],
    ["efidisk0", { efidisk0: "local-lvm:1" }, {}, "reboot"],
    ["scsi1", { delete: "scsi1" }, {}, "now"],
    ["scsi1", { delete: "scsi1" }, without("network"), "reboot"],
    ["ide2", { delete: "ide2" }, {}, "reboot"],
    ["cores", { delete: "cores" }, {}, "reboot"],
    ["tags", { delete: "tags" }, {}, "now"],
    ["unused0", { delete: "unused0" }, {}, "now"],
  ])("%s: %j with %j: %s", (key, params, options, when) => {
    expect(timings(vm(params, options))[key]).toBe(when);
    if (!when.includes(":")) expect(timings(vm(params, { ...options, running: false }))[key]).toBe("now");
  });

  it("deleting a disk that it boots from fails", () => {
    expect(timings(vm({ delete: "scsi0" })).scsi0).toBe("reboot: can't unplug bootdisk 'scsi0'");
    expect(timings(vm({ delete: "scsi0" }, { running: false })).scsi0).toBe("now");
  });

  it("protection keeps its disks", () => {
    expect(timings(vm({ delete: "scsi1" }, { now: { protection: 1 } })).scsi1).toBe("now: protection is on");
    expect(timings(ct({ mp0: "local-lvm:4,mp=/x" }, { now: { protection: 1 } })).mp0).toContain(
      "protection is on",
    );
  });
});

describe("when a running container takes it", () => {
  it.each<[string, Row, string]>([
    ["cores", { cores: 4 }, "now"],
    ["memory", { memory: 2048 }, "now"],
    ["hostname", { hostname: "x" }, "now"],
    ["nameserver", { nameserver: "192.0.2.1" }, "reboot"],
    ["features", { features: "nesting=1" }, "reboot"],
    ["net0", { net0: "name=eth0,bridge=vmbr1,ip=dhcp" }, "now"],
    ["net0", { delete: "net0" }, "now"],
    ["mp1", { mp1: "local-lvm:4,mp=/x" }, "now"],
    ["mp0", { mp0: "local-lvm:vm-200-disk-1,mp=/other" }, "reboot"],
    ["rootfs", { rootfs: "local-lvm:vm-200-disk-0,ro=1" }, "reboot"],
    ["mp0", { delete: "mp0" }, "reboot"],
    ["dev0", { dev0: "/dev/ttyUSB0" }, "now"],
    ["swap", { delete: "swap" }, "now"],
    ["memory", { delete: "memory" }, "now: memory cannot be deleted"],
  ])("%s: %j: %s", (key, params, when) => {
    expect(timings(ct(params))[key]).toBe(when);
  });
});

describe("what waits for a start", () => {
  const pending: readonly Row[] = [
    { key: "cores", value: 2, pending: 8 },
    { key: "agent", value: "1", delete: 1 },
    { key: "name", value: "web" },
  ];
  it("and is asked for again, stays as it is", () => {
    expect(vm({ cores: 8, delete: "agent" }, { pending })).toMatchObject({
      changes: [],
      unchanged: ["agent", "cores"],
    });
  });
  it("is dropped when what is in force is asked for, or by revert", () => {
    for (const params of [{ cores: 2 }, { revert: "cores" }] as readonly Row[])
      expect(vm(params, { pending }).changes).toMatchObject([
        { key: "cores", before: "2", after: "2", waiting: "8", when: "now" },
      ]);
    expect(vm({ revert: "memory" }, { pending })).toMatchObject({ changes: [], unchanged: ["memory"] });
  });
  it("comes into force with any change of a stopped VM", () => {
    expect(vm({ description: "x" }, { pending, running: false }).changes).toMatchObject([
      { key: "description" },
      { key: "cores", before: "2", after: "8", when: "now" },
      { key: "agent", deleted: true, when: "now" },
    ]);
  });
  it("is a new disk that is kept when it is deleted before it was attached", () => {
    const waits = [{ key: "sata0", pending: "local-lvm:vm-100-disk-9,size=1G" }];
    expect(vm({ delete: "sata0" }, { pending: waits })).toMatchObject({
      changes: [{ key: "sata0", deleted: true, waiting: "local-lvm:vm-100-disk-9,size=1G", when: "now" }],
      detached: [{ volume: "local-lvm:vm-100-disk-9", as: "unused1" }],
    });
  });
});

describe("on the simulated cluster", () => {
  const read = async (pve: ReturnType<typeof simulated>, type: GuestType, where: Row) => {
    const at = `/nodes/${where.node}/${type}/${where.vmid}`;
    const now = (await pve.call(`GET ${at}/config`, { current: 1 })).data as Row;
    const pending = (await pve.call(`GET ${at}/pending`)).data as readonly Row[];
    const status = (await pve.call(`GET ${at}/status/current`)).data.status;
    return { now, pending, running: status === "running" };
  };
  const waiting = (rows: readonly Row[]): string[] =>
    rows.filter((row) => row.pending !== undefined || row.delete !== undefined).map((row) => String(row.key));

  const VM_CHANGES: readonly Row[] = [
    { cores: 6 },
    { cores: 6, description: "x", onboot: true },
    { memory: 2048 },
    { name: "other", tags: "b;a" },
    { scsi5: "ceph-vm:4" },
    { sata1: "ceph-vm:4" },
    { net1: "virtio,bridge=vmbr0" },
    { ide0: "none,media=cdrom" },
    { vga: "std" },
    { hotplug: "network" },
    { delete: "net0" },
    { delete: "agent" },
    { delete: "tags" },
    { boot: "order=scsi0" },
    { cipassword: "geheim" },
    { cpulimit: 2, cpuunits: 200 },
  ];
  const CT_CHANGES: readonly Row[] = [
    { cores: 1, memory: 512, swap: 0 },
    { hostname: "other" },
    { nameserver: "192.0.2.1" },
    { net1: "name=eth1,bridge=vmbr0" },
    { mp3: "ceph-vm:2,mp=/x" },
    { delete: "net0" },
    { delete: "swap" },
    { onboot: true, description: "x" },
    { timezone: "host" },
  ];
  const cases: readonly (readonly [string, GuestType, Row, readonly Row[]])[] = [
    ["a running VM", "qemu", { node: "pve1", vmid: 100 }, VM_CHANGES],
    ["a stopped VM", "qemu", { node: "pve1", vmid: 103 }, VM_CHANGES],
    ["a running container", "lxc", { node: "pve1", vmid: 203 }, CT_CHANGES],
    ["a stopped container", "lxc", { node: "pve3", vmid: 204 }, CT_CHANGES],
  ];
  it.each(cases)("%s: what is told to wait is what then waits", async (_, type, where, changes) => {
    for (const params of changes) {
      const pve = simulated();
      const before = await read(pve, type, where);
      const difference = configDifference({ type, ...before, params: { ...where, ...params } });
      const sent = Object.fromEntries(
        Object.entries(params).map(([key, value]) => [
          key,
          typeof value === "boolean" ? Number(value) : value,
        ]),
      );
      const { status, message } = await pve.call(...request(CONFIG_ROUTE[type], { ...where, ...sent }));
      expect(status, `${JSON.stringify(params)}: ${message}`).toBe(200);
      const after = await read(pve, type, where);
      const told = difference.changes.filter(({ when }) => when === "reboot").map(({ key }) => key);
      expect(waiting(after.pending).sort(), JSON.stringify(params)).toEqual(told.sort());
      for (const { key, when, deleted } of difference.changes)
        if (when === "now")
          expect(key in after.now, `${key} ${JSON.stringify(params)}`).toBe(deleted !== true);
      for (const { as, volume } of difference.detached)
        if (difference.changes.every(({ when }) => when === "now")) expect(after.now[as]).toBe(volume);
    }
  });

  it("a disk that is detached, and then destroyed", async () => {
    const pve = simulated();
    const where = { node: "pve3", vmid: 102 };
    await pve.call("PUT /nodes/pve3/qemu/102/config", { protection: 0 });
    const before = await read(pve, "qemu", where);
    const detach = configDifference({ type: "qemu", ...before, params: { ...where, delete: "scsi1" } });
    expect(detach.detached).toMatchObject([{ as: "unused0" }]);
    await pve.call("PUT /nodes/pve3/qemu/102/config", { delete: "scsi1" });
    const between = await read(pve, "qemu", where);
    expect(between.now.unused0).toBe(detach.detached[0]?.volume);
    const destroy = configDifference({ type: "qemu", ...between, params: { ...where, delete: "unused0" } });
    expect(destroy.destroyed).toEqual([{ key: "unused0", volume: between.now.unused0 }]);
    await pve.call("PUT /nodes/pve3/qemu/102/config", { delete: "unused0" });
    expect([...pve.world.volumes.values()].some(({ volid }) => volid === between.now.unused0)).toBe(false);
  });
});
