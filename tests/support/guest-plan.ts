import { createLook } from "../../src/plan/look.ts";
import { makePlan, type Plan } from "../../src/plan/plan.ts";
import { type Point, pointText } from "../../src/plan/point.ts";
import type { Finding, Look } from "../../src/plan/topic.ts";
import { topicsOf } from "../../src/plan/topics.ts";
import { classify } from "../../src/policy/effect.ts";
import { createPveClient } from "../../src/pve/client.ts";
import type { Json } from "../../src/pve/data.ts";
import { GuestInventory } from "../../src/pve/guests.ts";
import { redactData } from "../../src/render/redact.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { MORNING } from "./simulated.ts";
import { simulatorTransport } from "./simulator-transport.ts";

type Params = Readonly<Record<string, unknown>>;

/** Plans on the simulated cluster, made through the real client. */
export interface Planned {
  readonly world: World;
  readonly clock: VirtualClock;
  /** A look as one of the cluster's tokens, and the routes that it read. */
  readonly lookAs: (token?: keyof typeof DEMO_TOKENS) => { readonly look: Look; readonly read: string[] };
  readonly plan: (route: Route, params: Params) => Promise<ToldPlan>;
  readonly points: (route: Route, params: Params) => Promise<readonly string[]>;
  readonly state: (route: Route, params: Params) => Promise<Plan["state"]>;
}

/** The demo cluster on a clock that only tests move. */
export function planned(): Planned {
  const clock = new VirtualClock(MORNING);
  const world = clusterWorld(clock);
  const { transport } = simulatorTransport(world);
  const lookAs = (token: keyof typeof DEMO_TOKENS = "admin") => {
    const { id, secret } = DEMO_TOKENS[token];
    const client = createPveClient({
      transport,
      authorization: `PVEAPIToken=${id}=${secret}`,
      timeoutMs: 5_000,
      tier: "read-only",
    });
    const read: string[] = [];
    const look = createLook({
      send: async (route, params) => {
        read.push(route);
        const reply = await client.call(route, params as never);
        return { ...reply, data: redactData(route, reply.data) as Json };
      },
      guests: () => new GuestInventory(client).all(true),
      tokenId: id,
    });
    return { look, read };
  };
  const plan = async (route: Route, params: Params): Promise<ToldPlan> => {
    const made = await makePlan([{ route, params, classification: classify(route, params) }], lookAs().look);
    return { ...made, points: pointTexts(made.points) };
  };
  return {
    world,
    clock,
    lookAs,
    plan,
    points: async (route, params) => (await plan(route, params)).points,
    state: async (route, params) => (await plan(route, params)).state,
  };
}

/** The points that topics have, whole: without what a form says of the request besides. */
export const pointTexts = (points: readonly Point[]): readonly string[] =>
  points.filter((point) => typeof point === "string" || !point.inRequest).map((point) => pointText(point));

/** A plan with its points as texts. */
type ToldPlan = Omit<Plan, "points"> & { readonly points: readonly string[] };

/** A finding with its points as texts. */
export type ToldFinding = Omit<Finding, "points"> & { readonly points: readonly string[] };

/** What the topics of a route find, in their order, without anything else of a plan. */
export const findings = (route: Route, params: Params, look: Look): Promise<(ToldFinding | undefined)[]> =>
  Promise.all(
    topicsOf(route).map(async (topic) => {
      const found = await topic({ route, params }, look);
      return found && { ...found, points: pointTexts(found.points) };
    }),
  );
