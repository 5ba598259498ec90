import { describe, expect, it } from "vitest";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { faulty, proxyError } from "../support/faults.ts";
import { type ConnectOptions, connect } from "../support/mcp.ts";
import { asLab, firstLine, testWorld, two, writes } from "../support/two-clusters.ts";

/** A PVE that answers nothing, in a way that is not worth asking again. */
const broken = faulty(() => Promise.resolve(proxyError(500, "no such thing")));

/** What `two` takes for a second cluster that is asked in vain. */
function secondBroken(): ConnectOptions {
  let clusters = 0;
  return {
    through: (inner) => {
      clusters += 1;
      return clusters === 1 ? inner : broken(inner);
    },
  };
}

const OVERVIEWS = [
  "pve_list_cluster_resources",
  "pve_list_nodes",
  "pve_list_cluster_tasks",
  "pve_get_cluster_status",
] as const;

describe("an overview of all", () => {
  it.each(OVERVIEWS)("%s is an error where no cluster answers, with the cause of each", async (name) => {
    const connected = await connect(testWorld(), DEMO_TOKENS.admin, {
      others: [asLab()],
      through: broken,
    });
    const { text, isError } = await connected.call(name, { cluster: "*" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^FAILED: test, lab\.\ntest: .*no such thing.*\nlab: .*no such thing/);
    await connected.close();
  });

  it.each(OVERVIEWS)("%s is whole for the others where one fails only when it is asked", async (name) => {
    const alone = await connect(testWorld(), DEMO_TOKENS.admin);
    const rows = (await alone.call(name)).text.split("\n").filter((line) => line.includes(" | "));
    await alone.close();
    const connected = await two(secondBroken());
    const { text, isError } = await connected.call(name, { cluster: "*" });
    expect(isError, text).toBe(false);
    expect(firstLine({ text })).toMatch(/^test: .* FAILED: lab\.$/);
    expect(text).toMatch(/^lab: .*no such thing/m);
    const lines = (begin: string) => text.split("\n").filter((line) => line.startsWith(begin));
    // Each table has a line of labels.
    expect(lines("test | ").length + lines("cluster | ").length).toBe(rows.length);
    await connected.close();
  });

  it("shows no guest that one cluster's PVE_ALLOWED leaves out, and says how many that are", async () => {
    const connected = await two({}, { env: { PVE_ALLOWED: "pool:web" } });
    const { text } = await connected.call("pve_list_cluster_resources", { cluster: "*", type: "vm" });
    const names = text.split("\n").filter((line) => /^(?:test|lab) \| /.test(line));
    expect(names.filter((line) => line.startsWith("test") && line.includes("mail"))).toHaveLength(1);
    expect(names.filter((line) => line.startsWith("lab") && line.includes("post"))).toEqual([]);
    expect(text).toMatch(/^lab: \d+ outside PVE_ALLOWED are left out\.$/m);
    await connected.close();
  });
});

const MEANT_FOR_ANY =
  /^(?:0*103 is on 2 clusters\.|pve_\w+ changes something and more than one cluster would take it: say which by cluster\.)\n(?:.*\n)+Nothing was changed\.$/;

describe.each([{}, { dry_run: true }])("a change that names no cluster (%o)", (more) => {
  it("is refused where the guest is only on another than the default, and says where", async () => {
    const connected = await two({ defaultCluster: "test" });
    expect((await connected.call("pve_start_qemu_vm", { vmid: "post", ...more })).text).toBe(
      [
        "post is on cluster lab.",
        "Cluster lab: VM 103 (post) on node pve1, stopped.",
        'Repeat the call with cluster: "lab".',
        "Nothing was changed.",
      ].join("\n"),
    );
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("is refused where the guest is nowhere, whatever node it is said to be on", async () => {
    const connected = await two({ defaultCluster: "test" });
    const given = { vmid: 4711, node: "pve1", ...more };
    expect((await connected.call("pve_start_qemu_vm", given)).text).toBe(
      [
        "pve_start_qemu_vm changes something and more than one cluster would take it: say which by cluster.",
        "No guest 4711 was found.",
        "Clusters: test, lab.",
        "Nothing was changed.",
      ].join("\n"),
    );
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("is refused where a cluster fails when it is asked for the guest", async () => {
    const connected = await two({ defaultCluster: "test", ...secondBroken() });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail", ...more });
    expect(isError).toBe(true);
    expect(text).toBe(
      [
        "mail is on cluster test.",
        "Cluster test: VM 103 (mail) on node pve1, stopped.",
        "Cluster lab: could not be asked.",
        'Repeat the call with cluster: "test".',
        "Nothing was changed.",
      ].join("\n"),
    );
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it.each([
    ["a list", { vmid: "100,103" }],
    ["all", { vmid: "all" }],
    ["in params alone", { params: { vmid: 101 } }],
    ["a list of one", { vmid: ["101"] }],
    ["with zeros in front", { vmid: "0000103" }],
  ])("is refused for guests in another form: %s", async (_, args) => {
    const connected = await two({ defaultCluster: "test" });
    for (const name of ["pve_run_backup", "pve_start_qemu_vm", "pve_bulk_shutdown_guests"]) {
      const { isError, text } = await connected.call(name, { ...args, ...more });
      expect(isError).toBe(true);
      expect(text).toMatch(MEANT_FOR_ANY);
    }
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("takes a VM and a container of one VMID for two", async () => {
    const connected = await two({ defaultCluster: "test" }, { world: withContainer103() });
    const { text } = await connected.call("pve_start_qemu_vm", { vmid: 103, ...more });
    expect(text.split("\n").slice(0, 3)).toEqual([
      "103 is on 2 clusters.",
      "Cluster test: VM 103 (mail) on node pve1, stopped.",
      "Cluster lab: CT 103 (proxy) on node pve1, running.",
    ]);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });
});

/** The demo's cluster with a container in the place of VM 103. */
function withContainer103() {
  const world = testWorld();
  const container = world.guests.get(201);
  if (!container) throw new Error("the demo has no container 201");
  world.guests.set(103, { ...container, vmid: 103, node: "pve1" });
  return world;
}
