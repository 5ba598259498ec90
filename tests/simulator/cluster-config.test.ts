import { describe, expect, it } from "vitest";
import { recordedWorld } from "../../src/simulator/scenarios/recorded.ts";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

describe("the cluster's membership", () => {
  it("is root@pam's to change", async () => {
    const { call } = simulated();
    expect((await call("POST /cluster/config", { clustername: "new" })).message).toBe(
      "Permission check failed (user != root@pam)\n",
    );
  });

  it("tells what a node needs to join", async () => {
    const { call } = simulated();
    const { data } = await call("GET /cluster/config/join");
    expect(data).toMatchObject({ preferred_node: "pve1", totem: { cluster_name: "demo" } });
    expect(data.nodelist[1]).toMatchObject({ name: "pve2", pve_addr: "192.0.2.12", quorum_votes: "1" });
    expect((await call("GET /cluster/config/join", { node: "pve9" })).message).toBe("unknown node 'pve9'\n");
  });

  it("grows by a node and shrinks by one", async () => {
    const sim = simulated();
    const root = loggedIn(sim);
    const nodes = "/cluster/config/nodes";
    expect((await root("POST /cluster/config", { clustername: "new" })).message).toBe(
      "cluster config '/etc/pve/corosync.conf' already exists\n",
    );
    expect((await root(`POST ${nodes}/pve4`)).message).toContain("no links and no fallback ip");
    expect((await root(`POST ${nodes}/pve4`, { link0: "192.0.2.12" })).message).toBe(
      "corosync: address '192.0.2.12' already used on link ring0_addr by node 'pve2'\n",
    );
    expect((await root(`POST ${nodes}/pve2`, { link0: "192.0.2.12" })).message).toBe(
      "can't add existing node 'pve2'\n",
    );
    const added = await root(`POST ${nodes}/pve4`, { new_node_ip: "192.0.2.14", apiversion: 1 });
    expect(added.data.corosync_conf).toContain("name: pve4");
    const list = async () => (await sim.call(`GET ${nodes}`)).data.map(({ node }: { node: string }) => node);
    expect(await list()).toEqual(["pve1", "pve2", "pve3", "pve4"]);
    await root(`DELETE ${nodes}/pve4`);
    await root(`DELETE ${nodes}/pve3`);
    expect(await list()).toEqual(["pve1", "pve2"]);
    expect((await root(`DELETE ${nodes}/pve1`)).message).toBe("Cannot delete myself from cluster!\n");
    expect((await root(`DELETE ${nodes}/pve9`)).message).toBe(
      "Node/IP: pve9 is not a known host of the cluster.\n",
    );
  });

  it("keeps a node with guests from joining", async () => {
    const sim = simulated();
    const join = { hostname: "192.0.2.99", password: "secret", fingerprint: Array(32).fill("AA").join(":") };
    const { data } = await loggedIn(sim)("POST /cluster/config/join", join);
    const { exitstatus, log } = await sim.finish(data);
    expect(exitstatus).toBe("Check if node may join a cluster failed!");
    expect(log).toContain("* this host already contains virtual guests");
  });

  it("begins with one node", async () => {
    const sim = simulated(recordedWorld);
    const root = loggedIn(sim);
    expect((await root("GET /cluster/config/join")).status).toBe(424);
    await root("POST /cluster/config", { clustername: "new" });
    sim.clock.advance(60);
    expect((await root("GET /cluster/status")).data[0]).toMatchObject({ type: "cluster", name: "new" });
  });
});
