import { followsCreation } from "../plan/follows-creation.ts";
import { recordedRead } from "../plan/inverse/inverse.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { callAny } from "../pve/client.ts";
import { PveError } from "../pve/errors.ts";
import { type Reader, reading, requestKey } from "./scope.ts";
import type { Session } from "./session.ts";

/** What is set before each request, for the record; nothing is read where nothing is recorded. */
export async function before(
  session: Session,
  steps: readonly PlannedStep[],
  reader: Reader,
): Promise<ReadonlyMap<string, unknown>> {
  if (!session.record) return new Map();
  const pve = reading(session, reader);
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
