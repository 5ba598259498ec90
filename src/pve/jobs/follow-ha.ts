import type { LogLine } from "../../render/log.ts";
import type { RouteParams } from "../../schema/routes.gen.ts";
import type { CallOptions, Pve } from "../client.ts";
import { type Json, num, type Row, record, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";
import type { FollowOptions } from "./follow.ts";
import type { Upid } from "./upid.ts";

/** What is asked of HA, by the task that hands the request over. */
interface Request {
  /** The tasks by which HA does it (PVE::HA::Resources::PVEVM, ::PVECT). */
  readonly does: readonly string[];
  /** The state of a guest of which it is done; absent: it is to be on another node. */
  readonly state?: string;
}

const REQUESTS: Readonly<Record<string, Request>> = {
  hastart: { does: ["qmstart", "vzstart"], state: "running" },
  hastop: { does: ["qmstop", "qmshutdown", "vzstop", "vzshutdown"], state: "stopped" },
  hamigrate: { does: ["qmigrate", "vzmigrate"] },
};
/** The only place that tells where to (migrate_vm of PVE::API2::Qemu and ::LXC). */
const TARGET = /^Requesting HA migration for (?:VM|CT) \d+ to node (\S+)$/;

/** How often to look, in milliseconds: HA's managers act in rounds of ten seconds. */
const EVERY_MS = 2_000;
const LOOK_MS = 10_000;
/** Tasks of one guest since the request. */
const MOST = 100;

/** True for a task that only hands a request to HA. */
export const isRequestToHa = (type: string): boolean => Object.hasOwn(REQUESTS, type);

/** How a request to HA stands. */
export type HaStanding =
  /** HA's own task for it. */
  | { readonly kind: "acts"; readonly upid: string }
  /** No task of HA's shows, but the guest is as it was to be; `is` says how: "running", "on pve1". */
  | { readonly kind: "proved"; readonly is: string }
  | { readonly kind: "unseen" };

/**
 * Looks for what HA makes of a request, once at least and for at most `waitMs`: its own task, or the guest's state where
 * the token may not see tasks of root@pam or there was nothing to do. Never throws a PveError.
 * @param lines the log of the task that handed the request over
 */
export async function whatHaDoes(
  pve: Pve,
  request: Upid,
  lines: readonly LogLine[],
  { waitMs, pace, signal, onProgress }: Omit<FollowOptions, "asked">,
): Promise<HaStanding> {
  const target = lines.map(({ t }) => TARGET.exec(t)?.[1]).find((node) => node !== undefined);
  const end = pace.now() + waitMs;
  for (;;) {
    const standing = await look(pve, request, target, { signal, once: true, timeoutMs: LOOK_MS });
    const left = end - pace.now();
    if (standing.kind !== "unseen" || left <= 0 || signal.aborted) return standing;
    onProgress?.({ line: "requested of HA, not seen to act yet" });
    await pace.pause(Math.min(EVERY_MS, left), signal);
    if (signal.aborted) return standing;
  }
}

async function look(
  pve: Pve,
  request: Upid,
  target: string | undefined,
  options: CallOptions,
): Promise<HaStanding> {
  const guest = rows(await read(pve, "GET /cluster/resources", { type: "vm" }, options)).find(
    (row) => str(row, "vmid") === request.id,
  );
  const node = guest && str(guest, "node");
  const upid = await actingTask(pve, request, new Set([request.node, node ?? request.node]), options);
  if (upid !== undefined) return { kind: "acts", upid };
  const { state } = REQUESTS[request.type] ?? {};
  if (!guest || node === undefined) return { kind: "unseen" };
  if (state === undefined) return node === target ? { kind: "proved", is: `on ${node}` } : { kind: "unseen" };
  // The list's own state can be ten seconds old.
  const vmid = Number(request.id);
  const current =
    str(guest, "type") === "lxc"
      ? await read(pve, "GET /nodes/{node}/lxc/{vmid}/status/current", { node, vmid }, options)
      : await read(pve, "GET /nodes/{node}/qemu/{vmid}/status/current", { node, vmid }, options);
  return str(record(current), "status") === state ? { kind: "proved", is: state } : { kind: "unseen" };
}

/** The first task since the request by which HA can have done it, on the nodes where it may be. */
async function actingTask(
  pve: Pve,
  { type, id, starttime }: Upid,
  nodes: ReadonlySet<string>,
  options: CallOptions,
): Promise<string | undefined> {
  const does = REQUESTS[type]?.does ?? [];
  const since = { vmid: Number(id), since: starttime, source: "all", limit: MOST } as const;
  const lists = await Promise.all(
    [...nodes].map((node) => read(pve, "GET /nodes/{node}/tasks", { node, ...since }, options)),
  );
  const began = (task: Row) => num(task, "starttime") ?? 0;
  const [first] = lists
    .flatMap(rows)
    .filter((task) => does.includes(str(task, "type") ?? ""))
    .sort((a, b) => began(a) - began(b));
  return first && str(first, "upid");
}

type HaRead =
  | "GET /cluster/resources"
  | "GET /nodes/{node}/tasks"
  | "GET /nodes/{node}/qemu/{vmid}/status/current"
  | "GET /nodes/{node}/lxc/{vmid}/status/current";

/** What cannot be read now may be at the next look. */
async function read<R extends HaRead>(
  pve: Pve,
  route: R,
  params: RouteParams[R],
  options: CallOptions,
): Promise<Json> {
  try {
    return (await pve.call(route, params, options)).data;
  } catch (error) {
    if (error instanceof PveError) return null;
    throw error;
  }
}
