import type { TaskSpec } from "../route.ts";
import { settle, startTask } from "../tasks.ts";
import type { Guest, World } from "../world.ts";
import { NO_SPACE, nightly } from "./cluster-storages.ts";

const HOUR = 3600;

interface Past extends Omit<TaskSpec, "done" | "stopped"> {
  /** Unix seconds. */
  readonly at: number;
  readonly user: string;
}

const stamp = (time: number) => new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ");

/** A span as `00:03:05`. */
const span = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19);

/** The log of one guest's backup, in vzdump's words. */
function backupLines(guest: Guest, start: number, seconds: number, error: string | undefined): string[] {
  const { vmid, type } = guest;
  const label = type === "qemu" ? "VM" : "CT";
  const name = String(guest.config.name ?? guest.config.hostname ?? "");
  const head = [
    `INFO: Starting Backup of VM ${vmid} (${type})`,
    `INFO: Backup started at ${stamp(start)}`,
    `INFO: status = ${guest.status}`,
    "INFO: backup mode: snapshot",
    "INFO: ionice priority: 7",
    `INFO: ${label} Name: ${name}`,
  ];
  if (error !== undefined)
    return [
      ...head,
      "INFO: starting backup via QMP command",
      "INFO:   3% (6.1 GiB of 200.0 GiB) in 31s, read: 201.5 MiB/s, write: 188.0 MiB/s",
      "INFO:   9% (18.4 GiB of 200.0 GiB) in 1m 36s, read: 193.8 MiB/s, write: 180.2 MiB/s",
      `ERROR: ${error}`,
      "INFO: aborting backup job",
      "INFO: resuming VM again",
      `ERROR: Backup of VM ${vmid} failed - ${error}`,
      `INFO: Failed at ${stamp(start + seconds)}`,
    ];
  return [
    ...head,
    type === "qemu"
      ? "INFO: 100% (32.0 GiB of 32.0 GiB) in 1m 12s, read: 455.1 MiB/s, write: 201.7 MiB/s"
      : "INFO: Total bytes written: 4296898560 (4.1GiB, 118MiB/s)",
    "INFO: prune older backups with retention: keep-last=3, keep-weekly=2",
    "INFO: pruned 1 backup(s) not covered by keep-retention policy",
    `INFO: Finished Backup of VM ${vmid} (${span(seconds)})`,
    `INFO: Backup finished at ${stamp(start + seconds)}`,
  ];
}

/** One node's share of the nightly job; a guest in `failing` ends with an error. */
function backup(world: World, node: string, at: number, failing: ReadonlySet<number>): Past {
  const guests = [...world.guests.values()].filter(
    (guest) =>
      guest.node === node &&
      guest.config.template !== 1 &&
      guest.config.lock === undefined &&
      guest.vmid !== 106,
  );
  const each = 75;
  const log = [
    "INFO: starting new backup job: vzdump --all 1 --mode snapshot --storage backup --compress zstd --exclude 106",
  ];
  guests.forEach((guest, n) => {
    log.push(...backupLines(guest, at + n * each, each, failing.has(guest.vmid) ? NO_SPACE : undefined));
  });
  const failed = guests.some(({ vmid }) => failing.has(vmid));
  log.push(failed ? "INFO: Backup job finished with errors" : "INFO: Backup job finished successfully");
  log.push("INFO: notified via target `mail-to-root`");
  return {
    at,
    user: "root@pam",
    node,
    type: "vzdump",
    id: "",
    seconds: guests.length * each + 1,
    log,
    ...(failed ? { exitstatus: "job errors" } : {}),
  };
}

function ordinary(now: number): Past[] {
  const past = (
    hours: number,
    node: string,
    type: string,
    id: string,
    seconds: number,
    more: Partial<Past> = {},
  ): Past => ({
    at: Math.trunc(now - hours * HOUR),
    user: "root@pam",
    node,
    type,
    id,
    seconds,
    ...more,
  });
  return [
    past(146, "pve1", "vzsnapshot", "203", 3, {
      log: ['  Logical volume "snap_vm-203-disk-0_pre-migration" created.'],
    }),
    past(120, "pve1", "qmstart", "107", 2),
    past(96, "pve1", "download", "virtio-win-0.1.271.iso", 71, {
      log: [
        "downloading https://example.com/virtio-win-0.1.271.iso to /mnt/pve/nas-iso/template/iso/virtio-win-0.1.271.iso",
        "download of 'https://example.com/virtio-win-0.1.271.iso' to '/mnt/pve/nas-iso/template/iso/virtio-win-0.1.271.iso' finished",
      ],
    }),
    past(72, "pve2", "qmigrate", "101", 34, {
      user: "operator@pve!ops",
      log: [
        "starting migration of VM 101 to node 'pve2' (192.0.2.12)",
        "start migrate command to unix:/run/qemu-server/101.migrate",
        "migration active, transferred 4.1 GiB of 8.0 GiB VM-state, 612.0 MiB/s",
        "migration completed",
        "migration finished successfully (duration 00:00:34)",
      ],
    }),
    past(50, "pve3", "vzstart", "202", 4, {
      log: ["WARN: Systemd 232 detected. You may need to enable nesting."],
      exitstatus: "WARNINGS: 1",
    }),
    past(48, "pve2", "qmstart", "106", 3, {
      log: [
        "WARN: EFI disk without 'ms-cert=2023k' option, suggesting that not all UEFI 2023",
        "certificates from Microsoft are enrolled yet.",
      ],
      exitstatus: "WARNINGS: 1",
    }),
    past(31, "pve1", "qmshutdown", "103", 21),
    past(24.03, "pve2", "qmstart", "108", 2),
    past(20, "pve2", "qmshutdown", "108", 60, {
      user: "operator@pve!ops",
      exitstatus: "VM quit/powerdown failed - got timeout",
    }),
    past(12, "pve1", "vncproxy", "100", 400),
    past(10, "pve1", "aptupdate", "", 9, { log: ["starting apt-get update", "Reading package lists..."] }),
    past(3, "pve3", "qmconfig", "105", 1),
  ];
}

/** Puts the last days' finished tasks into the history, yesterday's failed backup among them. */
export function addDemoTasks(world: World, now: number): void {
  const nights = [2, 1, 0].flatMap((night) =>
    [...world.nodes.keys()].map((node) =>
      backup(world, node, nightly(now, night) + 4, new Set(night === 0 ? [102] : [])),
    ),
  );
  const all = [...ordinary(now), ...nights].sort((a, b) => a.at - b.at);
  for (const { at, user, ...spec } of all) startTask(world, user, spec, at);
  settle(world, now);
}
