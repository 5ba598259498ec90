import type { Category } from "../config/categories.ts";
import type { Tier } from "../config/settings.ts";
import { classOf, mayLose } from "../policy/effect.ts";
import type { Endpoint, Param } from "../schema/endpoint.ts";
import { endpointOf, paramOf } from "../schema/endpoint-table.ts";
import { startsTask } from "../schema/workers.ts";
import { CORE } from "./core.ts";
import type { Input, InputSchema, Tool, ToolSpec } from "./tool.ts";

/** One resolved input: what the client sees and where its value goes. */
export interface ToolInput {
  readonly name: string;
  /** The endpoint's parameter it fills; absent for inputs of our own. */
  readonly of?: string;
  readonly required: boolean;
  readonly schema: InputSchema;
}

/** The endpoint's other parameters, of a tool that takes more than it lists. */
const PARAMS: ToolInput = { name: "params", required: false, schema: { type: "object" } };

/** A VMID or a guest's name: the server's instructions say so once, for all tools. */
const GUEST: InputSchema = { type: "string" };
const PAGE: readonly ToolInput[] = ["start", "limit"].map((name) => ({
  name,
  required: false,
  schema: { type: "integer" },
}));

const placeholders = (path: string): readonly string[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1] ?? "");

/** The kind of guest a tool acts on, if it acts on one. */
export function guestKind(tool: ToolSpec): "qemu" | "lxc" | "any" | undefined {
  if (tool.guest) return tool.guest;
  const kind = /^\S+ \/nodes\/\{node\}\/(qemu|lxc)\/\{vmid\}/.exec(tool.route)?.[1];
  return kind === "qemu" || kind === "lxc" ? kind : undefined;
}

/** True when the node follows from another argument: the guest's, or a UPID's. */
const knowsNode = (tool: ToolSpec): boolean => guestKind(tool) !== undefined || tool.route.includes("{upid}");

function schemaOf(param: Param | undefined, input: Input): InputSchema {
  if (input.schema)
    return input.description ? { ...input.schema, description: input.description } : input.schema;
  const type = param?.type ?? "string";
  const choices = param?.enum;
  return {
    type,
    ...(input.description ? { description: input.description } : {}),
    ...(choices && choices.length <= 12 ? { enum: choices } : {}),
    ...(type === "array" ? { items: { type: param?.items?.type === "integer" ? "integer" : "string" } } : {}),
  };
}

const asInput = (value: string | Input | undefined): Input =>
  typeof value === "string" ? (value === "" ? {} : { description: value }) : (value ?? {});

/** The facts about a tool's own operation. */
export const endpointFor = (tool: ToolSpec & { readonly endpoint?: Endpoint }): Endpoint =>
  tool.endpoint ?? endpointOf(tool.route);

const derived = new WeakMap<ToolSpec, readonly ToolInput[]>();

/** Every input of a tool in the order a client sees them; derived once, because each call asks for them. */
export function inputsOf(tool: ToolSpec): readonly ToolInput[] {
  const known = derived.get(tool) ?? deriveInputs(tool);
  derived.set(tool, known);
  return known;
}

function deriveInputs(tool: ToolSpec): readonly ToolInput[] {
  const endpoint = endpointFor(tool);
  const declared = (tool.params ?? {}) as Readonly<Record<string, string | Input | undefined>>;
  const inputs: ToolInput[] = [];
  const inPath = placeholders(endpoint.path);
  const guest = guestKind(tool);
  const shadowed = new Set(Object.values(tool.inputs ?? {}).flatMap((input) => input.of ?? []));
  for (const name of [...inPath].sort((a, b) => Number(a === "node") - Number(b === "node"))) {
    if (shadowed.has(name)) continue;
    const input = asInput(declared[name]);
    const optional = name === "node" && knowsNode(tool);
    const schema = name === "vmid" && guest ? GUEST : schemaOf(paramOf(endpoint, name), input);
    inputs.push({ name, of: name, required: input.required ?? !optional, schema });
  }
  if (guest && !inPath.includes("vmid") && !tool.inputs?.vmid && !declared.vmid) {
    inputs.push({ name: "vmid", required: true, schema: GUEST });
  }
  for (const [name, value] of Object.entries(declared)) {
    if (inPath.includes(name)) continue;
    inputs.push(endpointInput(endpoint, name, name, asInput(value)));
  }
  for (const [name, input] of Object.entries(tool.inputs ?? {})) {
    inputs.push(
      input.of === undefined
        ? { name, required: input.required ?? false, schema: schemaOf(undefined, input) }
        : endpointInput(endpoint, name, input.of, input),
    );
  }
  if (tool.paged) inputs.push(...PAGE);
  if (tool.more) inputs.push(PARAMS);
  return [...inputs, ...controlsOf(tool)];
}

/** What steers a call that is no read: how long to wait for its job, a plan in its place, a plan's code. */
function controlsOf(tool: ToolSpec): readonly ToolInput[] {
  const routes = [tool.route, ...(tool.also ?? [])];
  const any = tool.any === "change";
  if (!any && routes.every((route) => classOf(route).effect === "read")) return [];
  return [
    ...(any || routes.some(startsTask) ? [WAIT] : []),
    { name: "dry_run", required: false, schema: { type: "boolean" } },
    { name: "confirm", required: false, schema: { type: "string" } },
  ];
}

/** Seconds; the server's instructions say so once, for all tools. */
export const WAIT: ToolInput = { name: "wait", required: false, schema: { type: "integer" } };

function endpointInput(endpoint: Endpoint, name: string, of: string, input: Input): ToolInput {
  const param = paramOf(endpoint, of);
  if (!param && !input.schema) throw new Error(`${endpoint.route} has no parameter ${of}.`);
  return {
    name,
    ...(param ? { of } : {}),
    required: input.required ?? param?.required === true,
    schema: schemaOf(param, input),
  };
}

/** A tool as tools/list shows it, with what decides whether it is shown. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly category: Category;
  readonly tier: Tier;
  /** One of the lean set. */
  readonly core?: true;
  readonly description: string;
  readonly inputSchema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, InputSchema>>;
    readonly required?: readonly string[];
  };
  readonly needs?: "record" | "clusters";
  /** Its answers for several clusters can be laid side by side. */
  readonly everywhere?: true;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** Whether a call of the tool can lose something, whatever its arguments are: a client asks before it acts. */
export function canLose(tool: Tool): boolean {
  if (tool.any === "change") return true;
  const names = tool.more ? undefined : inputsOf(tool).flatMap(({ of }) => of ?? []);
  return [tool.route, ...(tool.also ?? [])].some((route) => mayLose(route, names));
}

/** The listing of a tool; written to a file at build time, because a start must not derive it. */
export function listing(tool: Tool): ListedTool {
  const inputs = inputsOf(tool);
  const required = inputs.filter((input) => input.required).map((input) => input.name);
  const reading = tool.effect === "read";
  return {
    name: tool.name,
    title: tool.title,
    category: tool.category,
    tier: tool.tier,
    ...(CORE.has(tool.name) ? { core: true } : {}),
    description: tool.description,
    ...(tool.needs ? { needs: tool.needs } : {}),
    ...(tool.everywhere ? { everywhere: true } : {}),
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(inputs.map((input) => [input.name, input.schema])),
      ...(required.length > 0 ? { required } : {}),
    },
    annotations: {
      readOnlyHint: reading,
      destructiveHint: canLose(tool),
      idempotentHint: tool.idempotent ?? (reading || /^(PUT|DELETE) /.test(tool.route)),
      openWorldHint: tool.openWorld ?? false,
    },
  };
}
