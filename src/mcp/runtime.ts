import { createPveClient } from "../pve/client.ts";
import { realPace } from "../pve/pace.ts";
import type { Answer } from "../render/answer.ts";
import { toStructured } from "../render/json.ts";
import { redactData } from "../render/redact.ts";
import { createRedactor } from "../render/redactor.ts";
import { toText } from "../render/text.ts";
import { nearest } from "../schema/nearest.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { AppParts } from "./app.ts";
import type { Invoked } from "./change.ts";
import { choosePlace, type Place } from "./choose-place.ts";
import type { ClientSide } from "./client-side.ts";
import { type ClusterCore, coreOf } from "./cluster-core.ts";
import { everywhere, standings } from "./everywhere.ts";
import { UNCHANGED } from "./guidance.ts";
import { invoke } from "./invoke.ts";
import type { CallOutcome, ClusterParts, Outcome, ToolResult } from "./parts.ts";
import { reachFor } from "./reach.ts";
import { createSession, type Session, settingRaisesTier } from "./session.ts";
import { settingNames } from "./setting-names.ts";
import { hiddenFrom, lowerTier } from "./surface.ts";
import { clusterOfTask, createTasks, TaskError, type Tasks } from "./tasks.ts";

type Args = Readonly<Record<string, unknown>> | undefined;

/** What the first call loads. */
export interface Runtime {
  call(name: string, args: Args, side: ClientSide): Promise<Outcome>;
  /** The tasks of the cluster that an id names. Throws a TaskError where there is none. */
  tasksOf(taskId: string): Tasks;
}

/** Makes what answers calls; everything it returns has passed the redactor. */
export async function createRuntime(parts: AppParts): Promise<Runtime> {
  const redact = createRedactor(parts.secrets);
  const cores = await parts.loadCores();
  const result = resultsOf(parts, redact);
  const places = parts.clusters.map((cluster): Place => {
    const why = hiddenFrom(cluster, { bounds: parts.bounds, several: parts.clusters.length > 1 });
    const { text } = settingNames(parts, cluster.name);
    const hides = (tool: ListedTool) => {
      const hidden = why(tool);
      return hidden === undefined ? undefined : text(hidden);
    };
    const session = sessionOf(parts, cluster, coreOf(cores, cluster), redact, () =>
      standings(places, parts.defaultCluster),
    );
    return { name: cluster.name, cluster, session, hides };
  });
  const tasks = new Map(
    places.map(({ name, session, hides }): [string, Tasks] => {
      const named = settingNames(parts, name);
      const stop = toolOf(parts, STOP);
      const hidden = hides(stop);
      return [
        name,
        createTasks({
          session,
          result: (answer) => result(named.answer(answer)),
          redact: (text) => redact(named.text(text)),
          stop: hidden === undefined ? stop : { hidden },
        }),
      ];
    }),
  );
  const visible = parts.tools.filter((tool) => places.some(({ hides }) => hides(tool) === undefined));
  const answered = (answer: Answer): Outcome => ({ kind: "result", result: result(answer) });

  const invokeAt = async ({ name, session }: Place, tool: ListedTool, args: Args, side: ClientSide) =>
    settingNames(parts, name).invoked(await invoke(session, tool, args, side));

  const outcomeOf = async (place: Place, invoked: Invoked, side: ClientSide): Promise<Outcome> => {
    switch (invoked.kind) {
      case "answer":
        return answered(invoked.answer);
      case "ask":
        return { ...invoked, form: { ...invoked.form, message: redact(invoked.form.message) } };
      case "task": {
        const own = tasks.get(place.name);
        if (!own) throw new Error(`There are no tasks of ${place.name}.`);
        return { kind: "task", task: await own.create(invoked.answer, side) };
      }
    }
  };

  const call: Runtime["call"] = async (name, args, side) => {
    const tool = parts.tools.find((one) => one.name === name);
    if (!tool) return answered(refusal(unknownTool(name, visible)));
    if (places.length === 0)
      return answered(refusal("Your access to this server reaches no cluster. The operator decides."));
    const choice = await choosePlace(places, parts.defaultCluster, tool, args, side);
    switch (choice.kind) {
      case "refused":
        return answered(choice.answer);
      case "everywhere":
        return answered(
          await everywhere(choice.places, tool, (place) => invokeAt(place, tool, choice.args, side)),
        );
      case "one": {
        const { place } = choice;
        const hidden = place.hides(tool);
        const on = places.length > 1 ? ` That is so on cluster ${place.name}.` : "";
        if (hidden !== undefined) return answered(refusal(`${hidden}${on} The operator decides.`));
        const trouble = tool.needs === "clusters" ? undefined : await place.cluster.trouble?.();
        if (trouble !== undefined) return answered(unusable(place, trouble));
        return outcomeOf(place, await invokeAt(place, tool, choice.args, side), side);
      }
    }
  };

  return {
    call: observed(parts, call),
    tasksOf: (taskId) => {
      const found = tasks.get(clusterOfTask(taskId));
      if (!found) throw new TaskError("There is no such task.");
      return found;
    },
  };
}

/** What a call meant for a cluster that cannot be used now is answered. */
export const unusable = ({ name }: Place, trouble: string): Answer => ({
  headline: `Cluster ${name} cannot be used now.`,
  blocks: [...trouble.split("\n").map(note), note(UNCHANGED)],
  failed: true,
});

const note = (text: string) => ({ kind: "note", text }) as const;

const refusal = (headline: string): Answer => ({ headline, blocks: [note(UNCHANGED)], failed: true });

/** The one exit: text or JSON, with every secret taken out. */
const resultsOf =
  ({ output, structured }: AppParts, redact: (text: string) => string) =>
  (answer: Answer): ToolResult => {
    const data =
      output === "json" || structured
        ? (redactData("", toStructured(answer), redact) as Record<string, unknown>)
        : undefined;
    const text = output === "json" ? JSON.stringify(data) : redact(toText(answer));
    return {
      content: [{ type: "text", text }],
      ...(answer.failed ? { isError: true } : {}),
      ...(structured && data ? { structuredContent: data } : {}),
    };
  };

/** Tells the observer of each call. */
function observed(parts: AppParts, call: Runtime["call"]): Runtime["call"] {
  const { observer } = parts;
  if (!observer) return call;
  return async (name, args, side) => {
    const begun = performance.now();
    const known = parts.tools.some((tool) => tool.name === name);
    let ended: CallOutcome = "failed";
    try {
      const outcome = await call(name, args, side);
      ended = ENDED[outcome.kind] ?? (outcome.kind === "result" && !outcome.result.isError ? "ok" : "failed");
      return outcome;
    } finally {
      // Names that clients make up would make figures without end.
      observer.called(known ? name : "unknown", ended, (performance.now() - begun) / 1_000);
    }
  };
}

const ENDED: { readonly [K in Outcome["kind"]]?: CallOutcome } = { ask: "asked", task: "task" };

function sessionOf(
  parts: AppParts,
  cluster: ClusterParts,
  core: ClusterCore,
  redact: (text: string) => string,
  clusters: Session["clusters"],
): Session {
  const { bounds } = parts;
  const several = parts.clusters.length > 1;
  const tier = bounds ? lowerTier(cluster.surface.tier, bounds.tier) : cluster.surface.tier;
  const hides = hiddenFrom(cluster, { bounds, several });
  return createSession({
    ...core,
    client: createPveClient({ ...core.client, tier }),
    tier,
    raisesTier: (needed) =>
      lowerTier(cluster.surface.tier, needed) === needed
        ? `An access to this server with tier ${needed} would allow it; the operator decides.`
        : settingRaisesTier(needed),
    tokenId: cluster.tokenId,
    login: cluster.login,
    cluster: cluster.name,
    ofSeveral: several,
    ownAddress: () => cluster.transport.ownAddress?.(),
    safety: cluster.safety,
    hidden: (name) => {
      const tool = parts.tools.find((one) => one.name === name);
      return tool ? hides(tool) : `There is no tool ${name}.`;
    },
    closed: reachFor(cluster.surface, bounds),
    emptyReason: cluster.emptyReason,
    sharesKey: parts.stateKey !== undefined,
    clusters,
    observer: parts.observer,
    pace: parts.pace ?? realPace,
    ...(parts.answerWithinMs === undefined ? {} : { answerWithinMs: parts.answerWithinMs }),
    report: (error, request) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parts.log(`Internal error${request === undefined ? "" : ` (request ${request})`}: ${redact(text)}`);
    },
  });
}

/** What a client's cancelling of a task stands for. */
const STOP = "pve_stop_task";

function toolOf({ tools }: AppParts, name: string): ListedTool {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`The list has no ${name}; regenerate it with npm run gen.`);
  return tool;
}

function unknownTool(name: string, visible: readonly ListedTool[]): string {
  const close = similarTools(name, visible);
  return `There is no tool ${name.slice(0, 80)}.${close.length > 0 ? ` Did you mean ${close.join(" or ")}?` : ""}`;
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
