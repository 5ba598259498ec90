import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseUpid } from "../../src/pve/jobs/upid.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { startsTask, WORKERS } from "../../src/schema/workers.ts";
import { allHandlers } from "../../src/simulator/all-routes.ts";
import { objects } from "../../src/simulator/config-objects.ts";
import { matchRoute } from "../../src/simulator/router.ts";
import { keepUpload } from "../../src/simulator/uploads.ts";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

type Params = Readonly<Record<string, string | number | readonly string[]>>;
type Simulated = ReturnType<typeof simulated>;

interface Circumstances {
  /** Only root@pam himself may, who has logged in. */
  readonly root?: true;
  readonly prepare?: (simulated: Simulated) => Promise<unknown> | unknown;
}

type Call = readonly [request: string, params?: Params, type?: string, how?: Circumstances];

const BACKUP = "backup:backup/vzdump-qemu-100-2026_03_31-02_30_00.vma.zst";
const vm = "/nodes/pve1/qemu/107";
const ct = "/nodes/pve1/lxc/203";

const certificate = "/nodes/pve1/certificates/acme/certificate";

function alone({ world }: Simulated): void {
  delete world.cluster;
}

function withAccount({ world }: Simulated): void {
  objects(world, "acme-accounts").set("old", { directory: "https://acme.example.com/directory" });
}

const withDomain = ({ call }: Simulated) =>
  call("PUT /nodes/pve1/config", { acme: "domains=pve1.example.com" });

async function withCertificate(sim: Simulated): Promise<void> {
  await withDomain(sim);
  const [certificates, key] = ["leaf.pem", "leaf.key"].map((name) =>
    readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8"),
  );
  const { status } = await sim.call("POST /nodes/pve1/certificates/custom", {
    certificates: certificates ?? "",
    key: key ?? "",
  });
  expect(status).toBe(200);
}

/** Calls of the demo cluster that start a task, by the type of the task where it is not the route's first. */
const CALLS: readonly Call[] = [
  ["POST /nodes/pve1/qemu", { vmid: 500, scsi0: "local-lvm:8" }],
  ["POST /nodes/pve1/qemu", { vmid: 500, archive: BACKUP }, "qmrestore"],
  ["DELETE /nodes/pve1/qemu/103"],
  [`POST ${vm}/config`, { cores: 3 }],
  [`PUT ${vm}/resize`, { disk: "scsi0", size: "+1G" }],
  [`POST ${vm}/move_disk`, { disk: "scsi0", storage: "ceph-vm" }],
  ["POST /nodes/pve1/qemu/103/move_disk", { disk: "scsi0", "target-vmid": 107, "target-disk": "scsi9" }],
  [`POST ${vm}/clone`, { newid: 500 }],
  ["POST /nodes/pve1/qemu/103/template"],
  [`POST ${vm}/migrate`, { target: "pve2", online: 1, "with-local-disks": 1 }],
  ["POST /nodes/pve2/qemu/101/migrate", { target: "pve1", online: 1 }, "hamigrate"],
  [`POST ${vm}/snapshot`, { snapname: "one" }],
  [`DELETE ${vm}/snapshot/clean`],
  [`POST ${vm}/snapshot/clean/rollback`],
  ["POST /nodes/pve1/qemu/103/status/start"],
  ["POST /nodes/pve2/qemu/101/status/start", {}, "hastart"],
  [`POST ${vm}/status/stop`],
  ["POST /nodes/pve2/qemu/101/status/stop", {}, "hastop"],
  [`POST ${vm}/status/shutdown`],
  ["POST /nodes/pve2/qemu/101/status/shutdown", {}, "hastop"],
  [`POST ${vm}/status/reboot`],
  [`POST ${vm}/status/reset`],
  [`POST ${vm}/status/suspend`],
  [`POST ${vm}/status/suspend`, { todisk: 1 }, "qmsuspend"],
  [`POST ${vm}/status/resume`],
  [
    "POST /nodes/pve1/lxc",
    {
      vmid: 500,
      ostemplate: "nas-iso:vztmpl/alpine-3.23-default_20260116_amd64.tar.xz",
      rootfs: "local-lvm:1",
    },
  ],
  ["DELETE /nodes/pve3/lxc/204"],
  [`PUT ${ct}/resize`, { disk: "rootfs", size: "+1G" }],
  ["POST /nodes/pve3/lxc/204/move_volume", { volume: "rootfs", storage: "ceph-vm" }],
  ["POST /nodes/pve3/lxc/204/clone", { newid: 500 }],
  ["POST /nodes/pve3/lxc/204/template"],
  [`POST ${ct}/migrate`, { target: "pve2", restart: 1 }],
  ["POST /nodes/pve2/lxc/201/migrate", { target: "pve1", restart: 1 }, "hamigrate"],
  [`POST ${ct}/snapshot`, { snapname: "one" }],
  [`DELETE ${ct}/snapshot/pre-migration`],
  [`POST ${ct}/snapshot/pre-migration/rollback`],
  ["POST /nodes/pve3/lxc/204/status/start"],
  [`POST ${ct}/status/stop`],
  [`POST ${ct}/status/shutdown`],
  ["POST /nodes/pve2/lxc/201/status/shutdown", {}, "hastop"],
  [`POST ${ct}/status/reboot`],
  [`POST ${ct}/status/suspend`],
  ["POST /nodes/pve3/lxc/204/status/resume"],
  ["POST /nodes/pve1/vzdump", { vmid: "107", storage: "backup" }],
  ["POST /nodes/pve1/startall"],
  ["POST /nodes/pve1/stopall"],
  ["POST /nodes/pve1/suspendall"],
  ["POST /nodes/pve1/migrateall", { target: "pve2" }],
  ["POST /cluster/bulk-action/guest/start", { vms: ["103"] }],
  ["POST /cluster/bulk-action/guest/shutdown", { vms: ["107"] }],
  ["POST /cluster/bulk-action/guest/suspend", { vms: ["107"] }],
  ["POST /cluster/bulk-action/guest/migrate", { vms: ["108"], target: "pve1", online: 1 }],
  [`DELETE /nodes/pve1/storage/backup/content/${BACKUP}`],
  ["DELETE /nodes/pve1/storage/local-lvm/content/vm-103-disk-0"],
  ["DELETE /nodes/pve1/storage/nas-iso/content/iso/virtio-win-0.1.271.iso"],
  ["DELETE /nodes/pve1/storage/backup/prunebackups", { "prune-backups": "keep-last=1", vmid: 203 }],
  [
    "POST /nodes/pve1/storage/nas-iso/download-url",
    { url: "https://example.com/x.iso", filename: "x y.iso", content: "iso" },
  ],
  ["POST /nodes/pve1/storage/nas-iso/oci-registry-pull", { reference: "docker.io/library/nginx:latest" }],
  ["POST /nodes/pve1/aplinfo", { storage: "nas-iso", template: "debian-12-standard_12.12-1_amd64.tar.zst" }],
  ["PUT /nodes/pve1/network"],
  ["PUT /cluster/sdn"],
  ["POST /nodes/pve1/services/cron/start"],
  ["POST /nodes/pve1/services/cron/stop"],
  ["POST /nodes/pve1/services/cron/restart"],
  ["POST /nodes/pve1/services/pvestatd/reload"],
  ["POST /nodes/pve1/apt/update"],
  ["POST /access/domains/corp/sync", { scope: "both" }],
  ["POST /access/domains/corp/sync", { scope: "users", "dry-run": 1 }, "auth-realm-sync-test"],
  ["POST /nodes/pve1/disks/initgpt", { disk: "/dev/sdb" }],
  ["PUT /nodes/pve1/disks/wipedisk", { disk: "/dev/sdb" }, "", { root: true }],
  ["POST /nodes/pve1/disks/directory", { name: "d1", device: "/dev/sdb" }],
  ["DELETE /nodes/pve1/disks/directory/d1"],
  ["POST /nodes/pve1/disks/lvm", { name: "v1", device: "/dev/sdb" }],
  ["DELETE /nodes/pve1/disks/lvm/v1"],
  ["POST /nodes/pve1/disks/lvmthin", { name: "t1", device: "/dev/sdb" }],
  ["DELETE /nodes/pve1/disks/lvmthin/t1", { "volume-group": "t1" }],
  ["POST /nodes/pve1/disks/zfs", { name: "z1", devices: "/dev/sdb", raidlevel: "single" }],
  ["DELETE /nodes/pve1/disks/zfs/z1"],
  ["POST /cluster/config", { clustername: "new" }, "", { root: true, prepare: alone }],
  [
    "POST /cluster/config/join",
    { hostname: "192.0.2.9", password: "secret", fingerprint: Array(32).fill("AA").join(":") },
    "",
    { root: true },
  ],
  ["POST /cluster/acme/account", { name: "new", contact: "a@example.com" }, "", { root: true }],
  ["PUT /cluster/acme/account/old", {}, "acmerefresh", { root: true, prepare: withAccount }],
  [
    "PUT /cluster/acme/account/old",
    { contact: "a@example.com" },
    "acmeupdate",
    { root: true, prepare: withAccount },
  ],
  ["DELETE /cluster/acme/account/old", {}, "", { root: true, prepare: withAccount }],
  [`POST ${certificate}`, {}, "", { prepare: withDomain }],
  [`PUT ${certificate}`, { force: 1 }, "", { prepare: withCertificate }],
  [`DELETE ${certificate}`, {}, "", { prepare: withDomain }],
  [
    "POST /nodes/pve1/storage/nas-iso/upload",
    { content: "iso", filename: "x.iso", tmpfilename: "/var/tmp/pveupload-0" },
    "",
    { prepare: ({ world }) => keepUpload(world, { path: "/var/tmp/pveupload-0", content: "x" }) },
  ],
  [
    "POST /nodes/pve1/storage/local-lvm/content/vm-103-disk-0",
    { target: "vm-103-disk-9" },
    "",
    { root: true },
  ],
];

/** There is no Ceph to do anything with, and no other cluster to move to. */
const REFUSED = /\/ceph\/|\/remote_migrate$/;

describe("calls that start a task", () => {
  it("are all that the table of workers names and the simulator knows", () => {
    const driven = new Set(CALLS.map(([request]) => routeOf(request)));
    const known = (Object.keys(WORKERS) as Route[]).filter(
      (route) => route in allHandlers && !REFUSED.test(route),
    );
    expect(known.filter((route) => !driven.has(route))).toEqual([]);
  });

  it.each(CALLS.map(([request, params = {}, type = "", how = {}]) => ({ request, params, type, how })))(
    "$request",
    async ({ request, params, type, how }) => {
      const sim = simulated();
      const { world } = sim;
      await how.prepare?.(sim);
      const before = new Set(world.tasks.keys());
      const { data, message } = await (how.root ? loggedIn(sim) : sim.call)(request, params);
      expect(message).toBeUndefined();
      const [method = "", path = ""] = request.split(" ");
      const match = matchRoute(method, path);
      const worker = WORKERS[routeOf(request)];
      const started = [...world.tasks.values()].filter((task) => !before.has(task.upid));
      const own = started.find(
        (task) => worker?.types.includes(task.type) && (how.root || !task.upid.includes(":root@pam:")),
      );
      expect(own?.type).toBe(type || worker?.types[0]);
      expect(own?.id).toBe(worker?.id({ ...match?.placeholders, ...params }));
      if (worker?.some === undefined) expect(data).toBe(own?.upid);
    },
  );

  it("are the only ones that answer a UPID", async () => {
    const { call } = simulated();
    const proxy = await call(`POST ${vm}/termproxy`);
    expect(parseUpid(proxy.data.upid)?.type).toBe("vncproxy");
    expect(startsTask("POST /nodes/{node}/qemu/{vmid}/termproxy")).toBe(false);
  });
});

const routeOf = (request: string): Route => {
  const [method = "", path = ""] = request.split(" ");
  return matchRoute(method, path)?.route as Route;
};
