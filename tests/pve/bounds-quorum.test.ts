import { describe, expect, test } from "vitest";
import { createBoundsGuard } from "../../src/pve/bounds/bounds-guard.ts";
import type { Json } from "../../src/pve/data.ts";
import { PveError } from "../../src/pve/errors.ts";
import type { GuardRead } from "../../src/pve/guard.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded, bounds } from "../support/bounded.ts";

/** 200 is on pve1, 104 on pve2, 105 on pve3. */
const CORE: readonly (readonly [Route, Readonly<Record<string, unknown>>])[] = [
  ["POST /nodes/{node}/services/{service}/stop", { service: "corosync" }],
  ["POST /nodes/{node}/services/{service}/restart", { service: "pve-cluster" }],
  ["POST /nodes/{node}/services/{service}/reload", { service: "corosync" }],
  ["POST /nodes/{node}/status", { command: "reboot" }],
  ["POST /nodes/{node}/status", { command: "shutdown" }],
  ["PUT /nodes/{node}/network", {}],
];

describe("a protected guest does not lose its node's quorum", () => {
  test.each(CORE)("%s %j on the other nodes", async (route, params) => {
    for (const node of ["pve2", "pve3"]) {
      const cluster = bounded({ protected: "200" });
      const text = await cluster.call(route, { node, ...params });
      expect(text).toMatch(/^CT 200, one of all guests, is protected by PVE_PROTECTED \(200\)\./);
      expect(text).toMatch(/quorum/);
      expect(cluster.sent("changing")).toEqual([]);
    }
  });

  test.each(CORE)("%s %j may cut off no two of the allowed nodes at once", async (route, params) => {
    expect(
      await bounded({ allowed: "node:pve2,node:pve3" }).call(route, { node: "pve2", ...params }),
    ).toMatch(/PVE_ALLOWED/);
    // The others stay quorate without one of three.
    expect(await bounded({ allowed: "node:pve2" }).call(route, { node: "pve2", ...params })).toBe("sent");
  });

  test("what keeps a node in the cluster is as free as before", async () => {
    for (const service of ["pveproxy", "cron", "pve-firewall"])
      expect(
        await bounded({ protected: "200" }).call("POST /nodes/{node}/services/{service}/restart", {
          node: "pve2",
          service,
        }),
      ).toBe("sent");
    expect(
      await bounded({ protected: "200" }).call("POST /nodes/{node}/services/{service}/start", {
        node: "pve2",
        service: "corosync",
      }),
    ).toBe("sent");
  });

  test("nor does a protected node", async () => {
    expect(
      await bounded({ protected: "node:pve1" }).call("POST /nodes/{node}/status", {
        node: "pve2",
        command: "reboot",
      }),
    ).toMatch(/PVE_PROTECTED \(node:pve1\)/);
  });
});

describe("votes are counted", () => {
  const nodes = (count: number) => Array.from({ length: count }, (_, at) => `n${at + 1}`);
  /** A cluster with a guest a node, 101 on n1, and votes; `down` are not online. */
  const admits = async (
    count: number,
    setting: string,
    {
      votes = {},
      down = [],
      answers = {},
    }: { votes?: Record<string, number>; down?: string[]; answers?: Record<string, Json | PveError> } = {},
  ) => {
    const known: Record<string, Json | PveError> = {
      "GET /cluster/resources": nodes(count).flatMap((node, at) => [
        { type: "node", node },
        { type: "qemu", vmid: 101 + at, node },
      ]),
      "GET /cluster/config/nodes": nodes(count).map((node) => ({
        node,
        quorum_votes: String(votes[node] ?? 1),
      })),
      "GET /cluster/status": [
        { type: "cluster", quorate: 1, nodes: count },
        ...nodes(count).map((name) => ({ type: "node", name, online: down.includes(name) ? 0 : 1 })),
      ],
      "GET /access/permissions": { "/": { "VM.Audit": 1 }, "/vms": { "VM.Audit": 1 } },
      ...answers,
    };
    const read: GuardRead = async (route) => {
      const answer = known[route];
      if (answer === undefined || answer instanceof PveError)
        throw answer ?? new PveError("not-found", route);
      return { data: answer };
    };
    const guard = createBoundsGuard({ protected: bounds(setting) });
    const last = `n${count}`;
    return guard
      ?.admit(read, "POST /nodes/{node}/services/{service}/stop", { node: last, service: "corosync" })
      .then(
        () => "admitted",
        (error: unknown) => (error instanceof PveError ? error.message : String(error)),
      );
  };

  test("of the nodes that stay whatever else is done", async () => {
    // 101 to 103 keep their nodes: three of five.
    expect(await admits(5, "101-103")).toBe("admitted");
    expect(await admits(5, "101-102")).toMatch(/quorum/);
    expect(await admits(4, "101-102")).toMatch(/quorum/);
    expect(await admits(4, "101-103")).toBe("admitted");
    expect(await admits(1, "102")).toBe("admitted");
  });

  test("only of those that are online, and as many as each has", async () => {
    expect(await admits(5, "101-103", { down: ["n2"] })).toMatch(/quorum/);
    expect(await admits(5, "101-103", { votes: { n5: 4 } })).toMatch(/quorum/);
    expect(await admits(3, "101", { votes: { n1: 3 } })).toBe("admitted");
  });

  test("and where they cannot be seen, all guests are concerned", async () => {
    for (const route of ["GET /cluster/config/nodes", "GET /cluster/status"])
      expect(await admits(5, "101-103", { answers: { [route]: new PveError("permission", "no") } })).toMatch(
        /PVE_PROTECTED/,
      );
    expect(await admits(5, "101-103", { answers: { "GET /cluster/config/nodes": [{ odd: 1 }] } })).toMatch(
      /PVE_PROTECTED/,
    );
  });
});
