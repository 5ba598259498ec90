import { expect, test } from "vitest";
import { operationOf } from "../../src/policy/operations/operations.ts";
import { LISTS } from "../../src/policy/touches/touch-rows.ts";
import { touches } from "../../src/policy/touches/touches.ts";
import { PveError } from "../../src/pve/errors.ts";
import { allRoutes } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { bounded } from "../support/bounded.ts";

/** Reads that tell of no object: versions, what may be named, indexes of the API, the token's own rights. */
const FREE: readonly string[] = [
  "GET /access",
  "GET /access/domains",
  "GET /access/openid",
  "GET /access/permissions",
  "GET /access/ticket",
  "GET /cluster",
  "GET /cluster/acme",
  "GET /cluster/acme/challenge-schema",
  "GET /cluster/acme/directories",
  "GET /cluster/backup-info",
  "GET /cluster/bulk-action",
  "GET /cluster/bulk-action/guest",
  "GET /cluster/config",
  "GET /cluster/config/apiversion",
  "GET /cluster/firewall",
  "GET /cluster/firewall/macros",
  "GET /cluster/ha",
  "GET /cluster/ha/status",
  "GET /cluster/jobs",
  "GET /cluster/jobs/schedule-analyze",
  "GET /cluster/mapping",
  "GET /cluster/metrics",
  "GET /cluster/nextid",
  "GET /cluster/notifications",
  "GET /cluster/notifications/endpoints",
  "GET /cluster/qemu",
  "GET /cluster/qemu/cpu-flags",
  "GET /cluster/sdn",
  "GET /nodes/{node}",
  "GET /nodes/{node}/apt",
  "GET /nodes/{node}/capabilities",
  "GET /nodes/{node}/capabilities/qemu",
  "GET /nodes/{node}/capabilities/qemu/cpu",
  "GET /nodes/{node}/capabilities/qemu/cpu-flags",
  "GET /nodes/{node}/capabilities/qemu/machines",
  "GET /nodes/{node}/capabilities/qemu/migration",
  "GET /nodes/{node}/storage/{storage}",
  "GET /nodes/{node}/version",
  "GET /nodes/{node}/vzdump/defaults",
  "GET /version",
];

/** Something outside for every placeholder. */
const OUTSIDE: Readonly<Record<string, unknown>> = {
  node: "pve1",
  vmid: 103,
  storage: "backup",
  volume: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst",
  poolid: "web",
  userid: "bob@corp",
  id: "203-0",
  sid: "vm:102",
  rule: "db-home",
  upid: "UPID:pve1:0000C3A1:00112233:66E1A2B3:qmstart:103:root@pam:",
};

const filledIn = (route: string) =>
  Object.fromEntries(
    [...route.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => [name, OUTSIDE[name] ?? "100"] as const),
  );

const reading = allRoutes().filter((route) => route.startsWith("GET ") && !operationOf(route));

test("reads that tell of no object are these", () => {
  const nothing = reading.filter(
    (route) => touches(route, filledIn(route)).length === 0 && !LISTS[route as Route],
  );
  expect(nothing.filter((route) => route !== "GET /nodes/{node}/vzdump/defaults")).toEqual(
    FREE.filter((route) => route !== "GET /nodes/{node}/vzdump/defaults"),
  );
});

test("every other read is refused, or filtered to nothing, when nothing is inside", async () => {
  for (const route of reading.filter((one) => !FREE.includes(one))) {
    const cluster = bounded({ allowed: "999" });
    const answer: unknown = await cluster
      .read(route as Route, filledIn(route))
      .catch((error: unknown) => error);
    if (!LISTS[route as Route])
      expect(answer, route).toMatchObject({ kind: expect.stringMatching(/^(?:refused|parameter)$/) });
    else if (!(answer instanceof PveError)) expect(answer, route).toMatchObject({ data: [] });
  }
});
