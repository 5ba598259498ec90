import { describe, expect, it } from "vitest";
import { firstLine, two, writes } from "../support/two-clusters.ts";

describe("each cluster's own settings", () => {
  it("list a tool that one of them offers, and refuse it on the other", async () => {
    const connected = await two({}, { env: { PVE_CATEGORIES: "nodes,tasks,api" } });
    const { tools } = await connected.client.listTools();
    expect(tools.map(({ name }) => name)).toContain("pve_start_qemu_vm");
    expect((await connected.call("pve_start_qemu_vm", { vmid: 103, cluster: "lab" })).text).toBe(
      "pve_start_qemu_vm is in category qemu, which PVE_CATEGORIES leaves out. That is so on cluster lab. The operator decides.\nNothing was changed.",
    );
    expect(connected.requests).toEqual([]);
    await connected.close();
  });

  it.each([
    [
      "category",
      { PVE_EXCLUDE_TOOLS: "pve_start_qemu_vm" },
      "POST /nodes/pve1/qemu/103/status/start",
      /^POST \/nodes\/\{node\}\/qemu\/\{vmid\}\/status\/start is closed: PVE_EXCLUDE_TOOLS leaves out pve_start_qemu_vm\.$/,
    ],
    [
      "tier",
      { PVE_ACCESS_TIER: "read-execute" },
      "DELETE /nodes/pve1/qemu/103",
      /PVE_ACCESS_TIER=full|needs tier full/,
    ],
    ["protection", { PVE_PROTECTED: "103" }, "POST /nodes/pve1/qemu/103/status/start", /PVE_PROTECTED/],
    ["reach", { PVE_ALLOWED: "pool:web" }, "POST /nodes/pve1/qemu/103/status/start", /PVE_ALLOWED/],
  ])("bound the API tools there alone, by %s", async (_, env, route, says) => {
    const connected = await two({}, { env });
    const refused = await connected.call("pve_write_api", { route, cluster: "lab" });
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/^Nothing was changed\.$/m);
    expect(
      refused.text.split("\n").some((line) => says.test(line)),
      refused.text,
    ).toBe(true);
    expect(writes(connected)).toEqual([]);
    const done = await connected.act("pve_write_api", { route, cluster: "test" });
    expect(done.isError, done.text).toBe(false);
    expect(writes(connected)).toHaveLength(1);
    await connected.close();
  });

  it("let one cluster's calls be confirmed, and another's not", async () => {
    const connected = await two({}, { env: { PVE_CONFIRM: "off" } });
    const stop = { vmid: "web-01" };
    expect(firstLine(await connected.call("pve_stop_qemu_vm", { ...stop, cluster: "test" }))).toBe(
      "NOT DONE: confirmation needed",
    );
    expect(writes(connected)).toEqual([]);
    expect(firstLine(await connected.call("pve_stop_qemu_vm", { ...stop, cluster: "lab" }))).toMatch(
      /^Done in .*: Stop of VM 100 \(web-01\)/,
    );
    await connected.close();
  });
});

describe("where the settings are in a file, an answer names its keys", () => {
  it.each([
    [
      { PVE_ACCESS_TIER: "read-only" },
      "pve_start_qemu_vm",
      { vmid: 103 },
      "pve_start_qemu_vm needs clusters.lab.tier: read-execute; the tier is read-only. That is so on cluster lab. The operator decides.",
    ],
    [
      { PVE_CATEGORIES: "nodes" },
      "pve_start_qemu_vm",
      { vmid: 103 },
      "pve_start_qemu_vm is in category qemu, which clusters.lab.categories leaves out. That is so on cluster lab. The operator decides.",
    ],
    [
      { PVE_ACCESS_TIER: "read-execute" },
      "pve_write_api",
      { route: "DELETE /nodes/pve1/qemu/103" },
      "clusters.lab.tier: full in the file of PVE_CONFIG would allow it; the operator decides.",
    ],
    [
      { PVE_PROTECTED: "103" },
      "pve_start_qemu_vm",
      { vmid: 103 },
      "The operator would have to take it out of clusters.lab.protected.",
    ],
    [
      { PVE_CONFIRM_BY: "person" },
      "pve_stop_qemu_vm",
      { vmid: 100 },
      "A client that can ask, or clusters.lab.confirm_by: any in the file of PVE_CONFIG, would allow it; the operator decides.",
    ],
  ])("%o", async (env, name, args, line) => {
    const connected = await two({ fromFile: true }, { env });
    const { text } = await connected.call(name, { ...args, cluster: "lab" });
    expect(text.split("\n")).toContain(line);
    expect(text).not.toMatch(/PVE_(?!CONFIG)/);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("where an overview leaves a cluster out", async () => {
    const connected = await two({ fromFile: true }, { env: { PVE_CATEGORIES: "qemu" } });
    const { text } = await connected.call("pve_list_nodes", { cluster: "*" });
    expect(text.split("\n").slice(0, 2)).toEqual([
      "test: 3 nodes. FAILED: lab.",
      "lab: pve_list_nodes is in category nodes, which clusters.lab.categories leaves out.",
    ]);
    await connected.close();
  });

  it("and of each cluster in an overview", async () => {
    const connected = await two({ fromFile: true }, { env: { PVE_ALLOWED: "pool:web" } });
    const { text } = await connected.call("pve_list_cluster_resources", { cluster: "*", type: "vm" });
    expect(text).toMatch(/^lab: \d+ outside clusters\.lab\.allowed are left out\.$/m);
    await connected.close();
  });
});
