import { boot, checkLock, type GuestType, halt, isRunning, taskType } from "./guests.ts";
import { atHaRound } from "./ha-rounds.ts";
import type { TaskSpec } from "./route.ts";
import { startWarnings } from "./start-warnings.ts";
import { startTask } from "./tasks.ts";
import type { Guest, World } from "./world.ts";

const sidOf = (type: GuestType, vmid: number) => `${type === "qemu" ? "vm" : "ct"}:${vmid}`;

/** The state asked of HA for a guest; undefined: HA does not manage it (`ignored` counts as that). */
export function currentHaState(world: World, type: GuestType, vmid: number): string | undefined {
  const resource = world.ha.resources.get(sidOf(type, vmid));
  if (!resource) return undefined;
  const state = String(resource.config.state ?? "started");
  return state === "ignored" ? undefined : state;
}

/** How HA brings a guest into a state. */
export type HaVerb = "start" | "stop" | "shutdown";

/** Sets the state asked of HA; at its rounds HA acts on it, if there is something to do and it is still what is asked. */
export function requestHa(
  world: World,
  type: GuestType,
  vmid: number,
  verb: HaVerb,
  at: number,
  state: "started" | "stopped" | "disabled" = verb === "start" ? "started" : "stopped",
): undefined {
  const resource = world.ha.resources.get(sidOf(type, vmid));
  if (resource) resource.config = { ...resource.config, state };
  const toDo = () => {
    const guest = world.guests.get(vmid);
    return guest && isRunning(guest) !== (verb === "start") ? guest : undefined;
  };
  if (!toDo()) return undefined;
  atHaRound(world, at, (then) => {
    const guest = toDo();
    if (guest && currentHaState(world, type, vmid) === state)
      startTask(world, "root@pam", powerTask(guest, verb), then);
  });
  return undefined;
}

const powerTask = (guest: Guest, verb: HaVerb): TaskSpec => ({
  node: guest.node,
  type: taskType(guest.type, verb),
  id: String(guest.vmid),
  seconds: 4,
  ...(verb === "start" ? startWarnings(guest) : {}),
  done: (end) => {
    checkLock(guest);
    if (verb === "start") boot(guest, end);
    else halt(guest);
    return undefined;
  },
});
