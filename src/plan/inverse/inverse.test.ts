import { describe, expect, it } from "vitest";
import { sampleParams } from "../../../tests/support/sample-params.ts";
import { configured, undoWorld } from "../../../tests/support/undoing.ts";
import { classOf } from "../../policy/effect.ts";
import type { Json, Row } from "../../pve/data.ts";
import { allRoutes, findEndpoint } from "../../schema/endpoint-table.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { allHandlers } from "../../simulator/all-routes.ts";
import { isAsMade } from "./guest-config.ts";
import { INVERSE_READS, INVERSE_ROUTES, inverseOf, presentRead, undoable } from "./inverse.ts";
import { REVERSIBLE } from "./table.ts";

type Params = Readonly<Record<string, unknown>>;
type Case = readonly [route: Route, params: Params];

const CHANGING = allRoutes().filter((route) => !route.startsWith("GET ")) as readonly Route[];
const RULES = "/cluster/firewall/rules";
const vm = { node: "pve1", vmid: 103 };
const webVm = { node: "pve1", vmid: 100 };
const ct = { node: "pve1", vmid: 200 };
const ruleOf22 = { type: "in", action: "ACCEPT", proto: "tcp", dport: "22", comment: "ssh" };

/** Changes of the demo cluster whose inverse puts everything back. */
const BACK: readonly Case[] = [
  ["POST /nodes/{node}/qemu/{vmid}/config", { ...vm, memory: 2048, tags: "x" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, scsi1: "local-lvm:8,discard=on" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, scsi0: "local-lvm:8" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, ide3: "local-lvm:cloudinit" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, net0: "virtio,bridge=vmbr1" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, delete: "scsi0" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, delete: "boot,description" }],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, vmgenid: "1" }],
  ["PUT /nodes/{node}/qemu/{vmid}/unlink", { ...vm, idlist: "scsi0" }],
  ["PUT /nodes/{node}/lxc/{vmid}/config", { ...ct, hostname: "other", delete: "tags" }],
  ["PUT /nodes/{node}/lxc/{vmid}/config", { ...ct, mp0: "local-lvm:1,mp=/srv" }],
  [
    "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
    { node: "pve1", vmid: 107, snapname: "clean", description: "x" },
  ],
  ["POST /nodes/{node}/qemu/{vmid}/status/start", vm],
  ["POST /nodes/{node}/qemu/{vmid}/status/stop", webVm],
  ["POST /nodes/{node}/qemu/{vmid}/status/shutdown", webVm],
  ["POST /nodes/{node}/qemu/{vmid}/status/suspend", webVm],
  ["POST /nodes/{node}/lxc/{vmid}/status/stop", ct],
  ["POST /nodes/{node}/lxc/{vmid}/status/shutdown", ct],
  ["POST /nodes/{node}/services/{service}/stop", { node: "pve1", service: "postfix" }],
  [`POST ${RULES}`, ruleOf22],
  [`PUT ${RULES}/{pos}`, { pos: 0, enable: 0, comment: "off", dport: "8007" }],
  [`PUT ${RULES}/{pos}`, { pos: 1, delete: "source" }],
  [`PUT ${RULES}/{pos}`, { pos: 0, moveto: 3 }],
  [`PUT ${RULES}/{pos}`, { pos: 3, moveto: 0 }],
  [`PUT ${RULES}/{pos}`, { pos: 1, moveto: 99 }],
  [`DELETE ${RULES}/{pos}`, { pos: 0 }],
  [`DELETE ${RULES}/{pos}`, { pos: 2 }],
  [`DELETE ${RULES}/{pos}`, { pos: 3 }],
  ["POST /cluster/firewall/groups/{group}", { group: "webserver", ...ruleOf22 }],
  ["DELETE /cluster/firewall/groups/{group}/{pos}", { group: "webserver", pos: 1 }],
  ["POST /nodes/{node}/firewall/rules", { node: "pve1", ...ruleOf22 }],
  ["PUT /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}", { ...webVm, pos: 1, comment: "x" }],
  ["DELETE /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}", { ...webVm, pos: 1 }],
  ["PUT /nodes/{node}/lxc/{vmid}/firewall/options", { ...ct, enable: 1 }],
  ["POST /cluster/firewall/aliases", { name: "lab", cidr: "192.0.2.64/27", comment: "the lab" }],
  ["PUT /cluster/firewall/aliases/{name}", { name: "monitoring", cidr: "192.0.2.203", comment: "new" }],
  ["DELETE /cluster/firewall/aliases/{name}", { name: "monitoring" }],
  ["POST /cluster/firewall/ipset/{name}", { name: "admins", cidr: "192.0.2.77", nomatch: 1 }],
  ["PUT /cluster/firewall/ipset/{name}/{cidr}", { name: "admins", cidr: "192.0.2.5", nomatch: 1 }],
  ["DELETE /cluster/firewall/ipset/{name}/{cidr}", { name: "admins", cidr: "192.0.2.5" }],
  ["POST /storage", { storage: "scratch", type: "dir", path: "/srv/scratch", content: "iso" }],
  ["DELETE /storage/{storage}", { storage: "nas-iso" }],
  ["DELETE /storage/{storage}", { storage: "local-lvm" }],
  ["POST /pools", { poolid: "lab", comment: "the lab" }],
  ["PUT /pools/{poolid}", { poolid: "web", vms: "100,201", delete: 1 }],
  [
    "POST /cluster/backup",
    { schedule: "sun 01:00", storage: "backup", vmid: "100", "prune-backups": "keep-last=3" },
  ],
  ["POST /cluster/backup", { id: "own", schedule: "sun 01:00", storage: "backup", exclude: "100" }],
  ["PUT /cluster/backup/{id}", { id: "backup-nightly", vmid: "100" }],
  ["DELETE /cluster/backup/{id}", { id: "backup-nightly" }],
  ["POST /cluster/ha/resources", { sid: "vm:108", state: "started", comment: "x" }],
  ["PUT /cluster/ha/resources/{sid}", { sid: "vm:101", max_restart: 4, comment: "x" }],
  ["POST /cluster/ha/rules", { rule: "home", type: "node-affinity", resources: "vm:101", nodes: "pve1" }],
  ["DELETE /cluster/ha/rules/{rule}", { rule: "db-home" }],
  ["DELETE /cluster/ha/rules/{rule}", { rule: "web-apart" }],
  ["DELETE /access/roles/{roleid}", { roleid: "Operator" }],
  ["POST /cluster/mapping/pci", { id: "gpu", map: ["node=pve1,path=0000:01:00.0,id=10de:1b80"] }],
  ["POST /cluster/notifications/matchers", { name: "mine", target: ["mail-to-root"], comment: "x" }],
  ["POST /cluster/notifications/endpoints/sendmail", { name: "mine", mailto: ["a@example.com"] }],
  ["POST /cluster/jobs/realm-sync/{id}", { id: "daily", schedule: "daily", realm: "corp" }],
  ["PUT /nodes/{node}/time", { node: "pve1", timezone: "UTC" }],
  ["PUT /nodes/{node}/dns", { node: "pve1", search: "example.org", dns1: "192.0.2.53" }],
  ["PUT /nodes/{node}/config", { node: "pve1", description: "x" }],
  ["PUT /access/domains/{realm}", { realm: "corp", comment: "x", delete: "user_attr" }],
  ["PUT /access/users/{userid}/token/{tokenid}", { userid: "operator@pve", tokenid: "ops", comment: "x" }],
];

describe("what can be taken back", () => {
  it.each(BACK)("%s of %j", async (route, params) => {
    const pve = undoWorld();
    const before = configured(pve.world);
    const change = await pve.make(route, params);
    expect(undoable(change.route, change.params, change.before)).toBe(true);
    expect(configured(pve.world)).not.toEqual(before);
    await pve.undo(change);
    expect(configured(pve.world)).toEqual(before);
    expect((await pve.inverse(change)).kind).toBe("none");
  });

  it("destroys no volume: a disk that a change made stays as an unused one", async () => {
    const pve = undoWorld();
    const volumes = () => [...pve.world.volumes.values()].map(({ volid }) => volid).sort();
    const change = await pve.make("PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, scsi1: "local-lvm:8" });
    const made = volumes();
    const found = await pve.inverse(change);
    expect(found).toMatchObject({
      notes: [
        "local-lvm:vm-103-disk-1 (scsi1) is taken out and stays as an unused volume; nothing of it is destroyed.",
      ],
    });
    await pve.undo(change);
    expect(volumes()).toEqual(made);
    expect(pve.world.guests.get(103)?.config.unused0).toBe("local-lvm:vm-103-disk-1");
  });

  it("puts a file back as it was", async () => {
    const pve = undoWorld();
    const data = "127.0.0.1 localhost\n";
    const change = await pve.make("POST /nodes/{node}/hosts", { node: "pve1", data });
    expect((await pve.now(change))?.data).toBe(data);
    await pve.undo(change);
    expect((await pve.now(change))?.data).toBe(change.before?.data);
  });

  it("guards a request by the digest of what was looked at", async () => {
    const pve = undoWorld();
    const change = await pve.make("PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, memory: 2048 });
    const now = await pve.now(change);
    expect(await pve.inverse(change)).toMatchObject({ requests: [{ params: { digest: now?.digest } }] });
  });

  it("takes a change back that only waits for the next start, and that undo too", async () => {
    const pve = undoWorld();
    const guest = pve.world.guests.get(100);
    const change = await pve.make("PUT /nodes/{node}/qemu/{vmid}/config", { ...webVm, cores: 7 });
    expect(guest?.pending).toEqual({ cores: 7 });
    const [undoing] = await pve.undo(change);
    expect(guest?.pending).toEqual({});
    if (undoing) await pve.undo(undoing);
    expect(guest?.pending).toEqual({ cores: 7 });
  });

  it("is not fooled by a rule that came to its position at the same time", async () => {
    const pve = undoWorld();
    const change = await pve.make(`DELETE ${RULES}/{pos}`, { pos: 2 });
    const found = await pve.inverse(change);
    if (found.kind === "none") throw new Error(found.why);
    const [create, move] = found.requests;
    if (!create || !move) throw new Error("two requests");
    await pve.make(create.route, create.params);
    await pve.make(`POST ${RULES}`, { type: "in", action: "DROP" });
    expect(move.recheck?.((await pve.now(change)) ?? {})).toBe("another rule was added at the same time");
  });
});

/** Changes and what somebody else does after them. */
const SINCE: readonly (readonly [Case, Case, RegExp])[] = [
  [
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, memory: 2048 }],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, memory: 3072 }],
    /^it has been changed since: memory is 3072 now, and this change made it 2048\.$/,
  ],
  [
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, scsi1: "local-lvm:8" }],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, delete: "scsi1" }],
    /as it was before already/,
  ],
  [
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, delete: "scsi0" }],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, scsi7: "local-lvm:vm-103-disk-0" }],
    /local-lvm:vm-103-disk-0 is scsi7 now/,
  ],
  [
    [`POST ${RULES}`, ruleOf22],
    [`PUT ${RULES}/{pos}`, { pos: 0, enable: 1 }],
    /^no rule is as this change left it/,
  ],
  [[`POST ${RULES}`, ruleOf22], [`POST ${RULES}`, ruleOf22], /^several rules are as this change left one/],
  [
    [`DELETE ${RULES}/{pos}`, { pos: 2 }],
    [`POST ${RULES}`, { type: "in", action: "ACCEPT", macro: "Ping", enable: 1 }],
    /^such a rule is there, at position 0/,
  ],
  [
    [`PUT ${RULES}/{pos}`, { pos: 0, moveto: 3 }],
    [`DELETE ${RULES}/{pos}`, { pos: 0 }],
    /the rule at position 2 is not the one that was moved there/,
  ],
  [
    ["PUT /access/acl", { path: "/vms", roles: "PVEAuditor", users: "bob@corp" }],
    ["PUT /access/acl", { path: "/vms", roles: "PVEAuditor", users: "bob@corp", propagate: 0 }],
    /the entry of bob@corp with PVEAuditor is there without going for the paths below/,
  ],
  [
    ["PUT /pools", { poolid: "web", vms: "103", comment: "x" }],
    ["PUT /pools", { poolid: "web", vms: "103", delete: 1, comment: "y" }],
    /guest 103 is no member now, comment is “y” now, and this change made it “x”/,
  ],
  [
    ["POST /pools", { poolid: "lab" }],
    ["PUT /pools", { poolid: "lab", vms: "103" }],
    /^the pool has members by now: 103\.$/,
  ],
  [
    ["POST /storage", { storage: "scratch", type: "dir", path: "/srv/scratch", content: "iso" }],
    ["PUT /storage/{storage}", { storage: "scratch", nodes: "pve1" }],
    /nodes is pve1 now, and this change unset it/,
  ],
  [
    ["DELETE /cluster/backup/{id}", { id: "backup-git" }],
    ["POST /cluster/backup", { id: "backup-git", schedule: "sun 01:00", all: 1 }],
    /^one of that name is there again\.$/,
  ],
  [
    ["POST /cluster/backup", { schedule: "sun 01:00", all: 1, comment: "x" }],
    ["POST /cluster/backup", { schedule: "sun 01:00", all: 1, comment: "x" }],
    /^several jobs are as this change made one/,
  ],
  [
    ["POST /nodes/{node}/qemu/{vmid}/status/start", vm],
    ["POST /nodes/{node}/qemu/{vmid}/status/suspend", vm],
    /the guest is paused now, and this change made it running/,
  ],
  [
    ["PUT /cluster/options", { keyboard: "de" }],
    ["PUT /cluster/options", { delete: "keyboard" }],
    /keyboard is not set now, and this change made it de/,
  ],
  [
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, memory: 2048 }],
    ["DELETE /nodes/{node}/qemu/{vmid}", vm],
    /^it is not there any more\.$/,
  ],
];

describe("what somebody has changed since", () => {
  it.each(SINCE)("%j, then %j", async (first, second, why) => {
    const pve = undoWorld();
    const change = await pve.make(...first);
    await pve.make(...second);
    const found = await pve.inverse(change);
    expect(found.kind === "none" ? found.why : "requests").toMatch(why);
  });
});

/** What has no way back, and why; what is set before is as given. */
const NEVER: readonly (readonly [Route, Params, Row | undefined, RegExp])[] = [
  ["DELETE /nodes/{node}/qemu/{vmid}", vm, {}, /comes back from a backup only/],
  ["POST /nodes/{node}/qemu", vm, undefined, /not deleted as an undo/],
  ["POST /nodes/{node}/lxc/{vmid}/snapshot", ct, {}, /not deleted as an undo/],
  ["POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback", vm, {}, /before the rollback is gone/],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { ...vm, delete: "unused0" },
    { unused0: "local-lvm:vm-103-disk-3" },
    /the volume local-lvm:vm-103-disk-3 is destroyed/,
  ],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { ...vm, delete: "scsi1", force: 1 },
    { scsi1: "local-lvm:vm-103-disk-1" },
    /is destroyed/,
  ],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { ...vm, cipassword: "[redacted]" },
    { cipassword: "[redacted]" },
    /^cipassword holds a secret/,
  ],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, revert: "cores" }, {}, /waited for a start is dropped/],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, template: 1 }, {}, /a template does not become a guest/],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, cores: 2 }, { cores: 2 }, /changes nothing/],
  ["PUT /nodes/{node}/qemu/{vmid}/config", { ...vm, cores: 2 }, undefined, /not recorded/],
  ["PUT /storage/{storage}", { storage: "pbs", password: "[redacted]" }, {}, /^password holds a secret/],
  [
    "DELETE /storage/{storage}",
    { storage: "pbs" },
    { type: "pbs", server: "x", datastore: "y" },
    /password or key/,
  ],
  [
    "DELETE /storage/{storage}",
    { storage: "c" },
    { type: "cifs", username: "u", server: "x", share: "y" },
    /password or key/,
  ],
  ["DELETE /storage/{storage}", { storage: "x" }, {}, /its type is not recorded/],
  ["PUT /access/users/{userid}", { userid: "a@pve", keys: "[redacted]" }, {}, /^keys holds a secret/],
  [
    "PUT /access/users/{userid}/token/{tokenid}",
    { userid: "a@pve", tokenid: "t", regenerate: 1 },
    {},
    /not kept anywhere/,
  ],
  ["POST /access/users", { userid: "a@pve" }, undefined, /pve_delete_user/],
  [
    "PUT /pools",
    { poolid: "web", vms: "103", "allow-move": 1 },
    { vms: "", storage: "" },
    /the pool that guest 103 was in before is not recorded/,
  ],
  ["DELETE /cluster/ha/resources/{sid}", { sid: "vm:101" }, { sid: "vm:101" }, /purge: false keeps them/],
  [
    "PUT /cluster/firewall/aliases/{name}",
    { name: "a", cidr: "192.0.2.1", rename: "b" },
    { cidr: "192.0.2.1" },
    /another name/,
  ],
  ["PUT /cluster/backup/{id}", { id: "a", starttime: "01:00" }, {}, /starttime/],
  ["POST /nodes/{node}/qemu/{vmid}/status/start", vm, { status: "running" }, /the guest was running before/],
  ["POST /nodes/{node}/qemu/{vmid}/status/reset", vm, { status: "running" }, /restarted is gone/],
  ["POST /nodes/{node}/qemu/{vmid}/agent/exec", vm, undefined, /what a command did in a guest is not known/],
  ["POST /nodes/{node}/qemu/{vmid}/migrate", { ...vm, target: "pve2" }, {}, /another migration/],
  ["PUT /nodes/{node}/network/{iface}", { node: "pve1", iface: "vmbr1" }, {}, /pve_revert_network/],
  ["PUT /cluster/sdn", {}, undefined, /software-defined/],
  [
    "DELETE /cluster/notifications/matchers/{name}",
    { name: "default-matcher" },
    { origin: "modified-builtin" },
    /built in/,
  ],
  ["POST /nodes/{node}/wakeonlan", { node: "pve1" }, undefined, /^PVE has no way back for it\.$/],
];

describe("what cannot be taken back", () => {
  it.each(NEVER)("%s of %j, before %j", (route, params, before, why) => {
    expect(undoable(route, params, before)).toMatch(why);
    for (const now of [undefined, {}, before])
      expect(inverseOf({ route, params, before }, now)).toEqual({
        kind: "none",
        why: undoable(route, params, before),
      });
  });

  it.each([
    ["refused", /PVE refused it/],
    ["failed", /its job failed/],
  ])("a change that was %s", (verdict, why) => {
    const change = { route: "PUT /cluster/options", params: { keyboard: "de" }, before: {} } as const;
    expect(inverseOf({ ...change, outcome: { verdict } }, { keyboard: "de" })).toMatchObject({
      kind: "none",
      why: expect.stringMatching(why),
    });
    expect(inverseOf({ ...change, outcome: { verdict: "ok" } }, { keyboard: "de" }).kind).toBe("requests");
  });

  it("is said of every operation, as a clause", () => {
    const befores = [undefined, {}, { status: "running", state: "running", vms: "", storage: "" }];
    for (const [route, before] of CHANGING.flatMap((one) => befores.map((row) => [one, row] as const))) {
      const can = undoable(route, sampleParams(route), before);
      if (can === true) continue;
      expect(can, route).toMatch(/^[a-z0-9:_-]|^HA |^PVE /);
      expect(can.endsWith("."), route).toBe(true);
      // A plan and an undo say the same.
      for (const now of [undefined, {}, { entries: [] as Json }])
        expect(inverseOf({ route, params: sampleParams(route), before }, now), route).toEqual({
          kind: "none",
          why: can,
        });
    }
  });
});

describe("the tables", () => {
  it("are of operations that there are, that change something and that are simulated", () => {
    for (const route of [...REVERSIBLE, ...INVERSE_ROUTES]) {
      expect(findEndpoint(route), route).toBeDefined();
      expect(classOf(route).effect, route).not.toBe("read");
      expect(presentRead(route)?.read ?? "GET", route).toMatch(/^GET/);
    }
    const all = [...INVERSE_ROUTES, ...INVERSE_READS];
    expect(all.filter((route) => !Object.hasOwn(allHandlers, route))).toEqual([]);
  });

  it("send nothing that destroys guests, volumes, snapshots or users", () => {
    expect(INVERSE_ROUTES.filter((route) => route.startsWith("DELETE "))).toMatchInlineSnapshot(`
      [
        "DELETE /cluster/backup/{id}",
        "DELETE /cluster/firewall/aliases/{name}",
        "DELETE /cluster/firewall/groups/{group}/{pos}",
        "DELETE /cluster/firewall/ipset/{name}/{cidr}",
        "DELETE /cluster/firewall/rules/{pos}",
        "DELETE /cluster/ha/groups/{group}",
        "DELETE /cluster/ha/resources/{sid}",
        "DELETE /cluster/ha/rules/{rule}",
        "DELETE /cluster/jobs/realm-sync/{id}",
        "DELETE /cluster/mapping/dir/{id}",
        "DELETE /cluster/mapping/pci/{id}",
        "DELETE /cluster/mapping/usb/{id}",
        "DELETE /cluster/metrics/server/{id}",
        "DELETE /cluster/notifications/endpoints/gotify/{name}",
        "DELETE /cluster/notifications/endpoints/sendmail/{name}",
        "DELETE /cluster/notifications/endpoints/smtp/{name}",
        "DELETE /cluster/notifications/endpoints/webhook/{name}",
        "DELETE /cluster/notifications/matchers/{name}",
        "DELETE /cluster/qemu/custom-cpu-models/{cputype}",
        "DELETE /nodes/{node}/firewall/rules/{pos}",
        "DELETE /nodes/{node}/lxc/{vmid}/firewall/aliases/{name}",
        "DELETE /nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}",
        "DELETE /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}",
        "DELETE /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}",
        "DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}",
        "DELETE /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}",
        "DELETE /pools",
        "DELETE /storage/{storage}",
      ]
    `);
  });
});

describe("isAsMade", () => {
  it.each([
    ["net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0", "virtio,bridge=vmbr0", true],
    ["net0", "virtio=BC:24:11:00:00:01,bridge=vmbr1", "virtio,bridge=vmbr0", false],
    ["net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5", "virtio,bridge=vmbr0", false],
    ["net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0", "virtio=BC:24:11:00:00:02,bridge=vmbr0", false],
    ["scsi1", "local-lvm:vm-100-disk-1,discard=on,size=8G", "local-lvm:8,discard=on", true],
    ["scsi1", "local-lvm:vm-100-disk-1,size=8G", "local-lvm:8,discard=on", false],
    ["scsi1", "ceph:vm-100-disk-1,size=8G", "local-lvm:8", false],
    ["scsi1", "local-lvm:vm-100-disk-1,size=8G", "local-lvm:vm-100-disk-1", true],
    ["ide2", "local-lvm:vm-100-cloudinit,media=cdrom,size=4M", "local-lvm:cloudinit", true],
    ["memory", "2048", "2048", true],
    ["memory", undefined, "2048", false],
  ] as const)("%s: %s of %s", (key, now, wanted, same) => {
    expect(isAsMade("qemu", key, now, wanted)).toBe(same);
  });
});
