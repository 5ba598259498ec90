import { describe, expect, it } from "vitest";
import { planned } from "../../tests/support/guest-plan.ts";
import { sampleParams } from "../../tests/support/sample-params.ts";
import type { Param } from "../schema/endpoint.ts";
import { allRoutes, endpointOf } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { isSecret } from "./difference/shown-setting.ts";
import { givenPoint } from "./given.ts";
import { pointText } from "./point.ts";
import type { Finding, Step } from "./topic.ts";
import { topicsOf } from "./topics.ts";

const CHANGING = allRoutes().filter((route): route is Route => !route.startsWith("GET "));
const GUARDS = ["digest", "lock-token"];

/** Values of the demo cluster, where others would come to the same. */
const VALUES: Readonly<Record<string, readonly [unknown, unknown]>> = {
  vms: [["100"], ["101"]],
  vmid: ["100", "101"],
  exclude: ["100", "101"],
  pool: ["web", "web/staging"],
  enable: [0, 1],
  expire: [1_900_000_000, 2_000_000_000],
  moveto: [1, 3],
};

/** Two values of a parameter that come to different things. */
function valuesOf(name: string, fact: Param): readonly [unknown, unknown] {
  if (VALUES[name]) return VALUES[name];
  if (fact.enum) return [fact.enum[0], fact.enum.at(-1)];
  if (fact.type === "boolean") return [true, false];
  if (fact.type === "integer" || fact.type === "number") return [4_711, 4_712];
  return fact.type === "array" ? [["zz-mark"], ["yy-mark"]] : ["zz-mark", "yy-mark"];
}

const { lookAs } = planned();

async function found(step: Step): Promise<readonly Finding[]> {
  const { look } = lookAs();
  const all = await Promise.all(topicsOf(step.route).map((topic) => topic(step, look)));
  return all.flatMap((finding) => finding ?? []);
}

const textOf = (findings: readonly Finding[]): string =>
  findings.flatMap(({ points }) => points.map((point) => pointText(point))).join("\n");

it("whatever a topic claims to tell, it tells", async () => {
  const silent: string[] = [];
  for (const route of CHANGING) {
    const params = sampleParams(route);
    for (const [name, fact] of Object.entries(endpointOf(route).params)) {
      // What a deletion names may not be set; secrets are hidden whatever they are.
      if (route.includes(`{${name}}`) || GUARDS.includes(name) || name === "delete") continue;
      const key = name.replace("[n]", "1");
      const [one, other] = valuesOf(name, fact);
      const [first, second] = await Promise.all(
        [one, other].map((value) => found({ route, params: { ...params, [key]: value } })),
      );
      if (!first?.some(({ tells = [] }) => tells.includes(key))) continue;
      if (isSecret(key, one, route)) continue;
      if (textOf(first) === textOf(second ?? [])) silent.push(`${route} ${key}`);
    }
  }
  expect(silent).toEqual([]);
}, 120_000);

describe("what a request asks for", () => {
  const told = (route: Route, params: Step["params"], tells: readonly string[] = []) =>
    givenPoint({ route, params }, new Set(tells)).map((point) => pointText(point));

  it("stands setting by setting, but what the path and the topics say", () => {
    expect(
      told(
        "POST /access/users",
        { userid: "x@pve", expire: 1_900_000_000, enable: true, comment: "let me in" },
        ["userid"],
      ),
    ).toEqual(["With: expire 2030-03-17 17:46 UTC, enable yes, comment “let me in”."]);
    expect(told("DELETE /nodes/{node}/qemu/{vmid}", { node: "pve1", vmid: 100 })).toEqual([]);
  });

  it("has no secret and no guard", () => {
    expect(
      told("POST /storage", { storage: "s", type: "cifs", password: "s3cr3t", digest: "abc" }, ["storage"]),
    ).toEqual(["With: type cifs, password (hidden)."]);
    expect(
      told("POST /nodes/{node}/qemu/{vmid}/remote_migrate", {
        node: "pve1",
        vmid: 100,
        "target-endpoint": "apitoken=PVEAPIToken=root@pam!x=11111111-2222,host=h",
      }),
    ).toEqual(["With: target-endpoint (hidden)."]);
  });

  it("names the request where a plan has several", () => {
    expect(givenPoint({ route: "POST /pools", params: { poolid: "a" } }, new Set(), 2)).toMatchObject([
      { says: "With, in request 2", entries: ["poolid a"] },
    ]);
  });
});
