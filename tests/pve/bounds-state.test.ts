import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operationOf } from "../../src/policy/operations/operations.ts";
import type { Param } from "../../src/schema/endpoint.ts";
import { allRoutes, endpointOf } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { bounded } from "../support/bounded.ts";
import { MORNING } from "../support/simulated.ts";

/**
 * Whatever a call is taken to touch: after any call at all, the simulated cluster is asked what has become of the
 * objects that were out of reach.
 */

const VMIDS = [102, 103, 107, 108, 203, 200, 900];
const VOLUMES = [
  "local-lvm:vm-103-disk-0",
  "ceph-vm:vm-102-disk-0",
  "ceph-vm:vm-102-disk-1",
  "local-lvm:vm-107-disk-0",
  "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
  "backup:backup/vzdump-qemu-107-2026_04_01-02_35_00.vma.zst",
  "backup:backup/vzdump-lxc-203-2026_04_01-02_39_00.tar.zst",
  "nas-iso:iso/virtio-win-0.1.271.iso",
  "nas-iso:vztmpl/debian-13-standard_13.6-1_amd64.tar.zst",
];
const STORAGES = ["local", "local-lvm", "ceph-vm", "nas-iso", "backup"];
const NODES = ["pve1", "pve2", "pve3", "localhost"];
const DISKS = [
  ...VOLUMES,
  "local-lvm:8",
  "ceph-vm:1",
  "none",
  "local-lvm:0,import-from=local-lvm:vm-103-disk-0",
];

const from = (...values: readonly unknown[]) => fc.constantFrom(...values);
const lists = (values: readonly unknown[]) => fc.subarray([...values], { minLength: 1, maxLength: 3 });

/** Values that mean something in the demo cluster, by parameter. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  node: from(...NODES),
  target: from(...NODES, "nas-iso:iso/x.iso"),
  nodes: from("pve1", "pve2:1,pve3"),
  vmid: from(...VMIDS),
  newid: from(...VMIDS, 901),
  "target-vmid": from(...VMIDS),
  vms: lists(VMIDS),
  exclude: lists(VMIDS).map((ids) => ids.join(",")),
  pool: from("web", "web/staging"),
  poolid: from("web", "web/staging", "web/new"),
  storage: from(...STORAGES),
  volume: fc.oneof(from(...VOLUMES), from("rootfs", "mp0")),
  archive: from(...VOLUMES),
  ostemplate: from(...VOLUMES),
  snapname: from("clean", "before-upgrade", "pre-migration", "fresh"),
  sid: from("vm:102", "vm:101", "ct:201", "vm:107", "103", "ct:203"),
  resources: lists(["vm:101", "vm:102", "ct:201", "vm:107", "vm:103"]).map((sids) => sids.join(",")),
  rule: from("db-home", "web-apart", "fresh"),
  group: from("webserver", "fresh"),
  path: from("/", "/vms", "/vms/103", "/vms/107", "/pool/web", "/storage/backup", "/access"),
  roles: from("PVEVMUser"),
  users: from("bob@corp", "operator@pve"),
  command: from("reboot", "shutdown", "ping", ["id"]),
  service: from("corosync", "pveproxy", "cron"),
  disk: from("scsi0", "scsi1", "ide2", "rootfs", "mp0"),
  delete: from("scsi0", "mp0", "tags", "exclude", "vmid", true, false, "comment"),
  tags: from("dev", "prod", "x"),
  mode: from("snapshot", "stop"),
  remove: from(true, false),
  "prune-backups": from("keep-last=1", "keep-all=1"),
  size: from("+1G"),
  filename: from("vm-103-disk-7", "vm-107-disk-7", "a.iso"),
  name: from("fresh", "admins", "office"),
  schedule: from("03:00"),
  state: from("stopped", "started", "disabled"),
  pos: from(0),
  cidr: from("192.0.2.0/28"),
  url: from("https://x.example/a.iso"),
  content: from("iso", "images,rootdir", "backup"),
};
const IDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  backup: from("backup-nightly", "backup-git"),
  replication: from("203-0", "107-0", "103-1"),
};

function valueFor(route: string, name: string, fact: Param): fc.Arbitrary<unknown> {
  if (name === "id") return IDS[/backup|replication/.exec(route)?.[0] ?? ""] ?? from("fresh");
  const known = VALUES[name];
  if (known) return known;
  if (/^(?:ide|scsi|sata|virtio|efidisk|tpmstate|mp|unused)|^(?:rootfs|cdrom)$/.test(name))
    return from(...DISKS);
  if (fact.enum) return from(...fact.enum);
  if (fact.type === "boolean") return fc.boolean();
  if (fact.type === "integer" || fact.type === "number") return from(0, 1, 2);
  return from("fresh");
}

/** Any change, with the parameters it needs and some of those it may have. */
const anyCall = fc.constantFrom(...allRoutes().filter((route) => operationOf(route))).chain((route) => {
  const entries = Object.entries(endpointOf(route as Route).params).map(
    ([name, fact]) => [name.replace("[n]", "0"), fact] as const,
  );
  const needed = entries.filter(([, fact]) => fact.required);
  const reaching = entries.filter(
    ([name, fact]) =>
      !fact.required &&
      (name in VALUES ||
        name === "id" ||
        /^(?:scsi0|mp0|unused0|rootfs|all|force|purge|stop|protection|template|allow-move|disable|enabled|online|restart|with-local-disks)$/.test(
          name,
        )),
  );
  const fields = (some: typeof entries) =>
    Object.fromEntries(some.map(([name, fact]) => [name, valueFor(route, name, fact)]));
  return fc
    .tuple(fc.subarray(reaching, { maxLength: Math.min(4, reaching.length) }), fc.constant(needed))
    .chain(([some, must]) => fc.record(fields([...must, ...some])))
    .map((params) => [route as Route, params] as const);
});

/** Maps and sets as JSON has them. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Map ? Object.fromEntries(inner) : inner instanceof Set ? [...inner].sort() : inner,
    ) ?? "null",
  );

const ofGuest = (world: World, vmid: number) => {
  const guest = world.guests.get(vmid);
  const sid = `${guest?.type === "lxc" ? "ct" : "vm"}:${vmid}`;
  return {
    guest: guest && { ...guest, snapshots: undefined, parent: undefined, agent: undefined },
    snapshots: guest?.snapshots,
    pools: [...world.pools.values()].filter(({ vms }) => vms.has(vmid)).map(({ poolid }) => poolid),
    firewall: world.firewall.guests.get(vmid),
    ha: world.ha.resources.get(sid),
    rules: [...world.ha.rules].filter(([, { config }]) => String(config.resources).split(",").includes(sid)),
    replication: world.replication.filter(({ id }) => String(id).startsWith(`${vmid}-`)),
    acl: world.access.acl.filter(({ path }) => path === "/" || path === "/vms" || path === `/vms/${vmid}`),
    volumes: Object.fromEntries(
      [...world.volumes].filter(([id, volume]) => volume.vmid === vmid || id.includes(`-${vmid}-`)),
    ),
  };
};

/** What must be as it was: everything of the guest but that snapshots and backups may have come to it. */
function expectKept(before: ReturnType<typeof ofGuest>, now: ReturnType<typeof ofGuest>): void {
  const { snapshots, volumes, guest, ...rest } = now;
  // While it is saved it is locked.
  const { lock: _, ...config } = guest?.config ?? {};
  const { lock: __, ...oldConfig } = before.guest?.config ?? {};
  expect(plain({ ...guest, config })).toEqual(plain({ ...before.guest, config: oldConfig }));
  expect(plain(rest)).toEqual(
    plain({ ...before, guest: undefined, snapshots: undefined, volumes: undefined }),
  );
  expect(plain(snapshots)).toMatchObject(plain(before.snapshots) as object);
  expect(plain(volumes)).toMatchObject(plain(before.volumes) as object);
}

const later = (world: World) => {
  if (world.clock instanceof VirtualClock) world.clock.advance(7200);
};
const fresh = () => clusterWorld(new VirtualClock(MORNING));

describe("after any call at all", () => {
  test.each(["102,103,203", "tag:db,103,tag:ci", "102,103,203,storage:ceph-vm"])(
    "guests that PVE_PROTECTED=%s names are as they were",
    (setting) =>
      fc.assert(
        fc.asyncProperty(anyCall, async ([route, params]) => {
          const cluster = bounded({ protected: setting }, fresh());
          const { world } = cluster;
          const untouched = fresh();
          await cluster.call(route, params);
          later(world);
          await cluster.read("GET /cluster/tasks");
          later(untouched);
          for (const vmid of [102, 103, 203]) expectKept(ofGuest(untouched, vmid), ofGuest(world, vmid));
          // On these they have volumes and backups.
          for (const name of ["local-lvm", "ceph-vm", "backup"])
            expect(plain(world.storages.get(name)?.config)).toEqual(
              plain(untouched.storages.get(name)?.config),
            );
          expect(plain(world.backupJobs.get("backup-nightly"))).toEqual(
            plain(untouched.backupJobs.get("backup-nightly")),
          );
        }),
        { numRuns: 300 },
      ),
    120_000,
  );

  test.each(["107,108,900", "pool:web/staging"])(
    "all but what PVE_ALLOWED=%s names is as it was",
    (setting) =>
      fc.assert(
        fc.asyncProperty(anyCall, async ([route, params]) => {
          const cluster = bounded({ allowed: setting }, fresh());
          const { world } = cluster;
          const untouched = fresh();
          await cluster.call(route, params);
          later(world);
          later(untouched);
          const others = [...untouched.guests.keys()].filter((vmid) => vmid !== 107 && vmid !== 108);
          for (const vmid of others) expectKept(ofGuest(untouched, vmid), ofGuest(world, vmid));
          expect([...world.guests.keys()].filter((vmid) => vmid !== 900).sort()).toEqual(
            [...untouched.guests.keys()]
              .filter((vmid) => world.guests.has(vmid) || (vmid !== 107 && vmid !== 108))
              .sort(),
          );
          for (const part of [
            (one: World) => one.storages,
            (one: World) => ({ ...one.firewall, guests: undefined }),
            (one: World) =>
              [...one.nodes.values()].map(({ network, dns, services, timezone }) => ({
                network,
                dns,
                services,
                timezone,
              })),
            (one: World) => ({
              ...one.access,
              acl: one.access.acl.filter(({ path }) => !/10[78]|900|staging/.test(path)),
            }),
            (one: World) => one.options,
            // A kind that was only looked for is there, and empty.
            (one: World) => [...(one.objects ?? [])].filter(([, kept]) => kept.size > 0),
            (one: World) => one.backupJobs.get("backup-nightly"),
            (one: World) => one.pools.get("web"),
          ])
            expect(plain(part(world) ?? {})).toEqual(plain(part(untouched) ?? {}));
        }),
        { numRuns: 300 },
      ),
    120_000,
  );
});
