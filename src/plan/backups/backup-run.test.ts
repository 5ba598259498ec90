import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about backups and backup jobs, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "backups are pruned",
    route: "DELETE /nodes/{node}/storage/{storage}/prunebackups",
    params: { node: "pve1", storage: "backup", "prune-backups": "keep-last=1", vmid: 100 },
    points: [
      "2 of 3 backups on backup go: VM 100 (web-01) 2026-03-30 02:30 UTC, VM 100 (web-01) 2026-03-31 02:30 UTC.",
      "Kept: 1 backup.",
      "Retention: keep-last=1.",
    ],
    final: ["a backup that is pruned is gone."],
  },
  {
    title: "pruning by the storage's own retention",
    route: "DELETE /nodes/{node}/storage/{storage}/prunebackups",
    params: { node: "pve1", storage: "backup" },
    points: [
      "No backup on backup goes; kept: 29 backups.",
      "Retention: keep-last=3,keep-weekly=2 (the storage's own).",
    ],
  },
  {
    title: "a backup runs",
    route: "POST /nodes/{node}/vzdump",
    params: { node: "pve1", vmid: "100,101,200", storage: "backup", mode: "stop" },
    points: [
      "Saves 2 guests on pve1 to backup, mode stop: VM 100 (web-01), CT 200 (dns).",
      "Left out, not on pve1: VM 101 (web-02) on pve2.",
      "Running guests are shut down for it and started again: VM 100 (web-01), CT 200 (dns).",
      "By PVE's preview 2 of 6 older backups then go: VM 100 (web-01) 2026-03-30 02:30 UTC, CT 200 (dns) 2026-03-30 02:36 UTC.",
      "Free on backup: 213.4 GiB.",
    ],
    final: ["a backup that is pruned is gone."],
  },
  {
    title: "a backup that removes nothing",
    route: "POST /nodes/{node}/vzdump",
    params: { node: "pve1", vmid: "100", storage: "local", remove: false },
    points: [
      "Saves 1 guest on pve1 to local, mode snapshot: VM 100 (web-01).",
      "Older backups stay: remove is off.",
      "Free on local: 77 GiB.",
    ],
  },
  {
    title: "a backup with a retention that keeps itself alone",
    route: "POST /nodes/{node}/vzdump",
    params: { node: "pve1", vmid: "203", storage: "backup", "prune-backups": "keep-last=1" },
    points: [
      "Saves 1 guest on pve1 to backup, mode snapshot: CT 203 (git).",
      "By PVE's preview 2 of 3 older backups then go: CT 203 (git) 2026-03-31 02:39 UTC, CT 203 (git) 2026-04-01 02:39 UTC.",
      "Free on backup: 213.4 GiB.",
    ],
    final: ["a backup that is pruned is gone."],
  },
  {
    title: "a job goes",
    route: "DELETE /cluster/backup/{id}",
    params: { id: "backup-nightly" },
    points: [
      "Backup job backup-nightly goes: schedule 02:30, storage backup, mode snapshot, enabled 1, prune-backups keep-last=3,keep-weekly=2, comment “every night”.",
      "It saves 15 guests, and no other enabled job does: VM 100 (web-01), VM 101 (web-02), VM 102 (db-01), VM 103 (mail), VM 104 (build), VM 105 (analytics), VM 107 (dev), VM 108 (dev), CT 200 (dns), CT 201 (proxy), CT 202 (monitoring), CT 203 (git), CT 204 (wiki), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "Backups that it made stay where they are.",
    ],
  },
  {
    title: "a job goes whose guests another one saves",
    route: "DELETE /cluster/backup/{id}",
    params: { id: "backup-git" },
    points: [
      "Backup job backup-git goes: schedule sun 05:00, storage local, mode stop, enabled 0.",
      "It saves 1 guest: CT 203 (git).",
      "Backups that it made stay where they are.",
    ],
  },
  {
    title: "a job saves fewer guests",
    route: "PUT /cluster/backup/{id}",
    params: { id: "backup-nightly", vmid: "100,203" },
    points: [
      "Backup job backup-nightly: vmid: not set → 100,203.",
      "In no enabled job afterwards: VM 101 (web-02), VM 102 (db-01), VM 103 (mail), VM 104 (build), VM 105 (analytics), VM 107 (dev), VM 108 (dev), CT 200 (dns), CT 201 (proxy), CT 202 (monitoring), CT 204 (wiki), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "It then saves 2 guests.",
      "Next run: 2026-04-02 02:30 UTC.",
    ],
  },
  {
    title: "a job is switched off",
    route: "PUT /cluster/backup/{id}",
    params: { id: "backup-nightly", enabled: false },
    points: [
      "Backup job backup-nightly: enabled: yes → no.",
      "In no enabled job afterwards: VM 100 (web-01), VM 101 (web-02), VM 102 (db-01), VM 103 (mail), VM 104 (build), VM 105 (analytics), VM 107 (dev), VM 108 (dev), CT 200 (dns), CT 201 (proxy), CT 202 (monitoring), CT 203 (git), CT 204 (wiki), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "It then saves 15 guests, but does not run.",
    ],
  },
  {
    title: "a job gets another retention",
    route: "PUT /cluster/backup/{id}",
    params: { id: "backup-nightly", "prune-backups": "keep-last=1", schedule: "mon 04:00" },
    points: [
      "Backup job backup-nightly: prune-backups keep-last: 3 → 1; prune-backups keep-weekly: 2 → not set; schedule: 02:30 → mon 04:00.",
      "It then saves 15 guests.",
      "Next run: 2026-04-06 04:00 UTC.",
      "Retention of the job is keep-last=1: the next run removes what it does not keep.",
    ],
  },
  {
    title: "a new job",
    route: "POST /cluster/backup",
    params: { schedule: "sun 01:00", storage: "backup", pool: "web", mode: "suspend" },
    points: [
      "The job saves 5 guests to backup, mode suspend: VM 100 (web-01), VM 101 (web-02), VM 107 (dev), VM 108 (dev), CT 201 (proxy).",
      "It runs sun 01:00, first 2026-04-05 01:00 UTC.",
      "Running guests are suspended meanwhile, each time.",
      "Each run removes what its retention does not keep.",
    ],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
