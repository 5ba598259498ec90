import { describe, expect, it } from "vitest";
import { allRoutes } from "../schema/endpoint-table.ts";
import { categoryOfRoute, ownRow } from "./route-category.ts";

describe("the category of a route", () => {
  it("is written down for every operation", () => {
    expect(allRoutes().filter((route) => ownRow(route.split(" ")[1] ?? "") === undefined)).toEqual([]);
  });

  it.each([
    ["PUT /nodes/{node}/qemu/{vmid}/config", "qemu"],
    ["GET /nodes/{node}/qemu/{vmid}/firewall/rules", "firewall"],
    ["POST /nodes/{node}/stopall", "cluster"],
    ["GET /cluster/backup-info/not-backed-up", "backup"],
    ["GET /cluster/sdn/zones", "other"],
    ["GET /nodes/{node}/storages", "other"],
    ["GET /storage-of-tomorrow", "other"],
    ["POST /of/tomorrow", "other"],
  ])("%s: %s", (route, category) => {
    expect(categoryOfRoute(route)).toBe(category);
  });
});
