import { describe, expect, it } from "vitest";
import { findEndpoint, knownReleases } from "../../src/schema/endpoint-table.ts";
import { compareReleases, parseRelease } from "../../src/schema/release.ts";
import { allHandlers } from "../../src/simulator/all-routes.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";
import { inputsOf, listing } from "../../src/tools/input-schema.ts";
import { declaredRoutes, isOneOf, ownRoutes } from "../support/declared.ts";
import { HOSTILE } from "../support/hostile.ts";
import { type Connection, type ConnectOptions, connect, ERAS, type Era } from "../support/mcp.ts";
import { optionsFor } from "../support/needed.ts";
import { VALID_CALLS, type ValidCall } from "./valid-calls.ts";

const START = 1_795_330_000;
const connection = (era: Era, options: ConnectOptions = {}): Promise<Connection> =>
  connect(clusterWorld(new VirtualClock(START, 0.5)), DEMO_TOKENS.admin, { era, ...options });

/** Longer than any task of the demo takes. */
const TASK_SECONDS = 60;

async function prepare(
  connected: Connection,
  clock: VirtualClock,
  { args = {}, before = [], task }: ValidCall,
) {
  for (const [name, earlier] of before) {
    const { text, isError } = await connected.act(name, { ...earlier });
    expect(isError, `${name}: ${text}`).toBe(false);
    clock.advance(TASK_SECONDS);
  }
  if (!task) return { ...args };
  const { text } = await connected.call("pve_list_tasks", { node: "pve1", limit: 1 });
  const upid = /UPID:[^\s|]+:/.exec(text)?.[0];
  expect(upid).toBeDefined();
  return { ...args, [task]: upid };
}

describe.each(ERAS)("every tool, protocol %s", (era) => {
  it.each(CATALOGUE.map((tool) => [tool.name, tool] as const))("%s", async (name, tool) => {
    const valid = VALID_CALLS[name];
    expect(valid, "a valid call is written down").toBeDefined();
    if (!valid) return;
    const clock = new VirtualClock(START);
    const connected = await connect(clusterWorld(clock), DEMO_TOKENS.admin, { era, ...optionsFor(tool) });
    const routes = declaredRoutes(tool);
    const args = await prepare(connected, clock, valid);
    connected.requests.length = 0;

    const { text, isError } = await connected.act(name, args);
    if (valid.ends) expect(text.split("\n")[0]).toMatch(valid.ends);
    else expect(isError, text).toBe(false);
    expect(text.split("\n")[0]?.length).toBeGreaterThan(5);
    expect(text).not.toMatch(/undefined|null|\[object Object\]|NaN/);
    expect(connected.requests.length).toBeGreaterThan(0);
    for (const request of connected.requests)
      expect(isOneOf(request, routes), `${request.method} ${request.path}`).toBe(true);
    if (tool.effect === "read") {
      expect(connected.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    } else {
      expect(connected.requests.some(({ method }) => method !== "GET")).toBe(true);
    }
    await connected.close();
  });
});

/** Values of every kind that are wrong or dangerous, for one input. */
const BAD_VALUES: readonly unknown[] = [
  ...HOSTILE,
  "%2e%2e",
  "a/b#",
  "../access/users?userid=evil@pve&x=#",
  "pve1/qemu/100?purge=1#",
  "x".repeat(10_240),
  "\u0007\u001b[31m",
  -1,
  100.5,
  1e21,
  true,
  { nested: { too: "deep" } },
  ["a", ["b"]],
];

describe("hostile arguments", () => {
  it.each(CATALOGUE.map((tool) => [tool.name, tool] as const))(
    "%s sends nothing it does not declare",
    async (name, tool) => {
      const valid = VALID_CALLS[name] ?? {};
      const clock = new VirtualClock(START, 0.01);
      const connected = await connect(clusterWorld(clock), DEMO_TOKENS.admin, optionsFor(tool));
      const routes = declaredRoutes(tool);
      const args = await prepare(connected, clock, valid);
      connected.requests.length = 0;
      for (const { name: input, of } of inputsOf(tool)) {
        const inPath = of !== undefined && tool.route.includes(`{${of}}`);
        for (const value of BAD_VALUES) {
          const sentBefore = connected.requests.length;
          const { text, isError } = await connected.call(name, { ...args, [input]: value });
          const sent = connected.requests.slice(sentBefore);
          for (const request of sent) {
            expect(
              isOneOf(request, routes),
              `${input}=${JSON.stringify(value)} sent ${request.method} ${request.path}`,
            ).toBe(true);
          }
          // A hostile value never reaches a path, whatever the rest of the call is.
          if (inPath && typeof value === "string" && /[/?#\\%\p{Cc}]|^\.*$/u.test(value)) {
            expect(isError, `${input}=${JSON.stringify(value)}: ${text.slice(0, 200)}`).toBe(true);
            expect(text).toContain("Nothing was changed.");
          }
        }
      }
      const { text, isError } = await connected.call(name, { ...args, no_such_argument: 1 });
      expect(isError).toBe(true);
      expect(text).toMatch(/Unknown argument "no_such_argument"/);
      expect(text).toContain("Nothing was changed.");
      await connected.close();
    },
  );
});

describe("the surface", () => {
  const tools = CATALOGUE.map(listing);

  it("lists plain schemas: an object at the root, one type each, no references, no unions", () => {
    for (const { name, inputSchema } of tools) {
      expect(
        Object.keys(inputSchema).every((key) => ["type", "properties", "required"].includes(key)),
        name,
      ).toBe(true);
      for (const schema of Object.values(inputSchema.properties)) {
        expect(typeof schema.type, name).toBe("string");
        expect(
          Object.keys(schema).every((key) => ["type", "description", "enum", "items"].includes(key)),
          name,
        ).toBe(true);
      }
    }
  });

  it("gives every tool all four hints, and none both reads and destroys", () => {
    for (const { name, annotations } of tools) {
      expect(
        Object.values(annotations).every((hint) => typeof hint === "boolean"),
        name,
      ).toBe(true);
      expect(annotations.readOnlyHint && annotations.destructiveHint, name).toBe(false);
    }
  });

  it("calls a change idempotent unless sent twice it may change more", () => {
    const more = CATALOGUE.filter(
      ({ route, name }) =>
        /^(PUT|DELETE) /.test(route) &&
        !tools.some((tool) => tool.name === name && tool.annotations.idempotentHint),
    );
    expect(more.map(({ name }) => name).sort()).toEqual([
      "pve_delete_firewall_rule",
      "pve_update_firewall_rule",
      "pve_update_lxc_config",
      "pve_update_qemu_config",
    ]);
  });

  it("agrees in tier and effect: what reads is read-only, what executes is read-execute, what writes is full", () => {
    const tierOf = { read: "read-only", execute: "read-execute", write: "full" } as const;
    // What the one for changes does is known when it is called.
    for (const tool of CATALOGUE)
      if (tool.any !== "change") expect(tool.tier, tool.name).toBe(tierOf[tool.effect]);
  });

  it("says from which PVE on there is what not every release has", () => {
    const releases = knownReleases();
    /** Later than the last release that is known to lack it, and not later than the first that is known to have it. */
    const told = (text: string | undefined, since: string): boolean => {
      const said = parseRelease(/PVE (\d+\.\d+)\+/.exec(text ?? "")?.[1] ?? "");
      const [lacks, has] = [releases[releases.indexOf(since) - 1], since].map((one) =>
        parseRelease(one ?? ""),
      );
      return (
        !!said && !!lacks && !!has && compareReleases(said, lacks) > 0 && compareReleases(said, has) <= 0
      );
    };
    const untold = CATALOGUE.flatMap((tool) => {
      const endpoint = findEndpoint(tool.route);
      const { description, inputSchema } = listing(tool);
      const whole = endpoint?.since !== undefined && !told(description, endpoint.since) ? [tool.name] : [];
      const params = inputsOf(tool).flatMap(({ name, of, required }) => {
        const since = of === undefined ? undefined : endpoint?.params[of]?.since;
        if (since === undefined || required) return [];
        return told(inputSchema.properties[name]?.description, since) ? [] : [`${tool.name} ${name}`];
      });
      return [...whole, ...params];
    });
    expect(untold).toEqual([]);
  });

  it("keeps our own inputs apart from the endpoint's parameters", () => {
    for (const tool of CATALOGUE) {
      for (const { name, of } of inputsOf(tool)) {
        if (of !== undefined) continue;
        const ours = Object.keys(findEndpoint(tool.route)?.params ?? {});
        expect(ours, `${tool.name} ${name}`).not.toContain(name);
      }
    }
    for (const name of ["params", "wait", "dry_run", "confirm", "cluster"]) {
      for (const tool of CATALOGUE)
        expect(Object.keys(findEndpoint(tool.route)?.params ?? {})).not.toContain(name);
    }
  });

  it("stays under 128 tools by default, with room for those to come", () => {
    expect(tools.length).toBeLessThan(128);
  });

  it("hides by tier, category and name, and says which setting does", async () => {
    const connected = await connection("2025", {
      env: {
        PVE_ACCESS_TIER: "read-only",
        PVE_CATEGORIES: "qemu,nodes",
        PVE_EXCLUDE_TOOLS: "pve_get_node_dns",
      },
    });
    const { tools: listed } = await connected.client.listTools();
    const names = listed.map(({ name }) => name);
    expect(names).toContain("pve_get_qemu_status");
    expect(names).not.toContain("pve_start_qemu_vm");
    expect(names).not.toContain("pve_list_users");
    expect(names).not.toContain("pve_get_node_dns");
    const hidden = await Promise.all([
      connected.call("pve_start_qemu_vm", { vmid: 103 }),
      connected.call("pve_list_users"),
      connected.call("pve_get_node_dns", { node: "pve1" }),
      connected.call("pve_get_qemu_statsu", { vmid: 103 }),
      connected.call("pve_list_vms"),
    ]);
    expect(hidden.map(({ text }) => text.split("\n")[0])).toEqual([
      "pve_start_qemu_vm needs PVE_ACCESS_TIER=read-execute; the tier is read-only. The operator decides.",
      "pve_list_users is in category access, which PVE_CATEGORIES leaves out. The operator decides.",
      "pve_get_node_dns is left out by PVE_EXCLUDE_TOOLS. The operator decides.",
      "There is no tool pve_get_qemu_statsu. Did you mean pve_get_qemu_status?",
      "There is no tool pve_list_vms. Did you mean pve_list_qemu_vms?",
    ]);
    for (const { text, isError } of hidden) {
      expect(isError).toBe(true);
      expect(text).toMatch(/Nothing was changed\.$/);
    }
    expect(connected.requests).toEqual([]);
    await connected.close();
  });

  it("lists the same tools in both eras", async () => {
    const [old, modern] = await Promise.all(ERAS.map((era) => connection(era)));
    const [a, b] = await Promise.all(
      [old, modern].map(async (one) => (await one?.client.listTools())?.tools),
    );
    expect(a).toEqual(b);
    await Promise.all([old?.close(), modern?.close()]);
  });
});

it("simulates every route that a tool itself may send", () => {
  const sent = new Set(CATALOGUE.flatMap((tool) => [...ownRoutes(tool)]));
  expect([...sent].filter((route) => !Object.hasOwn(allHandlers, route))).toEqual([]);
});
