import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { searchRoutes } from "./search.ts";

const first = (query: string, options = {}) => searchRoutes(query, { limit: 1, ...options })[0]?.route;

describe("the search of operations", () => {
  it.each([
    ["resize a disk", "PUT /nodes/{node}/qemu/{vmid}/resize"],
    ["grow the root disk of a container", "PUT /nodes/{node}/lxc/{vmid}/resize"],
    ["certificate about to expire", "GET /nodes/{node}/certificates/info"],
    ["restart", "POST /nodes/{node}/qemu/{vmid}/status/reboot"],
    ["migrating a virtual machine", "POST /nodes/{node}/qemu/{vmid}/migrate"],
    ["snapshto of a vm", "GET /nodes/{node}/qemu/{vmid}/snapshot"],
  ])("%s", (query, route) => {
    expect(searchRoutes(query, { limit: 3 }).map((hit) => hit.route)).toContain(route);
  });

  it("keeps to a method, a limit and a choice of routes", () => {
    for (const { route } of searchRoutes("firewall rules", { method: "DELETE", limit: 30 }))
      expect(route).toMatch(/^DELETE /);
    expect(searchRoutes("firewall", { limit: 3 })).toHaveLength(3);
    expect(first("firewall rules", { routes: (route: string) => route.includes("/lxc/") })).toContain(
      "/lxc/",
    );
  });

  it("is about what is named, the better hits first", () => {
    const hits = searchRoutes("ceph osd", { limit: 20 });
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { route } of hits.slice(0, 5)) expect(route).toContain("ceph");
  });

  it("finds by a node's own texts too, also what the table lacks", () => {
    const texts = new Map([
      ["POST /cluster/teleport", "Teleports a guest to the moon"],
      ["GET /version", "Tells the flavour of the frobnicator"],
    ]);
    expect(first("teleport to the moon", { texts })).toBe("POST /cluster/teleport");
    expect(first("frobnicator", { texts })).toBe("GET /version");
    expect(first("frobnicator")).toBeUndefined();
  });

  it("finds nothing for what says nothing", () => {
    for (const query of ["", "   ", "the of and", "!!!", "1234"]) expect(searchRoutes(query)).toEqual([]);
  });
});

test("whatever is asked, it answers", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (query, limit) => {
      const hits = searchRoutes(query, { limit });
      expect(hits.length).toBeLessThanOrEqual(limit);
      expect(new Set(hits.map(({ route }) => route)).size).toBe(hits.length);
    }),
    { numRuns: 50 },
  );
});
