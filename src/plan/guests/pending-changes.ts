import { flag, type Row, rows, str } from "../../pve/data.ts";
import { listings, type Point } from "../point.ts";
import type { Look } from "../topic.ts";
import type { StepGuest } from "./guest-state.ts";

const PENDING = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/pending",
  lxc: "GET /nodes/{node}/lxc/{vmid}/pending",
} as const;

/** A guest's settings with what waits for its next start; none where they cannot be read. */
export const pendingRows = async (look: Look, { type, node, vmid }: StepGuest): Promise<readonly Row[]> =>
  rows(await look.tryRead(PENDING[type], { node, vmid }));

/** The settings that change at a guest's next start. */
const waitingSettings = (pending: readonly Row[]): readonly string[] =>
  pending.flatMap((row) => {
    const waits = row.pending !== undefined || flag(row, "delete");
    return waits ? (str(row, "key") ?? []) : [];
  });

/** One line on what waits for the next start; none where nothing does. @param then "take effect", "are dropped" */
export const waitingPoint = (pending: readonly Row[], then: string): readonly Point[] =>
  listings(`Changes that wait for a start ${then}`, waitingSettings(pending));
