import type { Classification } from "../policy/effect.ts";
import type { Row } from "../pve/data.ts";
import type { Block } from "../render/answer.ts";
import type { Route } from "../schema/routes.gen.ts";
import { missingPrivileges, PERMISSION_READS, type PrivilegeCheck } from "./privileges/permissions.ts";
import type { Finding, Look, ReadRoute, Step, Topic } from "./topic.ts";
import { topicsOf } from "./topics.ts";

/** A step with what is known of it. */
export interface PlannedStep extends Step {
  readonly classification: Classification;
}

/** What a call would do, and what it would do it to. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** What is touched and what becomes of it, the most important first. */
  readonly points: readonly string[];
  readonly blocks: readonly Block[];
  /** What must be the same when it is confirmed. */
  readonly state: Row;
  /** What a person types to confirm. */
  readonly name?: string;
  /** What cannot be taken back, and why. */
  readonly final: readonly string[];
  readonly privileges: PrivilegeCheck;
}

/**
 * Looks at everything the steps touch; sends nothing but reads. Throws a PveError where a plan makes no sense without
 * an answer.
 */
export async function makePlan(steps: readonly PlannedStep[], look: Look): Promise<Plan> {
  const [found, privileges] = await Promise.all([
    Promise.all(steps.flatMap((step) => topicsOf(step.route).map((topic) => explore(topic, step, look)))),
    missingPrivileges(steps, look),
  ]);
  const findings = found.flatMap((finding) => finding ?? []);
  const names = [...new Set(findings.flatMap(({ name }) => name ?? []))];
  return {
    steps,
    points: [...new Set(findings.flatMap(({ points }) => points))],
    blocks: findings.flatMap(({ blocks = [] }) => blocks),
    state: Object.assign({}, ...findings.map(({ state = {} }) => state)),
    ...(names.length === 1 ? { name: names[0] as string } : {}),
    final: [...new Set(findings.flatMap(({ final }) => final ?? []))],
    privileges,
  };
}

const explore = (topic: Topic, step: Step, look: Look): Promise<Finding | undefined> =>
  topic.look(step, look);

/** Every read that a plan of these routes may make. */
export function planReads(routes: readonly Route[]): ReadonlySet<ReadRoute> {
  return new Set([
    ...PERMISSION_READS,
    "GET /cluster/resources",
    ...routes.flatMap((route) => topicsOf(route).flatMap(({ reads }) => reads)),
  ]);
}
