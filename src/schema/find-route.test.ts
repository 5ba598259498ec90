import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { allRoutes } from "./endpoint-table.ts";
import { findRoute, leadsTo } from "./find-route.ts";

describe("a route as a caller writes it", () => {
  it.each([
    ["GET /nodes/{node}/qemu", { route: "GET /nodes/{node}/qemu", values: {} }],
    ["get /nodes/pve1/qemu", { route: "GET /nodes/{node}/qemu", values: { node: "pve1" } }],
    [
      "PUT  /nodes/pve1/qemu/{id}/config ",
      { route: "PUT /nodes/{node}/qemu/{vmid}/config", values: { node: "pve1" } },
    ],
    [
      "DELETE /nodes/pve1/storage/local/content/local:iso/x.iso",
      {
        route: "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
        values: { node: "pve1", storage: "local", volume: "local:iso/x.iso" },
      },
    ],
  ])("%s", (text, found) => {
    expect(findRoute(text)).toEqual(found);
  });

  it("takes a path alone where one method is meant", () => {
    expect(findRoute("/version", "GET")).toEqual({ route: "GET /version", values: {} });
    expect(findRoute("/version")).toMatchObject({ problem: expect.stringContaining("a method and a path") });
  });

  it.each([
    ["GET /nodes/", "slash"],
    ["GET //nodes", "empty part"],
    ["GET /nodes//qemu", "empty part"],
    ["GET /nodes/%70ve1/qemu", "percent"],
    ["GET /nodes/pve1/qemu?full=1", "query"],
    ["GET /nodes/pve1/qemu#x", "fragment"],
    ["GET /nodes/../access", ". or .."],
    ["GET /nodes/./qemu", ". or .."],
    ["GET /api2/json/nodes", "behind /api2/json"],
    ["GET /nodes\\pve1", "backslash"],
    ["GET /nodes/a b", "blanks"],
    ["GET /Nodes", "PVE has no GET /Nodes"],
    ["PATCH /nodes", "method and a path"],
    ["nodes", "method and a path"],
    ["PUT /version", "it has GET"],
    ["", "method and a path"],
  ])("%s: %s", (text, says) => {
    expect(findRoute(text)).toMatchObject({ problem: expect.stringContaining(says) });
  });

  test("finds every route by its own template, and by a path made from it", () => {
    for (const route of allRoutes()) {
      expect(findRoute(route)).toEqual({ route, values: {} });
      expect(findRoute(route.replace(/\{[^}]+\}/g, "x1"))).toMatchObject({ route });
    }
  });

  test("whatever is written comes to a route of the table or to a problem", () => {
    const known = new Set(allRoutes());
    const piece = fc.constantFrom(
      "nodes",
      "{node}",
      "pve1",
      "",
      "..",
      "%2e",
      "qemu",
      "100",
      "config",
      "access",
      "?x",
    );
    const text = fc
      .tuple(fc.constantFrom("GET", "put", "", "DELETE", "HEAD"), fc.array(piece, { maxLength: 7 }))
      .map(([method, parts]) => `${method} /${parts.join("/")}`);
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (written) => {
        const found = findRoute(written);
        if ("problem" in found) expect(found.problem).not.toMatch(/\.$/);
        else {
          expect(known.has(found.route)).toBe(true);
          for (const value of Object.values(found.values)) expect(value).not.toMatch(/[?%\\]|^\.{0,2}$/);
        }
      }),
    );
  });
});

test("a value spelt like a literal beside its placeholder leads elsewhere", () => {
  const also = ["GET /cluster/things/{id}", "GET /cluster/things/all"];
  expect(leadsTo("GET /cluster/things/{id}", ["cluster", "things", "one"], also)).toBe(true);
  expect(leadsTo("GET /cluster/things/{id}", ["cluster", "things", "all"], also)).toBe(false);
});
