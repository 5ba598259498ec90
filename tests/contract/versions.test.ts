import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { playRelease } from "../../src/simulator/play-release.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { connect, ERAS } from "../support/mcp.ts";

const world = () => clusterWorld(new VirtualClock(1_795_330_000));

describe.each(ERAS)("a cluster of an older release, protocol %s", (era) => {
  it("is asked for nothing that it lacks, by whatever tool", async () => {
    const older = world();
    playRelease(older, "8.4");
    const connected = await connect(older, DEMO_TOKENS.admin, { era });
    for (const [tool, args, says] of [
      ["pve_list_ha_rules", {}, "The operation needs PVE 9.0; the connected node runs 8.4."],
      ["pve_bulk_start_guests", { vms: [103] }, "The operation needs PVE 9.1; the connected node runs 8.4."],
      ["pve_read_api", { route: "GET /cluster/ha/rules" }, "needs PVE 9.0; the connected node runs 8.4."],
      [
        "pve_write_api",
        { route: "POST /nodes/pve1/qemu", params: { vmid: 777, "allow-ksm": true } },
        "allow-ksm needs PVE 9.1; pve1 runs 8.4.",
      ],
      [
        "pve_update_qemu_config",
        { vmid: 103, params: { agent: "enabled=1,freeze-fs=1" } },
        "agent's key freeze-fs needs PVE 9.2; pve1 runs 8.4.",
      ],
    ] as const) {
      connected.requests.length = 0;
      const { text, isError } = await connected.call(tool, { ...args });
      expect(isError, text).toBe(true);
      expect(text).toContain(says);
      expect(text).toContain("Nothing was changed.");
      const left = connected.requests.filter(
        ({ method, path }) => method !== "GET" || /rules|bulk/.test(path),
      );
      expect(left).toEqual([]);
    }
    // What that release has, it does.
    expect((await connected.call("pve_read_api", { route: "GET /cluster/ha/groups" })).isError).toBe(false);
    await connected.close();
  });
});

it("in a cluster of mixed releases the node that executes counts", async () => {
  const mixed = world();
  const other = mixed.nodes.get("pve2");
  if (!other) throw new Error("no pve2");
  mixed.nodes.set("pve2", { ...other, release: "8.4" });
  const connected = await connect(mixed, DEMO_TOKENS.admin);
  const ask = (node: string) =>
    connected.call("pve_write_api", {
      route: "POST /nodes/{node}/qemu",
      params: { node, vmid: 777, "allow-ksm": true },
      dry_run: true,
    });
  expect((await ask("pve2")).text).toContain("allow-ksm needs PVE 9.1; pve2 runs 8.4.");
  expect((await ask("pve1")).text).toMatch(/^Plan, nothing is sent/);
  await connected.close();
});
