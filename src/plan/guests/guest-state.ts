import { flag, num, type Row, record, rows, str } from "../../pve/data.ts";
import { formatCell } from "../../render/units.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";

/** A guest that a step's path names. */
export interface StepGuest {
  readonly type: "qemu" | "lxc";
  readonly node: string;
  readonly vmid: number;
}

/** The guest in a step's path; undefined where there is none. */
export function guestOf({ route, params }: Step): StepGuest | undefined {
  const type = /^\S+ \/nodes\/\{node\}\/(qemu|lxc)\/\{vmid\}/.exec(route)?.[1];
  if (type !== "qemu" && type !== "lxc") return undefined;
  return { type, node: String(params.node), vmid: Number(params.vmid) };
}

const STATUS = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/status/current",
  lxc: "GET /nodes/{node}/lxc/{vmid}/status/current",
} as const;
const CONFIG = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/config",
  lxc: "GET /nodes/{node}/lxc/{vmid}/config",
} as const;
const TASKS = "GET /nodes/{node}/tasks";

/** A guest's status; empty where it cannot be read. */
export const guestStatus = async (look: Look, { type, node, vmid }: StepGuest): Promise<Row> =>
  record(await look.tryRead(STATUS[type], { node, vmid }));

/** A guest's configuration in force, `digest` included; empty where it cannot be read. */
export const guestConfig = async (look: Look, { type, node, vmid }: StepGuest): Promise<Row> =>
  record(await look.tryRead(CONFIG[type], { node, vmid, current: true }));

/** A guest's tasks, newest first, running ones among them. */
export const guestTasks = async (look: Look, { node, vmid }: StepGuest): Promise<readonly Row[]> =>
  rows(await look.tryRead(TASKS, { node, vmid, source: "all", limit: 20 }));

/** "VM 103 (mail)" for sentences. */
export function guestName(
  { type, vmid }: Pick<StepGuest, "type" | "vmid">,
  name: string | undefined,
): string {
  const label = `${type === "qemu" ? "VM" : "CT"} ${vmid}`;
  return name === undefined || name === "" ? label : `${label} (${name})`;
}

/** How a guest stands, which every plan about it begins with and hangs on. */
export const guestState: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const [status, config, tasks] = await Promise.all([
    guestStatus(look, guest),
    guestConfig(look, guest),
    guestTasks(look, guest),
  ]);
  const name = str(status, "name");
  const state = str(status, "status") ?? "in an unknown state";
  const up = num(status, "uptime");
  const lock = str(config, "lock") ?? str(status, "lock");
  const parts = [
    flag(config, "template") ? "a template" : state,
    ...(state === "running" && up !== undefined ? [`up ${formatCell(up, "duration")}`] : []),
    ...(lock === undefined ? [] : [`locked (${lock})`]),
    ...(flag(config, "protection") ? ["protection flag set"] : []),
  ];
  return {
    points: [`${guestName(guest, name)} on ${guest.node}: ${parts.join(", ")}.`],
    state: {
      [`guest ${guest.vmid}`]: {
        name: name ?? null,
        node: guest.node,
        status: state,
        lock: lock ?? null,
        digest: str(config, "digest") ?? null,
        task: str(record(tasks[0]), "upid") ?? null,
      },
    },
  };
};
