import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Intent } from "../../src/record/record.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type Connection, type ConnectOptions, codeIn, connect, ERAS } from "../support/mcp.ts";
import { intent, linesOf, newPath, quickRecord, verified } from "../support/records.ts";
import { configured } from "../support/undoing.ts";

const START = 1_795_330_000;
const demo = async ({ env = {}, ...options }: ConnectOptions = {}, path = newPath()) => {
  const clock = new VirtualClock(START);
  const world = clusterWorld(clock);
  const connected = await connect(world, DEMO_TOKENS.admin, {
    ...options,
    env: { PVE_AUDIT_LOG: path, PVE_CONFIRM: "off", ...env },
  });
  return { clock, world, connected, path };
};

/** The numbers of the entries that an answer names. */
const entriesIn = (text: string): readonly number[] =>
  (/^Recorded as entr(?:y|ies) ([\d, ]+)/m.exec(text)?.[1] ?? "").split(", ").map(Number);

/** Makes a change that must succeed: the number of its first entry. */
async function made(connected: Connection, name: string, args: Record<string, unknown>): Promise<number> {
  const { text, isError } = await connected.call(name, args);
  expect(isError, text).toBe(false);
  const [entry = 0] = entriesIn(text);
  expect(entry, text).toBeGreaterThan(0);
  return entry;
}

const memory = { vmid: 103, memory: 2048 };

describe.each(ERAS)("pve_undo, protocol %s", (era) => {
  it("is listed where changes are recorded and the tier is full, and nowhere else", async () => {
    const listed = async (env: Record<string, string>) => {
      const clock = new VirtualClock(START);
      const connected = await connect(clusterWorld(clock), DEMO_TOKENS.admin, { era, env });
      const { tools } = await connected.client.listTools();
      const { text, isError } = await connected.call("pve_undo", { entry: 1 });
      await connected.close();
      return { listed: tools.some(({ name }) => name === "pve_undo"), text, isError };
    };
    expect(await listed({ PVE_AUDIT_LOG: newPath() })).toMatchObject({ listed: true });
    expect(await listed({})).toMatchObject({
      listed: false,
      isError: true,
      text: expect.stringContaining("pve_undo needs PVE_AUDIT_LOG"),
    });
    const execute = { PVE_AUDIT_LOG: newPath(), PVE_ACCESS_TIER: "read-execute" };
    expect(await listed(execute)).toMatchObject({
      listed: false,
      isError: true,
      text: expect.stringContaining("pve_undo needs PVE_ACCESS_TIER=full"),
    });
  });

  it("takes a change back, and its own change too", async () => {
    const { connected, world, path } = await demo({ era });
    const before = configured(world);
    const first = await made(connected, "pve_update_qemu_config", memory);
    const changed = configured(world);
    const undone = await connected.call("pve_undo", { entry: first });
    expect(undone).toMatchObject({ isError: false });
    expect(undone.text.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(/^Taken back: entry 1 \(pve_update_qemu_config, 20\d\d-/),
      "Sent: PUT /nodes/pve1/qemu/103/config memory=4096",
    ]);
    expect(undone.text).toContain("memory | 2048 | 4096");
    expect(configured(world)).toEqual(before);
    const [second = 0] = entriesIn(undone.text);
    expect((await connected.call("pve_undo", { entry: second })).isError).toBe(false);
    expect(configured(world)).toEqual(changed);
    expect(linesOf(path).flatMap(({ undoes }) => undoes ?? [])).toEqual([first, second]);
    expect(verified(path)).toMatchObject({ verdict: "intact" });
    await connected.close();
  });
});

describe("what is said of undoing", () => {
  const planOf = async (name: string, args: Record<string, unknown>, env: Record<string, string>) => {
    const { connected } = await demo({ env });
    const dry = await connected.call(name, { ...args, dry_run: true });
    await connected.close();
    return dry.text;
  };
  const nothing = /pve_undo|Cannot be undone|Recorded as/;

  it("stands in the plan beforehand", async () => {
    expect(await planOf("pve_update_qemu_config", memory, {})).toMatch(/^- pve_undo can take it back\.$/m);
    expect(await planOf("pve_reset_qemu_vm", { vmid: 100 }, {})).toMatch(
      /^- Cannot be undone: what a guest held in memory when it was restarted is gone\.$/m,
    );
    // A topic that tells of this very guest has the word.
    expect((await planOf("pve_delete_qemu_vm", { vmid: 103 }, {})).match(/Cannot be undone/g)).toHaveLength(
      1,
    );
    const secret = { vmid: 103, params: { cipassword: "s3cret-pass" } };
    expect(await planOf("pve_update_qemu_config", secret, {})).toMatch(
      /^- Cannot be undone: cipassword holds a secret, which is not recorded\.$/m,
    );
    const rule = { action: "ACCEPT", type: "in", proto: "tcp", dport: "22", pos: 2 };
    expect(await planOf("pve_create_firewall_rule", rule, {})).toMatch(/^- pve_undo can take it back\.$/m);
    expect(await planOf("pve_stop_qemu_vm", { vmid: 100 }, {})).toMatch(
      /^- pve_undo can take it back, but not what it holds in memory\.$/m,
    );
    expect(await planOf("pve_delete_storage", { storage: "backup" }, {})).toMatch(
      /^- pve_undo can take it back, but not its ACL entries\.$/m,
    );
  });

  it("is what cannot be undone alone, where the settings hide pve_undo", async () => {
    const env = { PVE_EXCLUDE_TOOLS: "pve_undo" };
    expect(await planOf("pve_update_qemu_config", memory, env)).not.toMatch(nothing);
    expect(await planOf("pve_reset_qemu_vm", { vmid: 100 }, env)).toContain("Cannot be undone: what a guest");
    const { connected } = await demo({ env });
    const { text } = await connected.call("pve_update_qemu_config", memory);
    expect(text).toMatch(/^Recorded as entry 1\.$/m);
    await connected.close();
  });

  it("is what has no way back at all, where nothing is recorded", async () => {
    const connected = await connect(clusterWorld(new VirtualClock(START)), DEMO_TOKENS.admin);
    for (const [name, args] of [
      ["pve_update_qemu_config", { ...memory, dry_run: true }],
      ["pve_shutdown_qemu_vm", { vmid: 100, dry_run: true }],
      ["pve_update_qemu_config", memory],
      ["pve_arm_ha", { dry_run: true }],
    ] as const)
      expect((await connected.call(name, args)).text).not.toMatch(nothing);
    for (const [name, args, why] of [
      ["pve_reset_qemu_vm", { vmid: 100 }, "what a guest held in memory when it was restarted is gone"],
      ["pve_bulk_shutdown_guests", { vms: [100] }, "the guests of a bulk action are put back one by one"],
      [
        "pve_run_backup",
        { vmid: "100", storage: "local" },
        "a backup that was made stays until it is deleted",
      ],
    ] as const) {
      const { text } = await connected.call(name, { ...args, dry_run: true });
      expect(text).toContain(`- Cannot be undone: ${why}`);
      expect(text).not.toContain("pve_undo");
    }
    await connected.close();
  });

  it("stands in the answer with the number of the entry, before the digest", async () => {
    const { connected } = await demo();
    const answer = async (name: string, args: Record<string, unknown>) =>
      (await connected.call(name, args)).text;
    expect(await answer("pve_update_qemu_config", memory)).toMatch(
      /\nRecorded as entry 1; pve_undo can take it back\.\ndigest: \w+$/,
    );
    expect(await answer("pve_start_qemu_vm", { vmid: 103 })).toMatch(
      /\nRecorded as entry 3; pve_undo can take it back\.$/,
    );
    expect(await answer("pve_reset_qemu_vm", { vmid: 100 })).toMatch(/\nRecorded as entry 5\.$/);
    const rule = { action: "ACCEPT", type: "in", proto: "tcp", dport: "22", pos: 2 };
    expect(await answer("pve_create_firewall_rule", rule)).toMatch(
      /\nRecorded as entries 7, 9; pve_undo can take back 7\.\ndigest/,
    );
    // A job that failed has left nothing that is known.
    expect(await answer("pve_suspend_lxc_container", { vmid: 200 })).toMatch(/\nRecorded as entry 11\.\n/);
    await connected.close();
  });
});

/** Changes by tools. */
const KINDS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  [
    "pve_update_qemu_config",
    { vmid: 103, cores: 3, params: { scsi1: "local-lvm:4" }, delete: "description" },
  ],
  ["pve_update_lxc_config", { vmid: 200, memory: 1024 }],
  ["pve_update_storage", { storage: "nas-iso", content: "iso", params: { nodes: "pve1" } }],
  ["pve_create_storage", { storage: "scratch", type: "dir", path: "/srv/scratch", content: "iso" }],
  ["pve_delete_storage", { storage: "nas-iso" }],
  ["pve_update_cluster_options", { keyboard: "de", language: "de" }],
  ["pve_update_firewall_options", { policy_in: "REJECT" }],
  ["pve_create_firewall_rule", { action: "ACCEPT", type: "in", proto: "tcp", dport: "22", pos: 1 }],
  ["pve_update_firewall_rule", { pos: 2, comment: "ping", expect: { macro: "Ping" } }],
  ["pve_update_firewall_rule", { pos: 2, moveto: 0, expect: { macro: "Ping" } }],
  ["pve_delete_firewall_rule", { pos: 2, expect: { macro: "Ping" } }],
  [
    "pve_update_acl",
    { path: "/vms/100", roles: "PVEVMUser,PVEAuditor", users: "bob@corp", groups: "operators" },
  ],
  ["pve_update_acl", { path: "/vms", roles: "Operator", groups: "operators", delete: true }],
  ["pve_update_pool", { poolid: "web", vms: "103", comment: "more" }],
  ["pve_update_pool", { poolid: "web", vms: "100", storage: "nas-iso", delete: true }],
  ["pve_create_pool", { poolid: "lab", comment: "x" }],
  ["pve_create_backup_job", { schedule: "sun 01:00", storage: "backup", vmid: "100", maxfiles: 3 }],
  ["pve_delete_backup_job", { id: "backup-nightly" }],
  ["pve_create_ha_rule", { rule: "home", type: "node-affinity", resources: "vm:101", nodes: "pve1" }],
  ["pve_update_ha_rule", { rule: "db-home", comment: "keep it" }],
  ["pve_delete_ha_rule", { rule: "db-home" }],
  ["pve_update_ha_resource", { sid: "vm:101", max_restart: 4 }],
  ["pve_delete_ha_resource", { sid: "vm:101", purge: false }],
  ["pve_update_user", { userid: "bob@corp", comment: "on call", groups: "operators" }],
  ["pve_start_qemu_vm", { vmid: 103 }],
  ["pve_stop_qemu_vm", { vmid: 100 }],
  ["pve_shutdown_lxc_container", { vmid: 200 }],
  ["pve_suspend_qemu_vm", { vmid: 100 }],
  ["pve_manage_node_service", { node: "pve1", service: "postfix", command: "stop" }],
];

describe("every kind of change that can be taken back", () => {
  it.each(KINDS)("%s %j", async (name, args) => {
    const { connected, world, path } = await demo();
    const before = configured(world);
    const entry = await made(connected, name, args);
    expect(configured(world)).not.toEqual(before);
    const { text, isError } = await connected.call("pve_undo", { entry });
    expect(isError, text).toBe(false);
    expect(text.split("\n")[0]).toMatch(/^(?:Taken back: entry|Done in .*: Undo of entry)/);
    expect(configured(world)).toEqual(before);
    expect(verified(path)).toMatchObject({ verdict: "intact" });
    await connected.close();
  });

  it("follows a guest that has moved since", async () => {
    const { connected, world } = await demo();
    const entry = await made(connected, "pve_update_qemu_config", { vmid: 108, description: "x" });
    const from = world.guests.get(108)?.node;
    const target = from === "pve1" ? "pve2" : "pve1";
    await made(connected, "pve_migrate_qemu_vm", { vmid: 108, target, online: true });
    expect(world.guests.get(108)?.node).toBe(target);
    const { text, isError } = await connected.call("pve_undo", { entry });
    expect(isError, text).toBe(false);
    expect(text).toContain(`Sent: PUT /nodes/${target}/qemu/108/config`);
    await connected.close();
  });
});

describe("what is refused", () => {
  const refused = async (connected: Connection, entry: unknown) => {
    const sent = connected.requests.filter(({ method }) => method !== "GET").length;
    const { text, isError } = await connected.call("pve_undo", { entry });
    expect(isError, text).toBe(true);
    expect(text).toMatch(/Nothing was changed\./);
    expect(connected.requests.filter(({ method }) => method !== "GET")).toHaveLength(sent);
    return text;
  };

  it("is a change that somebody has changed since, and one that was taken back already", async () => {
    const { connected, world } = await demo();
    const entry = await made(connected, "pve_update_qemu_config", memory);
    const guest = world.guests.get(103);
    if (guest) guest.config = { ...guest.config, memory: "3072" };
    expect(await refused(connected, entry)).toMatch(
      /^Entry 1 cannot be taken back: it has been changed since: memory is 3072 now, and this change made it 2048\.\n/,
    );
    if (guest) guest.config = { ...guest.config, memory: "2048" };
    await made(connected, "pve_undo", { entry });
    expect(await refused(connected, entry)).toMatch(
      /all is as it was before already\.\nEntry 3 took it back; pve_undo with entry 3 makes it again\./,
    );
    await connected.close();
  });

  it("is what there is no way back for, with the reason", async () => {
    const { connected } = await demo();
    const reset = await made(connected, "pve_reset_qemu_vm", { vmid: 100 });
    expect(await refused(connected, reset)).toContain(
      "what a guest held in memory when it was restarted is gone",
    );
    const gone = await made(connected, "pve_delete_qemu_vm", { vmid: 103 });
    expect(await refused(connected, gone)).toContain("a deleted guest comes back from a backup only");
    await connected.close();
  });

  it("is an entry that there is none of, or that is no number", async () => {
    const { connected } = await demo();
    expect(await refused(connected, 7)).toMatch(/^The record has no entry 7:/);
    expect(await refused(connected, 0)).toMatch(/^The record has no entry 0:/);
    const entry = await made(connected, "pve_update_qemu_config", memory);
    // The outcome's line has a number of its own, and is no entry.
    expect(await refused(connected, entry + 1)).toMatch(/^The record has no entry 2:/);
    expect(await refused(connected, "x")).toContain("entry must be what the change's answer said");
    await connected.close();
  });

  it("is a change of another cluster, one that PVE refused or that failed, and one that nobody knows the end of", async () => {
    const path = newPath();
    const record = quickRecord(path);
    const write = (change: Parameters<typeof intent>[0], verdict?: "ok" | "refused" | "failed") => {
      const entry = record.open(
        intent({
          cluster: "test",
          tool: "pve_update_cluster_options",
          route: "PUT /cluster/options",
          params: { keyboard: "de" },
          before: {},
          ...change,
        }),
      );
      if (verdict) entry.close({ verdict });
      return entry.id;
    };
    const other = write({ cluster: "pve.example.com" }, "ok");
    const no = write({}, "refused");
    const failed = write({}, "failed");
    const open = write({});
    const unknown = write({ route: "PUT /cluster/nonsense" }, "ok");
    const { connected } = await demo({}, path);
    expect(await refused(connected, other)).toMatch(
      /^Entry 1 cannot be taken back: it was made on the cluster pve\.example\.com, and this is test\./,
    );
    expect(await refused(connected, no)).toContain("PVE refused it: nothing was changed.");
    expect(await refused(connected, failed)).toContain("its job failed");
    expect(await refused(connected, open)).toContain("nothing says how it ended");
    expect(await refused(connected, unknown)).toContain("this version does not know PUT /cluster/nonsense");
    await connected.close();
  });

  it("is a change by a tool that the settings do not offer, also by way of its undoing", async () => {
    const path = newPath();
    const first = await demo({}, path);
    const entry = await made(first.connected, "pve_update_qemu_config", memory);
    const undone = await first.connected.call("pve_undo", { entry });
    await first.connected.close();
    const { connected } = await demo({ env: { PVE_EXCLUDE_TOOLS: "pve_update_qemu_config" } }, path);
    for (const one of [entry, ...entriesIn(undone.text)])
      expect(await refused(connected, one)).toContain(
        "pve_update_qemu_config is left out by PVE_EXCLUDE_TOOLS",
      );
    await connected.close();
  });

  it("is a job that still runs, until it has ended", async () => {
    const { connected, clock } = await demo();
    const entry = await made(connected, "pve_start_qemu_vm", { vmid: 103, wait: 0 });
    expect(await refused(connected, entry)).toMatch(
      /^Entry 1 cannot be taken back yet: its job is still running\.\nUPID: UPID:pve1:/,
    );
    clock.advance(30);
    const { text, isError } = await connected.call("pve_undo", { entry });
    expect(isError, text).toBe(false);
    await connected.close();
  });

  it.each(["interrupted", "unknown"] as const)(
    "is a job that still runs, of an entry closed as %s",
    async (verdict) => {
      const { connected, path } = await demo();
      await made(connected, "pve_start_qemu_vm", { vmid: 103, wait: 0 });
      const [change, outcome] = linesOf(path);
      const { id, close } = quickRecord(path).open(intent(change as Partial<Intent>));
      close({ verdict, upid: String(outcome?.upid) });
      expect(await refused(connected, id)).toContain("cannot be taken back yet: its job is still running.");
      await connected.close();
    },
  );

  it("is an entry that is not as it was written", async () => {
    const { connected, path } = await demo();
    const entry = await made(connected, "pve_update_qemu_config", memory);
    writeFileSync(path, readFileSync(path, "utf8").replace("2048", "9999"));
    expect(await refused(connected, entry)).toMatch(
      /^The record cannot be used: Entry 1 in .* is not as it was written/,
    );
    await connected.close();
  });

  it("is a change of what PVE_PROTECTED protects", async () => {
    const path = newPath();
    const first = await demo({}, path);
    const entry = await made(first.connected, "pve_start_qemu_vm", { vmid: 103 });
    const world = first.world;
    await first.connected.close();
    const connected = await connect(world, DEMO_TOKENS.admin, {
      env: { PVE_AUDIT_LOG: path, PVE_CONFIRM: "off", PVE_PROTECTED: "103" },
    });
    expect(await refused(connected, entry)).toContain("PVE_PROTECTED");
    await connected.close();
  });
});

describe("an undo that needs a confirmation", () => {
  it("is planned first, and runs once with the code", async () => {
    const { connected, world, path } = await demo({ env: { PVE_CONFIRM: "loss" } });
    const before = configured(world);
    const rule = { action: "ACCEPT", type: "in", proto: "tcp", dport: "22" };
    const { text: created } = await connected.act("pve_create_firewall_rule", rule);
    const [entry = 0] = entriesIn(created);
    const first = await connected.call("pve_undo", { entry });
    expect(first.isError).toBe(true);
    expect(first.text.split("\n").slice(0, 2)).toEqual([
      "NOT DONE: confirmation needed",
      `Plan: Undo a change: entry ${entry}.`,
    ]);
    expect(first.text).toContain("Sends: DELETE /cluster/firewall/rules/0");
    expect(first.text).toContain("pve_undo can take it back.");
    const confirm = codeIn(first.text);
    const second = await connected.call("pve_undo", { entry, confirm });
    expect(second.isError, second.text).toBe(false);
    expect(configured(world)).toEqual(before);
    expect((await connected.call("pve_undo", { entry, confirm })).isError).toBe(true);
    const undoing = linesOf(path).filter(({ undoes }) => undoes !== undefined);
    expect(undoing).toMatchObject([{ tool: "pve_undo", confirmed: "code", undoes: entry }]);
    await connected.close();
  });

  it("is not sent when the state has changed between plan and code", async () => {
    const { connected, world } = await demo({ env: { PVE_CONFIRM: "all" } });
    const { text } = await connected.act("pve_update_qemu_config", memory);
    const [entry = 0] = entriesIn(text);
    const plan = await connected.call("pve_undo", { entry });
    const guest = world.guests.get(103);
    if (guest) guest.config = { ...guest.config, cores: 7 };
    const late = await connected.call("pve_undo", { entry, confirm: codeIn(plan.text) });
    expect(late.isError).toBe(true);
    expect(late.text).toContain("What the plan was made from has changed since");
    expect(guest?.config.memory).toBe("2048");
    await connected.close();
  });

  it("is shown by a dry run, which sends nothing", async () => {
    const { connected } = await demo();
    const entry = await made(connected, "pve_update_qemu_config", memory);
    const sent = connected.requests.filter(({ method }) => method !== "GET").length;
    const { text, isError } = await connected.call("pve_undo", { entry, dry_run: true });
    expect(isError).toBe(false);
    expect(text).toMatch(/^Plan, nothing is sent: Undo a change: entry 1\.\n/);
    expect(text).toContain("memory: 2048 MiB → 4096 MiB");
    expect(connected.requests.filter(({ method }) => method !== "GET")).toHaveLength(sent);
    await connected.close();
  });
});
