import fc from "fast-check";
import { describe, expect, it } from "vitest";
import recorded from "../../../tests/fixtures/task-logs.json" with { type: "json" };
import { progressOf } from "./task-progress.ts";

const percent = (type: string, lines: readonly string[]) => progressOf(type, lines).percent;

/** A line of vzdump with the share of the current VM. */
const share = (n: number) =>
  `INFO: ${String(n).padStart(3)}% (${(n / 25).toFixed(1)} GiB of 4.0 GiB) in 3s, read: 341.3 MiB/s, write: 0 B/s`;
const job = (args: string) => `INFO: starting new backup job: vzdump ${args}`;
const begin = (vmid: number, type = "qemu") => `INFO: Starting Backup of VM ${vmid} (${type})`;
const done = (vmid: number) => `INFO: Finished Backup of VM ${vmid} (00:00:12)`;
const WGET = "........ ........ ........ ........";

describe("a backup", () => {
  const two = [job("100 101 --storage tank --node pve"), begin(100)];

  it("of one VM is as far as the VM", () => {
    expect(progressOf("vzdump", [job("100 --storage tank"), begin(100), share(25), "", "  "])).toEqual({
      percent: 25,
      line: "INFO:  25% (1.0 GiB of 4.0 GiB) in 3s, read: 341.3 MiB/s, write: 0 B/s",
    });
  });

  it("of several counts those that are over and the share of the current one", () => {
    expect(percent("vzdump", two)).toBe(0);
    expect(percent("vzdump", [...two, share(50)])).toBe(25);
    expect(percent("vzdump", [...two, share(100), done(100)])).toBe(50);
    expect(percent("vzdump", [...two, done(100), begin(101), share(50)])).toBe(75);
    expect(percent("vzdump", [...two, "ERROR: Backup of VM 100 failed - x", begin(101, "lxc")])).toBe(50);
    expect(percent("vzdump", [...two, done(100), begin(101), done(101)])).toBe(100);
  });

  it("leaves out guests of other nodes", () => {
    const log = [job("100 101 102"), "INFO: skip external VMs: 101, 102", begin(100), share(40)];
    expect(percent("vzdump", log)).toBe(40);
  });

  it("tells no percent of a container, of a pool or of all", () => {
    expect(progressOf("vzdump", [job("200"), begin(200, "lxc")])).toEqual({ line: begin(200, "lxc") });
    expect(percent("vzdump", [job("--all 1 --storage tank"), begin(100), share(25)])).toBeUndefined();
    expect(percent("vzdump", [job("100"), "INFO: trying to get global lock - waiting..."])).toBeUndefined();
  });
});

describe("a copy", () => {
  it("by qemu-img tells it of the disk", () => {
    expect(percent("qmclone", ["transferred 1.0 GiB of 4.0 GiB (25.00%)"])).toBe(25);
  });

  it("of disks one after another counts all that have begun, by size", () => {
    const log = [
      "create full clone of drive efidisk0 (tank:vm-1-disk-0)",
      "transferred 0.0 B of 1.0 GiB (0.00%)",
      "transferred 1.0 GiB of 1.0 GiB (100.00%)",
      "transferred 1.0 GiB of 1.0 GiB (100.00%)",
      "create full clone of drive scsi0 (tank:vm-1-disk-1)",
      "transferred 0.0 B of 3.0 GiB (0.00%)",
    ];
    expect(percent("qmclone", log.slice(0, 4))).toBe(100);
    expect(percent("qmclone", log)).toBe(25);
    expect(percent("qmclone", [...log, "transferred 1.5 GiB of 3.0 GiB (50.00%)"])).toBeCloseTo(62.5);
  });

  it("of disks at once counts each job's last word", () => {
    const log = [
      "drive mirror is starting for drive-scsi0",
      "drive-scsi0: transferred 1.0 GiB of 4.0 GiB (25.00%) in 3s",
      "drive-scsi1: transferred 0.0 B of 4.0 GiB (0.00%) in 0s",
      "drive-scsi0: transferred 4.0 GiB of 4.0 GiB (100.00%) in 12s, ready",
      "drive-scsi1: transferred 2.0 GiB of 4.0 GiB (50.00%) in 7s",
    ];
    expect(percent("qmmove", log.slice(0, 2))).toBe(25);
    expect(percent("qmmove", log)).toBe(75);
  });

  it("of a container tells no percent", () => {
    expect(progressOf("vzclone", ["Total bytes sent: 512M"])).toEqual({ line: "Total bytes sent: 512M" });
  });
});

describe("a restore", () => {
  it("from an archive tells it of all disks", () => {
    expect(percent("qmrestore", ["progress 25% (read 1073741824 bytes, duration 3 sec)"])).toBe(25);
  });

  it("from Proxmox Backup Server tells it image by image", () => {
    const log = [
      "restore proxmox backup image: /usr/bin/pbs-restore --repository r vm/1/2026-01-02T03:04:05Z drive-efidisk0.img.fidx /dev/x --verbose",
      "progress 100% (read 1000 bytes, zeroes = 0% (0 bytes), duration 0 sec)",
      "restore image complete (bytes=1000, duration=0.10s, speed=10.00MB/s)",
      "progress 10% (read 300 bytes, zeroes = 90% (270 bytes), duration 1 sec)",
    ];
    expect(percent("qmrestore", log)).toBeCloseTo((1000 + 300) / 40);
  });

  it("of a VM that already runs tells it by block jobs", () => {
    const log = ["restore-drive-scsi0: transferred 1.0 GiB of 8.0 GiB (12.50%) in 4s"];
    expect(percent("qmrestore", log)).toBe(12.5);
  });
});

describe("a migration", () => {
  const at = "2026-04-01 09:00:05 ";

  it("tells the disks first, then the memory", () => {
    const log = [
      `${at}starting migration of VM 100 to node 'pve2' (192.0.2.12)`,
      "drive-scsi0: transferred 2.0 GiB of 8.0 GiB (25.00%) in 3s",
    ];
    expect(percent("qmigrate", log)).toBe(25);
    const memory = `${at}migration active, transferred 1.0 GiB of 4.0 GiB VM-state, 512.0 MiB/s`;
    expect(percent("qmigrate", [...log, memory])).toBe(25);
    const again = `${at}migration active, transferred 6.0 GiB of 4.0 GiB VM-state, 512.0 MiB/s, VM dirties lots of memory: 1.0 GiB/s`;
    expect(percent("qmigrate", [...log, memory, again])).toBe(99);
    expect(percent("qmigrate", [...log, again, `${at}migration status: completed`])).toBe(100);
  });

  it("tells the share of a zfs stream, and none of dd", () => {
    const zfs = [`${at}total estimated size is 4.00G`, `${at}09:00:06   1.00G   rpool/data/vm-1-disk-0@x`];
    expect(percent("vzmigrate", zfs)).toBe(25);
    const dd = `${at}1073741824 bytes (1.1 GB, 1.0 GiB) copied, 3 s, 358 MB/s`;
    expect(progressOf("qmigrate", [dd])).toEqual({ line: dd });
  });
});

describe("a download", () => {
  it("tells wget's column", () => {
    expect(percent("download", [`     0K ${WGET}  5%  112M 5s`, `608000K ${WGET} 95% 98.7M 0s`])).toBe(95);
    expect(percent("download", [`608000K ........ ....                               100%  110M=6.2s`])).toBe(
      100,
    );
  });

  it("tells nothing of a file whose size the server does not give", () => {
    expect(percent("download", [`     0K ${WGET} 12.4M`, "Length: unspecified [text/html]"])).toBeUndefined();
  });
});

describe("any task", () => {
  it("has the last line with text, cut at 200 characters", () => {
    expect(progressOf("bulk-start", ["Starting VM 1", `  ${"x".repeat(300)}  `, ""]).line).toBe(
      "x".repeat(200),
    );
    expect(progressOf("srvreload", [])).toEqual({});
  });

  it("reads no percent where its kind has none", () => {
    expect(percent("resize", ["/dev/x: 1903/65536 files (0.1% non-contiguous)", share(30)])).toBeUndefined();
    expect(percent("constructor", [share(30)])).toBeUndefined();
  });

  it.each(Object.entries(recorded))("%s as recorded ends with its last line", (_, { type, lines }) => {
    const { line, percent: told } = progressOf(type, lines);
    expect(line).toBe(lines.at(-1));
    expect([undefined, 100]).toContain(told);
  });

  const number = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }), fc.bigInt({ min: 0n }));
  const unit = fc.constantFrom("B", "KiB", "MiB", "GiB", "PiB", "x");
  const word = fc.oneof(
    fc.string(),
    fc
      .tuple(number, unit, number, unit, number)
      .map(([a, b, c, d, e]) => `transferred ${a} ${b} of ${c} ${d} (${e}%)`),
    fc.tuple(number, number).map(([a, b]) => `drive-scsi${a}: transferred 1 GiB of ${b} GiB (${a}%) in 3s`),
    fc.tuple(number, number).map(([a, b]) => `progress ${a}% (read ${b} bytes, duration 1 sec)`),
    fc
      .tuple(number, number)
      .map(([a, b]) => `migration active, transferred ${a} GiB of ${b} B VM-state, 1 MiB/s`),
    number.map((a) => `  0K ........ ${a}% 1M 5s`),
    number.map((a) => `total estimated size is ${a}G`),
    number.map((a) => `10:00:00 ${a}T rpool/x@y`),
    fc.nat(999).map((a) => share(a)),
    fc.array(fc.nat(5)).map((list) => job(list.join(" "))),
    fc.nat(5).map((a) => begin(a)),
    fc.nat(5).map((a) => done(a)),
  );
  const type = fc.constantFrom("vzdump", "qmclone", "qmrestore", "qmigrate", "download", "vzmigrate", "x");

  it("stays between 0 and 100 whatever its log says", () => {
    fc.assert(
      fc.property(type, fc.array(word, { maxLength: 30 }), (kind, lines) => {
        const { percent: told, line } = progressOf(kind, lines);
        if (told !== undefined) expect(told >= 0 && told <= 100).toBe(true);
        if (line !== undefined) expect(line.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 500 },
    );
  });

  it("never falls while one disk is copied", () => {
    const rising = fc.array(fc.nat(100), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(rising, (steps) => {
        const lines = steps.map((n) => `transferred ${n}.0 GiB of 100.0 GiB (${n}.00%)`);
        const told = lines.map((_, at) => percent("qmmove", lines.slice(0, at + 1)) ?? 0);
        expect(told).toEqual(steps);
      }),
    );
  });
});
