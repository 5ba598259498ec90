import { describe, expect, test } from "vitest";
import { AT, touched } from "../../../tests/support/touch-text.ts";
import { allRoutes, findEndpoint } from "../../schema/endpoint-table.ts";
import { operationOf } from "../operations/operations.ts";
import { LISTS } from "./touch-rows.ts";
import { readersOf, touches } from "./touches.ts";

describe("every operation of the endpoint table", () => {
  test("is classified: what may change something by the table, reads by table or rule", () => {
    for (const route of allRoutes()) expect(readersOf(route), route).toBeDefined();
    const changing = allRoutes().filter((route) => operationOf(route));
    expect(changing.length).toBeGreaterThan(300);
    // None of them touches nothing, not even without arguments.
    for (const route of changing) expect(touches(route, {}).length, route).toBeGreaterThan(0);
  });

  test("that is a list of different objects is judged line by line, and exists", () => {
    for (const route of Object.keys(LISTS)) expect(findEndpoint(route)?.method, route).toBe("GET");
  });

  test("and an unknown one touches everything", () => {
    for (const route of ["POST /new", "GET /new", "PATCH /nodes", "constructor", "GET /nodes/{node}/new"])
      expect(touches(route, {})).toEqual([{ kind: "everything", why: expect.any(String) }]);
  });

  test("has the guest in its path among what it touches", () => {
    for (const route of allRoutes().filter((one) => /\/(qemu|lxc)\/\{vmid\}/.test(one))) {
      const found = touches(route, { ...AT, snapname: "s", target: "pve2" });
      const guests = found.flatMap((touch) => (touch.kind === "guest" ? [touch.vmid] : []));
      expect(guests, route).toContain(107);
    }
  });

  test("touches everything when what its path names cannot be read", () => {
    const aside = /^(?:node|upid|cidr|pos|name|iface|service|id|poolid|group|rule|sid|vnet)$/;
    for (const route of allRoutes().filter((one) => operationOf(one) && /\{vmid\}|\{storage\}/.test(one))) {
      const params = Object.keys(findEndpoint(route)?.params ?? {}).filter((name) => !aside.test(name));
      const unread = Object.fromEntries(params.map((name) => [name, { odd: [{}] }]));
      expect(touched(route, { ...unread, node: "pve1" }).join(), route).toContain("everything");
    }
  });
});
