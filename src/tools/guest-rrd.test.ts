import { describe, expect, it } from "vitest";
import { guestSession } from "../../tests/support/canned-guests.ts";

describe("statistics", () => {
  const RRD = "GET /nodes/pve1/qemu/101/rrddata";
  const points = [0, 1, 2, 3].map((n) => ({
    time: 1_795_327_080 + n * 60,
    cpu: n / 10,
    mem: 2 ** 30,
    memhost: 2 ** 30,
    maxmem: 2 ** 32,
    disk: 0,
    netin: 1024 * n,
  }));

  it("sums up by metric, and shows the points on request", async () => {
    const { call, sent } = guestSession({ [RRD]: points });
    const text = await call("pve_get_qemu_rrddata", { vmid: 101, timeframe: "hour" });
    expect(text).toContain("Use of VM 101 (web1) on pve1 over the last hour.");
    expect(text).toContain("cpu | 0% | 15% | 30% | 30% | rising | 4");
    expect(text).not.toMatch(/maxmem|memhost|disk/);
    expect(await call("pve_get_qemu_rrddata", { vmid: 101, timeframe: "hour", raw: true })).toContain(
      "4 points.",
    );
    expect(sent.filter((line) => line.startsWith(RRD))).toEqual([
      `${RRD} timeframe=hour`,
      `${RRD} timeframe=hour`,
    ]);
  });

  it("says that there is no data yet", async () => {
    const { call } = guestSession({ [RRD]: points.map(({ time }) => ({ time })) });
    expect(await call("pve_get_qemu_rrddata", { vmid: 101, timeframe: "day" })).toContain(
      "No data of VM 101",
    );
  });
});
