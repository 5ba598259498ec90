import { expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { faulty } from "../support/faults.ts";
import { connect } from "../support/mcp.ts";

it("a call whose second request is not the planned one any more says that the first one was made", async () => {
  const world = clusterWorld(new VirtualClock(1_795_330_000));
  const { rules } = world.firewall.cluster;
  const connected = await connect(world, DEMO_TOKENS.admin, {
    through: faulty(({ method, path }, pass) =>
      method === "POST" && path.endsWith("/firewall/rules")
        ? pass().then((answer) => {
            // Somebody else is as quick.
            rules.splice(1, 0, { type: "in", action: "ACCEPT", enable: 1 });
            return answer;
          })
        : undefined,
    ),
  });
  const rule = { type: "in", action: "DROP", enable: true, pos: 50 };
  const { text, isError } = await connected.act("pve_create_firewall_rule", rule);
  expect(isError, text).toBe(true);
  expect(text).toMatch(/^Rule added at position 0, NOT at 50\./);
  expect(text).not.toContain("Nothing was changed.");
  expect(text).toContain("What would be sent now is not what was planned.");
  await connected.close();
});
