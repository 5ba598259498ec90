import { createLook } from "../../src/plan/look.ts";
import { makePlan, type Plan } from "../../src/plan/plan.ts";
import type { Look, ReadRoute } from "../../src/plan/topic.ts";
import { classify } from "../../src/policy/effect.ts";
import { type Json, list, rows, str } from "../../src/pve/data.ts";
import { classifyFailure, PveError } from "../../src/pve/errors.ts";
import type { Guest } from "../../src/pve/guests.ts";
import type { Reply } from "../../src/pve/reply.ts";
import { redactData } from "../../src/render/redact.ts";
import { endpointOf } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { validate } from "../../src/schema/validate.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { pointTexts } from "./guest-plan.ts";
import { simulated } from "./simulated.ts";
import { request } from "./simulated-look.ts";

type Params = Readonly<Record<string, unknown>>;
type Simulated = Pick<ReturnType<typeof simulated>, "call">;

/** How a look is to differ from the plain one. */
export interface LookOptions {
  readonly as?: keyof typeof DEMO_TOKENS;
  readonly ownAddress?: string;
  /** Reads that are refused. */
  readonly refuses?: (route: ReadRoute) => boolean;
}

const guestOf = (row: ReturnType<typeof rows>[number]): Guest => {
  const [name, status, pool] = ["name", "status", "pool"].map((key) => str(row, key));
  return {
    vmid: Number(row.vmid),
    type: row.type === "lxc" ? "lxc" : "qemu",
    node: str(row, "node") ?? "",
    template: row.template === 1,
    tags: list(str(row, "tags")),
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(pool === undefined ? {} : { pool }),
  };
};

/**
 * A look at a simulated cluster that checks what is asked as the client would, has all that PVE puts beside its answers,
 * and keeps the routes of the reads it sent.
 */
export function watchedLook(
  { call }: Simulated,
  { as = "admin", ownAddress, refuses = () => false }: LookOptions = {},
): { readonly look: Look; readonly routes: ReadRoute[] } {
  const routes: ReadRoute[] = [];
  const send = async (route: ReadRoute, params: Params): Promise<Reply> => {
    routes.push(route);
    const issues = validate(endpointOf(route), params);
    if (issues.length > 0) throw new Error(`${route} ${JSON.stringify(params)}: ${issues[0]?.message}`);
    if (refuses(route)) throw new PveError("permission", "Permission check failed", { status: 403 });
    const { status, data, message = "", errors, changes } = await call(...request(route, params), as);
    if (status !== 200)
      throw new PveError(classifyFailure(status, message, errors !== undefined), message, { status });
    return {
      data: redactData(route, data) as Json,
      ...(changes === undefined ? {} : { changes }),
    };
  };
  const look = createLook({
    send,
    guests: async () => rows((await send("GET /cluster/resources", { type: "vm" })).data).map(guestOf),
    tokenId: DEMO_TOKENS[as].id,
    ...(ownAddress === undefined ? {} : { ownAddress }),
  });
  return { look, routes };
}

/** The plan of one request on a simulated cluster. */
export const planned = (
  pve: Simulated,
  route: Route,
  params: Params,
  options: LookOptions = {},
): Promise<Plan> =>
  makePlan([{ route, params, classification: classify(route, params) }], watchedLook(pve, options).look);

/** One request on the demo cluster, and what its plan must tell. */
export interface PlanCase extends LookOptions {
  readonly title: string;
  readonly route: Route;
  readonly params: Params;
  /** Requests before it, each given a second to take effect. */
  readonly before?: readonly (readonly [
    request: string,
    params?: Readonly<Record<string, string | number | readonly string[]>>,
  ])[];
  readonly points: readonly string[];
  readonly name?: string;
  readonly final?: readonly string[];
}

/** What the plan of a case tells. */
export async function told({ route, params, before = [], ...options }: PlanCase): Promise<{
  readonly points: readonly string[];
  readonly final: Plan["final"];
  readonly name: string | undefined;
}> {
  const pve = simulated();
  for (const [call, given] of before) {
    const { status, message } = await pve.call(call, given);
    if (status !== 200) throw new Error(`${call}: ${status} ${message}`);
    pve.clock.advance(1);
  }
  const { points, name, final } = await planned(pve, route, params, options);
  return { points: pointTexts(points), name, final };
}

/** What a case expects, for comparison with `told`. */
export const expected = ({
  points,
  name,
  final = [],
}: PlanCase): ReturnType<typeof told> extends Promise<infer T> ? T : never => ({
  points,
  name,
  final,
});
