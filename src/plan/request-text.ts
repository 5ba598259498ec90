import type { Block } from "../render/answer.ts";
import { isProse, quoted } from "../render/foreign.ts";
import { redactData } from "../render/redact.ts";
import type { Step } from "./topic.ts";

/** A value that is longer, or has several lines, stands below its request. */
const VALUE_MAX = 400;
/** A request that is longer has a line for each parameter. */
const LINE_MAX = 900;
/** So many requests stand as they are; more become a table. */
const SINGLE = 20;

/** `POST /nodes/pve1/qemu/103/status/stop`: the route with its placeholders filled in. */
export function requestLine({ route, params }: Step): string {
  return route.replace(/\{([^}]+)\}/g, (_, name: string) => String(params[name] ?? `{${name}}`));
}

interface Given {
  readonly name: string;
  /** The value as it is sent, secrets taken out. */
  readonly text: string;
  readonly isLong: boolean;
}

/** The parameters that do not stand in the path. */
function givenOf({ route, params }: Step): readonly Given[] {
  const shown = redactData(route, params) as Readonly<Record<string, unknown>>;
  return Object.entries(shown)
    .filter(([name, value]) => value !== undefined && value !== null && !route.includes(`{${name}}`))
    .map(([name, value]) => {
      const text = sentText(value);
      return { name, text, isLong: text.length > VALUE_MAX || /[\r\n]/.test(text) };
    });
}

function sentText(value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Array.isArray(value)) return idRanges(value.map(String)) ?? value.join(",");
  const text = String(value);
  return idRanges(text.split(",")) ?? text;
}

/** Ids one after another, three or more of them, as `2000-2129`; undefined where a list has others than ids. */
function idRanges(entries: readonly string[]): string | undefined {
  if (entries.length < 3 || !entries.every((entry) => /^[1-9]\d*$/.test(entry))) return undefined;
  const runs: { readonly first: number; last: number }[] = [];
  for (const id of entries.map(Number)) {
    const run = runs.at(-1);
    if (run && id === run.last + 1) run.last = id;
    else runs.push({ first: id, last: id });
  }
  return runs
    .flatMap(({ first, last }) =>
      last - first > 1 ? [`${first}-${last}`] : first === last ? [String(first)] : [first, last].map(String),
    )
    .join(",");
}

const valueText = ({ text, isLong }: Given): string =>
  isLong ? `(${text.length} characters)` : isProse(text) ? quoted(text, VALUE_MAX) : text;

/** The parameters that do not stand in the path, `name=value`, secrets taken out and prose as a quotation. */
export const parameterText = (step: Step): string =>
  givenOf(step)
    .map((given) => `${given.name}=${valueText(given)}`)
    .join(" ");

/** The exact requests in order, whatever their size; only secrets are left out. */
export function requestBlocks(steps: readonly Step[]): readonly Block[] {
  const labels = steps.map((_, at) => (steps.length === 1 ? "Sends" : `Sends ${at + 1}`));
  const lines = steps.map((step) => `${requestLine(step)} ${parameterText(step)}`.trimEnd());
  const long = steps.flatMap((step, at) =>
    givenOf(step)
      .filter(({ isLong }) => isLong)
      .map(
        ({ name, text }): Block => ({
          kind: "untrusted",
          source: `${name} of ${steps.length === 1 ? "the request" : `request ${at + 1}`}`,
          text,
        }),
      ),
  );
  if (steps.length > SINGLE)
    return [
      {
        kind: "table",
        title: `Sends ${steps.length} requests`,
        columns: [{ key: "request", long: true }],
        rows: lines.map((request) => ({ request })),
      },
      ...long,
    ];
  return [...steps.map((step, at) => requestBlock(labels[at] ?? "", lines[at] ?? "", step)), ...long];
}

/** One request: on a line, or with a line for each of its parameters. */
const requestBlock = (label: string, line: string, step: Step): Block =>
  line.length <= LINE_MAX
    ? { kind: "note", text: `${label}: ${line}` }
    : {
        kind: "facts",
        title: `${label}: ${requestLine(step)}`,
        facts: givenOf(step).map(({ name, text, isLong }) => ({
          key: name,
          value: isLong ? `(${text.length} characters)` : text,
          long: true,
          ...(!isLong && isProse(text) ? { foreign: true } : {}),
        })),
      };
