import { flag, index, int } from "../args.ts";
import { memoryOf } from "../figures.ts";
import { called, haTask, mustFind, shutdownPlan, start, stop } from "../guest-power.ts";
import { currentStatus } from "../guest-status.ts";
import {
  checkLock,
  findGuest,
  type GuestType,
  guestOf,
  halt,
  isRunning,
  KIND,
  nodeOf,
  taskType,
  vmidOf,
} from "../guests.ts";
import { currentHaState } from "../ha-request.ts";
import { refuseRootOptions } from "../root-options.ts";
import { badParams, die, type Handlers, type SimCall, type TaskSpec } from "../route.ts";
import { startWarnings } from "../start-warnings.ts";
import { allocate } from "../volumes.ts";
import type { Json } from "../world.ts";

interface About {
  readonly type: GuestType;
  readonly node: string;
  readonly vmid: number;
}

const about = (call: SimCall, type: GuestType): About => ({ type, node: nodeOf(call), vmid: vmidOf(call) });

/** PVE looks at the process before it forks the task: a guest that does not run is a plain 500. */
function mustRun(call: SimCall, { type, node, vmid }: About, label: string = KIND[type].label): void {
  const guest = findGuest(call.world, node, type, vmid);
  if (!guest || !isRunning(guest)) die(`${label} ${vmid} not running`);
}

function task(
  call: SimCall,
  on: About,
  verb: string,
  seconds: number,
  done: TaskSpec["done"],
  log: readonly string[] = [],
) {
  return call.task({
    node: on.node,
    type: taskType(on.type, verb),
    id: String(on.vmid),
    seconds,
    log,
    ...(done ? { done } : {}),
  });
}

function startGuest(call: SimCall, type: GuestType): Json {
  const on = about(call, type);
  refuseRootOptions(call);
  const guest = findGuest(call.world, on.node, type, on.vmid);
  if (type === "lxc" && guest && isRunning(guest)) die(`CT ${on.vmid} already running`);
  const ha = haTask(call.world, type, on.vmid, "start", on.node);
  if (ha) return call.task(ha);
  return call.task({
    node: on.node,
    type: taskType(type, "start"),
    id: String(on.vmid),
    seconds: 1.5,
    ...startWarnings(guest),
    done: (at) => {
      start(call.world, on.node, type, on.vmid, at);
      return undefined;
    },
  });
}

function stopGuest(call: SimCall, type: GuestType): Json {
  const on = about(call, type);
  refuseRootOptions(call);
  if (type === "lxc") mustRun(call, on);
  const ha = haTask(call.world, type, on.vmid, "stop", on.node);
  if (ha) {
    if (flag(call, "overrule-shutdown"))
      badParams({ "overrule-shutdown": "Not applicable for HA resources." });
    return call.task(ha);
  }
  return task(call, on, "stop", 1, () => {
    stop(call.world, on.node, type, on.vmid);
    return undefined;
  });
}

function shutdownGuest(call: SimCall, type: GuestType): Json {
  const on = about(call, type);
  refuseRootOptions(call);
  const guest = findGuest(call.world, on.node, type, on.vmid);
  if (type === "lxc") mustRun(call, on);
  if (guest?.status === "paused" && type === "qemu" && !flag(call, "forceStop"))
    die("VM is paused - cannot shutdown");
  const ha = haTask(call.world, type, on.vmid, "shutdown", on.node);
  if (ha) return call.task(ha);
  const plan = shutdownPlan(guest, call.now, int(call, "timeout"), flag(call, "forceStop"));
  return task(
    call,
    on,
    "shutdown",
    plan.seconds,
    () => {
      const found = mustFind(call.world, on.node, type, on.vmid);
      checkLock(found);
      if (plan.error !== undefined) die(plan.error);
      halt(found);
      return undefined;
    },
    plan.log,
  );
}

function rebootGuest(call: SimCall, type: GuestType): Json {
  const on = about(call, type);
  const guest = findGuest(call.world, on.node, type, on.vmid);
  if (guest?.status === "paused") die("VM is paused - cannot shutdown");
  mustRun(call, on, "VM");
  const plan = shutdownPlan(guest, call.now, int(call, "timeout"));
  return task(
    call,
    on,
    "reboot",
    plan.seconds + 1,
    (at) => {
      const found = mustFind(call.world, on.node, type, on.vmid);
      if (plan.error !== undefined) die(plan.error);
      halt(found);
      start(call.world, on.node, type, on.vmid, at);
      return undefined;
    },
    plan.log,
  );
}

function resetVm(call: SimCall): Json {
  const on = about(call, "qemu");
  refuseRootOptions(call);
  mustRun(call, on);
  return task(call, on, "reset", 0.5, (at) => {
    const guest = mustFind(call.world, on.node, "qemu", on.vmid);
    checkLock(guest);
    guest.started = at;
    return undefined;
  });
}

function suspendVm(call: SimCall): Json {
  const on = about(call, "qemu");
  refuseRootOptions(call);
  mustRun(call, on);
  const toDisk = flag(call, "todisk");
  if (toDisk && currentHaState(call.world, "qemu", on.vmid) !== undefined)
    die("Cannot suspend HA managed VM to disk");
  return task(call, on, toDisk ? "suspend" : "pause", toDisk ? 3 : 0.5, () => {
    const guest = mustFind(call.world, on.node, "qemu", on.vmid);
    checkLock(guest);
    if (!toDisk) {
      guest.status = "paused";
      return undefined;
    }
    const storage = String(call.params.statestorage ?? guest.config.vmstatestorage ?? "local");
    const bytes = memoryOf(guest) * 2 + 500 * 1024 ** 2;
    const day = new Date(call.now * 1000).toISOString().slice(0, 10);
    const name = `vm-${guest.vmid}-state-suspend-${day}`;
    const { volume } = allocate(
      call.world,
      guest.node,
      { storage, vmid: guest.vmid, bytes, content: "images", name },
      call.now,
    );
    guest.config = { ...guest.config, lock: "suspended", vmstate: volume.volid };
    halt(guest);
    return ["State saved, quitting"];
  });
}

function resumeVm(call: SimCall): Json {
  const on = about(call, "qemu");
  refuseRootOptions(call);
  const guest = findGuest(call.world, on.node, "qemu", on.vmid);
  const suspended = guest?.config.lock === "suspended";
  if (!suspended) mustRun(call, on);
  return task(call, on, "resume", suspended ? 3 : 0.5, (at) => {
    const found = mustFind(call.world, on.node, "qemu", on.vmid);
    if (!suspended) {
      checkLock(found);
      found.status = "running";
      return undefined;
    }
    const { lock: _lock, vmstate: _vmstate, ...config } = found.config;
    found.config = config;
    start(call.world, on.node, "qemu", on.vmid, at);
    return ["Resuming suspended VM"];
  });
}

/** Checkpointing needs CRIU, which PVE does not install (PVE::API2::LXC::Status vm_suspend). */
function suspendContainer(call: SimCall): Json {
  const on = about(call, "lxc");
  refuseRootOptions(call);
  mustRun(call, on);
  const checkpoint = `lxc-checkpoint: ${on.vmid}: ../src/lxc`;
  return task(
    call,
    on,
    "suspend",
    0.5,
    () => {
      const guest = mustFind(call.world, on.node, "lxc", on.vmid);
      checkLock(guest);
      return die(`command 'lxc-checkpoint -n ${on.vmid} -s -D /var/lib/vz/dump' failed: exit code 1`);
    },
    [
      `${checkpoint}/criu.c: criu_version_ok: 767 No such file or directory - execing criu failed, is it installed?`,
      `${checkpoint}/tools/lxc_checkpoint.c: checkpoint: 182 Checkpointing ${on.vmid} failed`,
    ],
  );
}

function resumeContainer(call: SimCall): Json {
  const on = about(call, "lxc");
  const guest = findGuest(call.world, on.node, "lxc", on.vmid);
  if (guest && isRunning(guest)) die(`${called("lxc", on.vmid)} already running`);
  return task(call, on, "resume", 0.5, () => {
    mustFind(call.world, on.node, "lxc", on.vmid);
    return die(
      `command 'lxc-checkpoint -n ${on.vmid} -r --foreground -D /var/lib/vz/dump' failed: exit code 1`,
    );
  });
}

const QEMU_STATUS = "current start stop reset shutdown suspend reboot";
const LXC_STATUS = "current start stop shutdown reboot migrate";

/** Status and power of guests (vm_status and its like of PVE::API2::Qemu, PVE::API2::LXC::Status). */
export const guestStatusRoutes: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/status": (call) => {
    guestOf(call);
    return index("subdir", QEMU_STATUS);
  },
  "GET /nodes/{node}/lxc/{vmid}/status": (call) => {
    guestOf(call);
    return index("subdir", LXC_STATUS);
  },
  "GET /nodes/{node}/qemu/{vmid}/status/current": (call) =>
    currentStatus(call.world, guestOf(call), call.now),
  "GET /nodes/{node}/lxc/{vmid}/status/current": (call) => currentStatus(call.world, guestOf(call), call.now),
  "POST /nodes/{node}/qemu/{vmid}/status/start": (call) => startGuest(call, "qemu"),
  "POST /nodes/{node}/lxc/{vmid}/status/start": (call) => startGuest(call, "lxc"),
  "POST /nodes/{node}/qemu/{vmid}/status/stop": (call) => stopGuest(call, "qemu"),
  "POST /nodes/{node}/lxc/{vmid}/status/stop": (call) => stopGuest(call, "lxc"),
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": (call) => shutdownGuest(call, "qemu"),
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": (call) => shutdownGuest(call, "lxc"),
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": (call) => rebootGuest(call, "qemu"),
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": (call) => rebootGuest(call, "lxc"),
  "POST /nodes/{node}/qemu/{vmid}/status/reset": resetVm,
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": suspendVm,
  "POST /nodes/{node}/qemu/{vmid}/status/resume": resumeVm,
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": suspendContainer,
  "POST /nodes/{node}/lxc/{vmid}/status/resume": resumeContainer,
};
