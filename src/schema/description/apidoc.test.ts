import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apidocOf, apidocText } from "../../simulator/apidoc.ts";
import type { Endpoint, Param } from "../endpoint.ts";
import { endpointIn, routesIn } from "../endpoint-table.ts";
import { parseRelease } from "../release.ts";
import { ApidocError, parseApidoc } from "./apidoc.ts";

const undated = ({ since: _since, until: _until, ...fact }: Param): Param =>
  typeof fact.format === "object"
    ? {
        ...fact,
        format: Object.fromEntries(Object.entries(fact.format).map(([key, one]) => [key, undated(one)])),
      }
    : fact;

/** An endpoint as a description can state it: without since and until. */
function stated({ since: _since, until: _until, ...endpoint }: Endpoint): Endpoint {
  const params = Object.entries(endpoint.params).map(([name, param]) => [name, undated(param)]);
  return { ...endpoint, params: Object.fromEntries(params) };
}

const operation = {
  name: "create_pool",
  description: 'Say `[` and "}" ]\\ without harm.',
  allowtoken: 1,
  parameters: {
    additionalProperties: 0,
    properties: { poolid: { type: "string", format: "pve-poolid", description: "Its name ]" } },
  },
  permissions: { check: ["perm", "/pool/{poolid}", ["Pool.Allocate"]], description: "More {" },
  returns: { type: "null" },
};
const tree = [{ path: "/pools", text: "pools", leaf: 1, info: { POST: operation } }];
const json = JSON.stringify(tree, undefined, 3);

const error = (text: string): unknown => {
  try {
    parseApidoc(text);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("an API description", () => {
  it.each([
    ["as PVE 7 to 9 serve it", `const apiSchema = ${json}\n;\n\nlet method2cmd = { GET: 'get' };\nthrow 1;`],
    ["as PVE 6 served it", `var pveapi = ${json};\nExt.onReady(function() {\n  var x = "]";\n});\n`],
    ["inside a function", `Ext.onReady(function() {\n    var pveapi = ${json};\n    boom();\n});\n`],
    ["as bare JSON", json],
    ["with a byte order mark", `\uFEFF  ${json}`],
  ])("is read %s", (_form, text) => {
    const { endpoints, prose } = parseApidoc(text);
    expect([...endpoints]).toEqual([
      [
        "POST /pools",
        {
          route: "POST /pools",
          method: "POST",
          path: "/pools",
          name: "create_pool",
          params: { poolid: { type: "string", format: "pve-poolid", required: true } },
          check: ["perm", "/pool/{poolid}", ["Pool.Allocate"]],
          returns: "null",
        },
      ],
    ]);
    expect(prose.get("POST /pools")).toEqual({
      description: operation.description,
      params: new Map([["poolid", "Its name ]"]]),
      permissions: "More {",
    });
  });

  it("keeps prose out of the facts", () => {
    expect(JSON.stringify([...parseApidoc(json).endpoints])).not.toContain("harm");
  });

  it("may state parameters as a combination", () => {
    const parameters = {
      "type-property": "type",
      allOf: [
        { type: "object", properties: { rule: { type: "string" } } },
        {
          oneOf: [
            { "instance-types": ["a"], properties: { nodes: { type: "string" } } },
            { "instance-types": ["b"], properties: { affinity: { type: "string", enum: ["x", "y"] } } },
          ],
        },
      ],
    };
    const info = { PUT: { name: "update", parameters } };
    const { endpoints } = parseApidoc(JSON.stringify([{ path: "/cluster/ha/rules/{rule}", info }]));
    expect(endpoints.get("PUT /cluster/ha/rules/{rule}")?.params).toEqual({
      rule: { type: "string", required: true },
      nodes: { type: "string" },
      affinity: { type: "string", enum: ["x", "y"] },
    });
  });

  it.each(["7.4", "8.4", "9.2"])("of our own facts on %s gives them back", (text) => {
    const release = parseRelease(text);
    if (!release) throw new Error(text);
    const { endpoints } = parseApidoc(apidocOf(release));
    expect([...endpoints.keys()].sort()).toEqual([...routesIn(release)].sort());
    for (const [route, endpoint] of endpoints) {
      const ours = endpointIn(route, release);
      expect(endpoint).toEqual(ours && stated(ours));
    }
  });
});

describe("a damaged API description", () => {
  it.each([
    ["empty", ""],
    ["of something else", "<!DOCTYPE html><html>"],
    ["cut off", `const apiSchema = ${json.slice(0, -2)}`],
    ["cut off in a string", `const apiSchema = ${json.slice(0, 40)}`],
    ["no JSON", "const apiSchema = [ 1 + 1 ];"],
    ["without operations", "[]"],
    ["with entries that are no objects", "[1]"],
    ["with children that are no list", '[{"children":{"a":1}}]'],
    ["with a path outside the API", '[{"path":"/a/../b","info":{"GET":{}}}]'],
    ["with a path that has a query", '[{"path":"/a?b","info":{"GET":{}}}]'],
    [
      "with a parameter named __proto__",
      '[{"path":"/a","info":{"GET":{"parameters":{"properties":{"__proto__":{}}}}}}]',
    ],
    ["too deep", `${"[".repeat(100)}${"]".repeat(100)}`],
    ["too large", `[${" ".repeat(16 * 1024 * 1024)}]`],
  ])("is refused: %s", (_what, text) => {
    expect(error(text)).toBeInstanceOf(ApidocError);
  });

  it("is never run", () => {
    const hit = "globalThis.apidocWasRun = true";
    const run = `(() => { ${hit}; })()`;
    error(`${hit}; const apiSchema = [${run}];`);
    error(`const apiSchema = [{"path": ${run}}];`);
    parseApidoc(`${hit};\nconst apiSchema = ${json};\n${hit};`);
    expect(globalThis).not.toHaveProperty("apidocWasRun");
  });

  it("throws nothing but ApidocError, wherever the text is hit", () => {
    const text = `const apiSchema = ${JSON.stringify(tree)};`;
    const place = fc.nat({ max: text.length });
    const junk = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('"', "\\", "[", "]", "{", "}", "null", "\u0000"),
    );
    fc.assert(
      fc.property(place, fc.nat({ max: 40 }), junk, (at, cut, put) => {
        const thrown = error(text.slice(0, at) + put + text.slice(at + cut));
        expect(thrown === undefined || thrown instanceof ApidocError).toBe(true);
      }),
    );
  });

  it("throws nothing but ApidocError, whatever stands where facts belong", () => {
    const words =
      "toString valueOf __proto__ constructor properties items format enum oneOf allOf type default";
    const more =
      "minimum check permissions parameters instance-types GET path info children description name";
    const key = fc.constantFrom(...`${words} ${more}`.split(" "));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, 1, "1", "", "string", "boolean", "/a/{b}", true, 1e300, "1e999"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    fc.assert(
      fc.property(value, value, value, (one, two, three) => {
        for (const doc of [
          [one],
          [{ path: "/a/{b}", info: one, children: two }],
          [{ path: "/a/{b}", info: { GET: { parameters: one, permissions: two, returns: three } } }],
          [{ path: "/a", info: { PUT: { parameters: { properties: { a: one, b: two } }, name: three } } }],
        ]) {
          const thrown = error(JSON.stringify(doc));
          expect(thrown === undefined || thrown instanceof ApidocError).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps what a description says as text, through any string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (description) => {
        const doc = [{ path: "/a", info: { GET: { description } } }];
        const text = `const apiSchema = ${JSON.stringify(doc)};\n]}"`;
        expect(parseApidoc(text).prose.get("GET /a")?.description).toBe(description);
      }),
    );
  });

  it("round-trips through the writer", () => {
    const { endpoints } = parseApidoc(json);
    expect(parseApidoc(apidocText(endpoints.values())).endpoints).toEqual(endpoints);
  });
});
