import { type Json, type Row, record } from "../pve/data.ts";
import { coerce } from "../schema/coerce.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import { inputsOf } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool } from "../tools/tool.ts";
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
    const read = readValue(own.name, own.schema, value);
    if ("problem" in read) throw new Refusal(read.problem);
    listed.push([own.name, read.value]);
  }
  // Pairs, because a caller may send a name such as `__proto__`.
  const left = coerce(endpointOf(tool.route), Object.fromEntries(rest)) as Row;
  return { ...input, ...Object.fromEntries(listed), params: left };
}

/** A tool's arguments under the endpoint's names. */
export function endpointParams(tool: Tool, input: Row): Readonly<Record<string, unknown>> {
  const listed = inputsOf(tool).flatMap(({ name, of }) =>
    of !== undefined && input[name] !== undefined ? [[of, input[name]] as const] : [],
  );
  return { ...Object.fromEntries(listed), ...record(input.params) };
}
