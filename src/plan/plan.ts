import type { Classification } from "../policy/effect.ts";
import type { Row } from "../pve/data.ts";
import type { Block } from "../render/answer.ts";
import { withMoves } from "./follows-creation.ts";
import { givenPoint } from "./given.ts";
import { hiddenPoints } from "./hidden.ts";
import { inPart, listedIn, type Point, pointText } from "./point.ts";
import { missingPrivileges, type PrivilegeCheck } from "./privileges/permissions.ts";
import type { Finding, Look, Step } from "./topic.ts";
import { topicsOf } from "./topics.ts";

/** A step with what is known of it. */
export interface PlannedStep extends Step {
  readonly classification: Classification;
}

/** What a call would do, and what it would do it to. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** What is touched and what becomes of it, the most important first. */
  readonly points: readonly Point[];
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
    Promise.all(
      steps.map(async (step) => {
        const whole = withMoves(step, steps);
        return whole ? explored(whole, look) : undefined;
      }),
    ),
    missingPrivileges(steps, look),
  ]);
  const findings = found.flatMap((ones) => ones ?? []);
  const points = distinct(
    steps.flatMap((step, at) => pointsOf(step, found[at], steps.length > 1 ? at + 1 : undefined)),
  );
  const hidden = hiddenPoints(look.hidden?.() ?? []);
  const names = [...new Set(findings.flatMap(({ name }) => name ?? []))];
  return {
    steps,
    points: hidden.length > 0 ? [...hidden, ...points.map(inPart)] : points,
    blocks: findings.flatMap(({ blocks = [] }) => blocks),
    state: Object.assign({}, ...findings.map(({ state = {} }) => state), {
      listed: points.map(listedIn).filter((entries) => entries !== undefined),
    }),
    ...(names.length === 1 ? { name: names[0] as string } : {}),
    final: [...new Set(findings.flatMap(({ final }) => final ?? []))],
    privileges,
  };
}

/** What the topics of a step find out. */
async function explored(step: PlannedStep, look: Look): Promise<readonly Finding[]> {
  const found = await Promise.all(topicsOf(step.route).map((topic) => topic(step, look)));
  return found.flatMap((finding) => finding ?? []);
}

/** The points of a step, none of one without findings; second, where a form has room for it, what it asks for. */
function pointsOf(
  step: PlannedStep,
  findings: readonly Finding[] | undefined,
  among?: number,
): readonly Point[] {
  // What it moves has been told with what made it.
  if (findings === undefined) return [];
  const [first, ...others] = findings.flatMap(({ points }) => points);
  const given = givenPoint(step, new Set(findings.flatMap(({ tells = [] }) => tells)), among);
  return first === undefined ? given : [first, ...given, ...others];
}

const distinct = (points: readonly Point[]): readonly Point[] => [
  ...new Map(points.map((point) => [pointText(point), point])).values(),
];
