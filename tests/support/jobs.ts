import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { startTask } from "../../src/simulator/tasks.ts";
import type { World } from "../../src/simulator/world.ts";
import { type ConnectOptions, connect } from "./mcp.ts";

const START = 1_795_330_000;

type Options = ConnectOptions & { readonly token?: { readonly id: string; readonly secret: string } };

/** A client of the server on the demo cluster, whose clock moves with the server's waiting; `change` bends the cluster. */
export async function demo(
  { token = DEMO_TOKENS.admin, ...options }: Options = {},
  change: (world: World) => void = () => {},
) {
  const clock = new VirtualClock(START);
  const world = clusterWorld(clock);
  change(world);
  return { clock, world, connected: await connect(world, token, options) };
}

/** The first UPID of an answer. */
export const upidIn = (text: string): string => /UPID:pve\d:[^\s|]+:/.exec(text)?.[0] ?? "";

/** How a job goes. */
interface Course {
  readonly type?: string;
  readonly exitstatus?: string;
  readonly log?: string[];
  readonly interrupted?: string;
}

/** A job of so many seconds, started for the admin's token: its UPID. */
export const running = (world: World, seconds: number, course: Course = {}): string =>
  startTask(
    world,
    DEMO_TOKENS.admin.id,
    { node: "pve2", type: "vzdump", id: "101", seconds, ...course },
    world.clock.now(),
  );
