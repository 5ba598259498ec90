import { describe, expect, it } from "vitest";
import { type Canned, cannedSession, Refused } from "../../tests/support/canned.ts";

const upid = (node: string, id = "") => `UPID:${node}:0000021C:0005895B:6B02928D:vzdump:${id}:root@pam!mcp:`;
const guest = (vmid: number, type: "qemu" | "lxc", name: string, node: string, pool?: string) => ({
  id: `${type}/${vmid}`,
  type,
  vmid,
  name,
  node,
  status: "running",
  ...(pool ? { pool } : {}),
});
const GUESTS = [
  guest(100, "qemu", "web", "pve1", "shop"),
  guest(101, "qemu", "db", "pve2", "shop"),
  guest(200, "lxc", "dns", "pve2"),
  guest(201, "lxc", "dns", "pve1"),
];
const CLUSTER: Canned = {
  "GET /cluster/resources": GUESTS,
  "GET /nodes": [
    { node: "pve2", status: "online" },
    { node: "pve1", status: "online" },
    { node: "pve3", status: "offline" },
  ],
  ...Object.fromEntries(
    ["pve1", "pve2"].flatMap((node) => [
      [`GET /nodes/${node}/vzdump/defaults`, { storage: "local", remove: 1, "prune-backups": "keep-all=1" }],
      [`POST /nodes/${node}/vzdump`, upid(node)],
    ]),
  ),
};
const writes = (sent: readonly string[]) => sent.filter((request) => !request.startsWith("GET "));

describe("pve_run_backup", () => {
  it("finds the node of the guest, and says which job runs", async () => {
    const session = cannedSession(CLUSTER, "read-execute");
    const text = await session.call("pve_run_backup", {
      vmid: "101",
      storage: "local",
      mode: "snapshot",
      compress: "zstd",
    });
    expect(text).toMatch(/^Started: backup of VM 101 \(db\) on pve2 to local\.\n.*\nUPID: UPID:pve2:/);
    expect(writes(session.sent)).toEqual([
      "POST /nodes/pve2/vzdump vmid=101&storage=local&mode=snapshot&compress=zstd",
    ]);
  });

  it("sends one vzdump a node, names understood, a wrong node corrected", async () => {
    const session = cannedSession(CLUSTER);
    const text = await session.call("pve_run_backup", { node: "pve1", vmid: "web, 101,200" });
    expect(text).toMatch(/^Started: 2 backup jobs, one a node\./);
    expect(text).toContain(`backup of VM 100 (web) on pve1 | ${upid("pve1")}`);
    expect(text).toContain(`backup of VM 101 (db), CT 200 (dns) on pve2 | ${upid("pve2")}`);
    expect(text).toContain("Not all of them are on pve1");
    expect(writes(session.sent)).toEqual([
      "POST /nodes/pve1/vzdump vmid=100",
      "POST /nodes/pve2/vzdump vmid=101,200",
    ]);
  });

  it.each([{ vmid: "all" }, {}, { params: { all: true } }])(
    "asks for all guests in PVE's words, all=1: %j (fault 8)",
    async (selection) => {
      const session = cannedSession(CLUSTER);
      await session.call("pve_run_backup", { node: "pve1", ...selection });
      expect(writes(session.sent)).toEqual(["POST /nodes/pve1/vzdump all=1"]);
    },
  );

  it.each([{ vmid: "all" }, { params: { all: true } }])(
    "asks every node with guests: %j",
    async (selection) => {
      const everywhere = cannedSession(CLUSTER);
      const text = await everywhere.call("pve_run_backup", selection);
      expect(writes(everywhere.sent)).toEqual([
        "POST /nodes/pve1/vzdump all=1",
        "POST /nodes/pve2/vzdump all=1",
      ]);
      expect(text).toContain("backup of all 2 guests on pve1 | UPID:pve1:");
    },
  );

  it.each([{}, { vmid: null }, { params: { all: false } }, { vmid: "100", params: { exclude: "101" } }])(
    "refuses a selection that is none, or contradicts itself: %j",
    async (selection) => {
      const session = cannedSession(CLUSTER);
      expect(await session.call("pve_run_backup", selection)).toMatch(/Nothing was changed\.$/);
      expect(writes(session.sent)).toEqual([]);
    },
  );

  it("counts what is left after exclude, and refuses when that is nothing", async () => {
    const session = cannedSession(CLUSTER);
    const text = await session.call("pve_run_backup", { vmid: "all", params: { exclude: "100" } });
    expect(text).toMatch(/backup of 1 of 2 guests \(all but VM 100 \(web\)\) on pve1 \|/);
    const none = cannedSession(CLUSTER);
    const every = { vmid: "all", params: { exclude: "100,101,200,201" } };
    expect(await none.call("pve_run_backup", every)).toMatch(
      /exclude names every guest\.\nNothing was changed\.$/,
    );
    expect(writes(none.sent)).toEqual([]);
  });

  it("backs up a pool on each node that has some of it", async () => {
    const session = cannedSession(CLUSTER);
    await session.call("pve_run_backup", { params: { pool: "shop" } });
    expect(writes(session.sent)).toEqual([
      "POST /nodes/pve1/vzdump pool=shop",
      "POST /nodes/pve2/vzdump pool=shop",
    ]);
  });

  it('takes "OK" in place of a UPID for what it is: nothing backed up', async () => {
    const session = cannedSession({ ...CLUSTER, "POST /nodes/pve1/vzdump": "OK" });
    const answer = await session.answer("pve_run_backup", { vmid: "100" });
    expect(answer.failed).toBe(true);
    expect(answer.headline).toBe("Nothing was backed up (VM 100 (web) on pve1: nothing to back up).");
    const text = await session.call("pve_run_backup", { vmid: "100,101" });
    expect(text).toContain("pve1 | VM 100 (web) | nothing to back up");
    expect(text).toMatch(/^Started: 1 backup job, one a node; NOT all guests are backed up\./);
  });

  it("does not ask a node without guests for all of them: PVE would run an empty job", async () => {
    const session = cannedSession({ ...CLUSTER, "GET /cluster/resources": GUESTS.slice(0, 1) });
    await session.call("pve_run_backup", { vmid: "all" });
    expect(writes(session.sent)).toEqual(["POST /nodes/pve1/vzdump all=1"]);
    expect(await session.call("pve_run_backup", { node: "pve2" })).toMatch(
      /this token sees no guest on pve2/,
    );
  });

  it("says whose guests are left out because their node is offline", async () => {
    const nodes = [
      { node: "pve1", status: "online" },
      { node: "pve2", status: "offline" },
    ];
    const session = cannedSession({ ...CLUSTER, "GET /nodes": nodes });
    const answer = await session.answer("pve_run_backup", { vmid: "all" });
    expect(answer.failed).toBe(true);
    expect(answer.headline).toMatch(/^Started: 1 backup job, one a node; NOT all guests/);
    expect(await session.call("pve_run_backup", { vmid: "all" })).toContain(
      "pve2 | all 2 guests | not started: the node is offline",
    );
  });

  it.each([
    ["keep-last=3", {}, /ARE REMOVED .*retention of storage tank is keep-last=3\. remove: false keeps them/],
    [{ "keep-last": 2, "keep-daily": 7 }, {}, /retention of storage tank is keep-last=2,keep-daily=7/],
    ["keep-all=1", {}, /No older backup is removed \(storage tank keeps all\)/],
    ["keep-last=3", { remove: false }, /No older backup is removed \(remove is off\)/],
    [
      "keep-all=1",
      { params: { "prune-backups": "keep-last=1" } },
      /ARE REMOVED .*retention of the call is keep-last=1/,
    ],
  ])("says whether older backups go: storage %j, call %j", async (keep, args, sentence) => {
    const session = cannedSession({
      ...CLUSTER,
      "GET /nodes/pve1/vzdump/defaults": { storage: "tank", remove: 1, "prune-backups": keep },
    });
    expect(await session.call("pve_run_backup", { vmid: "100", storage: "tank", ...args })).toMatch(sentence);
  });

  it("backs up all the same when the retention cannot be read, and says so", async () => {
    const session = cannedSession({
      ...CLUSTER,
      "GET /nodes/pve1/vzdump/defaults": new Refused(
        403,
        "Permission check failed (/storage/local, Datastore.Audit)",
      ),
    });
    const text = await session.call("pve_run_backup", { vmid: "100" });
    expect(text).toMatch(/^Started: backup of VM 100/);
    expect(text).toContain("could not be read");
  });

  it.each([
    [{ "prune-backups": "keep-last=1" }, "prune-backups"],
    [{ remove: true }, "remove"],
    [{ script: "/root/x.sh" }, "script"],
    [{ dumpdir: "/root" }, "dumpdir"],
    [{ stop: true }, "stop"],
  ])("accepts no argument that deletes or reaches further at read-execute: %j", async (params, name) => {
    const session = cannedSession(CLUSTER, "read-execute");
    const [listed, rest] = "remove" in params ? [params, {}] : [{}, params];
    const text = await session.call("pve_run_backup", { vmid: "100", ...listed, params: rest });
    expect(text).toContain(name);
    expect(text).toContain("PVE_ACCESS_TIER=full");
    expect(text).toContain("Nothing was changed.");
    expect(writes(session.sent)).toEqual([]);
  });

  it("lets the settings that keep backups through at read-execute", async () => {
    const session = cannedSession(CLUSTER, "read-execute");
    await session.call("pve_run_backup", { vmid: "100", remove: false });
    expect(writes(session.sent)).toEqual(["POST /nodes/pve1/vzdump vmid=100&remove=0"]);
  });

  it("reports what started when a node fails halfway", async () => {
    const session = cannedSession({
      ...CLUSTER,
      "POST /nodes/pve2/vzdump": new Refused(595, "No route to host"),
    });
    const answer = await session.answer("pve_run_backup", { vmid: "100,101" });
    expect(answer.failed).toBe(true);
    expect(answer.headline).toMatch(/1 backup job, one a node; NOT all guests/);
    expect(await session.call("pve_run_backup", { vmid: "100,101" })).toContain(
      "not started: No route to host",
    );
  });

  it("does not say of a job that may have started that it has not", async () => {
    const session = cannedSession({
      ...CLUSTER,
      "POST /nodes/pve2/vzdump": new Refused(596, "Broken pipe"),
    });
    const text = await session.call("pve_run_backup", { vmid: "100,101" });
    expect(text).toMatch(/^Started: 1 backup job, one a node; of the others it is not certain\./);
    expect(text).toContain("may have started (Broken pipe): pve_list_tasks on pve2 tells");
    expect(text).not.toContain("not started");
  });

  it.each([
    ["a retention", { storage: "tank", "prune-backups": "keep-last=3" }],
    ["a retention that cannot be read", new Refused(403, "Permission check failed (/, Sys.Audit)")],
  ])("keeps older backups below full in spite of %s", async (_, defaults) => {
    const cluster = { ...CLUSTER, "GET /nodes/pve1/vzdump/defaults": defaults };
    const session = cannedSession(cluster, "read-execute");
    const text = await session.call("pve_run_backup", { vmid: "100,101" });
    expect(writes(session.sent)).toEqual([
      "POST /nodes/pve1/vzdump vmid=100&remove=0",
      "POST /nodes/pve2/vzdump vmid=101",
    ]);
    expect(text).toContain(
      "Older backups are kept (remove: false was sent): tier read-execute may not remove them.",
    );
    expect(text).not.toMatch(/ARE REMOVED|could not be read/);
    const full = cannedSession(cluster);
    await full.call("pve_run_backup", { vmid: "100" });
    expect(writes(full.sent)).toEqual(["POST /nodes/pve1/vzdump vmid=100"]);
  });

  it.each([
    [{ vmid: "999" }, /No guest 999/],
    [{ vmid: "dns" }, /2 guests are named dns/],
    [{ vmid: "100", params: { all: true } }, /only one of vmid, pool and all/],
    [{ vmid: " , " }, /vmid is empty/],
    [{ params: { pool: "nosuch" } }, /Pool nosuch has no guest/],
  ])("refuses %j", async (args, reason) => {
    const session = cannedSession(CLUSTER);
    expect(await session.call("pve_run_backup", args)).toMatch(reason);
    expect(writes(session.sent)).toEqual([]);
  });
});

it("takes names of guests to leave out, now and on a schedule", async () => {
  const session = cannedSession({ ...CLUSTER, "GET /cluster/backup": [], "POST /cluster/backup": null });
  await session.call("pve_run_backup", { node: "pve2", params: { exclude: "db, 4711" } });
  await session.call("pve_create_backup_job", { schedule: "daily", params: { exclude: "web", all: 1 } });
  expect(writes(session.sent)).toEqual([
    "POST /nodes/pve2/vzdump exclude=101,4711&all=1",
    "POST /cluster/backup schedule=daily&exclude=100&all=1",
  ]);
});

it("takes VMIDs and names together for a job", async () => {
  const session = cannedSession({ ...CLUSTER, "GET /cluster/backup": [], "POST /cluster/backup": null });
  await session.call("pve_create_backup_job", { schedule: "daily", vmid: "4711, web" });
  expect(writes(session.sent)).toEqual(["POST /cluster/backup vmid=4711,100&schedule=daily"]);
});

describe("backup jobs", () => {
  const weekly = {
    id: "fa2c6178",
    type: "vzdump",
    enabled: 1,
    schedule: "sun 01:00",
    "next-run": 1_795_914_000,
    vmid: "901",
    storage: "tank",
    mode: "snapshot",
    comment: "weekly",
    "prune-backups": { "keep-last": 3 },
  };
  const nightly = {
    id: "night",
    type: "vzdump",
    enabled: 0,
    schedule: "02:00",
    all: 1,
    exclude: "104",
    node: "pve1",
  };

  /** A cluster's jobs, which POST adds to and DELETE takes from. */
  const world = (...before: Record<string, unknown>[]) => {
    const jobs = new Map(before.map((job) => [String(job.id), job]));
    return cannedSession({
      "GET /cluster/resources": GUESTS,
      "GET /cluster/backup": () => [...jobs.values()],
      "POST /cluster/backup": (given: URLSearchParams) => {
        const job = Object.fromEntries(given);
        jobs.set(job.id ?? "backup-1", { id: "backup-1", "next-run": 1_795_914_000, ...job });
        return null;
      },
      "GET /cluster/backup/fa2c6178": () =>
        jobs.get("fa2c6178") ?? new Refused(400, "Parameter verification failed."),
      "DELETE /cluster/backup/fa2c6178": () => {
        jobs.delete("fa2c6178");
        return null;
      },
      "GET /cluster/backup/fa2c6178/included_volumes": {
        children: [
          {
            id: 901,
            name: "rec",
            type: "qemu",
            leaf: 0,
            children: [
              {
                id: "901:scsi0",
                name: "tank:901/vm-901-disk-0.qcow2",
                included: 1,
                reason: "backup=yes",
                leaf: 1,
              },
              {
                id: "901:scsi1",
                name: "tank:901/vm-901-disk-1.qcow2",
                included: 0,
                reason: "backup=no",
                leaf: 1,
              },
            ],
          },
        ],
      },
    });
  };

  it("lists what runs when, for whom and how much is kept", async () => {
    const text = await world(weekly, nightly).call("pve_list_backup_jobs");
    expect(text).toMatch(/^2 backup jobs\.\n/);
    expect(text).toContain(
      "fa2c6178 |  | sun 01:00 | 2026-11-29 01:00 UTC | 901 | tank | snapshot | keep-last=3 | “weekly”",
    );
    expect(text).toContain("night | disabled | 02:00 |  | all but 104 (on pve1 only)");
    expect(text).toContain("1 of them disabled.");
    expect(await world().call("pve_list_backup_jobs")).toContain("Nothing is backed up on a schedule");
  });

  it("shows a job with the guests and volumes it includes", async () => {
    const session = world(weekly);
    const text = await session.call("pve_get_backup_job", { id: "fa2c6178" });
    expect(text).toMatch(/^Backup job fa2c6178: guests: 901\.\n/);
    expect(text).toContain("retention: keep-last=3");
    expect(text).toContain("901 | rec | qemu | scsi0 | scsi1 (backup=no)");
    expect(session.sent).toEqual([
      "GET /cluster/backup/fa2c6178",
      "GET /cluster/backup/fa2c6178/included_volumes",
    ]);
  });

  it("sends maxfiles as prune-backups (fault 8)", async () => {
    const session = world();
    const text = await session.call("pve_create_backup_job", {
      vmid: "100,101",
      storage: "tank",
      schedule: "sun 01:00",
      mode: "snapshot",
      compress: "gzip",
      enabled: true,
      maxfiles: 3,
    });
    expect(writes(session.sent)).toEqual([
      "POST /cluster/backup vmid=100,101&schedule=sun 01:00&storage=tank&mode=snapshot&compress=gzip&enabled=1&prune-backups=keep-last=3",
    ]);
    expect(text).toMatch(/^Backup job backup-1 created for guests: 100,101\.\n/);
    expect(text).toContain("next run: 2026-11-29 01:00 UTC");
    expect(text).toContain("maxfiles was sent as prune-backups: keep-last=3.");
    const unlimited = world();
    await unlimited.call("pve_create_backup_job", { vmid: "100", schedule: "daily", maxfiles: 0 });
    expect(writes(unlimited.sent)[0]).toContain("prune-backups=keep-all=1");
  });

  it("sends all=1 when neither vmid nor pool is given, and says so (fault 8)", async () => {
    const session = world();
    const text = await session.call("pve_create_backup_job", { schedule: "02:00", storage: "tank" });
    expect(writes(session.sent)).toEqual(["POST /cluster/backup schedule=02:00&storage=tank&all=1"]);
    expect(text).toContain("the job takes all guests (all=1)");
    await session.call("pve_create_backup_job", { schedule: "02:00", vmid: "all" });
    expect(writes(session.sent)[1]).toBe("POST /cluster/backup schedule=02:00&all=1");
    await session.call("pve_create_backup_job", { schedule: "02:00", pool: "shop" });
    expect(writes(session.sent)[2]).toBe("POST /cluster/backup pool=shop&schedule=02:00");
  });

  it("does not call a job that was created a failure when the jobs cannot be read again", async () => {
    let reads = 0;
    const session = cannedSession({
      "GET /cluster/backup": () => (reads++ % 2 === 0 ? [] : new Refused(500, "got timeout")),
      "POST /cluster/backup": null,
    });
    const answer = await session.answer("pve_create_backup_job", { schedule: "02:00", pool: "shop" });
    expect(answer.failed).toBeUndefined();
    expect(answer.headline).toBe("Backup job created for guests: pool shop.");
    expect(await session.call("pve_create_backup_job", { schedule: "02:00", pool: "shop" })).toContain(
      "The job could not be read again; it was created all the same.",
    );
  });

  it("sees a selection and a retention that stand in params", async () => {
    const session = world();
    await session.call("pve_create_backup_job", { schedule: "02:00", params: { pool: "shop" } });
    expect(writes(session.sent)).toEqual(["POST /cluster/backup pool=shop&schedule=02:00"]);
    expect(
      await session.call("pve_create_backup_job", {
        schedule: "02:00",
        maxfiles: 2,
        params: { "prune-backups": "keep-last=1" },
      }),
    ).toContain("both given");
  });

  it("understands names, and takes every further parameter of PVE in params", async () => {
    const session = world();
    const params = { "notes-template": "{{guestname}}", "repeat-missed": true, "exclude-path": ["/tmp"] };
    await session.call("pve_create_backup_job", {
      vmid: "web,db",
      schedule: "daily",
      storage: "tank",
      params,
    });
    expect(writes(session.sent)).toEqual([
      "POST /cluster/backup vmid=100,101&schedule=daily&storage=tank&notes-template={{guestname}}&repeat-missed=1&exclude-path=/tmp",
    ]);
  });

  it.each([
    [{ maxfiles: 3, "prune-backups": "keep-last=2" }, /both given/],
    [{ maxfiles: -1 }, /no number of backups/],
    [{ schedule: "whenever" }, /schedule/],
    [{ vmid: "nosuch" }, /No guest named nosuch/],
    [{ vmid: "100", params: { keep: 3 } }, /no parameter 'keep'/],
  ])("refuses %j", async (args, reason) => {
    const session = world();
    expect(await session.call("pve_create_backup_job", { schedule: "daily", ...args })).toMatch(reason);
    expect(writes(session.sent)).toEqual([]);
  });

  it("shows what a deleted job was", async () => {
    const session = world(weekly);
    const text = await session.call("pve_delete_backup_job", { id: "fa2c6178" });
    expect(text).toMatch(
      /^Backup job fa2c6178 deleted; the backups it made are kept\.\n.*\nIt was:\nid: fa2c6178\n/,
    );
    expect(text).toContain("schedule: sun 01:00");
    expect(await session.call("pve_delete_backup_job", { id: "fa2c6178" })).not.toContain("deleted");
    expect(writes(session.sent)).toHaveLength(1);
  });
});
