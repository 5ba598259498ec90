import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

type Call = ReturnType<typeof simulated>["call"];

const RULES = "/cluster/sdn/vnets/v1/firewall/rules";

async function lab(call: Call, zone: Record<string, string> = { type: "simple" }, vnet = {}): Promise<void> {
  await call("POST /cluster/sdn/zones", { zone: "z1", ...zone });
  await call("POST /cluster/sdn/vnets", { vnet: "v1", zone: "z1", ...vnet });
}

describe("SDN on a node", () => {
  it("comes into use when the nodes load their networks", async () => {
    const { call, finish } = simulated();
    await lab(call);
    const zones = "/nodes/pve2/sdn/zones";
    expect((await call(`GET ${zones}`)).data).toEqual([]);
    const preview = await call("GET /cluster/sdn/dry-run", { node: "pve2" });
    expect(preview.data["interfaces-diff"]).toContain("+iface v1\n+\tbridge_ports none");
    await call("POST /nodes/pve2/network", { iface: "vmbr7", type: "bridge" });
    const { data: upid } = await call("PUT /cluster/sdn");
    expect((await call(`GET ${zones}`)).data).toEqual([{ zone: "z1", status: "pending" }]);
    expect((await call(`GET ${zones}/z1/content`)).data[0].statusmsg).toBe(
      "local sdn network configuration is not yet generated, please reload",
    );
    expect((await finish(upid)).log).toContain("pve2: reloading network config");
    expect((await call(`GET ${zones}`)).data).toEqual([{ zone: "z1", status: "available" }]);
    expect((await call("GET /nodes/pve2/network")).changes).toBeUndefined();
    expect((await call("GET /nodes/pve2/tasks", { typefilter: "srvreload" })).data).toHaveLength(1);
    const after = await call("GET /cluster/sdn/dry-run", { node: "pve2" });
    expect(after.data).toEqual({ "frr-diff": null, "interfaces-diff": null });
  });

  it("tells of a bridge that a zone lacks there", async () => {
    const { call, finish } = simulated();
    await lab(call, { type: "vlan", bridge: "vmbr9", nodes: "pve1" }, { tag: 5 });
    await finish((await call("PUT /cluster/sdn")).data);
    expect((await call("GET /nodes/pve1/sdn/zones")).data).toEqual([{ zone: "z1", status: "error" }]);
    expect((await call("GET /nodes/pve1/sdn/zones/z1/content")).data).toEqual([
      { vnet: "v1", status: "error", statusmsg: "missing vmbr9" },
    ]);
    expect((await call("GET /nodes/pve2/sdn/zones")).data).toEqual([]);
    expect((await call("GET /nodes/pve1/sdn/zones/z1/ip-vrf")).errors).toEqual({
      zone: "zone is not an EVPN zone",
    });
  });

  it("lists bridges with what hangs on them", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve1/sdn/zones/localnetwork/bridges");
    const bridge = data.find(({ name }: { name: string }) => name === "vmbr0");
    expect(bridge.ports).toContainEqual(expect.objectContaining({ vmid: "100", index: "net0" }));
    expect((await call("GET /nodes/pve1/sdn/zones/none/bridges")).errors).toEqual({
      zone: "zone does not exist",
    });
  });

  it("knows the routes and addresses of an EVPN zone", async () => {
    const { call, finish } = simulated();
    await call("POST /cluster/sdn/controllers", {
      controller: "c1",
      type: "evpn",
      asn: 65_000,
      peers: "10.0.0.1",
    });
    await lab(call, { type: "evpn", controller: "c1", "vrf-vxlan": "7" }, { tag: 9 });
    await call("POST /cluster/sdn/vnets/v1/subnets", { subnet: "10.5.0.0/24", type: "subnet" });
    await finish((await call("PUT /cluster/sdn")).data);
    expect((await call("GET /nodes/pve1/sdn/zones/z1/ip-vrf")).data).toEqual([
      { ip: "10.5.0.0/24", metric: 0, protocol: "connected", nexthops: ["v1"] },
    ]);
    expect((await call("GET /nodes/pve1/sdn/vnets/v1/mac-vrf")).data).toEqual([]);
    expect((await call("GET /nodes/pve1/sdn/vnets/v1")).data).toEqual([{ subdir: "mac-vrf" }]);
  });
});

describe("the firewall of a vnet", () => {
  it("has rules for forwarded traffic once the vnet is applied", async () => {
    const { call, finish } = simulated();
    await lab(call);
    expect((await call(`GET ${RULES}`)).message).toBe("invalid vnet specified\n");
    await finish((await call("PUT /cluster/sdn")).data);
    expect((await call(`POST ${RULES}`, { type: "in", action: "ACCEPT" })).errors).toEqual({
      type: "invalid rule type 'in' for rule_env 'vnet'",
    });
    await call(`POST ${RULES}`, { type: "forward", action: "DROP", source: "10.5.0.0/24", enable: 1 });
    expect((await call(`GET ${RULES}/0`)).data).toMatchObject({ type: "forward", action: "DROP" });
    await call("PUT /cluster/sdn/vnets/v1/firewall/options", { enable: 1, policy_forward: "DROP" });
    const { data } = await call("GET /cluster/sdn/vnets/v1/firewall/options");
    expect(data).toEqual({ enable: 1, policy_forward: "DROP", digest: data.digest });
    await call(`DELETE ${RULES}/0`);
    expect((await call(`GET ${RULES}`)).data).toEqual([]);
    expect((await call(`GET ${RULES}`, {}, "empty")).status).toBe(403);
  });
});
