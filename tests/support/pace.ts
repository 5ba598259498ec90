import type { Pace } from "../../src/pve/pace.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import type { World } from "../../src/simulator/world.ts";

/** Waiting that takes no time: the simulated cluster's clock is moved on instead, where it is a virtual one. */
export function virtualPace(world?: World): Pace {
  let now = 0;
  return {
    now: () => now,
    pause: async (ms, signal) => {
      if (signal?.aborted) return;
      now += ms;
      if (world?.clock instanceof VirtualClock) world.clock.advance(ms / 1_000);
      // Lets what else is under way go on, as real waiting does.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
