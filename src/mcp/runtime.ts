import type { Safety } from "../config/config.ts";
import { createPveClient } from "../pve/client.ts";
import { descriptionCache } from "../pve/description/description-cache.ts";
import { type LiveDescription, liveDescription } from "../pve/description/live-description.ts";
import type { Guard } from "../pve/guard.ts";
import { realPace } from "../pve/pace.ts";
import { createVersionGate, type Describes } from "../pve/version-gate.ts";
import { createRecord } from "../record/record.ts";
import type { Answer } from "../render/answer.ts";
import { toStructured } from "../render/json.ts";
import { redactData } from "../render/redact.ts";
import { createRedactor } from "../render/redactor.ts";
import { toText } from "../render/text.ts";
import { paramOf } from "../schema/endpoint-table.ts";
import { nearest } from "../schema/nearest.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { ClientSide } from "./client-side.ts";
import { UNCHANGED } from "./guidance.ts";
import { invoke } from "./invoke.ts";
import type { AppParts, Outcome, ToolResult } from "./parts.ts";
import { reachOf } from "./reach.ts";
import { createSession } from "./session.ts";
import { hiddenFrom } from "./surface.ts";
import { createTasks, type Tasks } from "./tasks.ts";

/** What the first call loads. */
export interface Runtime {
  call(
    tool: ListedTool,
    args: Readonly<Record<string, unknown>> | undefined,
    side: ClientSide,
  ): Promise<Outcome>;
  readonly tasks: Tasks;
  unknownTool(name: string, visible: readonly ListedTool[]): Outcome;
  hiddenTool(reason: string): Outcome;
  /** Completes what is open in the record: the process ends. */
  close(): void;
}

/** Makes what answers calls; everything it returns has passed the redactor. */
export async function createRuntime(parts: AppParts): Promise<Runtime> {
  const { config, tokenId, emptyReason, cluster } = parts;
  const { safety } = config;
  const { tier } = config.surface;
  const guard = await guardOf(safety, tokenId);
  const pace = parts.pace ?? realPace;
  const now = () => pace.now();
  const description = liveDescription({
    transport: parts.transport,
    pve: createPveClient({ ...parts, tier: "read-only" }),
    cluster,
    now,
    cache: parts.cacheFolder === undefined ? undefined : descriptionCache(parts.cacheFolder),
  });
  const gate = createVersionGate(now, describesFrom(description));
  const client = createPveClient({ ...parts, tier, gate, ...(guard ? { guard } : {}) });
  const redact = createRedactor(parts.secrets);
  const report = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parts.log(`Internal error: ${redact(text)}`);
  };
  const fault = (error: Error) => parts.log(`The record of changes: ${redact(error.message)}`);
  const record = safety.record && createRecord(safety.record, { fault });
  const hiddenReason = hiddenFrom(config);
  const hidden = (name: string) => {
    const tool = parts.tools.find((one) => one.name === name);
    return tool ? hiddenReason(tool) : `There is no tool ${name}.`;
  };
  const session = createSession({
    client,
    tier,
    tokenId,
    login: parts.login,
    cluster,
    ownAddress: () => parts.transport.ownAddress?.(),
    safety,
    hidden,
    closed: reachOf(config.surface),
    description,
    emptyReason,
    report,
    record,
    pace,
    answerWithinMs: parts.answerWithinMs,
  });
  /** The one exit: text or JSON, with every secret taken out. */
  const result = (answer: Answer): ToolResult => {
    const wantsData = config.output === "json" || config.structured;
    const data = wantsData
      ? (redactData("", toStructured(answer), redact) as Record<string, unknown>)
      : undefined;
    const text = config.output === "json" ? JSON.stringify(data) : redact(toText(answer));
    return {
      content: [{ type: "text", text }],
      ...(answer.failed ? { isError: true } : {}),
      ...(config.structured && data ? { structuredContent: data } : {}),
    };
  };
  const noStop = hidden(STOP);
  const stop = noStop === undefined ? toolOf(parts, STOP) : { hidden: noStop };
  const tasks = createTasks({ session, result, redact, stop });
  const refuse = (headline: string): Outcome => ({
    kind: "result",
    result: result({ headline, blocks: [{ kind: "note", text: UNCHANGED }], failed: true }),
  });
  return {
    call: async (tool, args, side) => {
      const invoked = await invoke(session, tool, args, side);
      switch (invoked.kind) {
        case "answer":
          return { kind: "result", result: result(invoked.answer) };
        case "ask":
          return { ...invoked, form: { ...invoked.form, message: redact(invoked.form.message) } };
        case "task":
          return { kind: "task", task: await tasks.create(invoked.answer, side) };
      }
    },
    tasks,
    unknownTool: (name, visible) => {
      const close = similarTools(name, visible);
      return refuse(
        `There is no tool ${name.slice(0, 80)}.${close.length > 0 ? ` Did you mean ${close.join(" or ")}?` : ""}`,
      );
    },
    hiddenTool: (reason) => refuse(`${reason} The operator decides.`),
    close: () => record?.interrupt(),
  };
}

/** What the node's description says to a doubt of the gate's; the description is fetched for that alone. */
const describesFrom =
  (description: LiveDescription): Describes =>
  async (route, param) => {
    const endpoint = (await description.read())?.endpoints.get(route);
    return param === undefined ? endpoint !== undefined : endpoint && paramOf(endpoint, param) !== undefined;
  };

/** The bounds, loaded only where some are set. */
async function guardOf(safety: Safety, tokenId: string): Promise<Guard | undefined> {
  const { protected: kept, allowed, freezeFile } = safety;
  if (kept.length === 0 && allowed === undefined && freezeFile === undefined) return undefined;
  return (await import("../pve/bounds/bounds-guard.ts")).createBoundsGuard(safety, { tokenId });
}

/** What a client's cancelling of a task stands for. */
const STOP = "pve_stop_task";

function toolOf({ tools }: AppParts, name: string): ListedTool {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`The list has no ${name}; regenerate it with npm run gen.`);
  return tool;
}

const words = (name: string): readonly string[] =>
  name
    .split("_")
    .slice(1)
    .map((word) => word.replace(/s$/, ""));

/** The tool that is one slip away, else up to three that share most words with the name. */
function similarTools(name: string, visible: readonly ListedTool[]): readonly string[] {
  const close = nearest(
    name,
    visible.map((tool) => tool.name),
  );
  const asked = words(name.slice(0, 80));
  const shared = (tool: ListedTool) => words(tool.name).filter((word) => asked.includes(word)).length;
  const best = Math.max(0, ...visible.map(shared));
  const alike = visible.filter((tool) => best > 1 && shared(tool) === best).map((tool) => tool.name);
  if (close && (alike.length === 0 || alike.includes(close))) return [close];
  return alike.sort((a, b) => a.length - b.length).slice(0, 3);
}
