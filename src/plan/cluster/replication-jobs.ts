import { num, rows, str } from "../../pve/data.ts";
import type { Look } from "../topic.ts";

/** A job that copies a guest's volumes to another node. */
export interface ReplicationJob {
  /** `203-0`. */
  readonly id: string;
  readonly target: string;
  readonly schedule: string;
}

/** The read that tells replication jobs. */
const REPLICATION_READ = "GET /cluster/replication";

/** The replication jobs of a guest; undefined where they cannot be read. */
export async function replicationOf(
  look: Look,
  vmid: number,
): Promise<readonly ReplicationJob[] | undefined> {
  const data = await look.tryRead(REPLICATION_READ, {});
  if (data === undefined) return undefined;
  return rows(data).flatMap((row): readonly ReplicationJob[] => {
    const id = str(row, "id") ?? "";
    const guest = num(row, "guest") ?? Number(id.split("-")[0]);
    const [target = "", schedule = "*/15"] = [str(row, "target"), str(row, "schedule")];
    return guest === vmid ? [{ id, target, schedule }] : [];
  });
}

/** The job with its target and its schedule, for sentences. */
export const replicationText = ({ id, target, schedule }: ReplicationJob): string =>
  `${id} to ${target} (${schedule})`;
