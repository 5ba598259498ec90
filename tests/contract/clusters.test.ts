import { describe, expect, it } from "vitest";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { codeIn, connect, ERAS } from "../support/mcp.ts";
import { newPath } from "../support/records.ts";
import { firstLine, labWorld, two, writes } from "../support/two-clusters.ts";

describe.each(ERAS)("two clusters, protocol %s", (era) => {
  it("are named by an argument that every tool but the list of them takes", async () => {
    const connected = await two({ era });
    const { tools } = await connected.client.listTools();
    for (const { name, inputSchema } of tools) {
      const { properties = {}, required = [] } = inputSchema;
      const listing = name === "pve_list_clusters";
      expect(Object.hasOwn(properties, "cluster"), name).toBe(!listing);
      expect(required.includes("cluster"), name).toBe(!listing);
    }
    expect(connected.client.getInstructions()).toContain(
      "which a call is for: test, lab. Every call must name one.",
    );
    await connected.close();
  });

  it("need not be named where there is a default", async () => {
    const connected = await two({ era, defaultCluster: "lab" });
    const { tools } = await connected.client.listTools();
    expect(tools.filter(({ inputSchema }) => inputSchema.required?.includes("cluster"))).toEqual([]);
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: "post" }))).toMatch(
      /^VM 103 \(post\)/,
    );
    await connected.close();
  });

  it("are told with their state", async () => {
    const connected = await two(
      { era, defaultCluster: "test" },
      {
        env: { PVE_ACCESS_TIER: "read-only", PVE_PROTECTED: "tag:prod" },
        trouble: () => "Nothing listens there.",
      },
    );
    const { text, isError } = await connected.call("pve_list_clusters");
    expect(isError).toBe(false);
    expect(text).toMatch(
      /^2 clusters; no answer from lab\.\ncluster \| tier \| PVE \| state \| default \| protected\ntest \| full \| 9\.2\.\d+ \| answers \| yes\nlab \| read-only \| {2}\| no answer \| {2}\| tag:prod\nlab: Nothing listens there\./,
    );
    await connected.close();
  });
});

it("the list of clusters is there while the first is down, and where the first does not offer it", async () => {
  const down = await connect(clusterWorld(), DEMO_TOKENS.admin, {
    env: { PVE_CATEGORIES: "qemu" },
    trouble: () => "Gone.",
    others: [{ name: "lab", world: labWorld(), env: {} }],
  });
  const { text, isError } = await down.call("pve_list_clusters");
  expect(isError, text).toBe(false);
  expect(text).toMatch(/^2 clusters; no answer from test\./);
  await down.close();
  const first = await two({ trouble: () => "Gone." });
  expect(firstLine(await first.call("pve_list_clusters"))).toBe("2 clusters; no answer from test.");
  await first.close();
});

it("one cluster: neither the argument nor the list of clusters is there", async () => {
  const connected = await connect(clusterWorld(), DEMO_TOKENS.admin);
  const { tools } = await connected.client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain("pve_list_clusters");
  expect(JSON.stringify(tools)).not.toContain('"cluster":{');
  const { text } = await connected.call("pve_list_nodes", { cluster: "test" });
  expect(text).toContain('Unknown argument "cluster".');
  await connected.close();
});

describe("an overview of all", () => {
  it.each([
    "pve_list_cluster_resources",
    "pve_list_nodes",
    "pve_list_cluster_tasks",
    "pve_get_cluster_status",
  ])("%s says whose a row is", async (name) => {
    const connected = await two();
    const { text, isError } = await connected.call(name, { cluster: "*" });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^test: .+ lab: /);
    expect(text).toMatch(/^cluster \| /m);
    for (const cluster of ["test", "lab"]) expect(text).toMatch(new RegExp(`^${cluster} \\| `, "m"));
    await connected.close();
  });

  it("is complete but for the cluster that fails, which is named with the cause", async () => {
    const connected = await two({}, { trouble: () => "Nothing listens there (ECONNREFUSED)." });
    const { text, isError } = await connected.call("pve_list_nodes", { cluster: "*" });
    expect(isError).toBe(false);
    expect(text).toMatch(/^test: 3 nodes\. FAILED: lab\.\nlab: Nothing listens there \(ECONNREFUSED\)\.\n/);
    expect(text).toMatch(/^test \| pve1 \| online/m);
    await connected.close();
  });

  it("asks no cluster whose settings leave the tool out", async () => {
    const connected = await two({}, { env: { PVE_CATEGORIES: "qemu" } });
    const { text } = await connected.call("pve_list_nodes", { cluster: "*" });
    expect(text).toMatch(
      /^test: 3 nodes\. FAILED: lab\.\nlab: pve_list_nodes is in category nodes, which PVE_CATEGORIES leaves out\.\n/,
    );
    expect(connected.requests).toHaveLength(1);
    await connected.close();
  });

  it("is only what overviews give", async () => {
    const connected = await two();
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: 100, cluster: "*" }))).toBe(
      "pve_get_qemu_status works on one cluster.",
    );
    expect(connected.requests).toEqual([]);
    await connected.close();
  });
});

describe("which cluster is meant", () => {
  it("is asked for where it is not said, with where the guest is", async () => {
    const connected = await two();
    expect((await connected.call("pve_get_qemu_status", { vmid: "web-01" })).text).toBe(
      [
        "web-01 is on 2 clusters.",
        "Cluster test: VM 100 (web-01) on node pve1, running.",
        "Cluster lab: VM 100 (web-01) on node pve1, running.",
        'Repeat the call with cluster: "test" or "lab".',
        "Nothing was changed.",
      ].join("\n"),
    );
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: "post" }))).toBe(
      "post is on cluster lab.",
    );
    expect((await connected.call("pve_list_nodes")).text).toBe(
      "pve_list_nodes needs cluster: it could be meant for more than one.\nClusters: test, lab.\nNothing was changed.",
    );
    await connected.close();
  });

  it("is told by the nearest name", async () => {
    const connected = await two();
    expect(firstLine(await connected.call("pve_list_nodes", { cluster: "labs" }))).toBe(
      'There is no cluster "labs". Did you mean lab?',
    );
    expect(firstLine(await connected.call("pve_list_nodes", { cluster: 7 }))).toBe(
      "cluster must be a string.",
    );
    await connected.close();
  });

  it("is the default for a read, unless the guest is only elsewhere", async () => {
    const connected = await two({ defaultCluster: "test" });
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: "mail" }))).toMatch(
      /^VM 103 \(mail\)/,
    );
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: "post" }))).toBe(
      "post is on cluster lab.",
    );
    expect(firstLine(await connected.call("pve_get_qemu_status", { vmid: "nobody" }))).toMatch(
      /^No VM named nobody/,
    );
    await connected.close();
  });

  it.each([{}, { dry_run: true }])("is never guessed for a change (%o)", async (more) => {
    const connected = await two({ defaultCluster: "test" });
    const guest = await connected.call("pve_start_qemu_vm", { vmid: 103, ...more });
    expect(firstLine(guest)).toBe("103 is on 2 clusters.");
    const pool = await connected.call("pve_create_pool", { poolid: "x", ...more });
    expect(pool.text).toBe(
      "pve_create_pool changes something and more than one cluster would take it: say which by cluster.\nClusters: test, lab.\nNothing was changed.",
    );
    const api = await connected.call("pve_write_api", {
      route: "POST /pools",
      params: { poolid: "x" },
      ...more,
    });
    expect(firstLine(api)).toMatch(/^pve_write_api changes something/);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("is the default for a change where it alone has the guest, and every other could be asked", async () => {
    const connected = await two({ defaultCluster: "test" });
    expect(firstLine(await connected.call("pve_start_qemu_vm", { vmid: "mail" }))).toMatch(/^Done in .*mail/);
    await connected.close();
    const unsure = await two({ defaultCluster: "test" }, { trouble: () => "Gone." });
    const { text } = await unsure.call("pve_start_qemu_vm", { vmid: "mail" });
    expect(text).toContain("Cluster lab: could not be asked.");
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(writes(unsure)).toEqual([]);
    await unsure.close();
  });

  it("is the default for a change where no other admits it", async () => {
    const connected = await two({ defaultCluster: "test" }, { env: { PVE_ACCESS_TIER: "read-only" } });
    expect(firstLine(await connected.call("pve_create_pool", { poolid: "x" }))).toBe("Pool x created.");
    await connected.close();
  });
});

describe("each cluster's own settings", () => {
  it("bound what is done there, by tools and by the API tools", async () => {
    const connected = await two({}, { env: { PVE_ACCESS_TIER: "read-only" } });
    const start = await connected.call("pve_start_qemu_vm", { vmid: 103, cluster: "lab" });
    expect(start.text).toBe(
      "pve_start_qemu_vm needs PVE_ACCESS_TIER=read-execute; the tier is read-only. That is so on cluster lab. The operator decides.\nNothing was changed.",
    );
    const route = "POST /nodes/pve1/qemu/103/status/start";
    const api = await connected.call("pve_write_api", { route, cluster: "lab" });
    expect(api.isError).toBe(true);
    expect(writes(connected)).toEqual([]);
    expect(firstLine(await connected.call("pve_start_qemu_vm", { vmid: 103, cluster: "test" }))).toMatch(
      /^Done in/,
    );
    await connected.close();
  });

  it("protect what is there", async () => {
    const connected = await two({}, { env: { PVE_PROTECTED: "103" } });
    const { text } = await connected.call("pve_start_qemu_vm", { vmid: 103, cluster: "lab" });
    expect(text).toContain("PVE_PROTECTED");
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });
});

it("a cluster that cannot be used answers with the cause, and the other works", async () => {
  const connected = await two({}, { trouble: () => "Nothing listens there.\nCheck the address." });
  expect((await connected.call("pve_list_nodes", { cluster: "lab" })).text).toBe(
    "Cluster lab cannot be used now.\nNothing listens there.\nCheck the address.\nNothing was changed.",
  );
  expect(firstLine(await connected.call("pve_list_nodes", { cluster: "test" }))).toBe("3 nodes.");
  await connected.close();
});

it("a code of one cluster is none of another, nor is an entry of the record", async () => {
  const connected = await two({ env: { PVE_AUDIT_LOG: newPath() } });
  const plan = await connected.call("pve_stop_qemu_vm", { vmid: 100, cluster: "test" });
  const confirm = codeIn(plan.text);
  const other = await connected.call("pve_stop_qemu_vm", { vmid: 100, cluster: "lab", confirm });
  expect(other.text).toMatch(/^NOT DONE: confirmation needed\nThat code is not for this call/);
  expect(writes(connected)).toEqual([]);
  const change = await connected.act("pve_update_qemu_config", { vmid: 103, memory: 2048, cluster: "test" });
  const entry = Number(/Recorded as entry (\d+)/.exec(change.text)?.[1]);
  expect(firstLine(await connected.call("pve_undo", { entry, cluster: "lab" }))).toBe(
    `Entry ${entry} cannot be taken back: it was made on the cluster test, and this is lab.`,
  );
  expect(firstLine(await connected.act("pve_undo", { entry, cluster: "test" }))).toMatch(
    /^Taken back: entry/,
  );
  await connected.close();
});
