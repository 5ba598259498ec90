import { boot, type GuestType, halt, isRunning } from "./guests.ts";
import { startWarnings } from "./start-warnings.ts";
import { startTask } from "./tasks.ts";
import type { World } from "./world.ts";

const sidOf = (type: GuestType, vmid: number) => `${type === "qemu" ? "vm" : "ct"}:${vmid}`;

/** The state asked of HA for a guest; undefined: HA does not manage it (`ignored` counts as that). */
export function currentHaState(world: World, type: GuestType, vmid: number): string | undefined {
  const resource = world.ha.resources.get(sidOf(type, vmid));
  if (!resource) return undefined;
  const state = String(resource.config.state ?? "started");
  return state === "ignored" ? undefined : state;
}

/** Sets the state asked of HA and lets the node's resource manager act on it some seconds later. */
export function requestHa(
  world: World,
  type: GuestType,
  vmid: number,
  state: "started" | "stopped",
  at: number,
): undefined {
  const resource = world.ha.resources.get(sidOf(type, vmid));
  if (resource) resource.config = { ...resource.config, state };
  const guest = world.guests.get(vmid);
  if (!guest || isRunning(guest) === (state === "started")) return undefined;
  const verb = state === "started" ? "start" : "shutdown";
  startTask(
    world,
    "root@pam",
    {
      node: guest.node,
      type: `${type === "qemu" ? "qm" : "vz"}${verb}`,
      id: String(vmid),
      seconds: 4,
      ...(state === "started" ? startWarnings(guest) : {}),
      done: (end) => {
        if (state === "started") boot(guest, end);
        else halt(guest);
        return undefined;
      },
    },
    at,
  );
  return undefined;
}
