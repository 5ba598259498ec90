import type { Clock } from "../../src/simulator/clock.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type Connection, type ConnectOptions, connect, type OtherCluster } from "./mcp.ts";

const START = 1_795_330_000;

/** The demo's cluster at a time that only tests move on. */
export const testWorld = (clock: Clock = new VirtualClock(START)) => clusterWorld(clock);

/** The same again, in which VM 103 (mail) is called `post`, and VM 101 is not. */
export function labWorld(clock?: Clock) {
  const world = testWorld(clock);
  const mail = world.guests.get(103);
  if (!mail) throw new Error("the demo has no VM 103");
  mail.config.name = "post";
  world.guests.delete(101);
  return world;
}

/** The cluster `lab` as the second one of a server. */
export const asLab = (lab: Partial<OtherCluster> = {}): OtherCluster => ({
  name: "lab",
  world: labWorld(),
  ...lab,
});

/** A client of a server of two clusters, `test` and `lab`, which have one time. */
export function two(options: ConnectOptions = {}, lab: Partial<OtherCluster> = {}) {
  const world = testWorld();
  const others = [asLab({ world: labWorld(world.clock), ...lab })];
  return connect(world, DEMO_TOKENS.admin, { others, ...options });
}

/** The first line of an answer. */
export const firstLine = ({ text }: { readonly text: string }) => text.split("\n")[0];

/** The requests that were no reads. */
export const writes = ({ requests }: Connection) => requests.filter(({ method }) => method !== "GET");
