import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, describe, expect, test } from "vitest";
import { BIN, callTool, cleanEnv, initialize, messagesOf, start, textOf } from "../support/bundle.ts";

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

const ERAS = {
  "the 2025 era": { mode: "legacy" },
  "2026-07-28": { mode: { pin: "2026-07-28" } },
  "whatever both sides know": { mode: "auto" },
} as const;

async function connect(era: keyof typeof ERAS, env: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: ERAS[era] });
  clients.push(client);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, "demo"],
      env: { ...cleanEnv(), ...env },
      stderr: "ignore",
    }),
  );
  return client;
}

describe.each(Object.keys(ERAS) as (keyof typeof ERAS)[])("a client of %s", (era) => {
  test("lists the tools and calls one", async () => {
    const client = await connect(era);
    expect(client.getServerVersion()).toMatchObject({ name: "mcp-pve" });
    expect(client.getInstructions()).toContain("Proxmox VE");
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("pve_list_nodes");
    const result = await client.callTool({ name: "pve_list_nodes", arguments: {} });
    expect(result.isError ?? false).toBe(false);
    expect(result.content).toMatchObject([{ type: "text" }]);
  });

  test("an unknown tool and a wrong argument are answers, not protocol errors", async () => {
    const client = await connect(era);
    const unknown = await client.callTool({ name: "pve_list_nods", arguments: {} });
    expect(unknown).toMatchObject({ isError: true });
    expect(JSON.stringify(unknown.content)).toContain("pve_list_nodes");
    const wrong = await client.callTool({ name: "pve_get_node_status", arguments: { nod: "pve1" } });
    expect(wrong).toMatchObject({ isError: true });
    expect(JSON.stringify(wrong.content)).toContain("node");
  });
});

test("both eras list the same tools, in the same words and order", async () => {
  const legacy = await (await connect("the 2025 era")).listTools();
  const modern = await (await connect("2026-07-28")).listTools();
  expect(legacy.tools.length).toBeGreaterThan(0);
  expect(JSON.stringify(modern.tools)).toBe(JSON.stringify(legacy.tools));
  expect(legacy.nextCursor).toBeUndefined();
  expect(modern.nextCursor).toBeUndefined();
});

test("tier, categories and tools narrow the demo as they do the real thing", async () => {
  const env = {
    PVE_ACCESS_TIER: "read-only",
    PVE_CATEGORIES: "nodes,tasks",
    PVE_EXCLUDE_TOOLS: "pve_list_nodes",
  };
  const { tools } = await (await connect("the 2025 era", env)).listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toContain("pve_list_tasks");
  expect(names).not.toContain("pve_list_nodes");
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
});

describe("what is no JSON-RPC does not end the server", () => {
  test.each([
    ["text", "hello"],
    ["an empty line", ""],
    ["half an object", '{"jsonrpc":"2.0","id":7,"method":'],
    ["another JSON value", "[1,2,3]"],
    ["no version", '{"id":7,"method":"tools/list"}'],
    ["a batch", '[{"jsonrpc":"2.0","id":7,"method":"tools/list"}]'],
    ["an answer nobody asked for", '{"jsonrpc":"2.0","id":7,"result":{}}'],
    ["bytes", "\u0000\u0001\ufffd"],
    ["a prototype", '{"__proto__":{"x":1},"jsonrpc":"2.0","method":"notifications/x"}'],
    ["a long line", "x".repeat(200_000)],
  ])("%s", async (_, line) => {
    const server = start(["demo"], {});
    await initialize(server);
    server.child.stdin.write(`${line}\n`);
    callTool(server, 1, "pve_list_nodes");
    expect(textOf(await server.answer(1))).not.toBe("");
    server.child.stdin.end();
    const { code, stdout } = await server.ended();
    expect(code).toBe(0);
    messagesOf(stdout);
  });

  test("as the very first line", async () => {
    const server = start(["demo"], {});
    server.child.stdin.write("hello\n{}\n");
    await initialize(server);
    server.child.stdin.end();
    expect(await server.ended()).toMatchObject({ code: 0 });
  });
});
