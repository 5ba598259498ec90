import type { Step } from "./topic.ts";

/** Placeholders of a route: `node`, `vmid`. */
const placeholders = (route: string): readonly string[] =>
  [...route.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);

/** Whether a request moves or changes what the other makes. */
const goesOn = (made: Step, step: Step): boolean =>
  made.route.startsWith("POST ") &&
  step.route.startsWith(`PUT ${made.route.slice(5)}/{`) &&
  placeholders(made.route).every((name) => made.params[name] === step.params[name]);

/** A request that moves or changes what an earlier one of the call makes: before that, another thing was in its place. */
export const followsCreation = (step: Step, steps: readonly Step[]): boolean =>
  steps.slice(0, steps.indexOf(step)).some((made) => goesOn(made, step));

/** A new firewall rule is put in its place by a second request, as PVE takes it at the top alone. */
const isMove = ({ route, params }: Step): boolean =>
  route.endsWith("/rules/{pos}") && params.moveto !== undefined && Number(params.pos) === 0;

/** A step with the moves that put what it makes in its place; undefined for such a move. */
export function withMoves<S extends Step>(step: S, steps: readonly S[]): S | undefined {
  const at = steps.indexOf(step);
  const before = steps[at - 1];
  if (before && goesOn(before, step) && isMove(step)) return undefined;
  const next = steps[at + 1];
  return next && goesOn(step, next) && isMove(next) ? { ...step, moves: [next] } : step;
}
