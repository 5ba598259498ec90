import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CannedSession, cannedSession, Refused } from "../../tests/support/canned.ts";

const GIB = 2 ** 30;
const STAFF = ["web-frontend", "postgres-primary", "mail-gateway", "build-runner", "monitoring"];

const guest = (i: number, more: Record<string, unknown> = {}) => ({
  id: `${i % 3 ? "qemu" : "lxc"}/${100 + i}`,
  type: i % 3 ? "qemu" : "lxc",
  vmid: 100 + i,
  name: `${STAFF[i % 5]}-${i}`,
  status: i % 4 ? "running" : "stopped",
  node: `pve${1 + (i % 3)}`,
  cpu: 0.1234 + i / 1000,
  maxcpu: 4,
  mem: (1 + (i % 7)) * 1.37 * GIB,
  maxmem: 16 * GIB,
  disk: 0,
  maxdisk: 32 * GIB,
  uptime: 1_234_567 + i * 1000,
  tags: i % 2 ? "production;linux" : "staging",
  pool: "team-a",
  template: 0,
  netin: 123_456,
  ...more,
});
const node = (n: number, more: Record<string, unknown> = {}) => ({
  id: `node/pve${n}`,
  type: "node",
  node: `pve${n}`,
  status: "online",
  cpu: 0.12,
  maxcpu: 32,
  mem: 100 * GIB,
  maxmem: 128 * GIB,
  disk: 10 * GIB,
  maxdisk: 100 * GIB,
  uptime: 12_345_678,
  ...more,
});
const storage = (n: number, name: string, shared: number, used: number) => ({
  id: `storage/pve${n}/${name}`,
  type: "storage",
  storage: name,
  node: `pve${n}`,
  status: "available",
  shared,
  plugintype: shared ? "rbd" : "dir",
  content: "images,rootdir",
  disk: used * GIB,
  maxdisk: 100 * GIB,
});

const INFRA = [1, 2, 3].flatMap((n) => [node(n), storage(n, "local", 0, 40), storage(n, "ceph", 1, 60)]);
const resources = (...all: readonly object[]): CannedSession =>
  cannedSession({ "GET /cluster/resources": all });
const many = (count: number, more: (i: number) => Record<string, unknown> = () => ({})) =>
  Array.from({ length: count }, (_, i) => guest(i, more(i)));

describe("pve_list_cluster_resources", () => {
  it("answers with counts first, then a table a kind, a shared storage once", async () => {
    const text = await resources(...many(3), ...INFRA).call("pve_list_cluster_resources");
    expect(text).toBe(
      [
        "3 guests (2 running), 3 nodes, 4 storages.",
        "Guests:",
        "VMID | name | type | status | node | CPU | memory | disk | uptime | pool | tags",
        "100 | web-frontend-0 | CT | stopped | pve1 |  | 0/16 GiB | 32 GiB |  | team-a | staging",
        "101 | postgres-primary-1 | VM | running | pve2 | 12.4% | 2.7/16 GiB | 32 GiB | 14d 7h | team-a | production linux",
        "102 | mail-gateway-2 | VM | running | pve3 | 12.5% | 4.1/16 GiB | 32 GiB | 14d 7h | team-a | staging",
        "",
        "Nodes:",
        "node | status | CPU | cores | memory | root disk | uptime",
        ...[1, 2, 3].map((n) => `pve${n} | online | 12% | 32 | 100/128 GiB | 10/100 GiB | 142d 21h`),
        "",
        "Storages:",
        "storage | nodes | type | shared | used | use",
        "ceph | all | rbd | yes | 60/100 GiB | 60%",
        ...[1, 2, 3].map((n) => `local | pve${n} | dir |  | 40/100 GiB | 40%`),
      ].join("\n"),
    );
  });

  it("needs at most 10,000 bytes for 100 guests, all of them listed (fault 4)", async () => {
    const text = await resources(...many(100), ...INFRA).call("pve_list_cluster_resources");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_000);
    for (let vmid = 100; vmid < 200; vmid++) expect(text).toContain(`\n${vmid} | `);
    expect(text).toContain("production linux");
  });

  it("stays within 10,000 bytes whatever the names and tags are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300 }),
        fc.string({ minLength: 1, maxLength: 63, unit: "binary" }),
        fc.string({ maxLength: 200 }),
        fc.boolean(),
        async (count, name, tags, lock) => {
          const guests = many(count, () => ({ name, tags, ...(lock ? { lock: "backup" } : {}) }));
          const text = await resources(...guests, ...INFRA).call("pve_list_cluster_resources");
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_000);
          expect(text.split("\n")[0]).toContain("3 nodes");
        },
      ),
      { numRuns: 25 },
    );
  });

  it("says what stands out", async () => {
    const text = await resources(
      guest(1, { lock: "backup" }),
      guest(2, { hastate: "error" }),
      node(1),
      node(2, { status: "offline" }),
      storage(1, "local", 0, 93.4),
    ).call("pve_list_cluster_resources");
    expect(text).toMatch(/^2 guests \(2 running\), 2 nodes \(1 offline\), 1 storage\.\n/);
    expect(text).toContain("Node pve2 is offline.");
    expect(text).toContain("Storage local on pve1 is 93.4% full.");
    expect(text).toContain("VM 101 (postgres-primary-1) is locked (backup).");
    expect(text).toContain("VM 102 (mail-gateway-2) is in HA state error.");
    expect(text).toContain("| running (backup) |");
    expect(text).toContain("\npve2 | offline\n");
  });

  it("filters by type and node, and pages what was asked for", async () => {
    const session = resources(...many(30), ...INFRA);
    const first = await session.call("pve_list_cluster_resources", { node: "pve2", limit: 2 });
    expect(first).toMatch(/^10 guests \(7 running\), 1 node, 2 storages on pve2\./);
    expect(first).toContain("2 of 10 shown; more: start: 2");
    const later = await session.call("pve_list_cluster_resources", { start: 29 });
    expect(later).toContain("\n129 | ");
    expect(later).not.toContain("Nodes:");
    await session.call("pve_list_cluster_resources", { type: "storage" });
    expect(session.sent).toEqual([
      "GET /cluster/resources",
      "GET /cluster/resources",
      "GET /cluster/resources type=storage",
    ]);
  });

  it("leaves out the zone every node has, unless networks were asked for", async () => {
    const zone = {
      id: "network/pve1/zone/localnetwork",
      type: "network",
      network: "localnetwork",
      node: "pve1",
    };
    const session = resources(node(1), { ...zone, status: "ok", "network-type": "zone" });
    expect(await session.call("pve_list_cluster_resources")).not.toContain("localnetwork");
    const text = await session.call("pve_list_cluster_resources", { type: "sdn" });
    expect(text).toContain("1 network.");
    expect(text).toContain("localnetwork | zone | pve1 | ok");
  });

  it("names the reason when there are no guests", async () => {
    const text = await resources(node(1)).call("pve_list_cluster_resources");
    expect(text).toMatch(/^0 guests, 1 node\.\nA token sees the guests on which it has VM\.Audit\./);
  });

  it("manages without figures, as before pvestatd's first report", async () => {
    const text = await resources(
      { id: "qemu/190", type: "qemu", vmid: 190, node: "pve", status: "unknown" },
      { id: "node/pve", type: "node", node: "pve", status: "unknown" },
    ).call("pve_list_cluster_resources");
    expect(text).toContain("VMID | type | status | node\n190 | VM | unknown | pve\n");
  });
});

describe("cluster state", () => {
  it("puts name, quorum and nodes online into the first line", async () => {
    const nodes = [
      { type: "node", name: "pve1", online: 1, ip: "10.0.0.1", nodeid: 1 },
      { type: "node", name: "pve2", online: 0, ip: "10.0.0.2", nodeid: 2 },
    ];
    const status = (quorate: number) =>
      cannedSession({
        "GET /cluster/status": [{ type: "cluster", name: "demo", quorate, nodes: 2 }, ...nodes],
      }).call("pve_get_cluster_status");
    expect(await status(1)).toMatch(/^Cluster demo has quorum: 1 of 2 nodes online\.\nOffline: pve2\./);
    expect(await status(0)).toMatch(/^Cluster demo has NO quorum: 1 of 2 nodes online\.\nWithout quorum/);
    const alone = cannedSession({ "GET /cluster/status": [nodes[0]] });
    expect(await alone.call("pve_get_cluster_status")).toMatch(/^Node pve1 stands alone, in no cluster\./);
  });

  it("fences the log, whose lines people and guests can write", async () => {
    const session = cannedSession({
      "GET /cluster/log": [
        {
          time: 1_795_330_660,
          node: "pve1",
          user: "root@pam",
          tag: "pvedaemon",
          pri: 3,
          msg: "ignore\u001b[31m all",
        },
      ],
    });
    const text = await session.call("pve_get_cluster_log", { max: 5 });
    expect(text).toMatch(/^1 entry of the cluster log, newest first \(UTC\)\.\n/);
    expect(text).toContain("2026-11-22 06:57:40 pve1 root@pam pvedaemon: error: ignore all");
    expect(session.sent).toEqual(["GET /cluster/log max=5"]);
  });

  it("tells HA resources that fail", async () => {
    const text = await cannedSession({
      "GET /cluster/ha/status/current": [
        { id: "quorum", type: "quorum", node: "pve1", status: "OK", quorate: 1 },
        { id: "master", type: "master", node: "pve1", status: "pve1 (active, Sun Nov 22 06:57:40 2026)" },
        { id: "lrm:pve1", type: "lrm", node: "pve1", status: "pve1 (active, now)" },
        {
          id: "service:vm:100",
          type: "service",
          sid: "vm:100",
          node: "pve1",
          state: "error",
          request_state: "started",
        },
        {
          id: "service:vm:101",
          type: "service",
          sid: "vm:101",
          node: "pve1",
          state: "started",
          request_state: "started",
        },
      ],
    }).call("pve_get_cluster_ha_status");
    expect(text).toMatch(/^HA: quorum, 2 resources, 1 failing\.\nvm:100 is in state error\./);
    expect(text).toContain("vm:101 | started | pve1 | started");
  });

  it("lists replication jobs and guests without backup", async () => {
    const session = cannedSession({
      "GET /cluster/replication": [
        { id: "100-0", guest: 100, source: "pve1", target: "pve2", type: "local", disable: 1, comment: "dr" },
      ],
      "GET /cluster/backup-info/not-backed-up": [{ vmid: 903, name: "rec", type: "qemu" }],
      "GET /cluster/nextid": "117",
    });
    expect(await session.call("pve_list_cluster_replication")).toContain(
      "100-0 | 100 | pve1 | pve2 | */15 | disabled | “dr”",
    );
    const uncovered = await session.call("pve_list_cluster_backup_info");
    expect(uncovered).toMatch(/^1 guest is in no backup job\.\n/);
    expect(await session.call("pve_get_next_vmid")).toBe("Next free VMID: 117.");
    const covered = cannedSession({ "GET /cluster/backup-info/not-backed-up": [] });
    expect(await covered.call("pve_list_cluster_backup_info")).toMatch(/^No guest that this token sees/);
  });
});

describe("datacenter options", () => {
  const options = {
    keyboard: "de",
    crs: { ha: "static" },
    migration: { type: "secure", network: "10.0.0.0/24" },
  };

  /** datacenter.cfg that a PUT changes. */
  const world = (before: Record<string, unknown>) => {
    let state = before;
    return cannedSession({
      "GET /cluster/options": () => state,
      "PUT /cluster/options": (given: URLSearchParams) => {
        state = { ...state, ...Object.fromEntries(given) };
        return null;
      },
    });
  };

  it("shows what is set, nested options as PVE writes them, the notes fenced", async () => {
    const session = cannedSession({
      "GET /cluster/options": { ...options, description: "call Bob", "allowed-tags": [] },
    });
    const text = await session.call("pve_get_cluster_options");
    expect(text).toMatch(/^3 datacenter options are set/);
    expect(text).toContain("crs: ha=static\nkeyboard: de\nmigration: type=secure,network=10.0.0.0/24");
    expect(text).toMatch(/notes of the datacenter[\s\S]*call Bob/);
    expect(text).not.toContain("allowed-tags");
  });

  it("reads before and after a change and shows both", async () => {
    const session = world(options);
    const text = await session.call("pve_update_cluster_options", { keyboard: "fr" });
    expect(text).toMatch(/^Datacenter options updated\.\n/);
    expect(text).toContain("keyboard | de | fr");
    expect(session.sent).toEqual([
      "GET /cluster/options",
      "PUT /cluster/options keyboard=fr",
      "GET /cluster/options",
    ]);
  });

  it("turns migration_unsecure into migration and keeps its network (fault 8's kin)", async () => {
    const session = world(options);
    const text = await session.call("pve_update_cluster_options", { migration_unsecure: true });
    expect(session.sent[1]).toBe("PUT /cluster/options migration=type=insecure,network=10.0.0.0/24");
    expect(text).toContain("migration_unsecure was sent as migration: type=insecure,network=10.0.0.0/24.");
  });

  it("does not call a change a failure when the options cannot be read again", async () => {
    let reads = 0;
    const session = cannedSession({
      "GET /cluster/options": () => (reads++ === 0 ? options : new Refused(500, "got timeout")),
      "PUT /cluster/options": null,
    });
    const text = await session.call("pve_update_cluster_options", { keyboard: "fr" });
    expect(text).toMatch(/^Datacenter options updated\.\n/);
    expect(text).toContain("What is set now could not be read; the change itself was accepted.");
  });

  it("refuses a call without a change, and two that contradict each other", async () => {
    const session = world(options);
    expect(await session.call("pve_update_cluster_options")).toMatch(
      /No option was given[\s\S]*Nothing was changed/,
    );
    const both = { migration_unsecure: false, params: { migration: "insecure" } };
    expect(await session.call("pve_update_cluster_options", both)).toMatch(/both given/);
    expect(session.sent.filter((one) => one.startsWith("PUT"))).toEqual([]);
  });
});

describe("bulk actions", () => {
  const UPID = "UPID:pve1:000003DD:0005A184:6B0292CB:bulk-start::root@pam!mcp:";
  const path = "/cluster/bulk-action/guest";
  const session = (tier: "full" | "read-execute" = "read-execute") =>
    cannedSession(
      {
        "GET /cluster/resources": many(6, (i) => (i === 5 ? { template: 1 } : {})),
        ...Object.fromEntries(
          ["start", "shutdown", "suspend", "migrate"].map((verb) => [`POST ${path}/${verb}`, UPID]),
        ),
      },
      tier,
    );

  it("takes VMIDs and names, and says which guests and the UPID", async () => {
    const one = session();
    const text = await one.call("pve_bulk_start_guests", {
      vms: [101, "mail-gateway-2", "101"],
      max_workers: 2,
    });
    expect(text).toMatch(
      /^Started: start of 2 guests: VM 101 \(postgres-primary-1\), VM 102 \(mail-gateway-2\)\./,
    );
    expect(text).toContain(UPID);
    expect(one.sent.at(-1)).toBe(`POST ${path}/start vms=101&vms=102&maxworkers=2`);
  });

  it("sends every argument of the reference under PVE's name", async () => {
    const one = session();
    await one.call("pve_bulk_shutdown_guests", { vms: [101], timeout: 60, force_stop: false });
    expect(one.sent.at(-1)).toBe(`POST ${path}/shutdown vms=101&timeout=60&force-stop=0`);
    await one.call("pve_bulk_suspend_guests", { vms: [101], to_disk: true, statestorage: "local" });
    expect(one.sent.at(-1)).toBe(`POST ${path}/suspend vms=101&statestorage=local&to-disk=1`);
    await one.call("pve_bulk_migrate_guests", {
      vms: [101],
      target: "pve1",
      online: true,
      with_local_disks: true,
    });
    expect(one.sent.at(-1)).toBe(`POST ${path}/migrate vms=101&target=pve1&online=1&with-local-disks=1`);
  });

  it.each([
    ["an empty list, which PVE takes for all guests", "pve_bulk_start_guests", { vms: [] }, /every guest/],
    ["an unknown guest", "pve_bulk_start_guests", { vms: [101, 999] }, /No guest 999/],
    ["a template", "pve_bulk_shutdown_guests", { vms: [105] }, /templates neither run nor stop/],
    [
      "a guest that is there already",
      "pve_bulk_migrate_guests",
      { vms: [101], target: "pve2" },
      /already on pve2/,
    ],
    ["no VMID at all", "pve_bulk_suspend_guests", { vms: ["-3"] }, /neither a VMID/],
  ])("refuses %s", async (_, tool, args, reason) => {
    const one = session();
    expect(await one.call(tool, args)).toMatch(reason);
    expect(one.sent.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it("explains a PVE that has no bulk actions", async () => {
    const old = cannedSession({
      "GET /cluster/resources": many(2),
      [`POST ${path}/start`]: new Refused(
        501,
        "Method 'POST /cluster/bulk-action/guest/start' not implemented",
      ),
    });
    expect(await old.call("pve_bulk_start_guests", { vms: [101] })).toContain("newer PVE");
  });
});
