import { expect, it } from "vitest";
import { permissionText } from "./check-text.ts";
import type { Endpoint, Param } from "./endpoint.ts";
import { allRoutes, endpointOf, findEndpoint } from "./endpoint-table.ts";
import { paramText } from "./param-text.ts";

it.each<[Param, string]>([
  [{ type: "integer", minimum: 1, maximum: 128, default: 1 }, "integer, 1..128, default 1"],
  [{ type: "number", minimum: 0 }, "number, >= 0"],
  [{ type: "string", enum: ["a", "b"] }, "a|b"],
  [{ type: "string", format: "pve-vmid-list" }, "string, a number from 100 to 999999999; several by comma"],
  [{ type: "boolean", since: "9.1", requires: "other" }, "boolean, PVE 9.1+, with other"],
  [{ type: "array", items: { type: "integer" } }, "list of integer"],
  [{ type: "string", maxLength: 40 }, "string, at most 40 characters"],
])("%j", (fact, text) => {
  if (fact.format !== undefined) expect(paramText(fact, "brief")).toMatch(/^string, \S/);
  else expect(paramText(fact, "brief")).toBe(text);
});

it("names the first keys of a property string, and all with their limits in full", () => {
  const { params } = endpointOf("POST /nodes/{node}/qemu");
  const scsi = params["scsi[n]"];
  if (!scsi) throw new Error("no scsi");
  expect(paramText(scsi, "brief")).toMatch(/^property string, keys: \[file=\], .*, … \(\d+\)$/);
  expect(paramText(scsi, "full")).toMatch(/cache= none\|writethrough/);
});

it("says of every parameter something short", () => {
  for (const route of allRoutes())
    for (const fact of Object.values(findEndpoint(route)?.params ?? {})) {
      expect(paramText(fact, "brief").length).toBeLessThan(400);
      expect(paramText(fact, "full")).not.toMatch(/undefined|\[object/);
    }
});

it.each<[Pick<Endpoint, "check" | "user">, string]>([
  [{ check: ["perm", "/vms/{vmid}", ["VM.Audit"]] }, "VM.Audit on /vms/{vmid}"],
  [{ check: ["perm", "/", ["Sys.Audit", "Sys.Modify"], "any", 1] }, "Sys.Audit or Sys.Modify on /"],
  [
    { check: ["or", ["perm", "/", ["A"]], ["and", ["perm", "/b", ["B"]], ["userid-param", "self"]]] },
    "A on / or (B on /b and being that user)",
  ],
  [{ user: "all" }, "every user, PVE's code may ask for more"],
  [{ user: "world" }, "anyone, without a login"],
  [{}, "root@pam alone"],
])("permission %j", (endpoint, text) => {
  expect(permissionText(endpoint)).toBe(text);
});
