import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operationOf } from "../../src/policy/operations/operations.ts";
import { touches } from "../../src/policy/touches/touches.ts";
import { createBoundsGuard } from "../../src/pve/bounds/bounds-guard.ts";
import { allRoutes, endpointOf } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded } from "../support/bounded.ts";
import { backup, digits, disk, sid, sids, spaced, vmid, vmids, volume } from "../support/hostile-names.ts";

type Params = Readonly<Record<string, unknown>>;
type Call = readonly [route: Route, params: Params];

const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Params> =>
  fc.record(fields);
const always = (value: unknown) => fc.constant(value);
const call = (route: Route, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Call> =>
  record(fields).map((params) => [route, params]);

const node = fc.constantFrom("pve1", "pve1", "pve2", "localhost", " pve1 ", "PVE1");
const diskName = fc.constantFrom(
  "scsi0",
  "scsi30",
  "ide2",
  "sata1",
  "virtio15",
  "efidisk0",
  "tpmstate0",
  "unused0",
  "unused255",
  "cdrom",
);
const mountName = fc.constantFrom("rootfs", "mp0", "mp255", "unused1");

/** Every operation with a guest in its path, its other parameters filled with what fits. */
const byPath = (routes: readonly string[]): fc.Arbitrary<Call> =>
  fc.constantFrom(...routes).chain((route) => {
    const { params } = endpointOf(route as Route);
    const known: Readonly<Record<string, unknown>> = {
      snapname: "clean",
      target: "pve2",
      newid: 900,
      disk: "scsi0",
      size: "+1G",
      command: ["ping"],
      idlist: "scsi0",
      action: "start",
      key: "ret",
      name: "some",
      cidr: "192.0.2.1",
      pos: 0,
      username: "root",
      password: "secret12",
      content: "x",
      file: "/x",
      volume: "rootfs",
      type: "in",
      port: 5900,
      vncticket: "x",
      ticket: "x",
      socket: "x",
    };
    const required = Object.entries(params)
      .filter(([name, fact]) => fact.required && name !== "vmid" && name !== "node")
      .map(([name]) => [name, known[name] ?? "x"] as const);
    return fc
      .record({ node, vmid })
      .map((own): Call => [route as Route, { ...Object.fromEntries(required), ...own }]);
  });

const changingGuests = allRoutes().filter(
  (route) => operationOf(route) && route.includes("{vmid}") && !/\/snapshot$/.test(route),
);
const readingGuests = allRoutes().filter((route) => !operationOf(route) && route.includes("{vmid}"));

const acl = spaced(
  fc.constantFrom(
    "/vms/103",
    "vms/103",
    "//vms//103/",
    "/vms/0103",
    "/",
    "/vms",
    "/vms/",
    "",
    "/VMS/103",
    "/vms/103/x",
  ),
);

/** Ways to name 103 that lie in arguments. */
const NAMING: readonly fc.Arbitrary<Call>[] = [
  call("POST /cluster/bulk-action/guest/start", { vms: vmids }),
  call("POST /cluster/bulk-action/guest/shutdown", { vms: vmids }),
  call("POST /cluster/bulk-action/guest/migrate", { vms: vmids, target: always("pve2") }),
  call("POST /nodes/{node}/stopall", { node, vms: vmids }),
  call("POST /nodes/{node}/startall", { node, vms: vmids }),
  call("POST /nodes/{node}/migrateall", { node, vms: vmids, target: always("pve2") }),
  call("POST /nodes/{node}/vzdump", { node, vmid: vmids, storage: always("backup") }),
  call("POST /cluster/backup", { vmid: vmids, schedule: always("03:00"), storage: always("backup") }),
  call("PUT /cluster/backup/{id}", { id: always("backup-git"), vmid: vmids }),
  call("PUT /pools", { poolid: always("web/staging"), vms: vmids }),
  call("PUT /pools/{poolid}", { poolid: always("web"), vms: vmids, delete: fc.boolean() }),
  call("POST /cluster/ha/resources", { sid }),
  call("PUT /cluster/ha/resources/{sid}", { sid, state: always("stopped") }),
  call("DELETE /cluster/ha/resources/{sid}", { sid }),
  call("POST /cluster/ha/resources/{sid}/migrate", { sid, node: always("pve2") }),
  call("POST /cluster/ha/rules", {
    rule: always("some"),
    type: always("resource-affinity"),
    affinity: always("positive"),
    resources: sids,
  }),
  call("PUT /cluster/ha/rules/{rule}", {
    rule: always("db-home"),
    type: always("node-affinity"),
    resources: sids,
  }),
  call("POST /cluster/replication", {
    id: digits.map((id) => `${id}-0`),
    target: always("pve2"),
    type: always("local"),
  }),
  call("PUT /access/acl", {
    path: acl,
    roles: always("PVEVMUser"),
    users: always("bob@corp"),
    delete: fc.boolean(),
  }),
  call("POST /nodes/{node}/qemu/{vmid}/clone", { node, vmid: always(107), newid: vmid }),
  call("POST /nodes/{node}/lxc/{vmid}/clone", { node, vmid: always(203), newid: vmid }),
  call("POST /nodes/{node}/qemu/{vmid}/move_disk", {
    node,
    vmid: always(107),
    disk: always("scsi0"),
    "target-vmid": vmid,
  }),
  call("POST /nodes/{node}/lxc/{vmid}/move_volume", {
    node,
    vmid: always(203),
    volume: always("rootfs"),
    "target-vmid": vmid,
  }),
  call("POST /nodes/{node}/qemu", {
    node,
    vmid,
    archive: always("backup:backup/vzdump-qemu-107-2026_04_01-02_35_00.vma.zst"),
    force: always(true),
  }),
  call("POST /nodes/{node}/qemu", {
    node,
    vmid: always(107),
    archive: fc.oneof(backup, volume),
    force: fc.boolean(),
  }),
  call("POST /nodes/{node}/lxc", {
    node,
    vmid: always(107),
    ostemplate: fc.oneof(backup, volume),
    restore: fc.boolean(),
    storage: always("local-lvm"),
  }),
  call("POST /nodes/{node}/lxc", {
    node,
    vmid,
    ostemplate: always("nas-iso:vztmpl/debian-13-standard_13.6-1_amd64.tar.zst"),
    force: always(true),
  }),
  call("POST /nodes/{node}/storage/{storage}/content", {
    node,
    storage: always("local-lvm"),
    vmid,
    filename: always("vm-103-disk-7"),
    size: always("1G"),
  }),
  call("POST /nodes/{node}/storage/{storage}/content", {
    node,
    storage: always("local-lvm"),
    vmid: always(107),
    filename: fc.constantFrom("vm-103-disk-7", "VM-103-disk-7", "x/vm-103-disk-7.raw"),
    size: always("1G"),
  }),
  call("DELETE /nodes/{node}/storage/{storage}/prunebackups", { node, storage: always("backup"), vmid }),
  ...["DELETE", "PUT"].map((method) =>
    fc.oneof(volume, backup).chain((id) =>
      call(`${method} /nodes/{node}/storage/{storage}/content/{volume}` as Route, {
        node,
        storage: always(id.trim().split(":")[0] ?? ""),
        volume: fc.constantFrom(id, id.trim().replace(/^[^:]*:/, "")),
      }),
    ),
  ),
  fc
    .tuple(diskName, disk)
    .map(
      ([name, value]): Call => [
        "PUT /nodes/{node}/qemu/{vmid}/config",
        { node: "pve1", vmid: 107, [name]: value },
      ],
    ),
  fc
    .tuple(diskName, disk)
    .map(([name, value]): Call => ["POST /nodes/{node}/qemu", { node: "pve1", vmid: 107, [name]: value }]),
  fc
    .tuple(mountName, disk)
    .map(
      ([name, value]): Call => [
        "PUT /nodes/{node}/lxc/{vmid}/config",
        { node: "pve1", vmid: 107, [name]: value },
      ],
    ),
];

/** What a decision looks up: nothing of it changes anything, nothing of it is answered to the caller. */
const LOOK_UP =
  /^GET \/(?:access\/permissions|cluster\/(?:resources|nextid|backup\/|ha\/)|nodes\/\w+\/(?:vzdump\/defaults|storage\/\w+\/content(?:$|\?)))/;

const RUNS = 200;

describe.each(["103", "tag:Prod", "100-106"])("PVE_PROTECTED=%s, whatever the spelling", (setting) => {
  const stays = async ([route, params]: Call) => {
    const cluster = bounded({ protected: setting });
    await cluster.call(route, params);
    expect(cluster.sent("changing")).toEqual([]);
  };
  test("no change of the guest in the path leaves", () =>
    fc.assert(fc.asyncProperty(byPath(changingGuests), stays), { numRuns: RUNS }));
  test("no change that names it in its arguments leaves", () =>
    fc.assert(fc.asyncProperty(fc.oneof(...NAMING), stays), { numRuns: RUNS * 2 }));
});

describe.each(["107", "tag:dev", "pool:web/staging"])("PVE_ALLOWED=%s, whatever the spelling", (setting) => {
  const stays = async ([route, params]: Call) => {
    const cluster = bounded({ allowed: setting });
    await cluster.call(route, params);
    for (const request of cluster.sent()) expect(request).toMatch(LOOK_UP);
  };
  test("neither a read nor a change of a guest outside leaves", () =>
    fc.assert(fc.asyncProperty(byPath([...changingGuests, ...readingGuests]), stays), { numRuns: RUNS }));
  test("nothing leaves that names it in its arguments", () =>
    fc.assert(fc.asyncProperty(fc.oneof(...NAMING), stays), { numRuns: RUNS * 2 }));
});

test("touches are read out of anything without a throw", () => {
  const routes = allRoutes();
  fc.assert(
    fc.property(
      fc.constantFrom(...routes),
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      (route, value) => {
        const names = Object.keys(endpointOf(route as Route).params).map((name) => name.replace("[n]", "0"));
        expect(Array.isArray(touches(route, Object.fromEntries(names.map((name) => [name, value]))))).toBe(
          true,
        );
        if (typeof value === "object" && value !== null) touches(route, value as Params);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a VMID is admitted exactly when the ranges say so", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 100, max: 140 }), fc.integer({ min: 0, max: 10 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 100, max: 160 }),
      async (ranges, id) => {
        const set = ranges.map(([from, length]) => ({ kind: "vmid", from, to: from + length }) as const);
        const within = set.some(({ from, to }) => id >= from && id <= to);
        const asks = (safety: Parameters<typeof createBoundsGuard>[0]) =>
          createBoundsGuard(safety)
            ?.admit(
              () => Promise.reject(new Error("no look-up is needed")),
              "POST /nodes/{node}/qemu/{vmid}/status/start",
              { node: "pve1", vmid: id },
            )
            .then(
              () => true,
              () => false,
            );
        expect(await asks({ protected: set })).toBe(!within);
        expect(await asks({ protected: [], allowed: set })).toBe(within);
        expect(await asks({ protected: set, allowed: set })).toBe(false);
      },
    ),
    { numRuns: 300 },
  ));
