import { flag, type Json, num, type Row, record, rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import type { Look } from "../topic.ts";
import { moment } from "../wording.ts";
import type { StepGuest } from "./guest-state.ts";

/** A snapshot of a guest. */
export interface Snapshot {
  readonly name: string;
  /** Unix seconds. */
  readonly time?: number;
  /** Written by whoever took it. */
  readonly description?: string;
  /** It keeps the memory of a VM that ran. */
  readonly withMemory: boolean;
  /** The snapshot it descends from. */
  readonly parent?: string;
}

const LIST = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/snapshot",
  lxc: "GET /nodes/{node}/lxc/{vmid}/snapshot",
} as const;

const CONFIG = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
  lxc: "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
} as const;

/** The configuration that a snapshot keeps; empty where it cannot be read. */
export const snapshotConfig = async (
  look: Look,
  { type, node, vmid }: StepGuest,
  snapname: string,
): Promise<Row> => record(await look.tryRead(CONFIG[type], { node, vmid, snapname }));

/** A guest's snapshots, oldest first; undefined where they cannot be read. */
export async function snapshotsOf(
  look: Look,
  { type, node, vmid }: StepGuest,
): Promise<readonly Snapshot[] | undefined> {
  const data = await look.tryRead(LIST[type], { node, vmid });
  if (data === undefined) return undefined;
  return rows(data)
    .flatMap((row): readonly Snapshot[] => {
      const name = str(row, "name");
      // The list ends with the state that the guest is in now.
      if (name === undefined || name === "current") return [];
      const [time, parent] = [num(row, "snaptime"), str(row, "parent")];
      const description = str(row, "description")?.trim() || undefined;
      return [
        {
          name,
          withMemory: flag(row, "vmstate"),
          ...(time === undefined ? {} : { time }),
          ...(description === undefined ? {} : { description }),
          ...(parent === undefined ? {} : { parent }),
        },
      ];
    })
    .sort((one, other) => (one.time ?? 0) - (other.time ?? 0));
}

/** `clean of 2026-03-02 09:00 UTC (30d ago), “Fresh install”`. @param now the node's time in Unix seconds */
export function snapshotText({ name, time, description }: Snapshot, now: number | undefined): string {
  const words = description === undefined ? "" : `, ${quoted(description)}`;
  return `${name} of ${moment(time, now)}${words}`;
}

/** `clean (2026-03-02 09:00 UTC)`, for lists. */
export const snapshotName = ({ name, time }: Snapshot): string => `${name} (${moment(time, undefined)})`;

/** What a decision about snapshots hangs on: which there are, and when they were taken. */
export const snapshotState = (snapshots: readonly Snapshot[] | undefined): Json =>
  snapshots?.map(({ name, time }) => `${name} ${time ?? ""}`) ?? null;
