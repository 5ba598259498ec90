import { classOf } from "../../src/policy/effect.ts";
import { neverSent } from "../../src/policy/never.ts";
import { allRoutes, endpointOf } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { sampleParams } from "./sample-params.ts";
import { testSession } from "./session.ts";
import { simulated } from "./simulated.ts";

/** How an operation fares when an API tool calls it on the simulated cluster. */
export type Fate =
  | "answered" // modelled, and the call went through
  | "refused" // modelled, and refused with PVE's or our reason
  | "not for tokens" // PVE takes it from no API token
  | "never sent" // by policy
  | "schema-checked only"; // the simulator has no handler

/** One operation of PVE's API. */
export interface Covered {
  readonly route: Route;
  /** First line of its description. */
  readonly described: string;
  readonly fate: Fate;
  /** First line of the answer. */
  readonly says: string;
}

const routes = allRoutes() as readonly Route[];
const firstLine = (text: string): string => text.split("\n")[0] ?? "";
const fresh = () => testSession(simulated().world, DEMO_TOKENS.admin);

/** Describes every operation and calls it once with sample arguments, each change on a cluster of its own. */
export async function apiCoverage(): Promise<readonly Covered[]> {
  const shared = fresh();
  const covered: Covered[] = [];
  for (const route of routes) {
    const described = firstLine(await shared.call("pve_describe_api", { route }));
    const never = neverSent(route);
    if (never !== undefined) {
      covered.push({ route, described, fate: "never sent", says: never });
      continue;
    }
    const reads = classOf(route).effect === "read";
    const session = reads ? shared : fresh();
    const params = sampleParams(route);
    const tool = reads ? "pve_read_api" : "pve_write_api";
    const answer = await session.answer(tool, { route, params });
    const notes = answer.blocks?.flatMap((block) => (block.kind === "note" ? [block.text] : [])) ?? [];
    const says = [answer.headline, ...notes].join(" ");
    covered.push({
      route,
      described,
      fate: fateOf(route, answer.failed === true, says),
      says: firstLine(says),
    });
  }
  return covered;
}

function fateOf(route: Route, failed: boolean, says: string): Fate {
  if (says.includes("not simulated")) return "schema-checked only";
  const { noToken, user, check } = endpointOf(route);
  if (failed && ((noToken && user !== "world") || (check === undefined && user === undefined)))
    return "not for tokens";
  return failed ? "refused" : "answered";
}
