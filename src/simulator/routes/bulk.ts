import { flag, index, int, list, mayAny, text } from "../args.ts";
import { called, messageOf } from "../guest-power.ts";
import { isRunning, isTemplate } from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { die, Envelope, type Handler, type Handlers, type SimCall, type Value } from "../route.ts";
import { isGood } from "../tasks.ts";
import type { Guest, Json } from "../world.ts";
import { guestStatusRoutes } from "./guest-status.ts";
import { migrateRoutes } from "./migrate.ts";

/** What a bulk action does with one guest: skip it with a warning, or call its route. */
interface Step {
  readonly skip?: string;
  readonly route?: "start" | "resume" | "shutdown" | "stop" | "suspend" | "migrate";
  readonly params?: Record<string, Value>;
  /** Log line, e.g. `Starting VM 100`. */
  readonly line?: string;
}

interface Bulk {
  readonly type: string;
  readonly node: string;
  /** First log line. */
  readonly heading: string | undefined;
  /** Word of the failure summary: `Some guests failed to start: `. */
  readonly failure: string;
  readonly step: (guest: Guest) => Step;
}

/** The node an API call without a node runs on. */
const localNode = (call: SimCall) =>
  [...call.world.nodes.values()].find((node) => node.online)?.name ?? "localhost";

/** Guests named by `vms`, or all; templates never. */
function chosen(call: SimCall): Guest[] {
  const wanted = list(call, "vms").map(Number);
  const node = text(call, "node");
  return [...call.world.guests.values()]
    .filter((guest) => !isTemplate(guest) && (node === undefined || guest.node === node))
    .filter((guest) => wanted.length === 0 || wanted.includes(guest.vmid))
    .sort((a, b) => a.vmid - b.vmid);
}

function checkGuests(call: SimCall, privilege: string): void {
  const wanted = list(call, "vms");
  for (const vmid of wanted) requirePrivileges(call.world, call.caller.id, `/vms/${vmid}`, [privilege]);
  if (wanted.length === 0) requirePrivileges(call.world, call.caller.id, "/", [privilege]);
}

/** Calls the route of one guest as the caller; the answer is the UPID of its task. */
function callRoute(call: SimCall, guest: Guest, step: Step): string {
  const folder = `/nodes/{node}/${guest.type}/{vmid}` as const;
  const route =
    step.route === "migrate"
      ? (`POST ${folder}/migrate` as const)
      : (`POST ${folder}/status/${step.route ?? "start"}` as const);
  const handlers = { ...guestStatusRoutes, ...migrateRoutes } as Record<string, Handler | undefined>;
  const params = { ...step.params, node: guest.node, vmid: guest.vmid };
  const answer = handlers[route]?.({ ...call, route: route as SimCall["route"], params });
  return answer instanceof Envelope ? String(answer.data) : String(answer);
}

/** Starts the tasks of all guests at once; the bulk task ends after the last of them. */
function run(call: SimCall, bulk: Bulk, guests: readonly Guest[]): Json {
  const log = bulk.heading === undefined ? [] : [bulk.heading];
  const children = new Map<Guest, string>();
  const failed: number[] = [];
  let warnings = 0;
  for (const guest of guests) {
    const step = bulk.step(guest);
    if (step.skip !== undefined) {
      log.push(`WARN: ${step.skip}`);
      warnings++;
      continue;
    }
    if (step.line !== undefined) log.push(step.line);
    try {
      children.set(guest, callRoute(call, guest, step));
    } catch (error) {
      log.push(`WARN: ${messageOf(error)}`);
      failed.push(guest.vmid);
    }
  }
  const ends = [...children.values()].map((upid) => call.world.tasks.get(upid)?.endtime ?? call.now);
  return call.task({
    node: bulk.node,
    type: bulk.type,
    id: "",
    seconds: Math.max(call.now, ...ends) - call.now + 0.1,
    log,
    ...(warnings > 0 ? { exitstatus: `WARNINGS: ${warnings}` } : {}),
    done: () => {
      for (const [guest, upid] of children) {
        const status = call.world.tasks.get(upid)?.exitstatus ?? "OK";
        if (!isGood(status)) failed.push(guest.vmid);
      }
      if (failed.length > 0) die(`${bulk.failure}${failed.join(", ")}`);
      return undefined;
    },
  });
}

function heading(call: SimCall, doing: string, suffix = ""): string {
  const vms = list(call, "vms");
  return vms.length > 0 ? `${doing} guests${suffix}: ${vms.join(", ")}` : `${doing} all guests${suffix}`;
}

const nameOf = (guest: Guest) => called(guest.type, guest.vmid);

function startStep(call: SimCall, guest: Guest): Step {
  if (guest.status === "running") return { skip: `Skipping ${nameOf(guest)}, already running.` };
  const timeout = int(call, "timeout");
  const route = guest.status === "paused" ? "resume" : "start";
  return {
    route,
    line: `Starting ${nameOf(guest)}`,
    ...(timeout === undefined ? {} : { params: { timeout } }),
  };
}

function shutdownStep(call: SimCall, guest: Guest, defaultForce: boolean): Step {
  const force = flag(call, "force-stop", defaultForce);
  if (!isRunning(guest)) return { skip: `Skipping ${nameOf(guest)}, not running.` };
  if (guest.status === "paused" && !force)
    return { skip: `Skipping ${nameOf(guest)}, resume paused VM before shutdown.` };
  const timeout = int(call, "timeout") ?? 180;
  return {
    route: "shutdown",
    params: { timeout, forceStop: force },
    line: `Shutting down ${nameOf(guest)} (Timeout = ${timeout} seconds)`,
  };
}

function suspendStep(call: SimCall, guest: Guest): Step {
  if (guest.type !== "qemu") return { skip: `skipping ${guest.vmid}, only VMs can be suspended` };
  if (!isRunning(guest)) return { skip: `Skipping VM ${guest.vmid}, not running.` };
  const storage = text(call, "statestorage");
  return {
    route: "suspend",
    params: { todisk: flag(call, "to-disk"), ...(storage === undefined ? {} : { statestorage: storage }) },
    line: `Suspending VM ${guest.vmid}`,
  };
}

function migrateStep(call: SimCall, guest: Guest, target: string): Step {
  if (guest.node === target) return { skip: `${nameOf(guest)} already on ${target}, skipping.` };
  const online = flag(call, "online");
  const params: Record<string, Value> =
    guest.type === "lxc"
      ? { target, restart: online }
      : { target, online, "with-local-disks": flag(call, "with-local-disks") };
  return { route: "migrate", params, line: `Migrating ${nameOf(guest)}` };
}

/** The bulk actions of a node (PVE::API2::Nodes): guests of that node, `onboot` ones for startall. */
function onNode(
  call: SimCall,
  type: string,
  pick: (guest: Guest) => boolean,
  step: (guest: Guest) => Step,
): Json {
  const node = text(call, "node") ?? localNode(call);
  if (!mayAny(call, "/", "VM.PowerMgmt", "VM.Migrate"))
    checkGuests(call, type === "migrateall" ? "VM.Migrate" : "VM.PowerMgmt");
  const bulk = { type, node, heading: undefined, failure: "Some guests failed: ", step };
  return run(call, bulk, chosen(call).filter(pick));
}

/** Actions on many guests, of the cluster (PVE::API2::Cluster::BulkAction::Guest) or of a node. */
export const bulkRoutes: Handlers = {
  "GET /cluster/bulk-action/guest": () => index("name", "start shutdown migrate suspend"),
  "POST /cluster/bulk-action/guest/start": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    return run(
      call,
      {
        type: "bulk-start",
        node: localNode(call),
        heading: heading(call, "Starting"),
        failure: "Some guests failed to start: ",
        step: (guest) => startStep(call, guest),
      },
      chosen(call),
    );
  },
  "POST /cluster/bulk-action/guest/shutdown": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    return run(
      call,
      {
        type: "bulk-shutdown",
        node: localNode(call),
        heading: heading(call, "Shutting down"),
        failure: "Some guests failed to shutdown ",
        step: (guest) => shutdownStep(call, guest, true),
      },
      chosen(call),
    );
  },
  "POST /cluster/bulk-action/guest/suspend": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    if (flag(call, "to-disk")) checkGuests(call, "VM.Config.Disk");
    return run(
      call,
      {
        type: "bulk-suspend",
        node: localNode(call),
        heading: heading(call, "Suspending"),
        failure: "Some guests failed to suspend ",
        step: (guest) => suspendStep(call, guest),
      },
      chosen(call),
    );
  },
  "POST /cluster/bulk-action/guest/migrate": (call) => {
    checkGuests(call, "VM.Migrate");
    const target = text(call, "target") ?? "";
    return run(
      call,
      {
        type: "bulk-migrate",
        node: localNode(call),
        heading: heading(call, "Migrating", `to ${target}`),
        failure: "Some guests failed to migrate ",
        step: (guest) => migrateStep(call, guest, target),
      },
      chosen(call),
    );
  },
  "POST /nodes/{node}/startall": (call) => {
    const force = flag(call, "force");
    const pick = (guest: Guest) => !isRunning(guest) && (force || guest.config.onboot === 1);
    return onNode(call, "startall", pick, (guest) => startStep(call, guest));
  },
  "POST /nodes/{node}/stopall": (call) =>
    onNode(call, "stopall", isRunning, (guest) => shutdownStep(call, guest, true)),
  "POST /nodes/{node}/suspendall": (call) =>
    onNode(
      call,
      "suspendall",
      (guest) => guest.type === "qemu" && isRunning(guest),
      (guest) => suspendStep(call, guest),
    ),
  "POST /nodes/{node}/migrateall": (call) =>
    onNode(
      call,
      "migrateall",
      () => true,
      (guest) => migrateStep(call, guest, text(call, "target") ?? ""),
    ),
};
