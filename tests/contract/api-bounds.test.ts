import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type Connection, connect, ERAS } from "../support/mcp.ts";

type Env = Readonly<Record<string, string>>;
const demo = async (env: Env = {}, era: (typeof ERAS)[number] = "2025"): Promise<Connection> =>
  connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, { env, era });
const writes = ({ requests }: Connection) => requests.filter(({ method }) => method !== "GET");

const RESET = "POST /nodes/pve1/qemu/100/status/reset";

/** An attempt to reach what a setting keeps out of reach, and what the refusal says. */
interface Attempt {
  readonly env: Env;
  readonly tool?: "pve_read_api" | "pve_write_api";
  readonly args: Readonly<Record<string, unknown>>;
  readonly says: string;
}

/** One route, written in ways that a server might read as that route. */
const SPELLINGS: readonly (readonly [route: string, says: string])[] = [
  ["POST /nodes/pve1/qemu/100/status/reset/", "does not end with a slash"],
  ["POST //nodes/pve1/qemu/100/status/reset", "no empty part"],
  ["POST /nodes//pve1/qemu/100/status/reset", "no empty part"],
  ["POST /nodes/pve1/qemu/100/status/%72eset", "without percent-encoding"],
  ["POST /nodes/pve1/qemu/100%2Fstatus%2Freset", "without percent-encoding"],
  ["POST /nodes/pve1/qemu/100/status/reset?skiplock=1", "no query"],
  ["POST /nodes/pve1/qemu/100/status/reset#", "no fragment"],
  ["POST /nodes/pve1/lxc/../qemu/100/status/reset", "no . or .. part"],
  ["POST /api2/json/nodes/pve1/qemu/100/status/reset", "behind /api2/json"],
  ["POST /api2/extjs/nodes/pve1/qemu/100/status/reset", "behind /api2/json"],
  ["POST /NODES/pve1/qemu/100/status/reset", "PVE has no POST"],
  ["POST /nodes/pve1/QEMU/100/status/reset", "PVE has no POST"],
  ["POST /nodes/pve1/qemu/100/status/Reset", "PVE has no POST"],
  ["POST /nodes/pve1/qemu/100/status/reset\u0000", "control characters"],
  ["POST /nodes/pve1/qemu/100/status/ reset", "no blanks"],
  ["POST \\nodes\\pve1\\qemu\\100\\status\\reset", "a method and a path"],
  ["PATCH /nodes/pve1/qemu/100/status/reset", "a method and a path"],
  ["https://pve1:8006/api2/json/nodes/pve1/qemu/100/status/reset", "a method and a path"],
];

const ATTEMPTS: readonly Attempt[] = [
  // Exclusions, also of what does the same.
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_reset_qemu_vm" },
    args: { route: RESET },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_reset_qemu_vm",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_reset_qemu_vm" },
    args: { route: "post /nodes/{node}/qemu/{anything}/status/reset", params: { node: "pve1", vmid: 100 } },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_reset_qemu_vm",
  },
  {
    env: { PVE_TOOL_BLACKLIST: "pve_stop_qemu_vm" },
    args: { route: "POST /nodes/pve1/stopall", params: { vms: "100" } },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_stop_qemu_vm",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_stop_qemu_vm" },
    args: { route: "POST /nodes/pve1/qemu/100/monitor", params: { command: "quit" } },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_stop_qemu_vm",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_update_qemu_config" },
    args: { route: "POST /nodes/pve1/qemu/100/config", params: { memory: 1024 } },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_update_qemu_config",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_delete_pool" },
    args: { route: "DELETE /pools/web" },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_delete_pool",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_get_node_syslog" },
    tool: "pve_read_api",
    args: { route: "/nodes/pve1/journal" },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_get_node_syslog",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_get_qemu_config" },
    tool: "pve_read_api",
    args: { route: "/nodes/pve1/qemu/100/pending" },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_get_qemu_config",
  },
  {
    env: { PVE_EXCLUDE_TOOLS: "pve_get_lxc_config" },
    tool: "pve_read_api",
    args: { route: "/nodes/pve1/lxc/203/snapshot/pre-migration/config" },
    says: "PVE_EXCLUDE_TOOLS leaves out pve_get_lxc_config",
  },
  // Categories.
  { env: { PVE_CATEGORIES: "storage,api" }, args: { route: RESET }, says: "is in category qemu" },
  {
    env: { PVE_CATEGORIES: "storage,api" },
    tool: "pve_read_api",
    args: { route: "GET /access/users" },
    says: "is in category access",
  },
  {
    env: { PVE_CATEGORIES: "qemu,api" },
    tool: "pve_read_api",
    args: { route: "GET /nodes/pve1/qemu/100/firewall/rules" },
    says: "is in category firewall",
  },
  {
    env: { PVE_CATEGORIES: "nodes,api" },
    args: { route: "POST /nodes/pve1/stopall" },
    says: "is in category cluster",
  },
  {
    env: { PVE_CATEGORIES: "storage,api" },
    tool: "pve_read_api",
    args: { route: "GET /cluster/sdn/zones" },
    says: "in no category that can be chosen alone",
  },
  // Tiers, also by arguments.
  {
    env: { PVE_ACCESS_TIER: "read-only" },
    args: { route: RESET },
    says: "needs PVE_ACCESS_TIER=read-execute",
  },
  {
    env: { PVE_ACCESS_TIER: "read-execute" },
    args: { route: "PUT /nodes/pve1/qemu/100/config", params: { memory: 1024 } },
    says: "needs tier full",
  },
  {
    env: { PVE_ACCESS_TIER: "read-execute" },
    args: {
      route: "POST /nodes/pve1/vzdump",
      params: { vmid: "100", storage: "backup", "prune-backups": "keep-last=1" },
    },
    says: "needs tier full",
  },
  {
    env: { PVE_ACCESS_TIER: "read-execute" },
    args: { route: "POST /nodes/pve1/qemu/100/agent/exec", params: { command: ["id"] } },
    says: "needs tier full",
  },
  {
    env: { PVE_ACCESS_TIER: "read-execute" },
    args: { route: "GET /nodes/pve1/qemu/100/agent/file-read", params: { file: "/etc/shadow" } },
    says: "needs tier full",
  },
  // Reads that are more, and the wrong tool.
  {
    env: {},
    tool: "pve_read_api",
    args: { route: "GET /nodes/pve1/report" },
    says: "is no plain read",
  },
  {
    env: {},
    tool: "pve_read_api",
    args: { route: "GET /nodes/pve1/query-url-metadata", params: { url: "http://192.0.2.1/" } },
    says: "is no plain read",
  },
  { env: {}, tool: "pve_read_api", args: { route: "DELETE /nodes/pve1/qemu/103" }, says: "is no read" },
  { env: {}, args: { route: "GET /nodes/pve1/qemu" }, says: "only reads" },
  // Protection, by whatever way.
  { env: { PVE_PROTECTED: "100" }, args: { route: RESET }, says: "PVE_PROTECTED" },
  {
    env: { PVE_PROTECTED: "100" },
    args: { route: "POST /nodes/{node}/qemu/{vmid}/status/reset", params: { vmid: "web-01" } },
    says: "PVE_PROTECTED",
  },
  {
    env: { PVE_PROTECTED: "tag:prod" },
    args: { route: "POST /nodes/pve1/qemu/0100/status/reset" },
    says: "Nothing was changed.",
  },
  { env: { PVE_PROTECTED: "100" }, args: { route: "POST /nodes/pve1/stopall" }, says: "PVE_PROTECTED" },
  {
    env: { PVE_PROTECTED: "100" },
    args: { route: "POST /nodes/pve1/status", params: { command: "reboot" } },
    says: "PVE_PROTECTED",
  },
  {
    env: { PVE_PROTECTED: "100" },
    args: { route: "DELETE /nodes/pve1/storage/local-lvm/content/local-lvm:vm-100-disk-0" },
    says: "PVE_PROTECTED",
  },
  {
    env: { PVE_ALLOWED: "103" },
    tool: "pve_read_api",
    args: { route: "GET /nodes/pve1/qemu/100/config" },
    says: "PVE_ALLOWED",
  },
  // What stands in the path stands there once.
  {
    env: { PVE_PROTECTED: "100" },
    args: { route: "POST /nodes/pve1/qemu/103/status/reset", params: { vmid: 100 } },
    says: "vmid is 103 in the route and another in params",
  },
  {
    env: {},
    args: { route: "POST /nodes/{node}/qemu/{vmid}/status/reset", params: { node: "..", vmid: 100 } },
    says: "is not allowed",
  },
  {
    env: {},
    args: { route: "DELETE /access/users/{userid}", params: { userid: "../groups/admins" } },
    says: "is not allowed",
  },
  // What runs other calls.
  {
    env: {},
    args: {
      route: "POST /nodes/pve1/execute",
      params: { commands: '[{"method":"POST","path":"nodes/pve1/stopall"}]' },
    },
    says: "is never sent",
  },
];

describe.each(ERAS)("nothing is stepped around through the API tools, protocol %s", (era) => {
  it.each(ATTEMPTS.map((attempt) => [JSON.stringify([attempt.env, attempt.args]), attempt] as const))(
    "%s",
    async (_, { env, tool = "pve_write_api", args, says }) => {
      const connected = await demo(env, era);
      for (const more of tool === "pve_write_api" ? [{}, { dry_run: true }] : [{}]) {
        const { text, isError } = await connected.call(tool, { ...args, ...more });
        expect(isError, text).toBe(true);
        expect(text).toContain(says);
        expect(text).toContain("Nothing was changed.");
      }
      expect(writes(connected)).toEqual([]);
      await connected.close();
    },
  );
});

describe("a route written differently", () => {
  it.each(SPELLINGS)("%s", async (route, says) => {
    const connected = await demo({ PVE_CONFIRM: "off" });
    const { text, isError } = await connected.call("pve_write_api", { route });
    expect(isError).toBe(true);
    expect(text).toContain(says);
    expect(text).toContain("Nothing was changed.");
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  test("never leaves the template that was decided on", async () => {
    const connected = await demo({ PVE_CONFIRM: "off", PVE_CATEGORIES: "storage,api" });
    const piece = fc.constantFrom(
      ..."nodes|{node}|pve1|..|.|%2e%2e|qemu|100|status|reset|storage|local|content|access|users|?x=1|;|//| |\u200b".split(
        "|",
      ),
    );
    const path = fc.array(piece, { maxLength: 9 }).map((parts) => `/${parts.join("/")}`);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "PUT", "DELETE"),
        path,
        fc.dictionary(
          fc.constantFrom("node", "vmid", "storage", "volume", "userid"),
          fc.constantFrom("pve1", "100", "..", "a/b", "x%2fy"),
        ),
        async (method, tail, params) => {
          const before = connected.requests.length;
          const tool = method === "GET" ? "pve_read_api" : "pve_write_api";
          await connected.call(tool, { route: `${method} ${tail}`, params });
          for (const { path: sent, method: by } of connected.requests.slice(before)) {
            const own =
              /^\/api2\/json\/(?:cluster\/resources|version|nodes\/pve1\/version|access\/permissions)/;
            if (by === "GET" && (own.test(sent) || sent.startsWith("/pve-docs/"))) continue;
            expect(sent).toMatch(/^\/api2\/json\/(?:storage|nodes\/[^/]+\/(?:storage|aplinfo|scan))/);
          }
        },
      ),
      { numRuns: 300 },
    );
    await connected.close();
  }, 60_000);
});

describe("what is offered and reached", () => {
  it.each<[Env, boolean]>([
    [{ PVE_CATEGORIES: "api" }, true],
    [{ PVE_CATEGORIES: "core" }, true],
    [{ PVE_CATEGORIES: "default" }, true],
    [{ PVE_CATEGORIES: "all" }, true],
    [{}, true],
    [{ PVE_TOOLS: "pve_read_api" }, true],
    [{ PVE_CATEGORIES: "cluster,api" }, false],
  ])("%j reaches SDN: %s", async (env, reaches) => {
    const connected = await demo(env);
    const { isError } = await connected.call("pve_read_api", { route: "GET /cluster/sdn/zones" });
    expect(isError).toBe(!reaches);
    await connected.close();
  });

  it("lists no tool that changes in tier read-only, and says what would have a hidden one", async () => {
    const connected = await demo({ PVE_ACCESS_TIER: "read-only", PVE_CATEGORIES: "api" });
    const { tools } = await connected.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["pve_describe_api", "pve_read_api", "pve_search_api"]);
    expect((await connected.call("pve_list_nodes")).text).toContain(
      "pve_list_nodes is in category nodes, which PVE_CATEGORIES leaves out.",
    );
    await connected.close();
  });

  it("takes operations of effect execute in tier read-execute", async () => {
    const connected = await demo({ PVE_ACCESS_TIER: "read-execute" });
    const { isError, text } = await connected.call("pve_write_api", {
      route: "POST /nodes/pve1/qemu/103/status/start",
    });
    expect(isError, text).toBe(false);
    await connected.close();
  });

  it("refuses everything but reads while the freeze file exists", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "mcp-pve-freeze-")), "freeze");
    writeFileSync(file, "");
    const connected = await demo({ PVE_FREEZE_FILE: file });
    expect((await connected.call("pve_read_api", { route: "GET /version" })).isError).toBe(false);
    const { text, isError } = await connected.call("pve_write_api", {
      route: "POST /nodes/pve1/qemu/103/status/start",
    });
    expect(isError).toBe(true);
    expect(text).toContain("PVE_FREEZE_FILE");
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("marks in a search what is switched off", async () => {
    const connected = await demo({ PVE_CATEGORIES: "storage,api" });
    const { text } = await connected.call("pve_search_api", { query: "reset a vm" });
    expect(text).toMatch(/^POST \/nodes\/\{node\}\/qemu\/\{vmid\}\/status\/reset .*switched off here/m);
    const described = await connected.call("pve_describe_api", { route: RESET });
    expect(described.text).toContain("is in category qemu, which PVE_CATEGORIES leaves out.");
    await connected.close();
  });
});
