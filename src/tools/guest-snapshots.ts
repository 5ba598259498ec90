import { flag, num, type Row, rows, str } from "../pve/data.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import type { Cells } from "./answers.ts";
import { tool } from "./define.ts";
import { type GuestType, guestPlace, KINDS } from "./guest-kinds.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

/** PVE lists the present state as a snapshot of this name. */
const CURRENT = "current";

/** Parents before their children, siblings by time: a chain of snapshots reads from its root on. */
function inTreeOrder(snapshots: readonly Row[]): readonly Row[] {
  const names = new Set(snapshots.map((one) => str(one, "name")));
  const left = [...snapshots].sort((a, b) => (num(a, "snaptime") ?? 0) - (num(b, "snaptime") ?? 0));
  const ordered: Row[] = [];
  const seen = new Set<Row>();
  const add = (one: Row) => {
    if (seen.has(one)) return;
    seen.add(one);
    ordered.push(one);
    for (const child of left) if (str(child, "parent") === str(one, "name")) add(child);
  };
  const isRoot = (one: Row) => !names.has(str(one, "parent"));
  for (const one of [...left.filter(isRoot), ...left]) add(one);
  return ordered;
}

function snapshotsAnswer(type: GuestType, { data }: Reply, call: ToolCall): Answer {
  const all = rows(data);
  const snapshots = inTreeOrder(all.filter((one) => str(one, "name") !== CURRENT));
  const base = all.filter((one) => str(one, "name") === CURRENT).map((one) => str(one, "parent"))[0];
  const whose = `of ${guestPlace(call)}`;
  if (snapshots.length === 0) {
    return {
      headline: `No snapshots ${whose}.`,
      next: [`pve_create_${type}_snapshot makes one, where the storage supports snapshots.`],
    };
  }
  const cells = snapshots.map(
    (one): Cells => ({
      name: str(one, "name"),
      current: str(one, "name") === base || undefined,
      time: num(one, "snaptime"),
      parent: str(one, "parent"),
      vmstate: flag(one, "vmstate") || undefined,
      state: str(one, "snapstate"),
      description: str(one, "description"),
    }),
  );
  const now = base === undefined ? "" : `; the current state is based on ${base}`;
  return {
    headline: `${cells.length} ${cells.length === 1 ? "snapshot" : "snapshots"} ${whose}${now}.`,
    blocks: [
      {
        kind: "table",
        columns: [
          { key: "name" },
          { key: "time", label: "taken", format: "time" },
          { key: "parent" },
          { key: "current", format: "flag" },
          { key: "vmstate", label: "with RAM", format: "flag" },
          { key: "state" },
          { key: "description", foreign: true },
        ],
        rows: cells,
      },
    ],
  };
}

const snapshot = (call: ToolCall): string => str(call.input, "snapname") ?? "";

/** The tools that list, take, delete and return to snapshots of guests of one type. */
export function snapshotTools(type: GuestType): {
  readonly list: ToolSpec;
  readonly create: ToolSpec;
  readonly remove: ToolSpec;
  readonly rollback: ToolSpec;
} {
  const { an, label } = KINDS[type];
  const base = `/nodes/{node}/${type}/{vmid}/snapshot` as const;
  return {
    list: tool({
      name: `pve_list_${type}_snapshots`,
      title: `List ${label} snapshots`,
      tier: "read-only",
      description: `Snapshots of ${an}.`,
      route: `GET ${base}` as const,
      answer: (reply, call) => snapshotsAnswer(type, reply, call),
    }),
    create: tool({
      name: `pve_create_${type}_snapshot`,
      title: `Create ${label} snapshot`,
      tier: "full",
      description: `Take a snapshot of ${an}.`,
      route: `POST ${base}` as const,
      params: {
        snapname: "",
        description: "",
        ...(type === "qemu" ? { vmstate: "With RAM" } : {}),
      },
      done: (call) => `Snapshot ${snapshot(call)} of ${guestPlace(call)}.`,
    }),
    remove: tool({
      name: `pve_delete_${type}_snapshot`,
      title: `Delete ${label} snapshot`,
      tier: "full",
      description: `Delete a snapshot of ${an}.`,
      route: `DELETE ${base}/{snapname}` as const,
      params: { force: "" },
      done: (call) => `Deletion of snapshot ${snapshot(call)} of ${guestPlace(call)}.`,
    }),
    rollback: tool({
      name: `pve_rollback_${type}_snapshot`,
      title: `Roll back ${label}`,
      tier: "full",
      description: `Return ${an} to a snapshot; what changed since is lost.`,
      route: `POST ${base}/{snapname}/rollback` as const,
      params: { start: "" },
      done: (call) => `Rollback of ${guestPlace(call)} to snapshot ${snapshot(call)}.`,
    }),
  };
}
