import { describe, expect, test } from "vitest";
import { allRoutes, findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { operationOf } from "./operations.ts";
import type { Touch } from "./touch.ts";
import { LISTS } from "./touch-rows.ts";
import { readersOf, touches } from "./touches.ts";

/** Touches in short: `VM 103 change`, `storage nas allocate`, `everything: …`. */
function short(touch: Touch): string {
  switch (touch.kind) {
    case "guest":
      return `guest ${touch.vmid} ${touch.how}`;
    case "new-guest":
      return `new ${[touch.vmid, touch.node, touch.pool, ...touch.tags].filter((part) => part !== undefined).join(" ")}${touch.tagsOf ? ` like ${touch.tagsOf}` : ""}`;
    case "every-guest":
      return `all${touch.but.length > 0 ? ` but ${touch.but}` : ""} ${touch.how}`;
    case "guests-of-node":
      return `all on ${touch.name}${touch.but.length > 0 ? ` but ${touch.but}` : ""} ${touch.how}`;
    case "guests-of-pool":
      return `all in ${touch.name} ${touch.how}`;
    case "guest-storages":
      return `storages of ${touch.vmid}${touch.snapshot ? ` and ${touch.snapshot}` : ""} ${touch.how}${touch.localOnly ? " local" : ""}`;
    case "any-storage":
      return `some storage ${touch.how}`;
    case "storage":
    case "pool":
    case "node":
      return `${touch.kind} ${touch.name} ${touch.how}`;
    case "owners":
      return `owners on ${touch.storage} ${touch.by}`;
    case "backup-job":
    case "ha-rule":
      return `${touch.kind} ${touch.id} ${touch.how}`;
    case "ha-group":
      return `group ${touch.id}${touch.members ? " members" : ""}`;
    case "ha-companions":
      return `companions of ${touch.vmid}`;
    case "task":
      return `task of ${touch.user}: ${touch.of.map(short)}`;
    case "by-default":
      return `if ${touch.of} ${touch.node}${touch.storage ? ` ${touch.storage}` : ""}: ${touch.then.map(short)}`;
    case "every-node":
    case "cluster":
      return touch.kind;
    case "everything":
      return `everything: ${touch.why}`;
  }
}

const of = (route: string, params: Record<string, unknown>) => [
  ...new Set(touches(route, params).map(short)),
];

/** Route, arguments, and all that the call touches. */
type Case = readonly [route: Route, params: Record<string, unknown>, expected: readonly string[]];
const holds = (name: string, cases: readonly Case[]) =>
  test.each(cases)(`${name}: %s %j`, (route, params, expected) => {
    expect(of(route, params).sort()).toEqual([...expected].sort());
  });

const AT = { node: "pve1", vmid: 107 };

describe("every operation of the endpoint table", () => {
  test("is classified: what may change something by the table, reads by table or rule", () => {
    for (const route of allRoutes()) expect(readersOf(route), route).toBeDefined();
    const changing = allRoutes().filter((route) => operationOf(route));
    expect(changing.length).toBeGreaterThan(300);
    // None of them touches nothing, not even without arguments.
    for (const route of changing) expect(touches(route, {}).length, route).toBeGreaterThan(0);
  });

  test("that is a list of different objects is judged line by line, and exists", () => {
    for (const route of Object.keys(LISTS)) expect(findEndpoint(route)?.method, route).toBe("GET");
  });

  test("and an unknown one touches everything", () => {
    for (const route of ["POST /new", "GET /new", "PATCH /nodes", "constructor", "GET /nodes/{node}/new"])
      expect(touches(route, {})).toEqual([{ kind: "everything", why: expect.any(String) }]);
  });

  test("has the guest in its path among what it touches", () => {
    for (const route of allRoutes().filter((one) => /\/(qemu|lxc)\/\{vmid\}/.test(one))) {
      const touched = touches(route, { ...AT, snapname: "s", target: "pve2" });
      const guests = touched.flatMap((touch) => (touch.kind === "guest" ? [touch.vmid] : []));
      expect(guests, route).toContain(107);
    }
  });

  test("touches everything when what its path names cannot be read", () => {
    const aside = /^(?:node|upid|cidr|pos|name|iface|service|id|poolid|group|rule|sid|vnet)$/;
    for (const route of allRoutes().filter((one) => operationOf(one) && /\{vmid\}|\{storage\}/.test(one))) {
      const params = Object.keys(findEndpoint(route)?.params ?? {}).filter((name) => !aside.test(name));
      const unread = Object.fromEntries(params.map((name) => [name, { odd: [{}] }]));
      expect(of(route, { ...unread, node: "pve1" }).join(), route).toContain("everything");
    }
  });
});

describe("guests", () => {
  holds("power and configuration", [
    ["POST /nodes/{node}/qemu/{vmid}/status/start", AT, ["guest 107 change"]],
    ["POST /nodes/{node}/lxc/{vmid}/status/stop", { node: "pve1", vmid: " 00107 " }, ["guest 107 change"]],
    ["POST /nodes/{node}/qemu/{vmid}/snapshot", { ...AT, snapname: "a" }, ["guest 107 save"]],
    ["GET /nodes/{node}/qemu/{vmid}/config", AT, ["guest 107 read"]],
    ["GET /nodes/{node}/qemu/{vmid}/vncwebsocket", AT, ["guest 107 change"]],
    [
      "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
      { ...AT, snapname: "a" },
      ["guest 107 change", "storages of 107 and a volumes"],
    ],
    ["DELETE /nodes/{node}/qemu/{vmid}", AT, ["guest 107 change", "storages of 107 volumes"]],
    [
      "DELETE /nodes/{node}/lxc/{vmid}",
      { ...AT, "destroy-unreferenced-disks": true },
      ["guest 107 change", "storages of 107 volumes", "some storage volumes"],
    ],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, tags: "a", cores: 2 }, ["guest 107 change"]],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, delete: "net0" }, ["guest 107 change"]],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, delete: "net0, unused3" },
      ["guest 107 change", "storages of 107 volumes"],
    ],
    [
      "PUT /nodes/{node}/lxc/{vmid}/config",
      { ...AT, mp0: "nas:8,mp=/srv", hookscript: "local:snippets/x" },
      ["guest 107 change", "storage nas allocate", "everything: hookscript runs a program on the node"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      {
        ...AT,
        usb0: "mapping=stick",
        hostpci0: "mapping=gpu",
        usb1: "spice",
        serial0: "socket",
        usb2: "host=SPICE",
      },
      ["guest 107 change"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      { ...AT, usb0: "host=1234:5678", hostpci1: "0000:01:00", serial1: "/dev/ttyS0", args: "-x" },
      [
        "guest 107 change",
        "everything: usb0 takes a device of the node",
        "everything: hostpci1 takes a device of the node",
        "everything: serial1 takes a device of the node",
        "everything: args is passed to the node's hypervisor as it is",
      ],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      { ...AT, cicustom: "user=nas:snippets/a.yaml,meta=local:snippets/b" },
      ["guest 107 change", "storage nas use", "storage local use"],
    ],
  ]);

  holds("disks move, and guests", [
    [
      "POST /nodes/{node}/qemu/{vmid}/move_disk",
      { ...AT, disk: "scsi0", storage: "nas" },
      ["guest 107 change", "storages of 107 volumes", "storage nas allocate"],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/move_volume",
      { ...AT, volume: "mp0", "target-vmid": "103" },
      ["guest 107 change", "guest 103 change", "storages of 107 volumes"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { ...AT, target: "pve2" },
      ["guest 107 change", "node pve2 place", "companions of 107"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { ...AT, target: "pve2", targetstorage: "a:nas,b:ceph", "with-local-disks": 1 },
      [
        "guest 107 change",
        "node pve2 place",
        "companions of 107",
        "storage nas allocate",
        "storage ceph allocate",
        "storages of 107 volumes local",
      ],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/migrate",
      { ...AT, target: "pve2", "target-storage": "1" },
      [
        "guest 107 change",
        "node pve2 place",
        "companions of 107",
        "storages of 107 allocate",
        "storages of 107 volumes local",
      ],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/remote_migrate",
      { ...AT, "target-vmid": 103, "target-endpoint": "x", "target-storage": "a" },
      ["guest 107 change", "cluster", "new 103"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/status/suspend",
      { ...AT, todisk: 1 },
      ["guest 107 change", "storages of 107 allocate"],
    ],
    ["POST /nodes/{node}/qemu/{vmid}/status/suspend", { ...AT, todisk: 0 }, ["guest 107 change"]],
  ]);

  holds("new ones", [
    [
      "POST /nodes/{node}/qemu/{vmid}/clone",
      { ...AT, newid: 150, target: "pve2", pool: "lab", storage: "nas" },
      [
        "guest 107 change",
        "new 150 pve2 lab like 107",
        "pool lab change",
        "node pve2 place",
        "storage nas allocate",
      ],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/clone",
      { ...AT, newid: "150", snapname: "a" },
      ["guest 107 change", "new 150 pve1", "node pve1 place", "storages of 107 allocate"],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, tags: "lab;x", scsi0: "nas:32", ide2: "iso:iso/a.iso,media=cdrom" },
      ["new 150 pve1 lab x", "node pve1 place", "storage nas allocate", "storage iso use"],
    ],
    [
      "POST /nodes/{node}/qemu",
      {
        node: "pve1",
        vmid: 150,
        archive: "nas:backup/vzdump-qemu-103-2026_01_01-00_00_00.vma.zst",
        force: true,
      },
      [
        "new 150 pve1",
        "node pve1 place",
        "guest 150 change",
        "storages of 150 volumes",
        "guest 103 change",
        "storage nas use",
        "some storage allocate",
      ],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, archive: "-" },
      ["new 150 pve1", "node pve1 place", "everything: archive cannot be read", "some storage allocate"],
    ],
    [
      "POST /nodes/{node}/lxc",
      { node: "pve1", vmid: 150, ostemplate: "nas:vztmpl/debian.tar.zst" },
      ["new 150 pve1", "node pve1 place", "storage nas use", "storage local allocate"],
    ],
    [
      "POST /nodes/{node}/lxc",
      {
        node: "pve1",
        vmid: 150,
        ostemplate: "pbs:backup/ct/103/2026-01-01T00:00:00Z",
        restore: 1,
        storage: "nas",
      },
      ["new 150 pve1", "node pve1 place", "guest 103 change", "storage pbs use", "storage nas allocate"],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, scsi0: "nas:0,import-from=ceph:vm-103-disk-0" },
      ["new 150 pve1", "node pve1 place", "storage nas allocate", "guest 103 change", "storage ceph use"],
    ],
  ]);

  holds("many at once", [
    [
      "POST /cluster/bulk-action/guest/shutdown",
      { vms: [100, "0101"] },
      ["guest 100 change", "guest 101 change"],
    ],
    ["POST /cluster/bulk-action/guest/start", {}, ["all change"]],
    ["POST /cluster/bulk-action/guest/start", { vms: [] }, ["all change"]],
    [
      "POST /cluster/bulk-action/guest/suspend",
      { vms: 100, "to-disk": true },
      ["guest 100 change", "some storage allocate"],
    ],
    [
      "POST /cluster/bulk-action/guest/migrate",
      { vms: [100, { id: 101 }], target: "pve2" },
      ["everything: vms cannot be read", "node pve2 place"],
    ],
    ["POST /nodes/{node}/stopall", { node: "pve1" }, ["all on pve1 change"]],
    ["POST /nodes/{node}/stopall", { node: "pve1", vms: "" }, ["all on pve1 change"]],
    [
      "POST /nodes/{node}/startall",
      { node: "pve1", vms: "100,101;102 103\u0000104" },
      [100, 101, 102, 103, 104].map((id) => `guest ${id} change`),
    ],
    [
      "POST /nodes/{node}/migrateall",
      { node: "pve1", target: "pve2", vms: "100" },
      ["guest 100 change", "node pve2 place", "companions of 100"],
    ],
    ["POST /nodes/{node}/suspendall", { node: "pve1" }, ["all on pve1 change", "some storage allocate"]],
  ]);
});

describe("backups", () => {
  const NOW = "POST /nodes/{node}/vzdump";
  const PLAIN = { node: "pve1", remove: false, mode: "snapshot" };
  holds("now", [
    [
      NOW,
      { ...PLAIN, vmid: "100,103", storage: "nas" },
      ["guest 100 save", "guest 103 save", "storage nas save"],
    ],
    [NOW, { ...PLAIN, all: true, exclude: "103" }, ["all on pve1 but 103 save"]],
    [NOW, { ...PLAIN, all: true, exclude: ["x"] }, ["all on pve1 save"]],
    [NOW, { ...PLAIN, pool: "lab" }, ["all in lab save"]],
    [NOW, PLAIN, ["all on pve1 save"]],
    [NOW, { ...PLAIN, vmid: 100, mode: "stop" }, ["guest 100 change"]],
    [NOW, { ...PLAIN, vmid: 100, stop: 1 }, ["guest 100 save", "all on pve1 change"]],
    [
      NOW,
      { ...PLAIN, vmid: 100, script: "/x" },
      ["guest 100 save", "everything: script runs a program on the node"],
    ],
    [
      NOW,
      { ...PLAIN, vmid: 100, fleecing: "enabled=1,storage=nas" },
      ["guest 100 save", "storage nas allocate"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, storage: "nas", mode: "snapshot" },
      ["guest 100 save", "storage nas save", "if retention pve1 nas: guest 100 change,storage nas volumes"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, remove: 0, storage: "nas" },
      ["guest 100 save", "storage nas save", "if mode pve1 nas: guest 100 change"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": "keep-last=1", storage: "nas" },
      ["guest 100 change", "storage nas volumes"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": { "keep-all": 1 } },
      ["guest 100 save"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": "keep-all=0" },
      ["guest 100 change", "some storage volumes"],
    ],
  ]);
  holds("as jobs", [
    [
      "POST /cluster/backup",
      { vmid: "100", remove: 0, mode: "snapshot", storage: "nas" },
      ["guest 100 save", "storage nas save"],
    ],
    ["POST /cluster/backup", { vmid: "100", storage: "nas" }, ["guest 100 change", "storage nas volumes"]],
    [
      "POST /cluster/backup",
      { all: 1, remove: 0, mode: "snapshot", exclude: "103;104" },
      ["all but 103,104 save"],
    ],
    ["PUT /cluster/backup/{id}", { id: "nightly", comment: "x" }, ["backup-job nightly change"]],
    [
      "PUT /cluster/backup/{id}",
      { id: "nightly", vmid: "103" },
      ["backup-job nightly change", "guest 103 change"],
    ],
    [
      "PUT /cluster/backup/{id}",
      { id: "nightly", delete: "exclude" },
      ["backup-job nightly change", "all change"],
    ],
    ["DELETE /cluster/backup/{id}", { id: "nightly" }, ["backup-job nightly change"]],
    ["GET /cluster/backup/{id}/included_volumes", { id: "nightly" }, ["backup-job nightly read"]],
  ]);
});

describe("storages and pools", () => {
  const CONTENT = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";
  const IN = { node: "pve1", storage: "nas" };
  holds("contents", [
    [CONTENT, { ...IN, volume: "nas:103/vm-103-disk-0.qcow2" }, ["guest 103 change", "storage nas volumes"]],
    [CONTENT, { ...IN, volume: "103/vm-103-disk-0.qcow2" }, ["guest 103 change", "storage nas volumes"]],
    [CONTENT, { ...IN, volume: "iso/a.iso" }, ["storage nas content"]],
    [CONTENT, { ...IN, volume: "other:iso/a.iso" }, ["everything: volume cannot be read"]],
    [CONTENT, { ...IN, volume: "nas:vzdump/x" }, ["everything: volume cannot be read"]],
    [
      "GET /nodes/{node}/storage/{storage}/content/{volume}",
      { ...IN, volume: "nas:vm-103-disk-0" },
      ["guest 103 read"],
    ],
    [
      "GET /nodes/{node}/storage/{storage}/content/{volume}",
      { ...IN, volume: "nas:iso/a.iso" },
      ["storage nas read"],
    ],
    ["GET /nodes/{node}/storage/{storage}/content", IN, []],
    [
      "POST /nodes/{node}/storage/{storage}/content",
      { ...IN, vmid: 107, filename: "vm-103-disk-9", size: "1G" },
      ["guest 107 change", "guest 103 change", "storage nas allocate"],
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/prunebackups",
      { ...IN, vmid: 103 },
      ["guest 103 change", "storage nas volumes"],
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/prunebackups",
      IN,
      ["storage nas content", "owners on nas backups"],
    ],
    ["POST /nodes/{node}/storage/{storage}/upload", { ...IN, content: "iso" }, ["storage nas content"]],
  ]);
  holds("definitions", [
    [
      "PUT /storage/{storage}",
      { storage: "nas", disable: 1 },
      ["storage nas definition", "owners on nas definition"],
    ],
    ["POST /storage", { storage: "new", type: "dir", path: "/x" }, ["storage new definition"]],
    [
      "POST /storage",
      { storage: "new", "content-dirs": "import=images/103" },
      ["storage new definition", "everything: content-dirs gives other files of a storage new names"],
    ],
    ["GET /storage/{storage}", { storage: "nas" }, ["storage nas read"]],
  ]);
  holds("pools", [
    [
      "PUT /pools",
      { poolid: "lab", vms: "103,104", storage: "nas" },
      ["pool lab change", "guest 103 change", "guest 104 change", "storage nas content"],
    ],
    ["DELETE /pools/{poolid}", { poolid: "lab" }, ["pool lab change"]],
    ["GET /pools", { poolid: "lab/one" }, ["pool lab/one read"]],
    ["GET /pools", {}, []],
  ]);
});

describe("nodes and the cluster", () => {
  const UPID = (type: string, id: string) =>
    `UPID:pve1:0000C3A1:00112233:66E1A2B3:${type}:${id}:root@pam!mcp:`;
  const TASK = "DELETE /nodes/{node}/tasks/{upid}";
  holds("nodes", [
    [
      "POST /nodes/{node}/status",
      { node: "pve1", command: "reboot" },
      ["node pve1 change", "all on pve1 change"],
    ],
    ["PUT /nodes/{node}/network", { node: "pve1" }, ["node pve1 change", "all on pve1 change"]],
    ["PUT /nodes/{node}/network/{iface}", { node: "pve1", iface: "vmbr0" }, ["node pve1 change"]],
    [
      "POST /nodes/{node}/services/{service}/restart",
      { node: "pve1", service: "pveproxy" },
      ["node pve1 change"],
    ],
    [
      "POST /nodes/{node}/services/{service}/stop",
      { node: "pve1", service: "corosync" },
      ["node pve1 change", "all on pve1 change"],
    ],
    [
      "POST /nodes/{node}/disks/zfs",
      { node: "pve1", name: "tank", add_storage: 1 },
      ["node pve1 change", "all on pve1 change", "storage tank definition"],
    ],
    ["GET /nodes/{node}/status", { node: "pve1" }, ["node pve1 read"]],
    ["GET /nodes/{node}/version", { node: "pve1" }, []],
    ["GET /version", {}, []],
    [TASK, { node: "pve1", upid: UPID("qmigrate", "103") }, ["task of root@pam!mcp: guest 103 change"]],
    [TASK, { node: "pve1", upid: UPID("imgdel", "103@nas") }, ["task of root@pam!mcp: guest 103 change"]],
    [TASK, { node: "pve1", upid: UPID("vzdump", "") }, ["task of root@pam!mcp: all change"]],
    [
      TASK,
      { node: "pve1", upid: UPID("qmclone", "107") },
      ["task of root@pam!mcp: guest 107 change,all change"],
    ],
    [TASK, { node: "pve1", upid: UPID("download", "x.iso") }, ["task of root@pam!mcp: node pve1 change"]],
    [TASK, { node: "pve1", upid: "UPID:nonsense" }, ["everything: upid cannot be read"]],
    [
      "POST /nodes/{node}/vncshell",
      { node: "pve1" },
      ["node pve1 change", "everything: a shell on the node has no limits"],
    ],
  ]);
  holds("the cluster", [
    ["PUT /cluster/options", { description: "x" }, ["cluster"]],
    ["PUT /cluster/options", { migration: "insecure" }, ["cluster", "every-node", "all change"]],
    ["PUT /cluster/options", { delete: "crs" }, ["cluster", "every-node", "all change"]],
    ["PUT /cluster/sdn", {}, ["cluster", "every-node", "all change"]],
    [
      "PUT /cluster/sdn/vnets/{vnet}/ips",
      { vnet: "v", vmid: 103 },
      ["cluster", "all change", "guest 103 change"],
    ],
    ["POST /access/users", { userid: "a@pve" }, ["cluster"]],
    ["GET /access/users", {}, ["cluster"]],
    ["GET /cluster/nextid", { vmid: 103 }, []],
  ]);
  holds("high availability and replication", [
    ["POST /cluster/ha/resources", { sid: "VM:103", group: "g" }, ["guest 103 change", "group g"]],
    ["PUT /cluster/ha/resources/{sid}", { sid: "103" }, ["guest 103 change"]],
    ["DELETE /cluster/ha/resources/{sid}", { sid: "service:103" }, ["everything: sid cannot be read"]],
    [
      "POST /cluster/ha/resources/{sid}/migrate",
      { sid: "ct:0103", node: "pve2" },
      ["guest 103 change", "node pve2 place", "companions of 103"],
    ],
    [
      "POST /cluster/ha/rules",
      { rule: "r", resources: "vm:100, ct:103", nodes: "pve1:2,pve3" },
      ["guest 100 change", "guest 103 change", "node pve1 place", "node pve3 place"],
    ],
    ["PUT /cluster/ha/rules/{rule}", { rule: "r", type: "node-affinity", strict: 1 }, ["ha-rule r change"]],
    ["DELETE /cluster/ha/groups/{group}", { group: "g" }, ["group g members"]],
    ["POST /cluster/replication", { id: "103-0", target: "pve2" }, ["guest 103 change", "node pve2 place"]],
    [
      "POST /nodes/{node}/replication/{id}/schedule_now",
      { node: "pve1", id: "103-x" },
      ["everything: id cannot be read"],
    ],
  ]);
  const ACL = "PUT /access/acl";
  const BELOW = ["everything: rights on this path hold for all below it"];
  holds("access rights", [
    [ACL, { path: "/vms/103" }, ["guest 103 change"]],
    [ACL, { path: "vms//0103/" }, ["guest 103 change"]],
    [ACL, { path: "/" }, BELOW],
    [ACL, { path: "/vms" }, BELOW],
    [ACL, { path: "/storage/nas" }, ["storage nas definition"]],
    [ACL, { path: "/nodes/pve1" }, ["node pve1 change"]],
    [ACL, { path: "/pool/lab/one" }, ["pool lab/one change", "all in lab/one change"]],
    [ACL, { path: "/access/groups/x" }, ["cluster"]],
    [ACL, { path: "/VMS/103" }, BELOW],
    [ACL, {}, BELOW],
    ["GET /access/acl", {}, []],
  ]);
  holds("firewalls", [
    ["POST /nodes/{node}/qemu/{vmid}/firewall/rules", AT, ["guest 107 change"]],
    ["PUT /nodes/{node}/firewall/options", { node: "pve1" }, ["node pve1 change", "all on pve1 change"]],
    ["POST /cluster/firewall/rules", {}, ["cluster", "every-node"]],
    ["DELETE /cluster/firewall/ipset/{name}", { name: "x" }, ["cluster", "every-node", "all change"]],
  ]);
});
