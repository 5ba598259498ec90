import type { Plan, PlannedStep } from "../plan/plan.ts";
import { type Checked, callAny } from "../pve/client.ts";
import type { Answer } from "../render/answer.ts";
import type { ToolCall } from "../tools/tool.ts";
import { classOfRequest } from "./execution.ts";
import { perform } from "./perform.ts";
import { bind, type Located } from "./prepare.ts";
import { reading, rehearsal, type Seen, type Turn } from "./scope.ts";

/** A call as it would go. */
export interface Rehearsed {
  readonly call: ToolCall;
  readonly steps: readonly PlannedStep[];
  readonly answer: Answer;
  readonly seen: Seen;
}

/** Runs the tool without sending a write, and classifies what it would send. */
export async function rehearse(turn: Turn, located: Located): Promise<Rehearsed> {
  const { session, side } = turn;
  const { pve, requests, seen } = rehearsal(turn, located.tool);
  const call = bind(turn, located, pve, { follow: async () => [], wait: 0 });
  const answer = await perform({ ...call, rehearsing: true });
  const steps = await Promise.all(
    requests.map(async (request: Checked) => ({
      ...request,
      classification: await classOfRequest(session, request, side),
    })),
  );
  return { call, steps, answer, seen };
}

/** Looks at what the steps touch. The topics are loaded when the first plan is made. */
export async function planOf({ session, side }: Turn, steps: readonly PlannedStep[]): Promise<Plan> {
  const [{ createLook }, { makePlan }] = await Promise.all([
    import("../plan/look.ts"),
    import("../plan/plan.ts"),
  ]);
  const pve = reading(session, side);
  const address = session.ownAddress();
  const look = createLook({
    send: (route, params) => callAny(pve, route, params),
    tokenId: session.tokenId,
    ...(session.login === undefined ? {} : { login: session.login }),
    ...(address === undefined ? {} : { ownAddress: address }),
  });
  return makePlan(steps, look);
}
