import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Endpoint, Param } from "../src/schema/endpoint.ts";
import { committedDescriptions } from "./committed-table.ts";
import { routeTypes } from "./route-types.ts";
import { difference } from "./schema-difference.ts";
import { buildTable, tableText } from "./schema-table.ts";

const file = (name: string) => readFileSync(new URL(`../src/schema/${name}`, import.meta.url), "utf8");

const endpoint = (route: string, params: Record<string, Param>, more: Partial<Endpoint> = {}): Endpoint => {
  const [method, path] = route.split(" ") as [Endpoint["method"], string];
  return { route, method, path, name: "x", params, ...more };
};
const description = (release: string, ...endpoints: Endpoint[]) => ({
  release,
  endpoints: new Map(endpoints.map((one) => [one.route, one])),
});
const text: Param = { type: "string" };

describe("the endpoint table", () => {
  it("made from what the committed one remembers is the committed one", () => {
    const table = buildTable(committedDescriptions());
    expect(tableText(table) === file("endpoints.gen.json")).toBe(true);
    expect(routeTypes(table) === file("routes.gen.ts")).toBe(true);
  });

  it("says since when and until when something is there, where not always", () => {
    const table = buildTable([
      description("8.10", endpoint("GET /a", { old: text, young: text }), endpoint("GET /b", { x: text })),
      description("8.9", endpoint("GET /a", { old: text, gone: text }), endpoint("GET /c", {})),
    ]);
    expect(table).toEqual({
      pve: "8.10",
      releases: ["8.9", "8.10"],
      pool: [text, { ...text, since: "8.10" }, { ...text, until: "8.9" }],
      endpoints: {
        "GET /a": { name: "x", params: { old: 0, young: 1 } },
        "GET /b": { name: "x", params: { x: 0 }, since: "8.10" },
      },
      past: {
        endpoints: { "GET /c": { name: "x", params: {}, until: "8.9" } },
        params: { "GET /a": { gone: 2 } },
        permissions: {},
      },
    });
    expect(JSON.parse(tableText(table))).toEqual(table);
  });

  it("keeps who might call what before, once for releases that agree", () => {
    const check = (privilege: string) => ({ check: ["perm", "/", [privilege]] });
    const { past } = buildTable([
      description("7.4", endpoint("GET /a", {}, check("Old"))),
      description("8.0", endpoint("GET /a", {}, check("Old"))),
      description("8.4", endpoint("GET /a", {}, { user: "all" })),
      description("9.0", endpoint("GET /a", {}, check("New"))),
    ]);
    expect(past.permissions).toEqual({
      "GET /a": [
        { ...check("Old"), until: "8.0" },
        { user: "all", until: "8.4" },
      ],
    });
  });
});

describe("the difference of two descriptions", () => {
  const between = (before: Endpoint[], after: Endpoint[]) =>
    difference(description("1.0", ...before).endpoints, description("1.1", ...after).endpoints);

  it("is a line for each operation that came, went or changed", () => {
    const before = [
      endpoint("GET /a", { n: { type: "integer", maximum: 5 }, old: text }),
      endpoint("GET /b", {}),
    ];
    const after = [
      endpoint(
        "GET /a",
        { n: { type: "integer", maximum: 9 }, more: { type: "boolean" } },
        { protected: true },
      ),
      endpoint("POST /c", { x: text }),
    ];
    expect(between(before, after)).toEqual([
      "~ GET /a: +more (boolean); n maximum 5 -> 9; -old; protected none -> true",
      "- GET /b",
      "+ POST /c: x",
    ]);
  });

  it("names the values that came and went, and long facts by their name", () => {
    const param = (values: string[], pattern: string): Param => ({ type: "string", enum: values, pattern });
    const before = endpoint("GET /a", { p: param(["a", "b"], "x".repeat(50)) }, { check: ["a"] });
    const after = endpoint("GET /a", { p: param(["b", "c"], "y".repeat(50)) }, { check: ["b"] });
    expect(between([before], [after])).toEqual(['~ GET /a: p enum +"c" -"a", pattern changed; permissions']);
  });

  it("is nothing between equals, whatever their lifetimes", () => {
    const before = endpoint("GET /a", { p: { ...text, since: "8.0" } }, { since: "8.0" });
    expect(between([before], [endpoint("GET /a", { p: text })])).toEqual([]);
    const keyed = (key: Param) => endpoint("GET /b", { p: { ...text, format: { key } } });
    expect(between([keyed({ ...text, since: "9.2" })], [keyed(text)])).toEqual([]);
  });
});
