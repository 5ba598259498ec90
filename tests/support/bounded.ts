import { type Bound, parseBounds } from "../../src/config/bounds.ts";
import { type BoundsGuardOptions, createBoundsGuard } from "../../src/pve/bounds/bounds-guard.ts";
import { createPveClient } from "../../src/pve/client.ts";
import { PveError } from "../../src/pve/errors.ts";
import type { Reply } from "../../src/pve/reply.ts";
import type { Route, RouteParams } from "../../src/schema/routes.gen.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { MORNING } from "./simulated.ts";
import { simulatorTransport } from "./simulator-transport.ts";

/** Entries as an operator writes them. */
export function bounds(text: string): readonly Bound[] {
  const parsed = parseBounds(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.value;
}

interface Settings extends BoundsGuardOptions {
  readonly protected?: string;
  readonly allowed?: string;
  readonly freezeFile?: string;
  readonly as?: keyof typeof DEMO_TOKENS;
}

type Params = Readonly<Record<string, unknown>>;

/** A client of the demo cluster under bounds. */
export interface Bounded {
  readonly world: World;
  /** What the call ended with: the text of a refusal of ours, "sent" when it left the client, whatever PVE said. */
  readonly call: (route: Route, params: Params) => Promise<string>;
  /** The answer of a read. */
  readonly read: (route: Route, params?: Params) => Promise<Reply>;
  /** Requests that left, as `GET /nodes`; `changing` only those that are no GET. */
  readonly sent: (changing?: "changing") => readonly string[];
}

/** The demo cluster (`scenarios/cluster.ts`) behind a client with these bounds. */
export function bounded(settings: Settings, world = clusterWorld(new VirtualClock(MORNING))): Bounded {
  const { transport, requests } = simulatorTransport(world);
  const token = DEMO_TOKENS[settings.as ?? "admin"];
  const guard = createBoundsGuard(
    {
      protected: settings.protected === undefined ? [] : bounds(settings.protected),
      ...(settings.allowed === undefined ? {} : { allowed: bounds(settings.allowed) }),
      ...(settings.freezeFile === undefined ? {} : { freezeFile: settings.freezeFile }),
    },
    { tokenId: token.id, ...(settings.stat === undefined ? {} : { stat: settings.stat }) },
  );
  const pve = createPveClient({
    transport,
    authorization: `PVEAPIToken=${token.id}=${token.secret}`,
    timeoutMs: 30_000,
    tier: "full",
    ...(guard === undefined ? {} : { guard }),
  });
  const read = (route: Route, params: Params = {}) =>
    // Bounds must hold whatever is given: the compiler's help is done without.
    pve.call(route, params as RouteParams[Route]);
  return {
    world,
    read,
    call: async (route, params) => {
      try {
        await read(route, params);
        return "sent";
      } catch (error) {
        if (!(error instanceof PveError)) throw error;
        if (error.kind === "refused") return error.message;
        return error.detail.status === undefined
          ? `${error.kind}: ${JSON.stringify(error.detail.errors)}`
          : "sent";
      }
    },
    sent: (changing) =>
      requests
        .filter(({ method }) => changing === undefined || method !== "GET")
        .map(({ method, path }) => `${method} ${path.slice("/api2/json".length)}`),
  };
}
