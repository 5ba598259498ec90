import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TIERS } from "../../src/config/settings.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";
import { connect } from "../support/mcp.ts";
import { optionsFor } from "../support/needed.ts";
import { VALID_CALLS } from "./valid-calls.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const TOKEN = { id: "mcp@pve!assistant", secret: "3f0f4d3e-5c43-4c6e-9d1b-6f7a8b9c0d1e" };

/** The roles the README makes, in the order of the tiers. */
const ROLES = [...README.matchAll(/^pveum role add (\S+) --privs "([^"]+)"$/gm)].map(
  ([, roleid = "", privs = ""]) => ({
    roleid,
    privs: privs.split(" "),
  }),
);

/** The demo cluster with the README's user and token, and the first `count` of its roles. */
function worldWith(count: number, clock: VirtualClock): World {
  const world = clusterWorld(clock);
  const [user = "", name = ""] = TOKEN.id.split("!");
  world.access.users.set(user, {
    userid: user,
    enable: true,
    expire: 0,
    fields: {},
    groups: [],
    tokens: new Map([[name, { secret: TOKEN.secret, privsep: true, expire: 0 }]]),
  });
  for (const { roleid, privs } of ROLES.slice(0, count)) {
    world.access.roles.set(roleid, { privs, special: false });
    for (const [type, ugid] of [
      ["user", user],
      ["token", TOKEN.id],
    ] as const) {
      world.access.acl.push({ path: "/", type, ugid, roleid, propagate: true });
    }
  }
  return world;
}

it("finds the README's roles, one a tier", () => {
  expect(ROLES.map(({ roleid }) => roleid)).toEqual(["MCPRead", "MCPExecute", "MCPWrite"]);
});

describe.each(TIERS.map((tier, index) => [tier, index] as const))(
  "the README's token for %s",
  (tier, index) => {
    it.each(CATALOGUE.filter((tool) => tool.tier === tier).map((tool) => [tool.name, tool] as const))(
      "may call %s",
      async (name, tool) => {
        const valid = VALID_CALLS[name] ?? {};
        const clock = new VirtualClock(1_795_330_000);
        const world = worldWith(index + 1, clock);
        const { env, ...options } = optionsFor(tool);
        const admin = await connect(world, DEMO_TOKENS.admin, env ? { env } : {});
        for (const [earlier, args] of valid.before ?? []) {
          await admin.act(earlier, { ...args });
          clock.advance(60);
        }
        const tasks = await admin.call("pve_list_tasks", { node: "pve1", limit: 1 });
        await admin.close();
        const connected = await connect(world, TOKEN, { ...options, env: { ...env, PVE_ACCESS_TIER: tier } });
        const upid = /UPID:[^\s|]+:/.exec(tasks.text)?.[0];
        const { text, isError } = await connected.act(name, {
          ...valid.args,
          ...(valid.task ? { [valid.task]: upid } : {}),
        });
        if (valid.ends) expect(text.split("\n")[0]).toMatch(valid.ends);
        else expect(isError, text).toBe(false);
        await connected.close();
      },
    );
  },
);
