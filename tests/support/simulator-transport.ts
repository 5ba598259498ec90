import type { Transport, WireRequest } from "../../src/pve/line/transport.ts";
import { createSimulator } from "../../src/simulator/server.ts";
import type { World } from "../../src/simulator/world.ts";

/** A transport into a simulated world, and every request that went through it, in the list that is given. */
export function simulatorTransport(
  world: World,
  requests: WireRequest[] = [],
): { transport: Transport; requests: WireRequest[] } {
  const simulator = createSimulator(world);
  const send: Transport["send"] = (request) => {
    requests.push(request);
    return simulator.handle(request);
  };
  return { transport: { send, close: () => {} }, requests };
}
