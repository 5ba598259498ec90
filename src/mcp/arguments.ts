import type { Json, Row } from "../pve/data.ts";
import { nearest } from "../schema/nearest.ts";
import { onOff } from "../schema/on-off.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import { Refusal } from "../tools/refusal.ts";
import type { InputSchema } from "../tools/tool.ts";

/** A value as its schema wants it, where what was meant is plain; otherwise as it came, for the check that follows. */
function coerceValue(value: Json, schema: InputSchema): Json {
  switch (schema.type) {
    case "integer":
    case "number":
      return typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    case "boolean":
      return typeof value === "string" || typeof value === "number"
        ? (onOff(String(value).trim()) ?? value)
        : value;
    case "string":
      if (Array.isArray(value)) return value.every(isScalar) ? value.map(String).join(",") : value;
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "array": {
      const entries: readonly Json[] = Array.isArray(value)
        ? value
        : typeof value === "string"
          ? value.split(/[,;\s]+/).filter(Boolean)
          : [value];
      return entries.map((entry) => coerceValue(entry, schema.items ?? { type: "string" }));
    }
    case "object":
      return typeof value === "string" ? parseObject(value) : value;
  }
}

const isScalar = (value: Json): boolean => typeof value !== "object";

/** Some clients send objects as JSON text. */
function parseObject(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // Refused below as no object, with its name.
  }
}

const MATCHES: Readonly<Record<InputSchema["type"], (value: Json) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** No operation of PVE takes as many parameters; each is looked at, so more are not let in. */
const MOST_KEYS = 1_000;
/** Problems that are told; who has more has the first ones to mend. */
const MOST_PROBLEMS = 10;

/** Least values of integers that count from a start: a page begins at a row and has at least one. */
const LEAST: Readonly<Record<string, number>> = { start: 0, limit: 1, pos: 0, wait: 0 };
/** The longest that a call may wait for a job, in seconds. */
const MOST: Readonly<Record<string, number>> = { wait: 3_600 };

/** One argument by its schema: the value as the tool takes it, or what is wrong with it. */
export function readValue(
  name: string,
  schema: InputSchema,
  raw: Json,
): { readonly value: Json } | { readonly problem: string } {
  const value = coerceValue(raw, schema);
  if (!MATCHES[schema.type](value)) return { problem: `${name} must be ${article(schema.type)}.` };
  if (schema.enum && !schema.enum.includes(String(value))) {
    return { problem: `${name} must be one of ${schema.enum.join(", ")}.` };
  }
  const items = schema.items?.type ?? "string";
  if (Array.isArray(value) && !value.every(MATCHES[items]))
    return { problem: `${name} must be a list of ${items}s.` };
  if (schema.type === "object" && Object.keys(value as Row).length > MOST_KEYS) {
    return { problem: `${name} has more than ${MOST_KEYS} entries.` };
  }
  const least = LEAST[name];
  if (typeof value === "number" && least !== undefined && value < least) {
    return { problem: `${name} must be at least ${least}.` };
  }
  const most = MOST[name];
  if (typeof value === "number" && most !== undefined && value > most) {
    return { problem: `${name} must be at most ${most}.` };
  }
  return { value };
}

/**
 * A call's arguments by the tool's input schema: coerced where the meaning is plain, nulls left out. Throws a Refusal
 * that names every unknown, missing and ill-typed argument.
 */
export function readArguments(tool: ListedTool, given: Readonly<Record<string, unknown>> | undefined): Row {
  const { properties, required = [] } = tool.inputSchema;
  const input: Record<string, Json> = {};
  const problems: string[] = [];
  for (const [name, raw] of Object.entries(given ?? {})) {
    if (problems.length >= MOST_PROBLEMS) break;
    if (raw === null || raw === undefined) continue;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!schema) {
      const close = nearest(name, Object.keys(properties));
      const inParams = properties.params ? " Other PVE parameters go into params." : "";
      problems.push(
        `Unknown argument ${JSON.stringify(name.slice(0, 60))}.${close ? ` Did you mean ${close}?` : ""}${inParams}`,
      );
      continue;
    }
    const read = readValue(name, schema, raw as Json);
    if ("problem" in read) problems.push(read.problem);
    else input[name] = read.value;
  }
  const missing = required.filter(
    (name) => !(name in (given ?? {})) || given?.[name] === null || given?.[name] === undefined,
  );
  if (missing.length > 0) problems.push(`Missing: ${missing.join(", ")}.`);
  if (problems.length > 0) {
    const takes = Object.keys(properties).map((name) =>
      required.includes(name) ? `${name} (required)` : name,
    );
    throw new Refusal(`${tool.name}: ${problems.join(" ")} It takes: ${takes.join(", ") || "no arguments"}.`);
  }
  return input;
}
