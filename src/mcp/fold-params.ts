import { type Json, type Row, record } from "../pve/data.ts";
import { coerce, coerceValue } from "../schema/coerce.ts";
import { paramOf } from "../schema/endpoint-table.ts";
import { endpointFor, inputsOf } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolSpec } from "../tools/tool.ts";
import { readValue } from "./arguments.ts";

/**
 * The arguments with each listed input in its own place, also one that came in `params`; what is left there is as PVE
 * takes it. So a tool's logic looks in one place. Throws a Refusal for what stands twice or belongs into the path.
 */
export function foldParams(tool: Tool, input: Row): Row {
  if (input.params === undefined) return input;
  const inputs = inputsOf(tool);
  const listed: [string, Json][] = [];
  const rest: [string, Json][] = [];
  for (const [name, value] of Object.entries(record(input.params))) {
    if (value === null) continue;
    if (tool.route.includes(`{${name}}`))
      throw new Refusal(`${name} is an argument of its own, not one of params.`);
    const own = inputs.find(({ of }) => of === name);
    if (!own) {
      rest.push([name, value]);
      continue;
    }
    if (input[own.name] !== undefined)
      throw new Refusal(`${name} was given twice, as an argument and in params.`);
    const read = readValue(own.name, own.schema, asPropertyString(tool, name, value));
    if ("problem" in read) throw new Refusal(read.problem);
    listed.push([own.name, read.value]);
  }
  // Pairs, because a caller may send a name such as `__proto__`.
  const left = coerce(endpointFor(tool), Object.fromEntries(rest)) as Row;
  return { ...input, ...Object.fromEntries(listed), params: left };
}

/** An object where PVE takes a property string such as `virtio,bridge=vmbr0`, written as one; else the value itself. */
function asPropertyString(tool: ToolSpec, name: string, value: Json): Json {
  const fact = typeof value === "object" && value !== null ? paramOf(endpointFor(tool), name) : undefined;
  return fact?.type === "string" ? (coerceValue(fact, value) as Json) : value;
}

/** What a caller gave, with objects for property strings written as PVE takes them. */
export function withPropertyStrings(
  tool: ToolSpec,
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const inputs = inputsOf(tool);
  const pairs = Object.entries(given ?? {}).map(([name, value]) => {
    const of = inputs.find((input) => input.name === name)?.of;
    return [name, of === undefined ? value : asPropertyString(tool, of, value as Json)] as const;
  });
  return Object.fromEntries(pairs);
}

/** A tool's arguments under the endpoint's names. */
export function endpointParams(tool: Tool, input: Row): Readonly<Record<string, unknown>> {
  const listed = inputsOf(tool).flatMap(({ name, of }) =>
    of !== undefined && input[name] !== undefined ? [[of, input[name]] as const] : [],
  );
  return { ...Object.fromEntries(listed), ...record(input.params) };
}
