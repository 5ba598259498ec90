import { recordedRead } from "../plan/inverse/inverse.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Step } from "../plan/topic.ts";
import { callAny } from "../pve/client.ts";
import { PveError } from "../pve/errors.ts";
import { reading, requestKey } from "./scope.ts";
import type { Session } from "./session.ts";

/** A request that moves or changes what an earlier one of the call makes: before that, another thing was in its place. */
export const followsCreation = (step: Step, steps: readonly Step[]): boolean =>
  steps
    .slice(0, steps.indexOf(step))
    .some(({ route }) => route.startsWith("POST ") && step.route.startsWith(`PUT ${route.slice(5)}/{`));

/** What is set before each request, for the record; nothing is read where nothing is recorded. */
export async function before(
  session: Session,
  steps: readonly PlannedStep[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  if (!session.record) return new Map();
  const pve = reading(session, signal);
  const found = await Promise.all(
    steps.map(async (step) => {
      const state = recordedRead(step.route);
      if (!state || followsCreation(step, steps)) return [];
      try {
        const { data } = await callAny(pve, state.read, state.params(step.params));
        return [[requestKey(step), state.pick(data, step.params)] as const];
      } catch (error) {
        // What cannot be read cannot be put back; the change itself does not hang on it.
        if (error instanceof PveError) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat());
}
