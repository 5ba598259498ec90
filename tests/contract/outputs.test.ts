import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";
import { connect } from "../support/mcp.ts";
import { VALID_CALLS } from "./valid-calls.ts";

const world = () => clusterWorld(new VirtualClock(1_795_330_000));
const READS = CATALOGUE.filter((tool) => tool.effect === "read" && !VALID_CALLS[tool.name]?.task);

describe("PVE_STRUCTURED", () => {
  it("gives every tool an output schema that its results meet", async () => {
    const connected = await connect(world(), DEMO_TOKENS.admin, { env: { PVE_STRUCTURED: "true" } });
    const { tools } = await connected.client.listTools();
    expect(tools.every(({ outputSchema }) => outputSchema?.type === "object")).toBe(true);
    for (const { name } of READS) {
      // The client checks the result against the schema it has been given, and throws when it does not fit.
      const { structuredContent, content } = await connected.client.callTool({
        name,
        arguments: { ...VALID_CALLS[name]?.args },
      });
      const [first] = content;
      const headline = first?.type === "text" ? first.text.split("\n")[0] : "";
      expect((structuredContent as { summary: string }).summary, name).toBe(headline);
    }
    await connected.close();
  });

  it("holds for a refusal too", async () => {
    const connected = await connect(world(), DEMO_TOKENS.admin, { env: { PVE_STRUCTURED: "true" } });
    await connected.client.listTools();
    const { isError, structuredContent } = await connected.client.callTool({
      name: "pve_get_qemu_status",
      arguments: { vmid: "nobody" },
    });
    expect(isError).toBe(true);
    expect(structuredContent).toMatchObject({ notes: expect.arrayContaining(["Nothing was changed."]) });
    await connected.close();
  });
});

describe("PVE_OUTPUT=json", () => {
  it.each(READS.map(({ name }) => [name] as const))("%s", async (name) => {
    const connected = await connect(world(), DEMO_TOKENS.admin, { env: { PVE_OUTPUT: "json" } });
    const { text } = await connected.call(name, { ...VALID_CALLS[name]?.args });
    const data = JSON.parse(text) as { summary: string };
    expect(data.summary.length).toBeGreaterThan(5);
    expect(text).not.toContain("\n");
    await connected.close();
  });

  it("keeps raw values: bytes and fractions as numbers", async () => {
    const connected = await connect(world(), DEMO_TOKENS.admin, { env: { PVE_OUTPUT: "json" } });
    const { text } = await connected.call("pve_list_nodes");
    const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
    expect(items[0]).toMatchObject({ node: "pve1", maxmem: 64 * 1024 ** 3, status: "online" });
    expect(typeof items[0]?.cpu).toBe("number");
    await connected.close();
  });
});
