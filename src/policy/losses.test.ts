import { describe, expect, test } from "vitest";
import { classify, mayLose } from "./effect.ts";

type Given = Readonly<Record<string, unknown>>;
const QEMU = "/nodes/{node}/qemu/{vmid}";
const LXC = "/nodes/{node}/lxc/{vmid}";
const CONFIG = `PUT ${QEMU}/config`;
const SERVICE = "/nodes/{node}/services/{service}";
const RULES = "POST /cluster/ha/rules";
const RULE = "PUT /cluster/ha/rules/{rule}";
const RESOURCE = "PUT /cluster/ha/resources/{sid}";
const GROUP = "PUT /cluster/ha/groups/{group}";
const JOB = "PUT /cluster/backup/{id}";

describe("services that carry access", () => {
  test.each(["pveproxy", "pvedaemon", "sshd", "corosync", "pve-cluster", "networking", "unheard-of"])(
    "%s is stopped by a write, restarted and reloaded by execution, each with risk of loss",
    (service) => {
      expect(classify(`POST ${SERVICE}/stop`, { service })).toMatchObject({ effect: "write", risk: "loss" });
      for (const verb of ["restart", "reload"])
        expect(classify(`POST ${SERVICE}/${verb}`, { service })).toMatchObject({
          effect: "execute",
          risk: "loss",
        });
    },
  );

  test("others are stopped by execution", () => {
    for (const service of ["cron", "pvestatd", "chrony"])
      expect(classify(`POST ${SERVICE}/stop`, { service })).toEqual({ effect: "execute", risk: "loss" });
  });

  test("what starts to filter packets may cut access", () => {
    for (const service of ["pve-firewall", "proxmox-firewall", "unheard-of"])
      expect(classify(`POST ${SERVICE}/start`, { service }).risk, service).toBe("loss");
    expect(classify(`POST ${SERVICE}/start`, { service: "pveproxy" }).risk).toBe("none");
  });
});

describe("operations that can lose something by themselves", () => {
  test.each<[string, string]>([
    ["POST /cluster/bulk-action/guest/suspend", "execute"],
    ["POST /nodes/{node}/suspendall", "execute"],
    // lxc-stop kills when the time is over (PVE::LXC vm_reboot); all checkpoints go to one folder.
    [`POST ${LXC}/status/reboot`, "execute"],
    [`POST ${LXC}/status/suspend`, "execute"],
    [`POST ${LXC}/status/resume`, "execute"],
    ["DELETE /nodes/{node}/network", "write"],
    ["POST /cluster/sdn/rollback", "write"],
    ["PUT /nodes/{node}/subscription", "write"],
    ["PUT /cluster/qemu/custom-cpu-models/{cputype}", "write"],
    [RULES, "write"],
  ])("%s", (route, effect) => {
    expect(classify(route)).toMatchObject({ effect, risk: "loss" });
  });
});

/** Route, arguments that give it risk of loss, and arguments like them that do not. */
const RAISING: readonly (readonly [string, Given, Given])[] = [
  [CONFIG, { cicustom: "user=local:snippets/a.yaml" }, { citype: "nocloud" }],
  [CONFIG, { delete: "cicustom" }, { delete: "citype" }],
  [CONFIG, { delete: "hostpci0" }, { delete: "hotplug" }],
  [CONFIG, { delete: "virtiofs1" }, { delete: "vga" }],
  [CONFIG, { delete: "usb0" }, { delete: "tablet" }],
  [CONFIG, { delete: "serial0" }, { delete: "scsihw" }],
  [CONFIG, { delete: "vmstate" }, { delete: "vmgenid" }],
  [CONFIG, { revert: "scsi0" }, { description: "revert" }],
  [CONFIG, { virtiofs0: "dirid=data" }, { audio0: "device=AC97" }],
  [CONFIG, { usb0: "host=1234:5678" }, { usb0: "spice" }],
  [CONFIG, { usb0: { host: "spice", mapping: "stick" } }, { usb0: "host=SPICE,usb3=1" }],
  [CONFIG, { serial0: "/dev/ttyS0" }, { serial0: "socket" }],
  [CONFIG, { parallel0: "/dev/parport0" }, { tablet: 0 }],
  [`PUT ${LXC}/config`, { delete: "dev0" }, { delete: "debug" }],
  [`PUT ${LXC}/config`, { revert: "mp0" }, { tags: "revert" }],
  [`POST ${LXC}/migrate`, { online: 1 }, { online: 0 }],
  ["POST /nodes/{node}/qemu", { virtiofs0: "dirid=data" }, { vga: "std" }],
  ["POST /nodes/{node}/qemu", { archive: "b:x", "live-restore": 1 }, { archive: "b:x", "live-restore": 0 }],
  ["POST /storage", { base: "san:0.0.0.scsi-1", vgname: "vg" }, { vgname: "vg" }],
  [RULE, { nodes: "pve1" }, { comment: "x" }],
  [RULE, { resources: "vm:100" }, { rule: "r", type: "node-affinity", digest: "x" }],
  [RULE, { affinity: "negative" }, { type: "resource-affinity" }],
  [RULE, { disable: 0 }, { comment: "" }],
  [RULE, { delete: "nodes" }, { delete: "comment" }],
  [GROUP, { nodes: "pve1" }, { comment: "x" }],
  [GROUP, { nofailback: 0 }, { digest: "x" }],
  [RESOURCE, { group: "g" }, { comment: "x" }],
  [RESOURCE, { failback: 1 }, { failback: 0 }],
  [RESOURCE, { "auto-rebalance": 1 }, { "auto-rebalance": 0 }],
  [RESOURCE, { state: "ignored" }, { state: "started" }],
  [RESOURCE, { delete: "group" }, { delete: "comment" }],
  ["POST /cluster/ha/resources", { sid: "vm:100", group: "g" }, { sid: "vm:100", state: "ignored" }],
  [JOB, { schedule: "2099-01-01" }, { comment: "x" }],
  ["PUT /cluster/replication/{id}", { schedule: "2099-01-01" }, { rate: 1 }],
];

test.each(RAISING)("%s with %j, but not with %j", (route, raising, harmless) => {
  const guest = /\/(?:qemu|lxc)/.test(route) ? { vmid: 101 } : {};
  expect(classify(route, { ...guest, ...raising })).toMatchObject({
    effect: classify(route).effect,
    risk: "loss",
    reason: expect.stringMatching(/^[\w-]+ [a-z0-9]/),
  });
  expect(classify(route, { ...guest, ...harmless })).toEqual(classify(route));
  expect(classify(route).risk).toBe("none");
});

test("what PVE's state may raise is known before it is asked", () => {
  for (const route of [
    `POST ${QEMU}/status/shutdown`,
    `POST ${QEMU}/migrate`,
    "POST /cluster/ha/resources/{sid}/migrate",
  ] as const)
    expect(mayLose(route, ["node", "vmid", "sid", "timeout", "target"]), route).toBe(true);
  expect(mayLose(`POST ${QEMU}/status/start`, ["node", "vmid"])).toBe(false);
});
