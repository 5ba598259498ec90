import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allRoutes,
  endpointIn,
  findEndpoint,
  knownReleases,
  pastRoutes,
  routesIn,
} from "./endpoint-table.ts";
import { compareReleases, isIn, parseRelease, type Release, releaseText } from "./release.ts";

const release = (text: string): Release => {
  const parsed = parseRelease(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

describe("a release", () => {
  it.each([
    ["9.2", 9, 2],
    ["9.2.11", 9, 2],
    ["8.4-1", 8, 4],
    ["7.4-17", 7, 4],
    ["9.0.0~15", 9, 0],
    [" 10.0 ", 10, 0],
    ["pve-manager/9.2.11/14a22df35955d97d", 9, 2],
  ])("is read from %s", (text, major, minor) => {
    expect(parseRelease(text)).toEqual({ major, minor });
  });

  it.each(["", "9", "9.", "v9.2", "nine.two", "1234.1", "9.1234", "pve-manager/", "pbs/4.0.1"])(
    "is not read from %j",
    (text) => {
      expect(parseRelease(text)).toBeUndefined();
    },
  );

  it("is ordered by its numbers, not by its text", () => {
    const part = fc.nat({ max: 999 });
    const any = fc.record({ major: part, minor: part });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(parseRelease(releaseText(a))).toEqual(a);
        expect(Math.sign(compareReleases(a, b))).toBe(-Math.sign(compareReleases(b, a)) + 0);
        expect(compareReleases(a, b) < 0).toBe(a.major * 1000 + a.minor < b.major * 1000 + b.minor);
      }),
    );
    expect(compareReleases(release("8.10"), release("8.9"))).toBeGreaterThan(0);
  });

  it("has what is not younger and not gone", () => {
    const fact = { since: "8.0", until: "8.4" };
    expect(["7.4", "8.0", "8.2.4", "8.4.14", "9.0"].map((text) => isIn(fact, release(text)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(isIn({}, release("3.0"))).toBe(true);
    expect(isIn({ since: "9.2" }, release("10.1"))).toBe(true);
    expect(isIn({ since: undefined, until: undefined }, release("10.1"))).toBe(true);
  });
});

describe("the endpoint table by release", () => {
  it("is that of the newest release where nothing else is asked", () => {
    const newest = release(knownReleases().at(-1) ?? "");
    expect(routesIn(newest)).toEqual(allRoutes());
    for (const route of allRoutes()) expect(endpointIn(route, newest)).toBe(findEndpoint(route));
    expect(findEndpoint("GET /nodes/{node}/scan/glusterfs")).toBeUndefined();
  });

  it("has as many operations as each release's description", () => {
    const counts = knownReleases().map((text) => [text, routesIn(release(text)).length]);
    expect(Object.fromEntries(counts)).toEqual({
      "7.4": 540,
      "8.0": 549,
      "8.4": 605,
      "9.0": 628,
      "9.1": 646,
      "9.2": 675,
    });
  });

  it("leaves out what is younger", () => {
    expect(endpointIn("GET /cluster/ha/rules", release("8.4"))).toBeUndefined();
    expect(endpointIn("GET /cluster/ha/rules", release("9.0"))?.since).toBe("9.0");
    const route = "PUT /access/users/{userid}/token/{tokenid}";
    expect(endpointIn(route, release("9.1"))?.params).not.toHaveProperty("regenerate");
    expect(endpointIn(route, release("9.2"))?.params).toHaveProperty("regenerate");
  });

  it("has what is gone since", () => {
    expect(pastRoutes()).toContain("GET /nodes/{node}/scan/glusterfs");
    expect(endpointIn("GET /nodes/{node}/scan/glusterfs", release("8.4"))).toMatchObject({
      path: "/nodes/{node}/scan/glusterfs",
      until: "8.4",
      params: { node: { required: true }, server: { required: true } },
    });
    expect(endpointIn("GET /nodes/{node}/scan/glusterfs", release("9.0"))).toBeUndefined();
    expect(endpointIn("POST /storage", release("8.4"))?.params.maxfiles).toMatchObject({ until: "8.4" });
    expect(endpointIn("POST /storage", release("9.0"))?.params).not.toHaveProperty("maxfiles");
  });

  it("says who may call what there", () => {
    const route = "GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo";
    expect(endpointIn(route, release("8.4"))?.check).toEqual(["perm", "/vms/{vmid}", ["VM.Monitor"]]);
    expect(JSON.stringify(endpointIn(route, release("9.0"))?.check)).toContain("VM.GuestAgent.Audit");
  });

  it("takes a release older or younger than all it knows for the nearest", () => {
    expect(routesIn(release("6.4"))).toEqual(routesIn(release("7.4")));
    expect(routesIn(release("12.0"))).toEqual(allRoutes());
  });

  it("knows no route beyond its own", () => {
    for (const route of ["", "GET /", "GET /nope", "toString", "__proto__"])
      expect(endpointIn(route, release("9.2"))).toBeUndefined();
  });
});
