import { flag, list, num, type Row, record, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import type { StepGuest } from "../guests/guest-state.ts";
import type { Look } from "../topic.ts";
import { listed } from "../wording.ts";

/** A backup job that backs a guest up. */
export interface BackupJob {
  readonly id: string;
  readonly enabled: boolean;
  /** A calendar event: `02:30`, `sun 05:00`. */
  readonly schedule: string;
  /** How it comes to the guest. */
  readonly by: "name" | "all" | "pool";
  /** It names no other guest: without this one PVE deletes it (PVE::VZDump::Plugin remove_vmid_from_job). */
  readonly alone: boolean;
  /** Disks of the guest that it leaves out, by setting; undefined where PVE was not asked or did not say. */
  readonly leavesOut?: readonly string[];
}

const JOBS = "GET /cluster/backup";
const INCLUDED = "GET /cluster/backup/{id}/included_volumes";
/** Jobs whose volumes PVE is asked about. */
const ASKED = 3;

/**
 * The backup jobs that include a guest, what they leave out of it by PVE's own account; undefined where the jobs cannot
 * be read. @param entry the guest in the inventory, for jobs of a pool
 */
export async function backupJobsOf(
  look: Look,
  guest: StepGuest,
  entry: Guest | undefined,
): Promise<readonly BackupJob[] | undefined> {
  const data = await look.tryRead(JOBS, {});
  if (data === undefined) return undefined;
  const jobs = rows(data).flatMap((row): readonly BackupJob[] => {
    const by = selection(row, guest, entry?.pool);
    const id = str(row, "id");
    if (by === undefined || id === undefined) return [];
    const enabled = row.enabled === undefined || flag(row, "enabled");
    const alone = by === "name" && list(str(row, "vmid")).length === 1;
    return [{ id, by, alone, enabled, schedule: str(row, "schedule") ?? str(row, "starttime") ?? "" }];
  });
  return Promise.all(
    jobs.map(async (job, at) => {
      const leavesOut = at < ASKED ? await leftOut(look, job.id, guest.vmid) : undefined;
      return leavesOut === undefined ? job : { ...job, leavesOut };
    }),
  );
}

/** How a job comes to a guest (PVE::VZDump get_included_guests); undefined: it does not. */
function selection(
  row: Row,
  { vmid, node }: StepGuest,
  pool: string | undefined,
): BackupJob["by"] | undefined {
  const text = (key: string): string => (row[key] === undefined ? "" : String(row[key]));
  if (text("node") !== "" && text("node") !== node) return undefined;
  const names = (key: string): boolean => list(text(key)).map(Number).includes(vmid);
  if (text("pool") !== "")
    return pool === text("pool") || pool?.startsWith(`${text("pool")}/`) ? "pool" : undefined;
  if (text("vmid") !== "") return names("vmid") ? "name" : undefined;
  return ["1", "true"].includes(text("all")) && !names("exclude") ? "all" : undefined;
}

/** The disks of a guest that a job leaves out; undefined where PVE does not say. */
async function leftOut(look: Look, id: string, vmid: number): Promise<readonly string[] | undefined> {
  const data = await look.tryRead(INCLUDED, { id });
  const guest = rows(record(data).children).find((row) => num(row, "id") === vmid);
  if (!guest) return undefined;
  return rows(guest.children)
    .filter((volume) => !flag(volume, "included"))
    .map((volume) => (str(volume, "id") ?? "").replace(/^\d+:/, ""));
}

const BY = { name: "names it", all: "all guests", pool: "its pool" } as const;

/** `backup-nightly (02:30, all guests, without scsi1)`. */
export function jobText({ id, schedule, by, enabled, leavesOut = [] }: BackupJob): string {
  const parts = [
    ...(schedule === "" ? [] : [schedule]),
    BY[by],
    ...(enabled ? [] : ["disabled"]),
    ...(leavesOut.length > 0 ? [`without ${listed(leavesOut)}`] : []),
  ];
  return `${id} (${parts.join(", ")})`;
}
