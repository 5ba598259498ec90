import { describe, expect, test } from "vitest";
import { allRoutes, endpointOf } from "../../schema/endpoint-table.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { AREAS, operationOf } from "./operations.ts";
import { MORE_THAN_READS } from "./operations-reads.ts";

const entries = AREAS.flatMap(([, operations]) => Object.entries(operations));

describe("the table of operations", () => {
  test("classifies every operation but GETs exactly once", () => {
    const changing = allRoutes().filter((route) => !route.startsWith("GET "));
    expect(changing.length).toBeGreaterThan(300);
    for (const route of changing) {
      expect(entries.filter(([entry]) => entry === route).length, route).toBe(1);
    }
  });

  test("holds besides only GETs that are more than reads; sockets are writes with risk of loss", () => {
    const others = entries.filter(([route]) => route.startsWith("GET "));
    expect(others.map(([route]) => route).sort()).toEqual(Object.keys(MORE_THAN_READS).sort());
    for (const [route, operation] of others.filter(([one]) => one.endsWith("websocket")))
      expect(operation, route).toMatchObject({ effect: "write", risk: "loss" });
    expect(new Set(entries.map(([route]) => route)).size).toBe(entries.length);
  });

  test("is what is looked up, and knows nothing of an object's own names", () => {
    for (const [route, operation] of entries) expect(operationOf(route)).toBe(operation);
    for (const name of ["constructor", "__proto__", "toString", ""])
      expect(operationOf(name)).toBeUndefined();
  });

  test.each(entries.flatMap(([route, { raises = [] }]) => raises.map((raise) => [route, raise] as const)))(
    "%s is raised by parameters it has: %j",
    (route, { params, allBut }) => {
      const known = Object.keys(endpointOf(route as Route).params);
      const own = params.filter((name) => known.includes(name));
      // Disks and interfaces are listed for VMs and containers together.
      expect(own.length).toBeGreaterThanOrEqual(allBut ? params.length : 1);
      if (params.length === 1) expect(own).toEqual(params);
    },
  );
});
