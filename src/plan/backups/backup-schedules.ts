import { flag, list, num, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import type { Look } from "../topic.ts";

/** The backup jobs; undefined where they cannot be read. */
export async function backupJobs(look: Look): Promise<readonly Row[] | undefined> {
  const data = await look.tryRead("GET /cluster/backup", {});
  return data === undefined ? undefined : rows(data);
}

/** PVE runs a job unless it is switched off. */
export const isEnabled = (job: Row): boolean => job.enabled === undefined || flag(job, "enabled");

/** `backup-nightly (02:30)`, or with "disabled". */
export const jobName = (job: Row): string =>
  `${str(job, "id") ?? "a job"} (${[str(job, "schedule") ?? str(job, "starttime") ?? "no schedule", ...(isEnabled(job) ? [] : ["disabled"])].join(", ")})`;

/** The backup jobs that write to a storage. */
export const jobsOn = (jobs: readonly Row[], storage: string): readonly Row[] =>
  jobs.filter((job) => str(job, "storage") === storage);

/**
 * The guests that a backup with these settings saves (PVE::VZDump get_included_guests). `node` where it runs now:
 * guests elsewhere are left out; a job says its own.
 */
export function selected(guests: readonly Guest[], job: Row, node = str(job, "node")): readonly Guest[] {
  const here = guests.filter((guest) => node === undefined || guest.node === node);
  const pool = str(job, "pool");
  if (pool !== undefined && pool !== "")
    return here.filter((guest) => guest.pool === pool || guest.pool?.startsWith(`${pool}/`));
  const vmids = new Set(list(str(job, "vmid")).map(Number));
  if (vmids.size > 0) return here.filter(({ vmid }) => vmids.has(vmid));
  if (!flag(job, "all") && job.exclude === undefined) return [];
  const exclude = new Set(list(str(job, "exclude")).map(Number));
  return here.filter(({ vmid }) => !exclude.has(vmid));
}

/** The parameters that decide which guests `selected` gives. */
export const selectors = (job: Readonly<Record<string, unknown>>): readonly string[] =>
  job.pool !== undefined ? ["pool"] : job.vmid !== undefined ? ["vmid"] : ["all", "exclude"];

/** VMIDs that PVE says a job includes (GET /cluster/backup/{id}/included_volumes); undefined where it does not say. */
export async function includedBy(look: Look, id: string): Promise<readonly number[] | undefined> {
  const data = await look.tryRead("GET /cluster/backup/{id}/included_volumes", { id });
  if (data === undefined || typeof data !== "object" || data === null || !("children" in data))
    return undefined;
  return rows(data.children).flatMap((row) => num(row, "id") ?? []);
}
