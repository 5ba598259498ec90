import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const FABRICS = "/cluster/sdn/fabrics/fabric";
const NODES = "/cluster/sdn/fabrics/node";
const LISTS = "/cluster/sdn/prefix-lists";
const ENTRIES = "/cluster/sdn/route-maps/entries";

describe("fabrics", () => {
  it("hold what their protocol needs", async () => {
    const { call } = simulated();
    const add = async (params: Record<string, string | number>) =>
      (await call(`POST ${FABRICS}`, { id: "fab1", ...params })).message;
    const failed = "adding fabric failed";
    expect(await add({ protocol: "openfabric" })).toBe(
      `${failed}: fabric 'fab1' does not have an IP prefix configured\n`,
    );
    expect(await add({ protocol: "ospf", ip_prefix: "10.9.0.0/24" })).toBe(
      `${failed}: missing field \`area\`\n`,
    );
    expect(await add({ protocol: "openfabric", ip_prefix: "10.9.0.7/24" })).toBeUndefined();
    expect((await call(`GET ${FABRICS}/fab1`)).data.ip_prefix).toBe("10.9.0.0/24");
    expect(await add({ protocol: "openfabric", ip_prefix: "10.8.0.0/24" })).toBe(
      `${failed}: fabric 'fab1' already exists in config\n`,
    );
    expect(await add({ id: "fab2", protocol: "ospf", area: "0", ip_prefix: "10.9.0.0/16" })).toBe(
      `${failed}: IP prefix 10.9.0.0/16 in fabric 'fab2' overlaps with IPv4 prefix 10.9.0.0/24 in fabric 'fab1'\n`,
    );
    await add({ id: "fab2", protocol: "ospf", area: "0", ip_prefix: "10.10.0.0/16" });
    expect(await add({ id: "fab3", protocol: "ospf", area: "0.0.0.0", ip_prefix: "10.11.0.0/16" })).toBe(
      `${failed}: duplicate OSPF area\n`,
    );
    const change = (params: Record<string, string | number>) =>
      call(`PUT ${FABRICS}/fab1`, { protocol: "openfabric", ...params });
    expect((await change({ hello_interval: 5 })).status).toBe(200);
    await change({ delete: "hello_interval" });
    expect((await call(`GET ${FABRICS}/fab1`)).data.hello_interval).toBeUndefined();
    expect((await call(`PUT ${FABRICS}/none`, { protocol: "ospf" })).message).toBe(
      "updating fabric failed: fabric 'none' does not exist in configuration\n",
    );
  });

  it("have nodes with addresses and interfaces of their own", async () => {
    const { call, finish } = simulated();
    await call(`POST ${FABRICS}`, { id: "fab1", protocol: "openfabric", ip_prefix: "10.9.0.0/24" });
    const add = async (node_id: string, ip: string, iface = "eth1") =>
      (
        await call(`POST ${NODES}/fab1`, {
          node_id,
          protocol: "openfabric",
          ip,
          interfaces: [`name=${iface}`],
        })
      ).message;
    expect(await add("pve1", "10.8.0.1")).toBe(
      "adding node failed: node IP 10.8.0.1 is outside the IP prefix 10.9.0.0/24 of the fabric\n",
    );
    expect(await add("pve1", "10.9.0.1")).toBeUndefined();
    expect(await add("pve1", "10.9.0.1")).toBe(
      "adding node failed: node 'pve1' already exists in config for fabric fab1\n",
    );
    expect(await add("pve2", "10.9.0.1")).toBe(
      "adding node failed: fabric fab1 contains nodes with duplicated IPs\n",
    );
    await add("pve2", "10.9.0.2");
    expect((await call(`GET ${NODES}`, { pending: 1 })).data[0]).toMatchObject({
      state: "new",
      pending: { fabric_id: "fab1", node_id: "pve1", interfaces: ["name=eth1"] },
    });
    const status = "/nodes/pve1/sdn/fabrics/fab1";
    expect((await call(`GET ${status}/routes`)).message).toBe("no fabrics configured\n");
    await finish((await call("PUT /cluster/sdn")).data);
    expect((await call(`GET ${status}/routes`)).data).toEqual([{ route: "10.9.0.2/32", via: ["10.9.0.2"] }]);
    expect((await call(`GET ${status}/neighbors`)).data).toEqual([
      { neighbor: "pve2", status: "Up", uptime: "10m0s" },
    ]);
    expect((await call(`GET ${status}/interfaces`)).data).toHaveLength(2);
    await call(`PUT ${NODES}/fab1/pve2`, { protocol: "openfabric", ip: "10.9.0.3" });
    expect((await call("GET /cluster/sdn/fabrics/all")).data.nodes[1]).toMatchObject({ ip: "10.9.0.3" });
    await call(`DELETE ${NODES}/fab1/pve2`);
    expect((await call(`GET ${NODES}/fab1`)).data).toHaveLength(1);
    expect((await call(`GET ${NODES}/fab1/pve2`)).message).toBe(
      "node 'pve2' does not exist in fabric 'fab1'\n",
    );
  });

  it("stay while a zone or a controller uses them", async () => {
    const { call } = simulated();
    await call(`POST ${FABRICS}`, { id: "fab1", protocol: "openfabric", ip_prefix: "10.9.0.0/24" });
    await call("POST /cluster/sdn/zones", { zone: "z1", type: "vxlan", fabric: "fab1" });
    const remove = async () => (await call(`DELETE ${FABRICS}/fab1`)).message;
    expect(await remove()).toBe('deleting fabric failed: this fabric is still used in the VXLAN zone "z1"\n');
    await call("DELETE /cluster/sdn/zones/z1");
    expect(await remove()).toBeUndefined();
  });
});

describe("prefix lists", () => {
  it("number their entries and check their lengths", async () => {
    const { call } = simulated();
    await call(`POST ${LISTS}`, { id: "pl1", entries: ["action=permit,prefix=10.0.0.0/8,le=24"] });
    const add = async (params: Record<string, string | number>) =>
      (await call(`POST ${LISTS}/pl1/entries`, { action: "deny", prefix: "10.1.0.0/16", ...params })).message;
    const failed = "creating prefix list entry failed";
    expect(await add({ ge: 8 })).toBe(`${failed}: Prefix >= must not be less than 16\n`);
    expect(await add({ seq: 5 })).toBe(`${failed}: entry with sequence number 5 already exists!\n`);
    expect(await add({})).toBeUndefined();
    expect((await call(`GET ${LISTS}/pl1/entries`)).data).toEqual([
      { action: "permit", prefix: "10.0.0.0/8", le: 24, seq: 5 },
      { action: "deny", prefix: "10.1.0.0/16", seq: 10 },
    ]);
    await call(`PUT ${LISTS}/pl1/entries/5`, { delete: "le" });
    expect((await call(`GET ${LISTS}/pl1/entries/5`)).data.le).toBeUndefined();
    await call(`DELETE ${LISTS}/pl1/entries/10`);
    expect((await call(`GET ${LISTS}/pl1`)).data).toEqual({
      type: "prefix-list",
      id: "pl1",
      entries: ["action=permit,prefix=10.0.0.0/8,seq=5"],
    });
    expect((await call(`GET ${LISTS}`, { pending: 1 })).data).toEqual([{ id: "pl1", state: "new" }]);
    await call(`PUT ${LISTS}/pl1`, { delete: "entries" });
    expect((await call(`GET ${LISTS}/pl1/entries`)).data).toEqual([]);
    expect((await call(`GET ${LISTS}/pl2`)).errors).toEqual({ id: "pl2 doesn't exist" });
  });
});

describe("route maps", () => {
  it("are there by their entries, and hold prefix lists", async () => {
    const { call } = simulated();
    await call(`POST ${LISTS}`, { id: "pl1" });
    const entry = { "route-map-id": "rm1", order: 10, action: "permit" };
    const match = ["key=ip-address-prefix-list,value=pl1"];
    expect((await call(`POST ${ENTRIES}`, { ...entry, match })).message).toBeUndefined();
    expect((await call(`POST ${ENTRIES}`, entry)).message).toBe(
      "creating route map entry failed: route map entry already exists in configuration: rm1_10\n",
    );
    expect((await call("GET /cluster/sdn/route-maps")).data).toEqual([{ id: "rm1" }]);
    expect((await call(`DELETE ${LISTS}/pl1`)).message).toBe(
      "deleting prefix list failed: prefix list pl1 is still referenced by route map entry rm1 #10\n",
    );
    await call(`PUT ${ENTRIES}/rm1/entry/10`, { delete: "match", action: "deny" });
    expect((await call(`GET ${ENTRIES}/rm1/entry/10`)).data).toEqual({
      ...entry,
      action: "deny",
      set: [],
      match: [],
    });
    const controller = { controller: "c1", type: "evpn", asn: 1, peers: "10.0.0.1", "route-map-in": "rm1" };
    await call("POST /cluster/sdn/controllers", controller);
    expect((await call(`DELETE ${ENTRIES}/rm1/entry/10`)).message).toBe(
      "deleting route map entry failed: route map rm1 still referenced by controller c1\n",
    );
    await call("DELETE /cluster/sdn/controllers/c1");
    await call(`DELETE ${ENTRIES}/rm1/entry/10`);
    expect((await call(`GET ${ENTRIES}/rm1`)).data).toEqual([]);
  });
});
