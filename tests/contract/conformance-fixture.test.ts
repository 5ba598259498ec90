import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpSession } from "../../src/transports/http/serve-http.ts";
import { serveFixture } from "../conformance/fixture-server.ts";
import { connectHttp } from "../support/http.ts";
import { ERAS } from "../support/mcp.ts";

let session: HttpSession;
beforeAll(async () => {
  session = await serveFixture(0);
});
afterAll(() => session.close());

describe.each(ERAS)("the server that the conformance runner tests, protocol %s", (era) => {
  it("has the project's tools and the runner's, through one transport", async () => {
    const { client, call, close } = await connectHttp(session.url, { era });
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["pve_list_nodes", "test_simple_text", "json_schema_2020_12_tool"]),
    );
    expect((await call("pve_list_nodes")).text).toMatch(/^3 nodes\./);
    expect((await call("test_simple_text")).text).toBe("This is a simple text response for testing.");
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(3);
    const read = await client.readResource({ uri: "test://template/7/data" });
    expect(JSON.stringify(read.contents)).toContain("Data for ID: 7");
    await close();
  });
});
