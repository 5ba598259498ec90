import type { Answer, Block } from "../render/answer.ts";
import { cut } from "../render/clean.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { type Listing, type Point, pointText } from "./point.ts";
import { requestBlocks, requestLine } from "./request-text.ts";

/**
 * A person reads a few lines, not a page: characters of a form, of what is always in it, and of a point; settings, given
 * or changed, get more. A point for which less than `least` is left does not begin.
 */
const FORM = {
  all: 1_500,
  title: 200,
  mind: 250,
  final: 300,
  sends: 300,
  point: 300,
  settings: 500,
  least: 60,
} as const;
/** A list that is longer stands below the points, one entry a line. */
const LIST_MAX = 500;
/** A line that is longer would be cut. */
const LINE_MAX = 900;

const note = (text: string): Block => ({ kind: "note", text });

/** A text in pieces that fit on lines, none within an entry of a list or a quotation. */
function lines(text: string): readonly string[] {
  if (text.length <= LINE_MAX) return [text];
  let end = text.lastIndexOf(", ", LINE_MAX);
  while (end > 0 && !isBalanced(text.slice(0, end))) end = text.lastIndexOf(", ", end - 1);
  const next = end > 0 ? end + 2 : LINE_MAX;
  return [text.slice(0, next), ...lines(`… ${text.slice(next)}`)];
}

/** Whether every quotation in a text is closed: quotations have no marks inside. */
const isBalanced = (text: string): boolean => text.split("“").length === text.split("”").length;

/** A point and, where it lists very much, the whole list. */
function pointBlocks(point: Point): { readonly told: readonly Block[]; readonly list?: Block } {
  const text = pointText(point);
  if (typeof point === "string" || text.length <= LIST_MAX) return { told: lines(`- ${text}`).map(note) };
  return {
    told: [note(`- ${pointText({ ...point, entries: [`all ${point.entries.length} of them below`] })}`)],
    list: listBlock(point),
  };
}

const listBlock = ({ says, entries }: Listing): Block => ({
  kind: "table",
  title: says,
  columns: [{ key: "entry", label: `all ${entries.length}`, long: true }],
  rows: entries.map((entry) => ({ entry })),
});

/** Why confirmation is needed, from the arguments that raised the class. */
const reasons = (steps: readonly PlannedStep[]): readonly string[] => [
  ...new Set(steps.flatMap(({ classification }) => classification.reason ?? [])),
];

/** The blocks of a plan: what it touches, what changes, what would be sent, what PVE would refuse. */
export function planBlocks(plan: Plan): readonly Block[] {
  const points = plan.points
    .filter((point) => typeof point === "string" || !point.inRequest)
    .map(pointBlocks);
  return [
    ...points.flatMap(({ told }) => told),
    ...reasons(plan.steps).flatMap((reason) => lines(`- Mind: ${reason}.`).map(note)),
    ...plan.final.flatMap((text) => lines(`- Cannot be undone: ${text}`).map(note)),
    ...points.flatMap(({ list }) => list ?? []),
    ...plan.blocks,
    ...requestBlocks(plan.steps),
    ...plan.privileges.lines.map(note),
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

/** A line of a form that says how many it leaves out. */
const formLine = (says: string, entries: readonly string[], max: number, end = ""): readonly string[] =>
  entries.length === 0 ? [] : [pointText({ says, entries, between: "; ", end }, max)];

const withoutStop = (text: string): string => text.replace(/\.$/, "");

/** What a person reads in the client's form: what is asked, minded, lost and sent always, of the rest the first. */
export function planMessage(what: string, plan: Plan): string {
  const title = cut(`${what}?`, FORM.title);
  const end = [
    ...formLine("- Mind", reasons(plan.steps), FORM.mind, "."),
    ...formLine("- Cannot be undone", plan.final.map(withoutStop), FORM.final, "."),
    ...formLine("Sends", plan.steps.map(requestLine), FORM.sends),
  ];
  let room = FORM.all - [title, ...end, "- and 9999 more"].join("\n").length;
  const shown: string[] = [];
  for (const point of plan.points) {
    if (room < FORM.least) break;
    const text = `- ${pointText(point, Math.min(isSettings(point) ? FORM.settings : FORM.point, room - 3))}`;
    room -= text.length + 1;
    shown.push(text);
  }
  const left = plan.points.length - shown.length;
  return [title, ...shown, ...(left > 0 ? [`- and ${left} more`] : []), ...end].join("\n");
}

const isSettings = (point: Point): boolean =>
  typeof point !== "string" && (point.inRequest === true || point.between !== undefined);
