import { expect, test } from "vitest";
import { allRoutes } from "../schema/endpoint-table.ts";
import { matchRoute } from "./router.ts";

test("finds every route of the table by its own path", () => {
  for (const route of allRoutes()) {
    const [method = "", path = ""] = route.split(" ");
    expect(matchRoute(method, path.replace(/\{[^}]+\}/g, "x1")), route).toMatchObject({ route });
  }
});

test("lets volumes and CIDRs span segments", () => {
  expect(matchRoute("GET", "/nodes/n/storage/local/content/local:iso/x.iso")?.placeholders).toEqual({
    node: "n",
    storage: "local",
    volume: "local:iso/x.iso",
  });
  expect(matchRoute("DELETE", "/cluster/firewall/ipset/admins/10.0.0.0/8")?.placeholders).toEqual({
    name: "admins",
    cidr: "10.0.0.0/8",
  });
});

test("prefers a literal to a placeholder and drops empty segments", () => {
  expect(matchRoute("GET", "//nodes//n/qemu/")?.route).toBe("GET /nodes/{node}/qemu");
  expect(matchRoute("GET", "/cluster/ha/status/current")?.route).toBe("GET /cluster/ha/status/current");
});

test("knows no route for unknown paths and methods", () => {
  expect(matchRoute("GET", "/nosuch")).toBeUndefined();
  expect(matchRoute("PUT", "/version")).toBeUndefined();
});
