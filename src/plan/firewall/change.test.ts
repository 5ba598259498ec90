import { describe, expect, it } from "vitest";
import { watchedLook } from "../../../tests/support/planned.ts";
import { simulated } from "../../../tests/support/simulated.ts";
import { request } from "../../../tests/support/simulated-look.ts";
import type { Row } from "../../pve/data.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { firewallAfter } from "./change.ts";
import { type Firewall, firewallSeen } from "./state.ts";

/** What decides of a rule or an entry, its values as text. */
const bare = (found: readonly Row[] | undefined): unknown =>
  found?.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(
          ([key, value]) =>
            !["pos", "digest", "comment"].includes(key) && !(key === "nomatch" && Number(value) === 0),
        )
        .map(([key, value]) => [key, String(value)])
        .sort(),
    ),
  );

const options = (row: Row | undefined): unknown =>
  row &&
  Object.fromEntries(
    Object.entries(row)
      .filter(([key]) => key !== "digest")
      .map(([key, value]) => [key, String(value)])
      .sort(),
  );

const sorted = (map: ReadonlyMap<string, readonly Row[] | undefined> | undefined): unknown =>
  Object.fromEntries([...(map ?? [])].map(([name, found]) => [name, bare(found)]).sort());

const comparable = ({ cluster, nodes }: Firewall): unknown => ({
  options: options(cluster.options),
  rules: bare(cluster.rules),
  aliases: Object.fromEntries([...(cluster.aliases ?? [])].sort()),
  groups: sorted(cluster.groups),
  sets: sorted(cluster.sets),
  nodes: nodes.map((node) => [node.node, options(node.options), bare(node.rules)]),
});

describe("the firewall that a step is expected to leave is the one that it leaves", () => {
  it.each<[Route, Readonly<Record<string, unknown>>]>([
    ["PUT /cluster/firewall/options", { enable: 0 }],
    ["PUT /cluster/firewall/options", { policy_in: "ACCEPT", delete: "policy_out" }],
    [
      "POST /cluster/firewall/rules",
      { type: "in", action: "DROP", proto: "tcp", dport: "8006", enable: 1, pos: 3 },
    ],
    ["POST /cluster/firewall/rules", { type: "in", action: "ACCEPT", source: "+dc/admins" }],
    ["POST /cluster/firewall/rules", { type: "group", action: "webserver", enable: 1 }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 1, source: "198.51.100.7", macro: "" }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 0, delete: "dport,source" }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 0, enable: 0 }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 0, moveto: 3 }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 3, moveto: 0 }],
    ["PUT /cluster/firewall/rules/{pos}", { pos: 1, moveto: 9 }],
    ["DELETE /cluster/firewall/rules/{pos}", { pos: 2 }],
    ["POST /cluster/firewall/aliases", { name: "Lab", cidr: "10.1.0.0/16" }],
    ["PUT /cluster/firewall/aliases/{name}", { name: "office", cidr: "203.0.113.0/24" }],
    ["PUT /cluster/firewall/aliases/{name}", { name: "office", cidr: "203.0.113.0/24", rename: "hq" }],
    ["DELETE /cluster/firewall/aliases/{name}", { name: "office" }],
    ["POST /cluster/firewall/ipset", { name: "management" }],
    ["POST /cluster/firewall/ipset", { name: "staff", rename: "admins" }],
    ["POST /cluster/firewall/ipset/{name}", { name: "admins", cidr: "203.0.113.9/32" }],
    ["POST /cluster/firewall/ipset/{name}", { name: "admins", cidr: "192.0.2.6", nomatch: 1 }],
    ["PUT /cluster/firewall/ipset/{name}/{cidr}", { name: "admins", cidr: "198.51.100.16/28", nomatch: 1 }],
    ["DELETE /cluster/firewall/ipset/{name}/{cidr}", { name: "admins", cidr: "192.0.2.5" }],
    ["DELETE /cluster/firewall/ipset/{name}", { name: "admins", force: 1 }],
    ["POST /cluster/firewall/groups", { group: "fresh" }],
    ["POST /cluster/firewall/groups", { group: "web", rename: "webserver" }],
    ["POST /cluster/firewall/groups/{group}", { group: "webserver", type: "in", action: "DROP", enable: 1 }],
    ["PUT /cluster/firewall/groups/{group}/{pos}", { group: "webserver", pos: 0, action: "DROP" }],
    ["DELETE /cluster/firewall/groups/{group}/{pos}", { group: "webserver", pos: 1 }],
    ["PUT /nodes/{node}/firewall/options", { node: "pve2", enable: 0 }],
    ["POST /nodes/{node}/firewall/rules", { node: "pve2", type: "in", action: "DROP", enable: 1 }],
    ["DELETE /nodes/{node}/firewall/rules/{pos}", { node: "pve1", pos: 0 }],
  ])("%s %j", async (route, params) => {
    const pve = simulated();
    await pve.call("POST /cluster/firewall/rules", { type: "group", action: "webserver", enable: 1 });
    await pve.call("POST /nodes/pve1/firewall/rules", { type: "in", action: "ACCEPT", enable: 1 });
    // Whatever a later look would ask for is asked for in the first.
    const names = ["admins", "staff", "management"].map((name): Row => ({ source: `+${name}` }));
    const more: readonly Row[] = [
      ...names,
      ...["webserver", "web", "fresh"].map((action) => ({ type: "group", action })),
    ];
    const before = await firewallSeen(watchedLook(pve).look, undefined, more);
    const { status, message } = await pve.call(...request(route, params));
    expect(status, message).toBe(200);
    const after = await firewallSeen(watchedLook(pve).look, undefined, more);
    const expected = firewallAfter(before, { route, params });
    // A group without rules decides nothing, whether it is there or not.
    const fresh = params.group === "fresh" ? { groups: expect.anything() } : {};
    expect(comparable(after)).toEqual({ ...(comparable(expected) as object), ...fresh });
  });
});
