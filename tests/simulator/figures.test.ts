import { describe, expect, it } from "vitest";
import { nodeSeries, TIMEFRAMES } from "../../src/simulator/rrd.ts";
import { recordedWorld } from "../../src/simulator/scenarios/recorded.ts";
import { MORNING, simulated } from "../support/simulated.ts";

type Point = { time: number } & Record<string, number>;

describe("series over time", () => {
  it.each(Object.entries(TIMEFRAMES))(
    "%s: evenly spaced, ended before now, alive",
    async (timeframe, [step, count]) => {
      const { call } = simulated();
      const { data } = await call("GET /nodes/pve1/rrddata", { timeframe });
      const points: Point[] = data;
      expect(points).toHaveLength(count - 1);
      expect(points.every((point, i) => i === 0 || point.time - (points[i - 1]?.time ?? 0) === step)).toBe(
        true,
      );
      expect(points.at(-1)?.time).toBeLessThan(MORNING);
      expect(new Set(points.map((point) => point.cpu)).size).toBeGreaterThan(count / 4);
      expect(points.every((point) => (point.cpu ?? -1) >= 0 && (point.cpu ?? 2) <= 1)).toBe(true);
    },
  );

  it("show a guest at work before its last start too", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve1/qemu/100/rrddata", { timeframe: "year" });
    expect((data as Point[]).filter((point) => (point.cpu ?? 0) > 0).length).toBeGreaterThan(data.length - 3);
  });

  it("are the same at every look", async () => {
    const { call } = simulated();
    const look = async () => (await call("GET /nodes/pve1/rrddata", { timeframe: "hour" })).data;
    expect(await look()).toEqual(await look());
  });

  it("carry no values from before the first report", () => {
    const world = recordedWorld();
    const node = world.nodes.get("pve");
    if (!node || world.statsFrom === undefined) throw new Error("no node");
    const points = nodeSeries(world, node, "hour", world.statsFrom + 300) as unknown as Point[];
    const [first, last] = [points[0], points.at(-1)];
    expect(Object.keys(first ?? {})).toEqual(["time"]);
    expect(last?.memused).toBeGreaterThan(0);
  });
});

describe("cluster resources", () => {
  it("list guests, nodes, storages, pools and networks with figures", async () => {
    const { call } = simulated();
    const rows: { type: string; status?: string; id: string; mem?: number }[] = (
      await call("GET /cluster/resources")
    ).data;
    expect(new Set(rows.map((row) => row.type))).toEqual(
      new Set(["pool", "qemu", "lxc", "node", "storage", "network"]),
    );
    expect(rows.find((row) => row.id === "qemu/107")).toMatchObject({
      status: "running",
      name: "dev",
      tags: "dev",
    });
    expect(rows.find((row) => row.id === "qemu/104")).toMatchObject({ lock: "backup" });
    expect(rows.find((row) => row.id === "node/pve1")?.mem).toBeGreaterThan(0);
  });

  it("can be narrowed to one type, and to what the caller may see", async () => {
    const { call } = simulated();
    const nodes: { type: string }[] = (await call("GET /cluster/resources", { type: "node" })).data;
    expect(nodes.every((row) => row.type === "node")).toBe(true);
    expect((await call("GET /cluster/resources", { type: "vm" }, "empty")).data).toEqual([]);
    expect((await call("GET /nodes/pve1/qemu", {}, "empty")).data).toEqual([]);
  });

  it("know nothing before the first report", async () => {
    const { world, call } = simulated();
    world.statsFrom = MORNING + 10;
    const rows = (await call("GET /cluster/resources", { type: "node" })).data;
    expect(rows[0]).toEqual({ id: "node/pve1", node: "pve1", type: "node", status: "unknown" });
  });

  it("tell the next free VMID", async () => {
    const { call } = simulated();
    expect((await call("GET /cluster/nextid")).data).toBe("109");
    expect((await call("GET /cluster/nextid", { vmid: 500 })).data).toBe("500");
    expect((await call("GET /cluster/nextid", { vmid: 101 })).errors).toEqual({
      vmid: "VM 101 already exists",
    });
  });
});

describe("the task list", () => {
  it("shows what ended, filtered and paged, and what runs on request", async () => {
    const { call, finish } = simulated();
    await finish((await call("POST /nodes/pve1/qemu/107/status/reset")).data);
    await finish((await call("POST /nodes/pve1/qemu/107/status/start")).data);
    const { data: running } = await call("POST /nodes/pve1/qemu/107/status/shutdown");
    const list = async (params: Record<string, string | number>) =>
      (await call("GET /nodes/pve1/tasks", { vmid: 107, ...params })).data;
    const [latest] = await list({ limit: 1 });
    expect(latest).toMatchObject({
      type: "qmstart",
      status: "VM 107 already running",
      user: "root@pam",
      tokenid: "mcp",
    });
    expect((await list({ typefilter: "qmreset", limit: 1 }))[0]).toMatchObject({ status: "OK" });
    expect((await list({ errors: 1 })).every((task: { status: string }) => task.status !== "OK")).toBe(true);
    expect(await list({ source: "active" })).toEqual([
      expect.objectContaining({ upid: running, status: "RUNNING" }),
    ]);
    const log: { msg: string }[] = (await call("GET /cluster/log")).data;
    expect(log.some((entry) => entry.msg === `starting task ${running}`)).toBe(true);
  });

  it("hides other people's tasks from those who may not audit the node", async () => {
    const { call, finish } = simulated();
    const { data: upid } = await call("POST /nodes/pve1/qemu/107/status/reset");
    await finish(upid);
    expect((await call("GET /nodes/pve1/tasks", {}, "empty")).data).toEqual([]);
    expect((await call(`GET /nodes/pve1/tasks/${upid}/log`, {}, "empty")).message).toBe(
      "Permission check failed (/nodes/pve1, Sys.Audit)\n",
    );
    expect((await call(`DELETE /nodes/pve1/tasks/${upid}`, {}, "auditor")).message).toBe(
      "Permission check failed (/nodes/pve1, Sys.Modify)\n",
    );
  });
});
