import { CATEGORIES } from "../src/config/categories.ts";
import { loadConfig } from "../src/config/load.ts";
import { createHost } from "../src/mcp/host.ts";
import { INSTRUCTIONS } from "../src/mcp/instructions.ts";
import { createSimulator } from "../src/simulator/server.ts";
import type { ListedTool } from "../src/tools/input-schema.ts";
import toolList from "../src/tools/list.gen.json" with { type: "json" };
import { MEASURED, measuredWorld, TOKEN } from "./measures-world.ts";

const TOOLS = toolList as unknown as readonly ListedTool[];

/** Bytes (UTF-8) of something a model reads. */
export interface Size {
  readonly name: string;
  readonly bytes: number;
  /** Hard limit in bytes. */
  readonly limit?: number;
  /** Number of tools, of a list, and how many it may have at most. */
  readonly tools?: number;
  readonly most?: number;
}

/** A client with a hard limit takes so many tools and no more. */
export const TOOLS_LIMIT = 127;

/** Tools that came after the first 105, to which the limits of the lists apply. */
const LATER: ReadonlySet<string> = new Set([
  "pve_list_cluster_tasks",
  "pve_undo",
  "pve_wait_task",
  "pve_search_api",
  "pve_describe_api",
  "pve_read_api",
  "pve_write_api",
  "pve_apply_network",
  "pve_arm_ha",
  "pve_bulk_migrate_guests",
  "pve_bulk_shutdown_guests",
  "pve_bulk_start_guests",
  "pve_bulk_suspend_guests",
  "pve_create_ha_rule",
  "pve_delete_ha_rule",
  "pve_disarm_ha",
  "pve_get_ha_rule",
  "pve_list_ha_rules",
  "pve_pull_oci_image",
  "pve_revert_network",
  "pve_update_ha_rule",
]);

/** Configurations whose list is measured; `first`: of the first 105 tools, with the number that must be there. */
const LISTS: readonly {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly first?: number;
  /** More tools than this are none of it. */
  readonly most?: number;
  readonly limit?: number;
}[] = [
  { name: "list: first 105 tools", env: {}, first: 105, limit: 34_000 },
  { name: "list: first 105, read-execute", env: { PVE_ACCESS_TIER: "read-execute" }, first: 68 },
  { name: "list: first 105, read-only", env: { PVE_ACCESS_TIER: "read-only" }, first: 51, limit: 10_500 },
  { name: "list: default", env: {} },
  { name: "list: core", env: { PVE_CATEGORIES: "core" }, most: 20, limit: 6_000 },
  { name: "list: read-execute", env: { PVE_ACCESS_TIER: "read-execute" } },
  { name: "list: read-only", env: { PVE_ACCESS_TIER: "read-only" } },
  ...CATEGORIES.map((category) => ({
    name: `list: ${category}`,
    env: { PVE_CATEGORIES: category },
    ...(category === "api" ? { limit: 3_000 } : {}),
  })),
];

/** How many tools a list of the first 105 must have, by the list's name. */
export const EXPECTED_TOOLS: ReadonlyMap<string, number> = new Map(
  LISTS.flatMap(({ name, first }) => (first === undefined ? [] : [[name, first]])),
);

/** Name, description and input schema of every tool that tools/list shows, per configuration, as compact JSON. */
export function listSizes(): readonly Size[] {
  return LISTS.map(({ name, env, first, most, limit }) => {
    const visible = createMeasuredApp(env).visible.filter(
      (tool) => first === undefined || !LATER.has(tool.name),
    );
    return {
      name,
      bytes: visible.reduce((sum, tool) => sum + toolBytes(tool), 0),
      tools: visible.length,
      ...(most === undefined ? {} : { most }),
      ...(limit === undefined ? {} : { limit }),
    };
  });
}

const toolBytes = ({ name, description, inputSchema }: ListedTool): number =>
  Buffer.byteLength(JSON.stringify({ name, description, inputSchema }));

const { node, vmid, storage } = MEASURED;
const ANSWERS: readonly {
  readonly name: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly limit?: number;
}[] = [
  {
    name: "answer: cluster resources, 100 guests",
    tool: "pve_list_cluster_resources",
    input: {},
    limit: 10_000,
  },
  { name: "answer: VM status", tool: "pve_get_qemu_status", input: { vmid } },
  { name: "answer: VM config", tool: "pve_get_qemu_config", input: { vmid } },
  { name: "answer: 20 tasks", tool: "pve_list_tasks", input: { node, limit: 20 } },
  { name: "answer: 5 snapshots", tool: "pve_list_qemu_snapshots", input: { vmid } },
  {
    name: "answer: 8 operations found",
    tool: "pve_search_api",
    input: { query: "resize a disk" },
    limit: 1_500,
  },
  {
    name: "answer: the largest operation described",
    tool: "pve_describe_api",
    input: { route: "POST /nodes/{node}/qemu" },
    limit: 9_000,
  },
  {
    name: "answer: any list, 20 rows",
    tool: "pve_read_api",
    input: { route: "/nodes/{node}/tasks", params: { node }, limit: 20 },
  },
  { name: "answer: 20 backups on a storage", tool: "pve_list_storage_content", input: { node, storage } },
];

/** The instructions, and the text of standard answers, through the server on a simulated cluster that stands still. Throws when one fails. */
export async function answerSizes(): Promise<readonly Size[]> {
  const app = createMeasuredApp({});
  const sizes: Size[] = [{ name: "instructions", bytes: Buffer.byteLength(INSTRUCTIONS), limit: 2_047 }];
  for (const { name, tool, input, limit } of ANSWERS) {
    const outcome = await app.call(tool, input, {
      signal: AbortSignal.timeout(10_000),
      caller: "bench",
      person: { kind: "none" },
      takesTasks: false,
    });
    if (outcome.kind !== "result") throw new Error(`${tool} did not answer`);
    const { content, isError } = outcome.result;
    const text = content.map((part) => part.text).join("\n");
    if (isError) throw new Error(`${tool} failed: ${text}`);
    sizes.push({ name, bytes: Buffer.byteLength(text), ...(limit === undefined ? {} : { limit }) });
  }
  return sizes;
}

/** The server's core on the measured world, configured by environment variables. */
function createMeasuredApp(env: Readonly<Record<string, string>>) {
  const simulator = createSimulator(measuredWorld());
  const config = loadConfig(env, { demo: true, tools: TOOLS, readFile: () => "" });
  const host = createHost({
    ...config,
    clusters: [
      {
        ...config,
        name: "bench",
        transport: { send: (request) => simulator.handle(request), close: () => {} },
        authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}`,
        tokenId: TOKEN.id,
        timeoutMs: 10_000,
        emptyReason: () => undefined,
      },
    ],
    tools: TOOLS,
    secrets: [TOKEN.secret],
    log: console.error,
  });
  return host.appFor();
}
