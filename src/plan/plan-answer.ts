import type { Answer, Block } from "../render/answer.ts";
import { isProse, quoted } from "../render/foreign.ts";
import { redactData } from "../render/redact.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { lackLines } from "./privileges/permissions.ts";

/** Points that stand in a form: a person reads a few lines, not a page. */
const FORM_POINTS = 12;
const FORM_CHARACTERS = 1_500;
/** A parameter's value in the list of requests; a description may be long. */
const VALUE_MAX = 120;
const LISTED = 20;

const note = (text: string): Block => ({ kind: "note", text });

/** `POST /nodes/pve1/qemu/103/status/stop`: the route with its placeholders filled in. */
export function requestLine({ route, params }: Pick<PlannedStep, "route" | "params">): string {
  return route.replace(/\{([^}]+)\}/g, (_, name: string) => String(params[name] ?? `{${name}}`));
}

/** The parameters that do not stand in the path, `name=value`, secrets taken out and prose as a quotation. */
export function parameterText({ route, params }: Pick<PlannedStep, "route" | "params">): string {
  const shown = redactData(route, params) as Readonly<Record<string, unknown>>;
  return Object.entries(shown)
    .filter(([name, value]) => value !== undefined && value !== null && !route.includes(`{${name}}`))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");
}

function valueText(value: unknown): string {
  const text = typeof value === "boolean" ? (value ? "1" : "0") : String(value);
  if (isProse(text)) return quoted(text, VALUE_MAX);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…(${text.length} characters)` : text;
}

/** The exact requests in order, one a line; of very many the first. */
function requestLines(steps: readonly PlannedStep[]): readonly string[] {
  const shown = steps.slice(0, LISTED).map((step, at) => {
    const label = steps.length === 1 ? "Sends" : `Sends ${at + 1}`;
    return `${label}: ${requestLine(step)} ${parameterText(step)}`.trimEnd();
  });
  return steps.length > LISTED ? [...shown, `and ${steps.length - LISTED} requests more`] : shown;
}

/** Why confirmation is needed, from the arguments that raised the class. */
const reasons = (steps: readonly PlannedStep[]): readonly string[] => [
  ...new Set(steps.flatMap(({ classification }) => classification.reason ?? [])),
];

/** The blocks of a plan: what it touches, what changes, what would be sent, what PVE would refuse. */
export function planBlocks(plan: Plan): readonly Block[] {
  const raised = reasons(plan.steps);
  return [
    ...plan.points.map((point) => note(`- ${point}`)),
    ...raised.map((reason) => note(`- Mind: ${reason}.`)),
    ...plan.final.map((text) => note(`- Cannot be undone: ${text}`)),
    ...plan.blocks,
    ...requestLines(plan.steps).map(note),
    ...lackLines(plan.privileges).map(note),
  ];
}

/** The answer of a dry run. `what` names the action: "Delete VM". */
export function planAnswer(what: string, plan: Plan): Answer {
  return {
    headline: `Plan, nothing is sent: ${what}.`,
    blocks: [...planBlocks(plan), note("Nothing was changed.")],
    next: ["The same call without dry_run does it."],
  };
}

/** What a person reads in the client's form. */
export function planMessage(what: string, plan: Plan): string {
  const raised = reasons(plan.steps).map((reason) => `Mind: ${reason}.`);
  const final = plan.final.map((text) => `Cannot be undone: ${text}`);
  const points = [...plan.points.slice(0, FORM_POINTS), ...raised, ...final];
  const more = plan.points.length - FORM_POINTS;
  const requests = plan.steps.slice(0, 3).map((step) => requestLine(step));
  const lines = [
    `${what}?`,
    ...points.map((point) => `- ${point}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    `Sends: ${requests.join("; ")}${plan.steps.length > 3 ? `; and ${plan.steps.length - 3} more` : ""}`,
  ];
  const text = lines.join("\n");
  return text.length > FORM_CHARACTERS ? `${text.slice(0, FORM_CHARACTERS)}…` : text;
}
