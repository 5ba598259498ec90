import type { Answer } from "../render/answer.ts";
import { writeAnswer } from "../tools/answers.ts";
import { withComparison } from "../tools/compare.ts";
import type { ToolCall } from "../tools/tool.ts";
import { followJobs } from "./jobs.ts";
import type { Turn } from "./scope.ts";

/** The tool's own logic, or its route and nothing else. */
export async function perform(call: ToolCall): Promise<Answer> {
  const { tool } = call;
  if (tool.run) return tool.run(call);
  if (tool.compare) return withComparison(call, tool.compare);
  const reply = await call.send();
  return tool.answer ? tool.answer(reply, call) : writeAnswer(reply, call);
}

/** Follows jobs for a tool that waits by itself. */
export const followFor =
  ({ session, side }: Turn): ToolCall["follow"] =>
  (jobs, waitMs) =>
    followJobs(session, side, jobs, waitMs, () => undefined);
