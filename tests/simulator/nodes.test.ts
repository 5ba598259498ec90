import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("services", () => {
  const act = async (service: string, verb: string) => {
    const { call, finish } = simulated();
    const { data } = await call(`POST /nodes/pve1/services/${service}/${verb}`);
    const end = await finish(data);
    return { ...end, state: (await call(`GET /nodes/pve1/services/${service}/state`)).data };
  };

  it("stops and reports a service", async () => {
    const { exitstatus, state } = await act("cron", "stop");
    expect(exitstatus).toBe("OK");
    expect(state).toMatchObject({ state: "dead", "active-state": "inactive", "unit-state": "enabled" });
  });

  it("refuses to stop what everything hangs on", async () => {
    const { exitstatus, state } = await act("pveproxy", "stop");
    expect(exitstatus).toBe("invalid service cmd 'pveproxy stop': refusing to stop essential service!");
    expect(state.state).toBe("running");
  });

  it("fails for a unit that is not installed", async () => {
    const { exitstatus, log } = await act("ksmtuned", "start");
    expect(exitstatus).toBe("command 'systemctl start ksmtuned' failed: exit code 5");
    expect(log[0]).toBe("Failed to start ksmtuned.service: Unit ksmtuned.service not found.");
  });
});

describe("logs", () => {
  it("pages the system log and filters by service", async () => {
    const { call } = simulated();
    const all = await call("GET /nodes/pve3/syslog", { start: 1, limit: 2 });
    expect(all.data.map(({ n }: { n: number }) => n)).toEqual([2, 3]);
    const proxy = await call("GET /nodes/pve1/syslog", { service: "pveproxy" });
    expect(proxy.data.every(({ t }: { t: string }) => t.includes("pveproxy["))).toBe(true);
    expect(proxy.data[0].t).toMatch(/^Apr 01 \d\d:\d\d:\d\d pve1 pveproxy\[/);
    const none = await call("GET /nodes/pve1/syslog", { until: "2020-01-01" });
    expect(none.data).toEqual([{ n: 1, t: "no content" }]);
  });

  it("frames the journal with cursors that lead on", async () => {
    const { call } = simulated();
    const last = (await call("GET /nodes/pve1/journal", { lastentries: 3 })).data as string[];
    expect(last).toHaveLength(5);
    const earlier = (await call("GET /nodes/pve1/journal", { endcursor: last[0] ?? "" })).data as string[];
    expect(earlier).not.toContain(last[1]);
    expect(earlier.length).toBeGreaterThan(4);
  });
});

describe("settings", () => {
  it("checks the time zone and keeps it", async () => {
    const { call } = simulated();
    expect((await call("PUT /nodes/pve1/time", { timezone: "Mars/Phobos" })).errors).toEqual({
      timezone: "No such timezone",
    });
    await call("PUT /nodes/pve1/time", { timezone: "Europe/Vienna" });
    const { data } = await call("GET /nodes/pve1/time");
    expect(data.localtime - data.time).toBe(7200);
  });

  it("keeps DNS, hosts and description", async () => {
    const { call } = simulated();
    await call("PUT /nodes/pve1/dns", { search: "lab.example", dns1: "192.0.2.53" });
    expect((await call("GET /nodes/pve1/dns")).data).toEqual({ search: "lab.example", dns1: "192.0.2.53" });
    const { digest } = (await call("GET /nodes/pve1/hosts")).data;
    await call("POST /nodes/pve1/hosts", { data: "127.0.0.1 localhost\n", digest });
    expect((await call("POST /nodes/pve1/hosts", { data: "x", digest })).message).toContain(
      "detected modified",
    );
    await call("PUT /nodes/pve1/config", { description: "rack 3" });
    expect((await call("GET /nodes/pve1/config")).data.description).toBe("rack 3\n");
    await call("PUT /nodes/pve1/config", { delete: "description" });
    expect((await call("GET /nodes/pve1/config")).data).toEqual({});
  });

  it("keeps datacenter options and shows them taken apart", async () => {
    const { call } = simulated();
    await call("PUT /cluster/options", { crs: "ha=basic", migration: "insecure,network=192.0.2.0/24" });
    expect((await call("GET /cluster/options")).data).toMatchObject({
      crs: { ha: "basic" },
      migration: { type: "insecure", network: "192.0.2.0/24" },
    });
    await call("PUT /cluster/options", { delete: "crs,migration" });
    expect((await call("GET /cluster/options")).data.crs).toBeUndefined();
  });

  it("loses quorum when nodes go down", async () => {
    const { call } = simulated();
    await call("POST /nodes/pve3/status", { command: "shutdown" });
    await call("POST /nodes/pve2/status", { command: "shutdown" });
    const { data } = await call("GET /cluster/status");
    expect(data[0]).toMatchObject({ type: "cluster", nodes: 3, quorate: 0 });
    expect((await call("GET /nodes/pve3/status")).status).toBe(595);
    expect((await call("GET /nodes")).data[2]).toMatchObject({ node: "pve3", status: "offline" });
  });
});
