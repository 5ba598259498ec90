import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRoutes, endpointOf } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { classify } from "./effect.ts";
import { operationOf } from "./operations/operations.ts";
import { prunesByRetention } from "./operations/operations-backup.ts";

type Given = Record<string, unknown>;
const ORDER = ["read", "execute", "write"];
const QEMU = "/nodes/{node}/qemu/{vmid}";
const LXC = "/nodes/{node}/lxc/{vmid}";
const CONFIG = `PUT ${QEMU}/config`;
const SERVICE = "/nodes/{node}/services/{service}";
const VZDUMP = "POST /nodes/{node}/vzdump";
const JOB = "PUT /cluster/backup/{id}";
const STORE = "PUT /storage/{storage}";
const USER = "PUT /access/users/{userid}";
const TOKEN = "PUT /access/users/{userid}/token/{tokenid}";

/** Route, arguments that raise it, the effect they lead to, and arguments like them that do not. */
const RAISES: readonly (readonly [route: string, raising: Given, effect: string, harmless: Given])[] = [
  [VZDUMP, { "prune-backups": "keep-last=1" }, "write", { "notes-template": "prune-backups" }],
  [VZDUMP, { remove: 1 }, "write", { remove: 0 }],
  [VZDUMP, { script: "/x" }, "write", { compress: "zstd" }],
  [VZDUMP, { dumpdir: "/x" }, "write", { storage: "backup" }],
  [VZDUMP, { tmpdir: "/x" }, "write", { all: 1 }],
  [VZDUMP, { stop: 1 }, "write", { stopwait: 10 }],
  [VZDUMP, { mode: "stop" }, "execute", { mode: "snapshot" }],
  ["POST /cluster/backup", { "prune-backups": "keep-all=1" }, "write", { schedule: "sat" }],
  ["POST /cluster/backup", { script: "/x" }, "write", { enabled: 0 }],
  [JOB, { remove: true }, "write", { remove: false }],
  [JOB, { enabled: 0 }, "write", { enabled: 1 }],
  [JOB, { exclude: "100" }, "write", { comment: "100" }],
  [JOB, { delete: "comment,vmid" }, "write", { delete: "comment" }],
  [CONFIG, { delete: "scsi1" }, "write", { delete: "scsihw" }],
  [CONFIG, { delete: "net0" }, "write", { delete: "name" }],
  [CONFIG, { delete: "protection" }, "write", { delete: "description" }],
  [CONFIG, { delete: "sshkeys" }, "write", { delete: "tags" }],
  [CONFIG, { force: 1 }, "write", { force: 0 }],
  [CONFIG, { net0: "virtio,bridge=vmbr1" }, "write", { nameserver: "10.0.0.1" }],
  [CONFIG, { ipconfig0: "ip=dhcp" }, "write", { onboot: 1 }],
  [CONFIG, { cipassword: "x" }, "write", { citype: "nocloud" }],
  [CONFIG, { protection: 0 }, "write", { protection: 1 }],
  [CONFIG, { args: "-x" }, "write", { cpu: "host" }],
  [CONFIG, { hookscript: "local:snippets/x.sh" }, "write", { tags: "hookscript" }],
  [CONFIG, { hostpci0: "01:00" }, "write", { usb0: "spice" }],
  [CONFIG, { scsi1: "local-lvm:vm-200-disk-0" }, "write", { scsi1: "local-lvm:vm-101-disk-1" }],
  [CONFIG, { scsi1: "/dev/sdb" }, "write", { scsi1: "local-lvm:32,iothread=1" }],
  [CONFIG, { scsi1: "local:0,import-from=/root/x" }, "write", { ide2: "local:iso/x.iso,media=cdrom" }],
  [`PUT ${LXC}/config`, { delete: "mp0" }, "write", { delete: "nameserver" }],
  [`PUT ${LXC}/config`, { mp0: "/srv,mp=/srv" }, "write", { mp0: "local-lvm:8,mp=/srv" }],
  [`PUT ${LXC}/config`, { dev0: "/dev/kvm" }, "write", { cores: 2 }],
  ["POST /nodes/{node}/qemu", { archive: "b:x", force: 1 }, "write", { archive: "b:x" }],
  ["POST /nodes/{node}/qemu", { virtio0: "a:200/vm-200-disk-0.raw" }, "write", { virtio0: "a:32" }],
  ["POST /nodes/{node}/lxc", { ostemplate: "b:x", force: 1 }, "write", { ostemplate: "b:x" }],
  [`POST ${QEMU}/move_disk`, { delete: 1 }, "write", { delete: 0 }],
  [`POST ${QEMU}/move_disk`, { "target-vmid": 200 }, "write", { storage: "local" }],
  [`POST ${LXC}/move_volume`, { delete: 1 }, "write", { storage: "local" }],
  [`POST ${QEMU}/migrate`, { "with-local-disks": 1 }, "execute", { online: 1 }],
  [`POST ${QEMU}/migrate`, { targetstorage: "1" }, "execute", { target: "pve2" }],
  [`POST ${QEMU}/migrate`, { force: 1 }, "write", { force: 0 }],
  [`POST ${LXC}/migrate`, { restart: 1 }, "execute", { restart: 0 }],
  ["POST /cluster/bulk-action/guest/migrate", { online: 1 }, "execute", { online: 0 }],
  ["POST /cluster/bulk-action/guest/migrate", { "with-local-disks": 1 }, "execute", { target: "pve2" }],
  ["POST /cluster/ha/resources/{sid}/migrate", { sid: "ct:100" }, "execute", { sid: "vm:100" }],
  [`POST ${QEMU}/status/start`, { skiplock: 1 }, "write", { skiplock: 0 }],
  [`POST ${QEMU}/status/start`, { stateuri: "/x" }, "write", { timeout: 5 }],
  [`POST ${LXC}/status/start`, { skiplock: 1 }, "write", { debug: 1 }],
  [`POST ${QEMU}/status/shutdown`, { forceStop: 1 }, "execute", { forceStop: 0 }],
  [`POST ${LXC}/status/shutdown`, { forceStop: 1 }, "execute", { timeout: 5 }],
  [`POST ${QEMU}/status/resume`, { nocheck: 1 }, "write", { nocheck: 0 }],
  [`POST ${QEMU}/agent`, { command: "shutdown" }, "write", { command: "ping" }],
  [`POST ${SERVICE}/reload`, { service: "sshd" }, "execute", { service: "cron" }],
  [`POST ${SERVICE}/reload`, { service: "networking" }, "execute", { service: "pvestatd" }],
  [USER, { enable: 0 }, "write", { enable: 1 }],
  [USER, { expire: 1 }, "write", { expire: 0 }],
  [USER, { groups: "x", append: 1 }, "write", { comment: "x" }],
  [TOKEN, { regenerate: 1 }, "write", { regenerate: 0 }],
  [TOKEN, { privsep: 1 }, "write", { privsep: 0 }],
  [TOKEN, { delete: "privsep" }, "write", { delete: "comment" }],
  ["PUT /pools", { delete: 1 }, "write", { vms: "100" }],
  ["PUT /pools/{poolid}", { "allow-move": 1 }, "write", { poolid: "p" }],
  [STORE, { disable: 1 }, "write", { bwlimit: "migration=1" }],
  [STORE, { nodes: "pve1" }, "write", { storage: "local", digest: "x" }],
  [STORE, { content: "iso" }, "write", { format: "raw" }],
  [STORE, { "prune-backups": "keep-last=1" }, "write", { preallocation: "off" }],
  [STORE, { "not-yet-known": 1 }, "write", { saferemove: 1 }],
  [STORE, { delete: "nodes" }, "write", { delete: "bwlimit" }],
  ["PUT /nodes/{node}/storage/{storage}/content/{volume}", { protected: 0 }, "write", { protected: 1 }],
  ["PUT /cluster/options", { fencing: "hardware" }, "write", { description: "x" }],
  ["PUT /cluster/options", { delete: "webauthn" }, "write", { delete: "keyboard" }],
  ["PUT /cluster/ha/resources/{sid}", { state: "disabled" }, "write", { state: "started" }],
  ["PUT /cluster/ha/rules/{rule}", { disable: 1 }, "write", { type: "node-affinity" }],
  ["PUT /cluster/replication/{id}", { remove_job: "full" }, "write", { rate: 1 }],
  [
    "POST /cluster/jobs/realm-sync/{id}",
    { "remove-vanished": "entry" },
    "write",
    { "remove-vanished": "none" },
  ],
  ["PUT /cluster/mapping/pci/{id}", { map: ["x"] }, "write", { description: "x" }],
  ["PUT /nodes/{node}/ceph/pool/{name}", { size: 1 }, "write", { pg_num: 64 }],
  ["POST /cluster/firewall/ipset", { name: "a", rename: "b" }, "write", { name: "a" }],
];
const vmid = 101;
/** The guest of a call, where it has one. */
const guest = (route: string): Given => (/\/(qemu|lxc)/.test(route) ? { vmid } : {});

describe("arguments that raise a call without risk", () => {
  test.each(RAISES)("%s with %j: %s", (route, raising, effect, harmless) => {
    const plain = classify(route);
    expect(plain.risk).toBe("none");
    expect(classify(route, { ...guest(route), ...raising })).toEqual({
      effect,
      risk: "loss",
      reason: expect.stringMatching(/^[\w-]+ [a-z0-9]/),
    });
    expect(classify(route, { ...guest(route), ...harmless })).toEqual(plain);
  });
});

test.each<[string, Given, string]>([
  [`POST ${SERVICE}/stop`, { service: "pveproxy" }, "write"],
  [`POST ${SERVICE}/stop`, { service: "cron" }, "execute"],
  [`POST ${SERVICE}/restart`, { service: "pvedaemon" }, "execute"],
  [`POST ${QEMU}/status/stop`, { "overrule-shutdown": 1 }, "execute"],
  [`POST ${QEMU}/status/stop`, { skiplock: 1 }, "write"],
  [`POST ${QEMU}/status/reset`, { skiplock: 1 }, "write"],
  ["POST /nodes/{node}/stopall", { "force-stop": 1 }, "execute"],
])("%s with %j, at risk by itself: %s", (route, params, effect) => {
  expect(classify(route)).toEqual({ effect: "execute", risk: "loss" });
  expect(classify(route, params)).toMatchObject({ effect, risk: "loss" });
});

test("the argument that makes it a write is the reason, also when another comes first", () => {
  expect(classify(VZDUMP, { mode: "stop", stop: 1 }).reason).toBe("stop ends running backups");
  expect(classify(`POST ${QEMU}/migrate`, { "with-local-disks": 1, force: 1 }).reason).toMatch(/^force /);
});

describe("values in other clothes", () => {
  test.each<[string, Given]>([
    ...["1 ", "TRUE", " yes", "On", 2, "", [], [0], [1], {}, { toString: "0" }].map(
      (value): [string, Given] => [`POST ${QEMU}/status/start`, { skiplock: value }],
    ),
    ...[
      "scsi0",
      " scsi0 ",
      "x;scsi0",
      "x\0scsi0",
      "a\u00a0scsi0",
      ["x", "scsi0"],
      ["x,scsi0"],
      [["scsi0"]],
      {},
    ].map((value): [string, Given] => [CONFIG, { delete: value }]),
    ...["no", "0 ", "x", "", [], [1], {}, "1\0"].map((value): [string, Given] => [USER, { enable: value }]),
    ...["stopped", ["started"], {}, "", "x"].map((value): [string, Given] => [
      "PUT /cluster/ha/resources/{sid}",
      { state: value },
    ]),
    ...["sshd", ["sshd"], " SSHD", "sshd.service", "x", {}, ["cron"]].map((value): [string, Given] => [
      `POST ${SERVICE}/reload`,
      { service: value },
    ]),
    ...[
      ["local:200/vm-200-disk-0.raw"],
      { file: "local-lvm:vm-200-disk-0" },
      { file: { x: "local-lvm:vm-200-disk-0" } },
      [["local-lvm:vm-200-disk-0"]],
      " file=local-lvm:vm-200-disk-0 ,size=1G",
      "iothread=1,import-from=local-lvm:vm-200-disk-0",
    ].map((value): [string, Given] => [CONFIG, { vmid, virtio3: value }]),
    [CONFIG, JSON.parse('{"__proto__": {"delete": ""}, "delete": "unused0"}')],
  ])("%s with %j", (route, params) => {
    expect(classify(route, params).risk).toBe("loss");
  });

  test("what is not sent raises nothing", () => {
    expect(classify(CONFIG, { delete: undefined, skiplock: null })).toEqual(classify(CONFIG));
    expect(classify(CONFIG, JSON.parse('{"__proto__": {"delete": "unused0"}}'))).toEqual(classify(CONFIG));
  });
});

test("adding arguments never lowers effect or risk", () => {
  const value = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom(
      null,
      undefined,
      "1",
      "0",
      "none",
      "local-lvm:vm-200-disk-0",
      "scsi0",
      "snapshot",
      "started",
    ),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.string()),
  );
  const call = fc.constantFrom(...allRoutes()).chain((route) => {
    const known = Object.keys(endpointOf(route as Route).params).map((name) => name.replace("[n]", "0"));
    const name = fc.oneof(fc.constantFrom(...known, "skiplock"), fc.string(), fc.constant("__proto__"));
    const given = fc.array(fc.tuple(name, value), { maxLength: 6 });
    return fc.tuple(fc.constant(route), given, given);
  });
  fc.assert(
    fc.property(call, ([route, first, more]) => {
      // The guest of a call is not an argument added to it.
      const fewer: Given = { ...Object.fromEntries(first), ...guest(route) };
      const all: Given = { ...Object.fromEntries(more), ...fewer };
      const [none, some, most] = [
        classify(route, guest(route)),
        classify(route, fewer),
        classify(route, all),
      ];
      for (const [less, greater] of [
        [none, some],
        [some, most],
      ] as const) {
        expect(ORDER.indexOf(greater.effect)).toBeGreaterThanOrEqual(ORDER.indexOf(less.effect));
        if (less.risk === "loss") expect(greater.risk).toBe("loss");
      }
      if (!operationOf(route)) expect(most).toEqual({ effect: "read", risk: "none" });
    }),
    { numRuns: 3_000 },
  );
});

test("a backup prunes by the storage's retention unless told not to", () => {
  const told = [{}, { remove: 1 }, { remove: null }, { remove: [] }, { remove: "0" }, { remove: false }];
  expect(told.map((params) => prunesByRetention(VZDUMP, params))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(prunesByRetention("POST /nodes", {})).toBe(false);
});
