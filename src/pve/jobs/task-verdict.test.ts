import fc from "fast-check";
import { describe, expect, it } from "vitest";
import recorded from "../../../tests/fixtures/task-logs.json" with { type: "json" };
import { verdictOf } from "./task-verdict.ts";

const job = (args: string) => `INFO: starting new backup job: vzdump ${args}`;
const saved = (vmid: number) => [
  `INFO: Starting Backup of VM ${vmid} (qemu)`,
  `INFO: Finished Backup of VM ${vmid} (00:00:12)`,
];

function ofRecorded(name: keyof typeof recorded) {
  const { type, exitstatus, lines } = recorded[name];
  return verdictOf(type, exitstatus, lines);
}

describe("the exit status", () => {
  it.each([
    ["OK", { ending: "ok", exit: "OK" }],
    ["WARNINGS: 2", { ending: "warnings", warnings: 2, exit: "WARNINGS: 2" }],
    ["unable to find VM", { ending: "failed", exit: "unable to find VM" }],
    ["WARNINGS: many", { ending: "failed", exit: "WARNINGS: many" }],
    ["job errors", { ending: "failed", exit: "job errors" }],
    ["", { ending: "failed", exit: "" }],
    ["unexpected status", { ending: "failed", exit: "unexpected status" }],
    ["received interrupt", { ending: "failed", exit: "received interrupt" }],
    ["interrupted by signal", { ending: "failed", exit: "interrupted by signal" }],
  ])("%s", (exit, expected) => {
    expect(verdictOf("qmstart", exit, [])).toMatchObject(expected);
  });

  const aborted = "2026-11-22 06:59:04 ERROR: migration aborted (duration 00:00:04): ";
  it.each([
    ["received interrupt", ""],
    ["interrupted by signal", ""],
    ["clone failed: interrupted by signal", ""],
    ["storage migration failed: block job (mirror) error: interrupted by signal", ""],
    ["migration aborted", `${aborted}interrupted by signal`],
  ])("tells of a task that was stopped: %s", (exit, line) => {
    expect(verdictOf("qmclone", exit, [line])).toMatchObject({
      ending: "failed",
      stopped: true,
      notes: ["It was stopped."],
    });
  });

  it.each([
    ["migration aborted", `${aborted}Can't connect to destination address`],
    ["unexpected status", "received interrupt"],
    ["no worker was interrupted by signal at all", ""],
    ["OK", "received interrupt"],
  ])("tells of no stop where there was none: %s", (exit, line) => {
    expect(verdictOf("qmmigrate", exit, [line])).not.toHaveProperty("stopped");
  });

  it("is explained where it says little", () => {
    expect(verdictOf("qmclone", "unexpected status", []).notes).toEqual([
      "PVE knows no end of it: its worker was killed, or its node went down.",
    ]);
    expect(verdictOf("qmclone", "OK", [])).toEqual({ ending: "ok", exit: "OK" });
  });
});

describe("a recorded backup", () => {
  it("is done although PVE could not send a mail about it", () => {
    expect(ofRecorded("backup of a stopped VM")).toEqual({
      ending: "ok",
      exit: "OK",
      done: [901],
      notes: ["PVE could not send its notification about the job."],
    });
    expect(ofRecorded("backup of a container")).toMatchObject({ ending: "ok", done: [911] });
  });

  it("fails with what PVE says of the guest", () => {
    expect(ofRecorded("backup of a guest that is gone")).toMatchObject({
      ending: "failed",
      exit: "job errors",
      done: [],
      missing: [{ vmid: 999, why: "unable to find VM '999'" }],
    });
    expect(ofRecorded("backup of a VM that does not start").missing).toEqual([
      { vmid: 920, why: "start failed: QEMU exited with code 1" },
    ]);
  });

  it("that never began misses what was asked for", () => {
    const { type, exitstatus, lines } = recorded["backup to an unknown storage"];
    expect(verdictOf(type, exitstatus, lines)).toMatchObject({ ending: "failed", done: [] });
    expect(verdictOf(type, exitstatus, lines, { guests: [901] }).missing).toEqual([
      { vmid: 901, why: "the job ended before its turn", ours: true },
    ]);
  });
});

describe("a backup", () => {
  it("is a failure without one of the guests its job names, whatever PVE says", () => {
    const lines = [job("100 101 --storage tank --node pve1"), ...saved(100)];
    expect(verdictOf("vzdump", "OK", lines)).toEqual({
      ending: "failed",
      exit: "OK",
      done: [100],
      missing: [
        {
          vmid: 101,
          why: "the log does not name it; a job backs up the guests of its own node only",
          ours: true,
        },
      ],
    });
  });

  it("is a failure without one of the guests asked for", () => {
    const lines = [job("--all 1 --exclude 101 --node pve1"), ...saved(100)];
    expect(verdictOf("vzdump", "OK", lines)).toEqual({ ending: "ok", exit: "OK", done: [100] });
    expect(verdictOf("vzdump", "WARNINGS: 1", lines, { guests: [100, 101] })).toMatchObject({
      ending: "failed",
      warnings: 1,
      missing: [{ vmid: 101 }],
    });
  });

  it("counts guests of other nodes as missing, unless their nodes run the same job", () => {
    const lines = ["INFO: skip external VMs: 101, 102", ...saved(100)];
    const manual = [job("100 101 102 --storage tank"), ...lines];
    expect(verdictOf("vzdump", "OK", manual)).toMatchObject({
      ending: "failed",
      missing: [
        { vmid: 101, why: "it is on another node", ours: true },
        { vmid: 102, why: "it is on another node", ours: true },
      ],
    });
    const scheduled = [job("100 101 102 --storage tank --quiet 1"), ...lines];
    expect(verdictOf("vzdump", "OK", scheduled)).toEqual({
      ending: "ok",
      exit: "OK",
      done: [100],
      notes: ["Left to their own nodes: 101, 102."],
    });
    expect(verdictOf("vzdump", "OK", scheduled, { guests: [100, 101] }).missing).toEqual([
      { vmid: 101, why: "it is on another node", ours: true },
    ]);
    const bound = [job("100 101 102 --storage tank --quiet 1 --node pve1"), ...lines];
    expect(verdictOf("vzdump", "OK", bound).ending).toBe("failed");
  });

  it("of all names the guests that failed", () => {
    const lines = [
      job("--all 1"),
      ...saved(100),
      "ERROR: Backup of VM 102 failed - VM is locked (backup)",
      "INFO: Backup job finished with errors",
    ];
    expect(verdictOf("vzdump", "job errors", lines)).toMatchObject({
      ending: "failed",
      done: [100],
      missing: [{ vmid: 102, why: "VM is locked (backup)" }],
    });
    expect(verdictOf("vzdump", "OK", [job("--all 1")], { guests: [100] }).ending).toBe("failed");
  });

  it("that was stopped keeps what it had done", () => {
    const lines = [job("100 101 102"), ...saved(100), "INFO: Starting Backup of VM 101 (qemu)"];
    expect(verdictOf("vzdump", "interrupted by signal", lines)).toMatchObject({
      ending: "failed",
      done: [100],
      missing: [
        { vmid: 101, why: "the job ended before its turn", ours: true },
        { vmid: 102, why: "the job ended before its turn", ours: true },
      ],
    });
  });

  it("says what it does not hold", () => {
    const [start = "", end = ""] = saved(100);
    const lines = [
      job("100"),
      start,
      "INFO: include disk 'scsi0' 'tank:vm-100-disk-0' 8G",
      "INFO: exclude disk 'scsi1' 'tank:vm-100-disk-1' (backup=no)",
      "ERROR: VM 100 qga command 'guest-fsfreeze-freeze' failed - got timeout",
      end,
    ];
    expect(verdictOf("vzdump", "OK", lines)).toMatchObject({
      ending: "ok",
      done: [100],
      notes: [
        "VM 100: disk scsi1 is not in the backup (backup=no).",
        "VM 100: its filesystems could not be frozen, so the backup is as after a power cut.",
      ],
    });
    const container = [
      job("200"),
      "INFO: Starting Backup of VM 200 (lxc)",
      "INFO: excluding volume mount point mp0 ('/data') from backup (disabled)",
      "INFO: Finished Backup of VM 200 (00:00:03)",
    ];
    expect(verdictOf("vzdump", "OK", container).notes).toEqual([
      "CT 200: mount point mp0 is not in the backup (disabled).",
    ]);
  });

  it("whose log is gone is what PVE says", () => {
    expect(verdictOf("vzdump", "OK", [], { guests: [100] })).toEqual({ ending: "ok", exit: "OK" });
  });

  it("that waited for another in vain says so", () => {
    const lines = ["ERROR: can't acquire lock '/var/run/vzdump.lock' - got timeout"];
    expect(verdictOf("vzdump", "unexpected status", lines).notes).toContain(
      "Another backup job of the node held the lock for too long.",
    );
  });
});

describe("an action on many guests", () => {
  it("that went well names the guests", () => {
    expect(ofRecorded("start of two VMs")).toEqual({ ending: "ok", exit: "OK", done: [901, 903] });
    expect(ofRecorded("shutdown of two VMs")).toEqual({ ending: "ok", exit: "OK", done: [901, 903] });
    expect(ofRecorded("start of all, none to start")).toEqual({ ending: "ok", exit: "OK", done: [] });
  });

  it("names who failed and why", () => {
    const lines = [
      "Starting guests: 100, 101, 102, 103",
      "Starting VM 100",
      "Starting VM 101",
      "WARN: Permission check failed (/vms/101, VM.PowerMgmt)",
      "WARN: Skipping VM 102, already running.",
      "WARN: Starting VM 100 failed: start failed: QEMU exited with code 1",
    ];
    expect(verdictOf("bulk-start", "Some guests failed to start: 101, 100", lines)).toEqual({
      ending: "failed",
      exit: "Some guests failed to start: 101, 100",
      done: [102],
      missing: [
        { vmid: 100, why: "start failed: QEMU exited with code 1" },
        { vmid: 101, why: "Permission check failed (/vms/101, VM.PowerMgmt)" },
        { vmid: 103, why: "the log does not name it: a template, or no such guest", ours: true },
      ],
    });
  });

  it("is a failure when a guest named was left as it is", () => {
    const lines = [
      "Suspending guests: 100, 101, 200",
      "Suspending VM 100",
      "WARN: Skipping VM 101, not running.",
      "WARN: skipping 200, only VMs can be suspended",
    ];
    expect(verdictOf("bulk-suspend", "WARNINGS: 2", lines)).toMatchObject({
      ending: "failed",
      done: [100],
      missing: [
        { vmid: 101, why: "it is not running" },
        { vmid: 200, why: "only VMs can be suspended" },
      ],
    });
    const all = ["Suspending all guests", ...lines.slice(1)];
    expect(verdictOf("bulk-suspend", "WARNINGS: 2", all)).toEqual({
      ending: "warnings",
      warnings: 2,
      exit: "WARNINGS: 2",
      done: [100],
    });
  });

  it("takes a guest that was so before for done", () => {
    const stop = ["Shutting down guests: 100, 101", "WARN: Skipping VM 100, not running."];
    const rest = [
      "Shutting down VM 101 (Timeout = 5 seconds)",
      "WARN: Stopping VM 101 failed: VM quit/powerdown failed - got timeout",
    ];
    const exit = "Some guests failed to shutdown 101";
    expect(verdictOf("bulk-shutdown", exit, [...stop, ...rest])).toMatchObject({
      done: [100],
      missing: [{ vmid: 101, why: "VM quit/powerdown failed - got timeout" }],
    });
    const move = ["Migrating guests to pve2: 100", "WARN: VM 100 already on pve2, skipping."];
    expect(verdictOf("bulk-migrate", "WARNINGS: 1", move)).toMatchObject({ ending: "warnings", done: [100] });
  });

  it("of a node reports failures that PVE passes over", () => {
    const start = ["Starting VM 100", "Starting CT 200", "Starting VM 100 failed: VM is locked (backup)"];
    expect(verdictOf("startall", "OK", start)).toMatchObject({
      ending: "failed",
      exit: "OK",
      done: [200],
      missing: [{ vmid: 100, why: "VM is locked (backup)" }],
    });
    const move = [
      "Check VM 100: skip VM 100 - precondition check failed:",
      "  Has local disks: local-lvm:vm-100-disk-0",
      "Check VM 101: precondition check passed",
      "Migrating VM 101",
      "All jobs finished, used 1 workers in total.",
    ];
    expect(verdictOf("migrateall", "OK", move, { guests: [100, 101] })).toEqual({
      ending: "failed",
      exit: "OK",
      missing: [{ vmid: 100, why: "Has local disks: local-lvm:vm-100-disk-0" }],
      notes: ["This log does not tell how each guest's own task ended."],
    });
  });

  it("of a node does not claim what its log does not tell", () => {
    const lines = ["Stopping VM 100 (timeout = 180 seconds)", "VM is paused - stop instead of shutdown"];
    expect(verdictOf("stopall", "OK", lines, { guests: [100, 101] })).toEqual({
      ending: "ok",
      exit: "OK",
      notes: [
        "Nothing was done with 101: already so, a template, or not chosen by the action.",
        "This log does not tell how each guest's own task ended.",
      ],
    });
  });

  it("that was stopped says which guests it did not reach", () => {
    const lines = ["Starting guests: 100, 101", "Starting VM 100"];
    expect(verdictOf("bulk-start", "received interrupt", lines).missing).toEqual([
      { vmid: 100, why: "its own task was started, and the job ended before it", ours: true },
      { vmid: 101, why: "the job ended before its turn", ours: true },
    ]);
  });
});

describe("other tasks", () => {
  it("have what their log says beyond the exit status", () => {
    expect(ofRecorded("container volume grown, filesystem not")).toEqual({
      ending: "ok",
      exit: "OK",
      notes: ["The volume has its new size, but the filesystem on it does not."],
    });
    expect(ofRecorded("clone of a VM")).toEqual({ ending: "ok", exit: "OK" });
    expect(ofRecorded("removal of a protected backup").ending).toBe("failed");
  });
});

describe("any log", () => {
  const type = fc.constantFrom("vzdump", "bulk-start", "startall", "stopall", "migrateall", "resize", "x");
  const exit = fc.oneof(
    fc.string(),
    fc.constantFrom("OK", "WARNINGS: 1", "Some guests failed to start: 1, 2"),
  );
  const vmid = fc.integer({ min: 1, max: 5 });
  const line = fc.oneof(
    fc.string(),
    fc.array(vmid).map((list) => job(list.join(" "))),
    fc.array(vmid).map((list) => `Starting guests: ${list.join(", ")}`),
    fc.array(vmid).map((list) => `INFO: skip external VMs: ${list.join(", ")}`),
    vmid.map((n) => `INFO: Finished Backup of VM ${n} (00:00:01)`),
    fc.tuple(vmid, fc.string()).map(([n, why]) => `ERROR: Backup of VM ${n} failed - ${why}`),
    vmid.map((n) => `Starting VM ${n}`),
    fc.tuple(vmid, fc.string()).map(([n, why]) => `WARN: Starting VM ${n} failed: ${why}`),
  );

  it("gives a verdict: what is missing is not done, and makes a failure", () => {
    fc.assert(
      fc.property(
        type,
        exit,
        fc.array(line, { maxLength: 20 }),
        fc.option(fc.array(vmid), { nil: undefined }),
        (kind, status, lines, guests) => {
          const verdict = verdictOf(kind, status, lines, guests === undefined ? undefined : { guests });
          const { done = [], missing = [], ending } = verdict;
          if (missing.length > 0) expect(ending).toBe("failed");
          for (const { vmid: n } of missing) if (kind === "vzdump") expect(done).not.toContain(n);
          expect(new Set(missing.map(({ vmid: n }) => n)).size).toBe(missing.length);
          if (!/^(?:OK|WARNINGS: \d+)$/.test(status.trim())) expect(ending).toBe("failed");
        },
      ),
      { numRuns: 500 },
    );
  });
});
