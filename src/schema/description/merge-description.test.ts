import { describe, expect, it } from "vitest";
import { apidocOf } from "../../../tests/support/apidoc-through.ts";
import { findEndpoint } from "../endpoint-table.ts";
import { parseApidoc } from "./apidoc.ts";
import { addedRoutes, beyondTables, mergedEndpoint } from "./merge-description.ts";

const START = "POST /nodes/{node}/qemu/{vmid}/status/start";
const APIDOC = parseApidoc(
  apidocOf([
    { route: "POST /cluster/magic", params: { spell: { type: "string" } } },
    {
      route: START,
      params: { node: { type: "string" }, vmid: { type: "string" }, warp: { type: "boolean" } },
    },
  ]),
);

describe("our tables and the node's description together", () => {
  it("the node's adds, and changes nothing of ours", () => {
    const { endpoint, known, added, absent } = mergedEndpoint(START, APIDOC) ?? {};
    expect({ known, added }).toEqual({ known: true, added: ["warp"] });
    expect(absent).toContain("skiplock");
    expect(endpoint?.params.vmid).toEqual(findEndpoint(START)?.params.vmid);
    expect(endpoint?.check).toEqual(findEndpoint(START)?.check);
    expect(endpoint?.params.warp).toEqual({ type: "boolean" });
  });

  it("an operation of one source alone", () => {
    expect(mergedEndpoint("POST /cluster/magic", APIDOC)).toMatchObject({ known: false, added: [] });
    expect(mergedEndpoint("GET /version", APIDOC)).toMatchObject({ known: true, added: [], absent: [] });
    expect(mergedEndpoint("GET /version")).toMatchObject({ known: true });
    expect(mergedEndpoint("GET /cluster/magic", APIDOC)).toBeUndefined();
    expect(addedRoutes(APIDOC)).toEqual(["POST /cluster/magic"]);
    expect(addedRoutes()).toEqual([]);
    const renamed = apidocOf([
      { route: "POST /nodes/{n}/qemu/{id}/status/stop" },
      { route: "GET /cluster/magic" },
    ]);
    expect(addedRoutes(parseApidoc(renamed))).toEqual(["GET /cluster/magic"]);
  });

  it("a call is beyond our tables when it uses what they lack", () => {
    expect(beyondTables(START, ["skiplock"], APIDOC)).toBeUndefined();
    expect(beyondTables(START, ["warp"], APIDOC)).toBeDefined();
    expect(beyondTables(START, ["warp"])).toBeUndefined();
    expect(beyondTables(START, ["wrap"], APIDOC)).toBeUndefined();
    expect(beyondTables("POST /cluster/magic", [], APIDOC)).toBeDefined();
  });
});
