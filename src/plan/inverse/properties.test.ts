import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configured, undoWorld } from "../../../tests/support/undoing.ts";
import { PveError } from "../../pve/errors.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { undoable } from "./inverse.ts";

type Params = Readonly<Record<string, unknown>>;
type Change = readonly [route: Route, params: Params];

const text = fc
  .string({ unit: fc.constantFrom(..."abcdef 012"), minLength: 1, maxLength: 12 })
  .map((s) => `x${s}x`);
const flag = fc.constantFrom(0, 1);

/** Some of the settings, and a `delete` of some others that may be. */
function settings(
  values: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  deletable: readonly string[] = [],
): fc.Arbitrary<Params> {
  return fc
    .tuple(fc.record(values, { requiredKeys: [] }), fc.subarray([...deletable]))
    .map(([set, gone]) => {
      const left = gone.filter((key) => !(key in set));
      return { ...set, ...(left.length > 0 ? { delete: left.join(",") } : {}) };
    })
    .filter((params) => Object.keys(params).length > 0);
}

const changing = (route: Route, where: Params, params: fc.Arbitrary<Params>): fc.Arbitrary<Change> =>
  params.map((given) => [route, { ...where, ...given }] as const);

const QEMU: Route = "PUT /nodes/{node}/qemu/{vmid}/config";
const LXC: Route = "PUT /nodes/{node}/lxc/{vmid}/config";

const vmSettings = settings(
  {
    memory: fc.integer({ min: 512, max: 9000 }),
    cores: fc.integer({ min: 1, max: 8 }),
    description: text,
    tags: fc.constantFrom("web", "db;prod", "ci,dev"),
    onboot: flag,
    agent: fc.constantFrom("0", "1", "enabled=1,fstrim_cloned_disks=1"),
    net1: fc.constantFrom("virtio,bridge=vmbr0", "e1000=BC:24:11:00:00:77,bridge=vmbr1,tag=5"),
    scsi5: fc.constantFrom("local-lvm:4", "local-lvm:1,discard=on"),
    ide2: fc.constantFrom("none,media=cdrom", "nas-iso:iso/debian-13.1.0-amd64-netinst.iso,media=cdrom"),
    sockets: fc.integer({ min: 1, max: 2 }),
  },
  ["description", "tags", "onboot", "agent", "net0", "ostype", "cores", "sockets"],
);
const ctSettings = settings(
  {
    memory: fc.integer({ min: 64, max: 4096 }),
    swap: fc.integer({ min: 0, max: 1024 }),
    cores: fc.integer({ min: 1, max: 8 }),
    description: text,
    hostname: fc.constantFrom("one", "two"),
    tags: fc.constantFrom("web", "db;prod"),
    onboot: flag,
    mp3: fc.constantFrom("local-lvm:2,mp=/data"),
    net1: fc.constantFrom("name=eth1,bridge=vmbr0,ip=dhcp"),
    features: fc.constantFrom("nesting=1", "nesting=0,keyctl=1"),
  },
  ["description", "tags", "onboot", "cores", "features", "swap"],
);
const firewall = settings(
  {
    enable: flag,
    policy_in: fc.constantFrom("ACCEPT", "DROP", "REJECT"),
    policy_out: fc.constantFrom("ACCEPT", "DROP"),
  },
  ["enable", "policy_in", "policy_out"],
);

const KINDS: Readonly<Record<string, fc.Arbitrary<Change>>> = {
  "a VM's configuration": fc.oneof(
    ...[
      { node: "pve1", vmid: 100 },
      { node: "pve1", vmid: 103 },
      { node: "pve3", vmid: 105 },
    ].map((where) => changing(QEMU, where, vmSettings)),
  ),
  "a container's configuration": fc.oneof(
    ...[
      { node: "pve1", vmid: 200 },
      { node: "pve3", vmid: 204 },
    ].map((where) => changing(LXC, where, ctSettings)),
  ),
  "a storage": changing(
    "PUT /storage/{storage}",
    { storage: "backup" },
    settings(
      {
        content: fc.constantFrom("backup", "backup,iso", "iso"),
        nodes: fc.constantFrom("pve1", "pve1,pve2"),
        disable: flag,
        "prune-backups": fc.constantFrom("keep-last=5", "keep-daily=7,keep-weekly=4"),
        "max-protected-backups": fc.integer({ min: 1, max: 9 }),
      },
      ["nodes", "disable", "prune-backups"],
    ),
  ),
  "datacenter options": changing(
    "PUT /cluster/options",
    {},
    settings(
      {
        keyboard: fc.constantFrom("de", "en-us", "fr"),
        language: fc.constantFrom("de", "en"),
        description: text,
        migration: fc.constantFrom("type=insecure", "secure,network=10.0.0.0/24"),
        email_from: fc.constantFrom("a@example.com", "b@example.com"),
        "next-id": fc.constantFrom("lower=200,upper=900"),
        crs: fc.constantFrom("ha=basic", "ha=static,ha-rebalance-on-start=1"),
        "registered-tags": fc.constantFrom("a;b", "prod;web"),
      },
      ["keyboard", "language", "description", "migration", "crs", "registered-tags"],
    ),
  ),
  "firewall options": fc.oneof(
    changing("PUT /cluster/firewall/options", {}, firewall),
    changing(
      "PUT /nodes/{node}/firewall/options",
      { node: "pve1" },
      settings({ enable: flag, log_level_in: fc.constantFrom("info", "nolog") }, ["enable", "log_level_in"]),
    ),
    changing("PUT /nodes/{node}/qemu/{vmid}/firewall/options", { node: "pve1", vmid: 100 }, firewall),
  ),
  "access entries": changing(
    "PUT /access/acl",
    {},
    fc.record(
      {
        path: fc.constantFrom("/", "/vms", "/pool/web", "/storage/backup", "vms/"),
        roles: fc.subarray(["PVEAuditor", "PVEVMAdmin", "Operator", "PVEDatastoreUser"], { minLength: 1 }),
        users: fc.subarray(["auditor@pve", "bob@corp", "empty@pve"], { minLength: 1 }),
        groups: fc.subarray(["operators", "developers"], { minLength: 1 }),
        propagate: flag,
        delete: flag,
      },
      { requiredKeys: ["path", "roles", "users"] },
    ),
  ),
  "pool members": changing(
    "PUT /pools",
    {},
    fc.record(
      {
        poolid: fc.constantFrom("web", "web/staging"),
        vms: fc.subarray(["100", "101", "103", "107", "201", "204"], { minLength: 1 }),
        storage: fc.subarray(["nas-iso", "local"], { minLength: 1 }),
        comment: text,
        delete: flag,
      },
      { requiredKeys: ["poolid"] },
    ),
  ),
  "a backup job": fc.oneof(
    ...["backup-nightly", "backup-git"].map((id) =>
      changing(
        "PUT /cluster/backup/{id}",
        { id },
        settings(
          {
            schedule: fc.constantFrom("01:00", "mon..fri 03:00"),
            mode: fc.constantFrom("snapshot", "stop"),
            comment: text,
            enabled: flag,
            vmid: fc.constantFrom("100", "101,102"),
            all: fc.constant(1),
            pool: fc.constant("web"),
            compress: fc.constantFrom("zstd", "lzo"),
            "prune-backups": fc.constantFrom("keep-last=1", "keep-all=1"),
            mailto: fc.constantFrom("ops@example.com"),
            "exclude-path": fc.constantFrom(["/tmp", "/var/tmp"]),
          },
          ["comment", "enabled", "compress", "exclude", "mode", "prune-backups"],
        ),
      ),
    ),
  ),
  "an HA resource": changing(
    "PUT /cluster/ha/resources/{sid}",
    { sid: "vm:102" },
    settings({ max_restart: fc.integer({ min: 0, max: 5 }), comment: text, failback: flag }, [
      "comment",
      "max_restart",
    ]),
  ),
  "an HA rule": changing(
    "PUT /cluster/ha/rules/{rule}",
    { rule: "db-home", type: "node-affinity" },
    settings({ nodes: fc.constantFrom("pve1", "pve3:2,pve2:1"), comment: text, strict: flag }, ["comment"]),
  ),
  "a user": changing(
    "PUT /access/users/{userid}",
    { userid: "operator@pve" },
    fc
      .record(
        {
          comment: text,
          firstname: text,
          enable: flag,
          expire: fc.integer({ min: 0, max: 2_000_000_000 }),
          groups: fc.subarray(["operators", "developers"]),
          append: flag,
        },
        { requiredKeys: [] },
      )
      .filter((given) => Object.keys(given).length > 0),
  ),
  "a role": changing(
    "PUT /access/roles/{roleid}",
    { roleid: "Operator" },
    fc.record(
      { privs: fc.subarray(["VM.Audit", "VM.Console", "Pool.Audit"], { minLength: 1 }), append: flag },
      { requiredKeys: ["privs"] },
    ),
  ),
  "a firewall rule": fc.oneof(
    changing(
      "POST /cluster/firewall/rules",
      {},
      fc.record(
        {
          type: fc.constantFrom("in", "out"),
          action: fc.constantFrom("ACCEPT", "DROP"),
          comment: text,
          enable: flag,
          source: fc.constantFrom("192.0.2.0/24", "+dc/admins"),
          macro: fc.constantFrom("SSH", "Ping"),
        },
        { requiredKeys: ["type", "action", "comment"] },
      ),
    ),
    changing(
      "PUT /cluster/firewall/rules/{pos}",
      {},
      fc.record(
        {
          pos: fc.integer({ min: 0, max: 3 }),
          action: fc.constantFrom("ACCEPT", "DROP"),
          comment: text,
          enable: flag,
          source: fc.constantFrom("192.0.2.0/24", "-"),
          delete: fc.constantFrom("source", "comment", "macro"),
        },
        { requiredKeys: ["pos", "comment"] },
      ),
    ),
    changing(
      "PUT /cluster/firewall/rules/{pos}",
      {},
      fc.record({ pos: fc.integer({ min: 0, max: 3 }), moveto: fc.integer({ min: 0, max: 4 }) }),
    ),
    changing("DELETE /cluster/firewall/rules/{pos}", {}, fc.record({ pos: fc.integer({ min: 0, max: 3 }) })),
  ),
  "an alias": changing(
    "PUT /cluster/firewall/aliases/{name}",
    { name: "office" },
    fc.record(
      { cidr: fc.constantFrom("192.0.2.0/24", "198.51.100.0/24"), comment: text },
      { requiredKeys: ["cidr"] },
    ),
  ),
};

describe("what a change made, its inverse puts back", () => {
  it.each(Object.entries(KINDS))("%s", async (_, arbitrary) => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(arbitrary, async ([route, params]) => {
        const pve = undoWorld();
        const before = configured(pve.world);
        const change = await pve.make(route, params).catch((error: unknown) => {
          if (error instanceof PveError) return undefined;
          throw error;
        });
        fc.pre(change !== undefined);
        const can = undoable(change.route, change.params, change.before);
        const found = await pve.inverse(change);
        // What a plan promised is kept, and what it refused has no way.
        expect(found.kind === "requests" ? true : found.why).toEqual(can);
        if (can !== true) return;
        made += 1;
        const undoing = await pve.undo(change);
        expect(configured(pve.world)).toEqual(before);
        // Nothing is left to take back twice, and the undo itself can be taken back.
        expect((await pve.inverse(change)).kind).toBe("none");
        for (const step of [...undoing].reverse()) await pve.undo(step);
        expect((await pve.inverse(change)).kind).toBe("requests");
      }),
      { numRuns: 80 },
    );
    expect(made).toBeGreaterThan(30);
  });
});
