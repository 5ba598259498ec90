import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const ZONES = "/cluster/sdn/zones";
const VNETS = "/cluster/sdn/vnets";

const refusal = ({ status, message }: { status: number; message: string | undefined }) => [status, message];
const invalid = (failed: string, ...lines: string[]) => [
  500,
  `${failed}: 400 Parameter verification failed.\n${lines.join("\n")}\n`,
];

describe("zones", () => {
  it("takes the options of their type", async () => {
    const { call } = simulated();
    const add = (params: Record<string, string | number>) => call(`POST ${ZONES}`, { zone: "z1", ...params });
    expect(refusal(await add({ type: "vlan" }))).toEqual([
      500,
      "missing value for required option 'bridge'\n",
    ]);
    expect(refusal(await add({ type: "simple", tag: 5 }))).toEqual([500, "unexpected property 'tag'\n"]);
    const both = "must have exactly one of peers / fabric defined";
    expect(refusal(await add({ type: "vxlan" }))).toEqual(
      invalid("create sdn zone object failed", `peers: ${both}`, `fabric: ${both}`),
    );
    expect(refusal(await add({ type: "simple", ipam: "none" }))).toEqual(
      invalid("create sdn zone object failed", "ipam: none not existing"),
    );
    expect(refusal(await add({ type: "evpn", controller: "c1", "vrf-vxlan": 7 }))).toEqual([
      500,
      "create sdn zone object failed: controller c1 don't exist\n",
    ]);
    expect((await call(`GET ${ZONES}`)).data).toEqual([]);
  });

  it("tells what waits, against what is in use", async () => {
    const { call, finish } = simulated();
    await call(`POST ${ZONES}`, { zone: "z1", type: "simple", mtu: 1400, nodes: "pve1,pve2" });
    const pending = async () => (await call(`GET ${ZONES}`, { pending: 1 })).data[0];
    expect(await pending()).toEqual({
      zone: "z1",
      type: "simple",
      digest: null,
      state: "new",
      pending: { mtu: 1400, nodes: "pve1,pve2" },
    });
    expect((await call(`GET ${ZONES}`, { running: 1 })).data).toEqual([]);
    await finish((await call("PUT /cluster/sdn")).data);
    await call(`PUT ${ZONES}/z1`, { delete: "mtu", nodes: "pve2,pve1" });
    expect(await pending()).toMatchObject({ mtu: 1400, state: "changed", pending: { mtu: "deleted" } });
    await call(`DELETE ${ZONES}/z1`);
    expect(await pending()).toMatchObject({ zone: "z1", state: "deleted", pending: {} });
    await call("POST /cluster/sdn/rollback");
    expect((await call(`GET ${ZONES}/z1`)).data).toMatchObject({ mtu: 1400, nodes: "pve1,pve2" });
    const stale = await call(`PUT ${ZONES}/z1`, { mtu: 1300, digest: "00" });
    expect(refusal(stale)).toEqual([
      500,
      "update sdn zone object failed: detected modified configuration - file changed by other user? Try again.\n",
    ]);
    expect(refusal(await call(`PUT ${ZONES}/z1`, { delete: "bridge" }))).toEqual([
      500,
      "update sdn zone object failed: no such option 'bridge'\n",
    ]);
  });

  it("are listed to those who may see them", async () => {
    const { call } = simulated();
    await call(`POST ${ZONES}`, { zone: "z1", type: "simple" });
    expect((await call(`GET ${ZONES}`, {}, "auditor")).data).toHaveLength(1);
    expect((await call(`GET ${ZONES}`, {}, "empty")).data).toEqual([]);
    expect((await call(`GET ${ZONES}/z1`, {}, "auditor")).status).toBe(403);
  });
});

describe("vnets", () => {
  it("need tags as their zone's type says", async () => {
    const { call } = simulated();
    const add = (vnet: string, zone: string, more: Record<string, number> = {}) =>
      call(`POST ${VNETS}`, { vnet, zone, ...more });
    const failed = "create sdn vnet object failed";
    await call(`POST ${ZONES}`, { zone: "plain", type: "simple" });
    await call(`POST ${ZONES}`, { zone: "tagged", type: "vlan", bridge: "vmbr0" });
    await call(`POST ${ZONES}`, { zone: "tunnel", type: "vxlan", peers: "10.0.0.1,10.0.0.2" });
    expect(refusal(await add("v1", "plain", { tag: 4 }))).toEqual(
      invalid(failed, "tag: vlan tag is not allowed on simple zone"),
    );
    expect(refusal(await add("v1", "tagged"))).toEqual(invalid(failed, "tag: missing vlan tag"));
    expect((await add("v1", "tagged", { tag: 4 })).status).toBe(200);
    expect(refusal(await add("v2", "tagged", { tag: 4 }))).toEqual(
      invalid(failed, "tag: tag 4 already exist in vnet v1"),
    );
    expect(refusal(await add("v2", "tunnel", { tag: 20_000_000 }))[0]).toBe(400);
    expect(refusal(await add("v2", "nowhere"))).toEqual([500, `${failed}: cannot lookup undefined type!\n`]);
    expect(refusal(await call(`DELETE ${VNETS}/v9`))).toEqual([500, "sdn vnet 'v9' does not exist\n"]);
  });

  it("keep their zone while they have subnets", async () => {
    const { call } = simulated();
    for (const zone of ["z1", "z2"]) await call(`POST ${ZONES}`, { zone, type: "simple" });
    await call(`POST ${VNETS}`, { vnet: "v1", zone: "z1" });
    const add = (params: Record<string, string | string[]>) =>
      call(`POST ${VNETS}/v1/subnets`, { type: "subnet", subnet: "10.5.0.0/24", ...params });
    const failed = "create sdn subnet object failed";
    expect(refusal(await add({ gateway: "10.6.0.1" }))).toEqual(
      invalid(failed, "gateway: 10.6.0.1 is not in subnet 10.5.0.0/24"),
    );
    const range = (from: string, to: string) => `start-address=${from},end-address=${to}`;
    expect(refusal(await add({ "dhcp-range": [range("10.5.0.9", "10.5.0.5")] }))).toEqual(
      invalid(failed, "dhcp-range: start-address 10.5.0.9 must be smaller than end-address 10.5.0.5"),
    );
    const overlapping = [range("10.5.0.5", "10.5.0.9"), range("10.5.0.9", "10.5.0.12")];
    expect(refusal(await add({ "dhcp-range": overlapping }))).toEqual(
      invalid(failed, "dhcp-range: dhcp ranges must not overlap"),
    );
    await add({ "dhcp-range": [range("10.5.0.5", "10.5.0.9")] });
    const { data } = await call(`GET ${VNETS}/v1/subnets/z1-10.5.0.0-24`);
    expect(data["dhcp-range"]).toEqual([{ "start-address": "10.5.0.5", "end-address": "10.5.0.9" }]);
    expect(refusal(await call(`PUT ${VNETS}/v1`, { zone: "z2" }))).toEqual(
      invalid("update sdn vnet object failed", "zone: can't change zone if subnets exist"),
    );
    expect(refusal(await call(`PUT ${VNETS}/v1`, { vlanaware: 1 }))).toEqual(
      invalid("update sdn vnet object failed", "vlanaware: vlanaware vnet is not compatible with subnets"),
    );
  });
});

describe("the IPAM of PVE", () => {
  it("keeps addresses of subnets that are in use", async () => {
    const { call, finish } = simulated();
    await call(`POST ${ZONES}`, { zone: "z1", type: "simple", ipam: "pve", dhcp: "dnsmasq" });
    await call(`POST ${VNETS}`, { vnet: "v1", zone: "z1" });
    const subnet = { subnet: "10.5.0.0/24", type: "subnet", gateway: "10.5.0.1" };
    await call(`POST ${VNETS}/v1/subnets`, subnet);
    const mac = "BC:24:11:00:00:01";
    const ip = (method: string, address: string) =>
      call(`${method} ${VNETS}/v1/ips`, { zone: "z1", mac, ip: address });
    expect(refusal(await ip("POST", "10.5.0.9"))).toEqual([500, "can't find any subnet for ip 10.5.0.9\n"]);
    await finish((await call("PUT /cluster/sdn")).data);
    await ip("POST", "10.5.0.9");
    expect(refusal(await ip("POST", "10.5.0.9"))).toEqual([500, "IP '10.5.0.9' already exist\n"]);
    await call(`PUT ${VNETS}/v1/ips`, { zone: "z1", mac, ip: "10.5.0.10", vmid: 100 });
    const place = { zone: "z1", vnet: "v1", subnet: "10.5.0.0/24" };
    expect((await call("GET /cluster/sdn/ipams/pve/status")).data).toEqual([
      { ...place, ip: "10.5.0.1", gateway: 1 },
      { ...place, ip: "10.5.0.10", mac, vmid: 100 },
    ]);
    const remove = () => call(`DELETE ${VNETS}/v1/subnets/z1-10.5.0.0-24`);
    expect(refusal(await remove())).toEqual([
      500,
      "delete sdn subnet object failed: cannot delete subnet '10.5.0.0/24', not empty\n",
    ]);
    expect(refusal(await ip("DELETE", "10.5.0.9"))).toEqual([
      500,
      "IP '10.5.0.9' does not exist in IPAM DB\n\n",
    ]);
    await ip("DELETE", "10.5.0.10");
    expect((await remove()).status).toBe(200);
    expect(refusal(await call("GET /cluster/sdn/ipams/other/status"))).toEqual([
      500,
      "Currently only PVE IPAM is supported!\n",
    ]);
  });
});

describe("the lock", () => {
  it("keeps others out, and goes with what it was taken for", async () => {
    const { call, finish } = simulated();
    const zone = (params = {}) => call(`POST ${ZONES}`, { zone: "z1", type: "simple", ...params });
    const { data: token } = await call("POST /cluster/sdn/lock");
    expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(refusal(await zone())).toEqual([
      500,
      "create sdn zone object failed: invalid lock token provided!\n",
    ]);
    expect((await zone({ "lock-token": token })).status).toBe(200);
    expect(refusal(await call("DELETE /cluster/sdn/lock"))).toEqual([
      500,
      "could not release lock: invalid lock token provided!\n",
    ]);
    expect(refusal(await call("PUT /cluster/sdn"))[0]).toBe(500);
    await finish((await call("PUT /cluster/sdn", { "lock-token": token })).data);
    expect((await call(`PUT ${ZONES}/z1`, { mtu: 1300 })).status).toBe(200);
    expect(refusal(await call("POST /cluster/sdn/lock"))).toEqual([
      500,
      "could not acquire lock for SDN config: configuration has pending changes\n",
    ]);
    await call("POST /cluster/sdn/lock", { "allow-pending": 1 });
    await call("DELETE /cluster/sdn/lock", { force: 1 });
    expect((await call("POST /cluster/sdn/rollback")).status).toBe(200);
  });
});

describe("controllers, DNS servers and IPAMs", () => {
  it("are made, changed and removed, but for those in use", async () => {
    const { call } = simulated();
    const path = "/cluster/sdn/controllers";
    const failed = "create sdn controller object failed";
    const add = (params: Record<string, string | number>) => call(`POST ${path}`, params);
    expect(refusal(await add({ controller: "c1", type: "evpn", asn: 65_000 }))).toEqual([
      500,
      `${failed}: must have exactly one of peers / fabric defined\n`,
    ]);
    await add({ controller: "c1", type: "evpn", asn: 65_000, peers: "10.0.0.1" });
    await add({ controller: "b1", type: "bgp", node: "pve1", asn: 65_000, peers: "10.0.0.1" });
    expect(refusal(await add({ controller: "c2", type: "evpn", asn: 1, peers: "10.0.0.1" }))).toEqual([
      500,
      `${failed}: cannot have two controllers with same peer-group-name configured (VTEP)\n`,
    ]);
    expect((await call(`GET ${path}`, { type: "bgp" })).data).toMatchObject([
      { controller: "b1", node: "pve1" },
    ]);
    await call(`POST ${ZONES}`, { zone: "z1", type: "evpn", controller: "c1", "vrf-vxlan": 7 });
    expect((await call(`GET ${ZONES}/z1`)).data.mac).toMatch(/^BC:24:11(:[0-9A-F]{2}){3}$/);
    expect(refusal(await call(`DELETE ${path}/c1`))).toEqual([
      500,
      "delete sdn controller object failed: controller c1 is used by z1\n",
    ]);
    await call(`DELETE ${ZONES}/z1`);
    expect((await call(`DELETE ${path}/c1`)).status).toBe(200);
    expect(refusal(await call(`GET ${path}/c1`))).toEqual([500, "sdn 'c1' does not exist\n"]);
  });

  it("are asked before they are kept", async () => {
    const { call } = simulated();
    const dns = (host: string) =>
      call("POST /cluster/sdn/dns", {
        dns: "d1",
        type: "powerdns",
        key: "k",
        url: `http://${host}:8081/api`,
      });
    expect(refusal(await dns("192.0.2.9"))).toEqual([
      500,
      "create sdn dns object failed: dns api error: Invalid response from server: 500 Can't connect to 192.0.2.9:8081 (Network is unreachable)\n",
    ]);
    expect((await dns("10.0.0.9")).status).toBe(200);
    expect((await call("PUT /cluster/sdn/dns/d1", { ttl: 60 })).status).toBe(200);
    expect((await call("GET /cluster/sdn/dns/d1")).data).toMatchObject({ dns: "d1", ttl: 60 });
    const ipams = "/cluster/sdn/ipams";
    expect(refusal(await call(`POST ${ipams}`, { ipam: "pve", type: "pve" }))).toEqual([
      500,
      "create sdn ipam object failed: sdn ipam object ID 'pve' already defined\n",
    ]);
    await call(`POST ${ipams}`, { ipam: "box", type: "netbox", url: "http://10.0.0.9/api", token: "t" });
    expect((await call(`GET ${ipams}`)).data).toMatchObject([{ ipam: "pve" }, { ipam: "box" }]);
    await call(`DELETE ${ipams}/box`);
    expect((await call(`GET ${ipams}`)).data).toHaveLength(1);
  });
});
