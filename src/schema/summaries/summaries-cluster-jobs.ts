import type { Route } from "../routes.gen.ts";

/** What each operation on scheduled jobs does, in one line: backup, replication, realm sync. */
export const CLUSTER_JOB_SUMMARIES = {
  "GET /cluster/backup": "List scheduled backup (vzdump) jobs",
  "POST /cluster/backup": "Schedule a new backup (vzdump) job: guests, storage, time, retention",
  "GET /cluster/backup/{id}": "Show one backup job's guests, storage, schedule and retention",
  "PUT /cluster/backup/{id}": "Change a backup job: guests, storage, schedule, retention, enable",
  "DELETE /cluster/backup/{id}": "Delete a backup job; backups already made stay",
  "GET /cluster/backup/{id}/included_volumes":
    "Show which guests and which of their disks a backup job includes",
  "GET /cluster/backup-info": "List the sub-paths of backup coverage",
  "GET /cluster/backup-info/not-backed-up": "List guests (VM, CT) that no backup job covers",

  "GET /cluster/replication": "List storage replication jobs of the cluster",
  "POST /cluster/replication": "Replicate a guest's ZFS volumes to another node on a schedule",
  "GET /cluster/replication/{id}": "Show one replication job's target, schedule and rate limit",
  "PUT /cluster/replication/{id}": "Change a replication job: schedule, rate limit, disable",
  "DELETE /cluster/replication/{id}": "Remove a replication job, and the copies on its target unless kept",

  "GET /cluster/jobs": "List the sub-paths of jobs (realm sync, schedule check)",
  "GET /cluster/jobs/realm-sync": "List scheduled LDAP/AD realm sync jobs",
  "GET /cluster/jobs/realm-sync/{id}": "Show one scheduled realm sync job",
  "POST /cluster/jobs/realm-sync/{id}": "Schedule the sync of users and groups from an LDAP/AD realm",
  "PUT /cluster/jobs/realm-sync/{id}": "Change a realm sync job: schedule, scope, removal of vanished users",
  "DELETE /cluster/jobs/realm-sync/{id}": "Delete a realm sync job; synced users stay",
  "GET /cluster/jobs/schedule-analyze": "Work out when a calendar schedule (mon..fri 02:00) runs next",
} as const satisfies Partial<Record<Route, string>>;
