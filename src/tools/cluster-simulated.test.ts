import { beforeEach, describe, expect, it } from "vitest";
import { declaredRoutes, isOneOf } from "../../tests/support/declared.ts";
import { type TestSession, testSession } from "../../tests/support/session.ts";
import { VirtualClock } from "../simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../simulator/scenarios/cluster.ts";
import { CATALOGUE } from "./catalogue.ts";

let clock: VirtualClock;
let session: TestSession;
const demo = (token: keyof typeof DEMO_TOKENS = "admin", tier: "full" | "read-execute" = "full") => {
  clock = new VirtualClock(1_795_330_660);
  return testSession(clusterWorld(clock), DEMO_TOKENS[token], tier);
};
beforeEach(() => {
  session = demo();
});

/** Requests that left although the tool does not declare them. */
const undeclared = (tool: string): readonly string[] => {
  const spec = CATALOGUE.find(({ name }) => name === tool);
  const routes = spec ? declaredRoutes(spec) : new Set<string>();
  return session.requests.filter((request) => !isOneOf(request, routes)).map(({ path }) => path);
};

describe("the demo cluster", () => {
  it("is seen at a glance", async () => {
    const text = await session.call("pve_list_cluster_resources");
    expect(text.split("\n").slice(0, 5)).toEqual([
      "16 guests (12 running), 3 nodes, 9 storages.",
      expect.stringMatching(/^Node pve3 uses 9\d(\.\d)?% of its memory\.$/),
      "Storage backup is 94.8% full.",
      "VM 104 (build) is locked (backup).",
      "Guests:",
    ]);
    expect(text).toMatch(/\n104 \| build \| VM \| running \(backup\) \| pve2 \|/);
    expect(text).toMatch(/\n9000 \| debian-13 \| VM \| template \| pve1 \|/);
    expect(await session.call("pve_get_cluster_status")).toMatch(
      /^Cluster demo has quorum: 3 of 3 nodes online\./,
    );
  });

  it("answers an auditor, and shows a token without privileges next to nothing", async () => {
    session = demo("auditor");
    expect(await session.call("pve_get_backup_job", { id: "backup-nightly" })).toMatch(
      /^Backup job backup-nightly: guests: all but 106\.[\s\S]*102 \| db-01 \| qemu \| scsi0 \| scsi1 \(backup=no\)/,
    );
    const refused = await session.call("pve_create_backup_job", { vmid: "100", schedule: "daily" });
    expect(refused).toContain("lacks Sys.Modify on /");
    expect(refused).toContain("Nothing was changed.");
    session = demo("empty");
    expect(await session.call("pve_list_cluster_resources")).toMatch(
      /^0 guests, .*\nA token sees the guests/,
    );
  });

  it("backs up where the guests are, and the job does it", async () => {
    const text = await session.call("pve_run_backup", {
      vmid: "web-01,dns,db-01",
      storage: "local",
      mode: "stop",
    });
    expect(text).toMatch(/^2 of 2 jobs done: 2 backup jobs to local, one a node\.\n/);
    expect(undeclared("pve_run_backup")).toEqual([]);
    clock.advance(4000);
    for (const [node, vmid] of [
      ["pve1", 100],
      ["pve1", 200],
      ["pve3", 102],
    ] as const) {
      const content = await session.call("pve_list_storage_content", {
        node,
        storage: "local",
        content: "backup",
        vmid,
      });
      expect(content).toContain(`-${vmid}-2026_11_22`);
    }
  });

  it("says so when a node has none of the guests", async () => {
    for (const guest of session.world.guests.values()) guest.node = "pve1";
    const one = await session.answer("pve_run_backup", { node: "pve2", storage: "local" });
    expect(one.failed).toBe(true);
    expect(one.headline).toBe("There is nothing to back up: this token sees no guest on pve2.");
    expect(await session.call("pve_run_backup", { vmid: "all", storage: "local" })).toMatch(
      /^Still running after 25s( \(\d+%\))?: backup of all 16 guests on pve1 to local\./,
    );
  });

  it("keeps a read-execute server from removing backups", async () => {
    session = demo("admin", "read-execute");
    for (const args of [{ remove: true }, { params: { "prune-backups": "keep-last=1" } }]) {
      const text = await session.call("pve_run_backup", { vmid: "100", storage: "local", ...args });
      expect(text).toContain("PVE_ACCESS_TIER=full");
    }
    expect(session.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("creates the jobs PVE 9 would refuse as the reference sends them (fault 8)", async () => {
    const made = await session.call("pve_create_backup_job", {
      schedule: "sat 03:00",
      storage: "local",
      maxfiles: 2,
    });
    expect(made).toMatch(/^Backup job \S+ created for guests: all\.\n/);
    expect(made).toContain("retention: keep-last=2");
    expect(undeclared("pve_create_backup_job")).toEqual([]);
    const id = /^Backup job (\S+)/.exec(made)?.[1] ?? "";
    expect(session.world.backupJobs.get(id)).toMatchObject({ all: 1, "prune-backups": "keep-last=2" });
    expect(await session.call("pve_list_cluster_backup_info")).toMatch(/^No guest/);
    expect(await session.call("pve_delete_backup_job", { id })).toContain("guests: all\n");
    expect(session.world.backupJobs.has(id)).toBe(false);
  });

  it("changes datacenter options with before and after", async () => {
    const text = await session.call("pve_update_cluster_options", {
      migration_unsecure: true,
      delete: "keyboard",
    });
    expect(text).toContain("keyboard | en-us | (not set)");
    expect(text).toContain(
      "migration | type=secure,network=192.0.2.0/24 | type=insecure,network=192.0.2.0/24",
    );
  });

  it("starts guests in bulk by name", async () => {
    session = demo("admin", "read-execute");
    const text = await session.call("pve_bulk_start_guests", { vms: ["mail", 204] });
    expect(text).toMatch(/^Done in \d+s: start of 2 guests: VM 103 \(mail\), CT 204 \(wiki\)\.\nUPID: UPID:/);
    clock.advance(600);
    expect(await session.call("pve_list_cluster_resources", { type: "vm" })).toMatch(
      /^16 guests \(14 running\)/,
    );
  });

  it("sends nothing but what its tools declare", async () => {
    for (const tool of CATALOGUE) {
      // Which clusters there are is asked by what stands above one of them.
      if (tool.needs === "clusters") continue;
      if (tool.tier !== "read-only" || !["cluster", "storage", "backup"].includes(tool.category)) continue;
      session.requests.length = 0;
      const args = { node: "pve1", storage: "local", id: "backup-nightly" };
      const takes = Object.entries(args).filter(([name]) => tool.route.includes(`{${name}}`));
      const text = await session.call(tool.name, Object.fromEntries(takes));
      expect(text, tool.name).not.toMatch(/refused|not right|inside this server|undefined|null|\[object/);
      expect(session.requests.length, tool.name).toBeGreaterThan(0);
      expect(undeclared(tool.name), tool.name).toEqual([]);
    }
  });
});
