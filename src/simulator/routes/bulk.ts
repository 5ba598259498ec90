import { flag, index, int, list, mayAny, text } from "../args.ts";
import { called, messageOf } from "../guest-power.ts";
import { isRunning, isTemplate } from "../guests.ts";
import { currentHaState } from "../ha-request.ts";
import { localDisks, missingStorages } from "../migration.ts";
import { requirePrivileges } from "../permissions.ts";
import { die, Envelope, type Handler, type Handlers, type SimCall, type Value } from "../route.ts";
import { isGood, TaskFailure } from "../tasks.ts";
import type { Guest, Json } from "../world.ts";
import { guestStatusRoutes } from "./guest-status.ts";
import { migrateRoutes } from "./migrate.ts";

/** What a bulk action does with one guest: it writes lines and, unless it leaves the guest as it is, calls a route. */
interface Step {
  readonly lines: readonly string[];
  readonly route?: "start" | "resume" | "shutdown" | "suspend" | "migrate";
  readonly params?: Record<string, Value>;
}

interface Bulk {
  readonly type: string;
  readonly node: string;
  /** First log line. */
  readonly heading?: string;
  /** Before the error of a call that starts no task. */
  readonly mark: "WARN: " | "";
  /** How the failure of a guest's own task reads; absent: PVE does not look at how those end. */
  readonly failed?: (guest: Guest, status: string) => string;
  /** What the job fails with, before the VMIDs; absent: it ends well all the same. */
  readonly failure?: string;
  readonly step: (guest: Guest) => Step;
  /** Last lines; `started`: how many tasks have been started. May fail the job. */
  readonly closing?: (started: number) => readonly string[];
}

/** The node an API call without a node runs on. */
const localNode = (call: SimCall) =>
  [...call.world.nodes.values()].find((node) => node.online)?.name ?? "localhost";

/** Guests named by `vms`, or all but those that HA manages; templates on request (Nodes.pm get_filtered_vmlist). */
function chosen(call: SimCall, every = false): Guest[] {
  const wanted = list(call, "vms").map(Number);
  const node = text(call, "node");
  const managed = ({ type, vmid }: Guest) => currentHaState(call.world, type, vmid) !== undefined;
  return [...call.world.guests.values()]
    .filter((guest) => every || !isTemplate(guest))
    .filter((guest) => node === undefined || guest.node === node)
    .filter((guest) => (wanted.length === 0 ? every || !managed(guest) : wanted.includes(guest.vmid)))
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
  for (const guest of guests) {
    const step = bulk.step(guest);
    log.push(...step.lines);
    if (step.route === undefined) continue;
    try {
      children.set(guest, callRoute(call, guest, step));
    } catch (error) {
      log.push(`${bulk.mark}${messageOf(error)}`);
      failed.push(guest.vmid);
    }
  }
  const ends = [...children.values()].map((upid) => call.world.tasks.get(upid)?.endtime ?? call.now);
  const warnings = log.filter((line) => line.startsWith("WARN: ")).length;
  return call.task({
    node: bulk.node,
    type: bulk.type,
    id: "",
    seconds: Math.max(call.now, ...ends) - call.now + 0.1,
    log,
    ...(warnings > 0 ? { exitstatus: `WARNINGS: ${warnings}` } : {}),
    done: () => {
      const lines: string[] = [];
      for (const [guest, upid] of children) {
        const status = call.world.tasks.get(upid)?.exitstatus ?? "OK";
        if (isGood(status) || !bulk.failed) continue;
        failed.push(guest.vmid);
        lines.push(bulk.failed(guest, status));
      }
      if (failed.length > 0 && bulk.failure !== undefined)
        throw new TaskFailure(`${bulk.failure}${failed.join(", ")}`, lines);
      return [...lines, ...(bulk.closing?.(children.size) ?? [])];
    },
  });
}

function heading(call: SimCall, doing: string, suffix = ""): string {
  const vms = list(call, "vms");
  return vms.length > 0 ? `${doing} guests${suffix}: ${vms.join(", ")}` : `${doing} all guests${suffix}`;
}

const nameOf = (guest: Guest) => called(guest.type, guest.vmid);
const left = (...lines: string[]): Step => ({ lines });

function startStep(call: SimCall, guest: Guest): Step {
  if (guest.status === "running") return left(`WARN: Skipping ${nameOf(guest)}, already running.`);
  const timeout = int(call, "timeout");
  const route = guest.status === "paused" ? "resume" : "start";
  return {
    route,
    lines: [`Starting ${nameOf(guest)}`],
    ...(timeout === undefined || guest.type === "lxc" ? {} : { params: { timeout } }),
  };
}

function shutdownStep(call: SimCall, guest: Guest): Step {
  const force = flag(call, "force-stop", true);
  if (!isRunning(guest)) return left(`WARN: Skipping ${nameOf(guest)}, not running.`);
  if (guest.status === "paused" && !force)
    return left(`WARN: Skipping ${nameOf(guest)}, resume paused VM before shutdown.`);
  const timeout = int(call, "timeout") ?? 180;
  return {
    route: "shutdown",
    params: { timeout, forceStop: force },
    lines: [`Shutting down ${nameOf(guest)} (Timeout = ${timeout} seconds)`],
  };
}

function suspendStep(call: SimCall, guest: Guest): Step {
  if (guest.type !== "qemu") return left(`WARN: skipping ${guest.vmid}, only VMs can be suspended`);
  if (!isRunning(guest)) return left(`WARN: Skipping VM ${guest.vmid}, not running.`);
  const storage = text(call, "statestorage");
  return {
    route: "suspend",
    params: { todisk: flag(call, "to-disk"), ...(storage === undefined ? {} : { statestorage: storage }) },
    lines: [`Suspending VM ${guest.vmid}`],
  };
}

function migrateStep(call: SimCall, guest: Guest, target: string): Step {
  if (guest.node === target) return left(`WARN: ${nameOf(guest)} already on ${target}, skipping.`);
  const online = flag(call, "online");
  const params: Record<string, Value> =
    guest.type === "lxc"
      ? { target, restart: online }
      : { target, online, "with-local-disks": flag(call, "with-local-disks") };
  return { route: "migrate", params, lines: [`Migrating ${nameOf(guest)}`] };
}

/** A bulk action of the cluster: it waits for the guests' own tasks and fails when one of them does. */
function clusterWide(call: SimCall, bulk: Pick<Bulk, "type" | "heading" | "step" | "failure">): Json {
  const doing = { "bulk-start": "Starting", "bulk-migrate": "Migrating" }[bulk.type] ?? "Stopping";
  const failed = (guest: Guest, status: string) => `WARN: ${doing} ${nameOf(guest)} failed: ${status}`;
  const guests = chosen(call, bulk.type === "bulk-migrate");
  return run(call, { ...bulk, node: localNode(call), mark: "WARN: ", failed }, guests);
}

/** A bulk action of a node: it ends well whatever becomes of the guests. */
function onNode(call: SimCall, type: string, bulk: Omit<Bulk, "type" | "node" | "mark">): Json {
  const migration = type === "migrateall";
  if (!mayAny(call, "/", "VM.PowerMgmt", "VM.Migrate"))
    checkGuests(call, migration ? "VM.Migrate" : "VM.PowerMgmt");
  const node = text(call, "node") ?? localNode(call);
  const guests = chosen(call, migration);
  if (type !== "startall" && !migration) guests.reverse();
  if (migration && guests.length === 0)
    return call.task({
      node,
      type,
      id: "",
      seconds: 0.1,
      log: ["no virtual guests matched, nothing to do.."],
    });
  return run(call, { ...bulk, type, node, mark: "" }, guests);
}

function stopStep(call: SimCall, guest: Guest): Step {
  if (!isRunning(guest)) return left();
  const timeout = int(call, "timeout") ?? 180;
  return {
    route: "shutdown",
    params: { timeout, forceStop: flag(call, "force-stop", true) },
    lines: [`Stopping ${nameOf(guest)} (timeout = ${timeout} seconds)`],
  };
}

function suspendToDiskStep(guest: Guest): Step {
  if (guest.type !== "qemu") return left(`WARN: skipping ${guest.vmid}, only VMs can be suspended`);
  if (!isRunning(guest)) return left(`VM ${guest.vmid} not running, skipping suspension`);
  return { route: "suspend", params: { todisk: true }, lines: [`Suspending VM ${guest.vmid}`] };
}

/** VMs are looked at first: what stands in their way leaves them where they are. */
function evacuateStep(call: SimCall, guest: Guest): Step {
  const target = text(call, "target") ?? "";
  const running = isRunning(guest);
  if (guest.type === "lxc")
    return {
      route: "migrate",
      params: { target, restart: running },
      lines: [`Migrating ${nameOf(guest)}`],
    };
  const check = `Check VM ${guest.vmid}:`;
  const local = localDisks(call.world, guest).map(({ volid }) => volid);
  const missing = missingStorages(call.world, guest, target);
  const problems = [
    ...(running && local.length > 0 && !flag(call, "with-local-disks")
      ? [`  Has local disks: ${local.join(", ")}`]
      : []),
    ...(missing.length > 0 ? [`  Has unavailable storages: ${missing.join(", ")}`] : []),
  ];
  if (problems.length > 0)
    return left(`${check} skip VM ${guest.vmid} - precondition check failed:`, ...problems);
  return {
    route: "migrate",
    params: { target, online: running, "with-local-disks": flag(call, "with-local-disks") },
    lines: [`${check} precondition check passed`, `Migrating VM ${guest.vmid}`],
  };
}

/** Actions on many guests, of the cluster (PVE::API2::Cluster::BulkAction::Guest) or of a node (PVE::API2::Nodes). */
export const bulkRoutes: Handlers = {
  "GET /cluster/bulk-action/guest": () => index("name", "start shutdown migrate suspend"),
  "POST /cluster/bulk-action/guest/start": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    return clusterWide(call, {
      type: "bulk-start",
      heading: heading(call, "Starting"),
      failure: "Some guests failed to start: ",
      step: (guest) => startStep(call, guest),
    });
  },
  "POST /cluster/bulk-action/guest/shutdown": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    return clusterWide(call, {
      type: "bulk-shutdown",
      heading: heading(call, "Shutting down"),
      failure: "Some guests failed to shutdown ",
      step: (guest) => shutdownStep(call, guest),
    });
  },
  "POST /cluster/bulk-action/guest/suspend": (call) => {
    checkGuests(call, "VM.PowerMgmt");
    if (flag(call, "to-disk")) checkGuests(call, "VM.Config.Disk");
    return clusterWide(call, {
      type: "bulk-suspend",
      heading: heading(call, "Suspending"),
      failure: "Some guests failed to suspend ",
      step: (guest) => suspendStep(call, guest),
    });
  },
  "POST /cluster/bulk-action/guest/migrate": (call) => {
    checkGuests(call, "VM.Migrate");
    const target = text(call, "target") ?? "";
    return clusterWide(call, {
      type: "bulk-migrate",
      heading: heading(call, "Migrating", ` to ${target}`),
      failure: "Some guests failed to migrate ",
      step: (guest) => migrateStep(call, guest, target),
    });
  },
  "POST /nodes/{node}/startall": (call) => {
    const wanted = (guest: Guest) => flag(call, "force") || guest.config.onboot === 1;
    return onNode(call, "startall", {
      failed: (guest, status) => `Starting ${nameOf(guest)} failed: ${status}`,
      step: (guest) =>
        isRunning(guest) || !wanted(guest)
          ? left()
          : { route: "start", lines: [`Starting ${nameOf(guest)}`] },
    });
  },
  "POST /nodes/{node}/stopall": (call) => onNode(call, "stopall", { step: (guest) => stopStep(call, guest) }),
  "POST /nodes/{node}/suspendall": (call) => onNode(call, "suspendall", { step: suspendToDiskStep }),
  "POST /nodes/{node}/migrateall": (call) =>
    onNode(call, "migrateall", {
      step: (guest) => evacuateStep(call, guest),
      closing: (started) =>
        started > 0
          ? [`All jobs finished, used ${started} workers in total.`]
          : die("no migrations worker started..."),
    }),
};
