import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const ACTION = "POST /cluster/bulk-action/guest";

describe("bulk actions", () => {
  it("start what is stopped and warn about the rest", async () => {
    const { call, finish } = simulated();
    const { data } = await call(`${ACTION}/start`, { vms: ["103", "107", "204"] });
    expect(await finish(data)).toEqual({
      exitstatus: "WARNINGS: 1",
      log: [
        "Starting guests: 103, 107, 204",
        "Starting VM 103",
        "WARN: Skipping VM 107, already running.",
        "Starting CT 204",
        "TASK WARNINGS: 1",
      ],
    });
    expect((await call("GET /nodes/pve3/lxc/204/status/current")).data.status).toBe("running");
  });

  it("name the guests that failed", async () => {
    const { call, finish } = simulated();
    const { data } = await call(`${ACTION}/shutdown`, { vms: ["104", "107"], timeout: 5 });
    expect((await finish(data)).exitstatus).toBe("Some guests failed to shutdown 104");
  });

  it("check every guest's permission first", async () => {
    const { call } = simulated();
    const refused = await call(`${ACTION}/migrate`, { vms: ["107"], target: "pve2" }, "auditor");
    expect(refused.message).toBe("Permission check failed (/vms/107, VM.Migrate)\n");
  });
});
