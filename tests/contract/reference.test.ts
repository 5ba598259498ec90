import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TIERS } from "../../src/config/settings.ts";
import { includes } from "../../src/policy/tier.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { connect } from "../support/mcp.ts";
import { listedTools } from "../support/session.ts";

interface ReferenceTool {
  readonly name: string;
  readonly category: string;
  readonly tier: (typeof TIERS)[number];
  readonly since?: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The tools whose names, tiers and parameters are our compatibility contract. */
const REFERENCE = JSON.parse(
  readFileSync(new URL("./reference-tools.json", import.meta.url), "utf8"),
) as readonly ReferenceTool[];

const ours = new Map(listedTools().map((tool) => [tool.name, tool]));

/** What a client carries of a tool: name, description and input schema, as JSON. */
const size = ({
  name,
  description,
  inputSchema,
}: {
  name: string;
  description: string;
  inputSchema: unknown;
}) => Buffer.byteLength(JSON.stringify({ name, description, inputSchema }));

describe("the tools of the reference", () => {
  it.each(REFERENCE.map((tool) => [tool.name, tool] as const))("%s", (name, reference) => {
    const tool = ours.get(name);
    expect(tool).toBeDefined();
    expect(tool?.category).toBe(reference.category);
    expect(tool?.tier).toBe(reference.tier);
    const inputs = Object.keys(tool?.inputSchema.properties ?? {});
    expect(inputs).toEqual(expect.arrayContaining([...reference.required, ...reference.optional]));
    // A call that is valid there is valid here: nothing more is demanded.
    for (const required of tool?.inputSchema.required ?? []) expect(reference.required).toContain(required);
  });

  it("come to 51, 68 and 105 by tier", () => {
    const first = REFERENCE.filter((tool) => tool.since === undefined);
    const counts = TIERS.map(
      (tier) => first.filter((tool) => includes(tier, ours.get(tool.name)?.tier ?? "full")).length,
    );
    expect(counts).toEqual([51, 68, 105]);
  });

  it("fit in 34,000 bytes, the read-only ones in 10,500", () => {
    const bytes = (tier?: string) =>
      REFERENCE.filter((tool) => tool.since === undefined && (tier === undefined || tool.tier === tier))
        .flatMap(({ name }) => ours.get(name) ?? [])
        .reduce((sum, t) => sum + size(t), 0);
    expect(bytes()).toBeLessThanOrEqual(34_000);
    expect(bytes("read-only")).toBeLessThanOrEqual(10_500);
  });
});

describe("arguments that used to be roads around tier and category", () => {
  const attacks: readonly (readonly [tool: string, args: Readonly<Record<string, unknown>>])[] = [
    ["pve_start_qemu_vm", { vmid: 100, node: "../access/users?userid=evil@pve#" }],
    ["pve_start_qemu_vm", { vmid: "../../access/users?userid=evil@pve#" }],
    ["pve_stop_task", { node: "pve1/qemu/103?purge=1#", upid: "x" }],
    ["pve_stop_task", { upid: "UPID:pve1/qemu/103?purge=1#:00000001:00000001:00000001:x:1:root@pam:" }],
    ["pve_get_node_status", { node: "../access/users#" }],
    ["pve_manage_node_service", { node: "pve1", service: "../../../access/users", command: "start" }],
    ["pve_get_qemu_status", { vmid: 100.5 }],
    ["pve_get_qemu_status", { vmid: -3 }],
    ["pve_get_qemu_status", { vmid: 99 }],
    ["pve_get_qemu_status", { vmid: 1_000_000_000 }],
    ["pve_get_storage_status", { node: "pve1", storage: "%2e%2e/%2e%2e/version" }],
  ];
  it.each(attacks)("%s %j is refused and sends nothing", async (tool, args) => {
    const world = clusterWorld(new VirtualClock(1_795_330_000));
    const connected = await connect(world, DEMO_TOKENS.admin, { env: { PVE_ACCESS_TIER: "read-execute" } });
    const { text, isError } = await connected.call(tool, args);
    expect(isError, text).toBe(true);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(connected.requests).toEqual([]);
    expect([...world.access.users.keys()]).not.toContain("evil@pve");
    expect(world.guests.has(103)).toBe(true);
    await connected.close();
  });
});

describe("at tier read-execute no argument that deletes is accepted", () => {
  const calls: readonly (readonly [tool: string, args: Readonly<Record<string, unknown>>])[] = [
    ["pve_run_backup", { vmid: "100", storage: "backup", remove: true }],
    ["pve_run_backup", { vmid: "100", storage: "backup", params: { "prune-backups": "keep-last=1" } }],
    ["pve_start_qemu_vm", { vmid: 103, params: { skiplock: true } }],
    ["pve_stop_qemu_vm", { vmid: 100, params: { skiplock: 1 } }],
  ];
  it.each(calls)("%s %j", async (tool, args) => {
    const connected = await connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, {
      env: { PVE_ACCESS_TIER: "read-execute" },
    });
    const { text, isError } = await connected.call(tool, args);
    expect(isError, text).toBe(true);
    expect(text).toMatch(/needs tier full/);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(connected.requests).toEqual([]);
    await connected.close();
  });
});

describe("tools/list", () => {
  const configurations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    default: {},
    "read-only": { PVE_ACCESS_TIER: "read-only" },
    "read-execute": { PVE_ACCESS_TIER: "read-execute" },
    "backup and tasks": { PVE_CATEGORIES: "backup,tasks" },
    "named tools": { PVE_TOOLS: "pve_list_nodes,pve_start_qemu_vm" },
    structured: { PVE_STRUCTURED: "true", PVE_TOOLS: "pve_list_nodes" },
  };
  it.each(Object.entries(configurations))("%s", async (_, env) => {
    const connected = await connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, {
      env,
    });
    const { tools } = await connected.client.listTools();
    // The default and the structured surface in full; the others show a part of the default.
    const whole = env.PVE_STRUCTURED !== undefined || Object.keys(env).length === 0;
    expect(whole ? tools : tools.map(({ name }) => name)).toMatchSnapshot();
    await connected.close();
  });
});
