import { agentAnswers, hasAgent } from "./guest-status.ts";
import {
  boot,
  checkLock,
  findGuest,
  type GuestType,
  halt,
  isRunning,
  isTemplate,
  KIND,
  noConfig,
} from "./guests.ts";
import { currentHaState, type HaVerb, requestHa } from "./ha-request.ts";
import { die, SimError, type TaskSpec } from "./route.ts";
import type { Guest, World } from "./world.ts";

/** PVE's text for a guest's name in a message: `VM 100`, `CT 100`. */
export const called = (type: GuestType, vmid: number) => `${KIND[type].label} ${vmid}`;

/** Looks a guest up inside a task: the error is the task's. */
export function mustFind(world: World, node: string, type: GuestType, vmid: number): Guest {
  return findGuest(world, node, type, vmid) ?? die(noConfig(node, type, vmid));
}

/** Starts a guest as PVE's start task does; throws what the task fails with. */
export function start(world: World, node: string, type: GuestType, vmid: number, at: number): void {
  const guest = mustFind(world, node, type, vmid);
  if (type === "lxc") {
    if (isTemplate(guest)) die("you can't start a CT if it's a template");
    checkLock(guest);
    if (isRunning(guest)) die(`CT ${vmid} already running`);
  } else {
    if (isTemplate(guest)) die("you can't start a vm if it's a template");
    if (guest.config.lock === "suspended") delete guest.config.lock;
    checkLock(guest);
    if (isRunning(guest)) die(`VM ${vmid} already running`);
  }
  boot(guest, at);
}

/** Stops a guest at once. A stopped VM stays so without complaint. */
export function stop(world: World, node: string, type: GuestType, vmid: number): void {
  const guest = mustFind(world, node, type, vmid);
  if (guest.config.lock !== "suspended") checkLock(guest);
  halt(guest);
}

const SHUTDOWN_SECONDS = 4;
const DEFAULT_TIMEOUT = 60;

/** How a shutdown request will go: seconds, log, and the error of a guest that does not listen. */
export function shutdownPlan(
  guest: Guest | undefined,
  now: number,
  timeout = DEFAULT_TIMEOUT,
  force = false,
) {
  if (!guest || !isRunning(guest)) return { seconds: 0.5, log: [] as string[], error: undefined };
  const silent = guest.type === "qemu" && hasAgent(guest) && !agentAnswers(guest, now);
  const log = silent
    ? [`QEMU Guest Agent is not running - VM ${guest.vmid} qga command 'guest-ping' failed - got timeout`]
    : [];
  if (!guest.deaf) return { seconds: Math.min(SHUTDOWN_SECONDS, timeout), log, error: undefined };
  if (force) {
    const line =
      guest.type === "qemu"
        ? "VM quit/powerdown failed - terminating now with SIGTERM"
        : "container did not shut down in time, stopping it now";
    return { seconds: timeout, log: [...log, line], error: undefined };
  }
  const error = guest.type === "qemu" ? "VM quit/powerdown failed - got timeout" : "container did not stop";
  return { seconds: timeout, log, error };
}

/** The task of a power action on a guest that HA manages: it only tells the HA manager. */
export function haTask(
  world: World,
  type: GuestType,
  vmid: number,
  verb: HaVerb,
  node: string,
): TaskSpec | undefined {
  if (currentHaState(world, type, vmid) === undefined) return undefined;
  const asked = verb === "start" ? "start" : "stop";
  return {
    node,
    type: `ha${asked}`,
    id: String(vmid),
    seconds: 1,
    log: [`Requesting HA ${asked} for ${called(type, vmid)}`],
    done: (at) => requestHa(world, type, vmid, verb, at),
  };
}

/** The error's text, for logs of tasks that go on after a failure. */
export const messageOf = (error: unknown) =>
  error instanceof SimError || error instanceof Error ? error.message : String(error);
