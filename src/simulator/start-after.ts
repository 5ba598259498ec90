import { start } from "./guest-power.ts";
import { taskType } from "./guests.ts";
import type { SimCall } from "./route.ts";
import { startWarnings } from "./start-warnings.ts";
import { startTask } from "./tasks.ts";
import type { Guest } from "./world.ts";

/** The start that a create or restore call may ask for, as a task of its own at the time `at` in Unix seconds. */
export function startAfter(call: SimCall, guest: Guest, at: number): void {
  startTask(
    call.world,
    call.caller.id,
    {
      node: guest.node,
      type: taskType(guest.type, "start"),
      id: String(guest.vmid),
      seconds: 1.5,
      ...startWarnings(guest),
      done: (end) => {
        start(call.world, guest.node, guest.type, guest.vmid, end);
        return undefined;
      },
    },
    at,
  );
}
